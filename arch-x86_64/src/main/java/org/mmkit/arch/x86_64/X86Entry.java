package org.mmkit.arch.x86_64;

import java.util.List;
import org.mmkit.api.arch.Access;
import org.mmkit.api.arch.EntryField;
import org.mmkit.api.arch.EntryMasks;
import org.mmkit.api.arch.LinuxEntryFormat;
import org.mmkit.api.arch.Protection;

/**
 * Entries of x86-64 page tables with 4 or 5 levels.
 *
 * <p>The bits of present entries are the processor's: Intel SDM volume 3A, section 5.5 "4-level paging and 5-level
 * paging", tables 5-15 to 5-20 (4-14 to 4-20 in older editions); those that the processor ignores are used as Linux uses them
 * (arch/x86/include/asm/pgtable_types.h). Entries that are not present are Linux's alone (pgtable_64.h):
 *
 * <pre>
 *   63     59 58                          9 8 7 6 5 4 3 2  1 0
 *  | type    | offset, all bits inverted   |0|0|0|0|0|E|F|SD|0|   swap, migration, marker
 *  | software| pfn in 51..12, inverted     |1|S|D|A|…      |0|   PROT_NONE leaf (G stands in for "present")
 * </pre>
 *
 * <p>Frame numbers and offsets of entries that are not present are inverted, so that a processor that speculates past
 * the present bit computes an address without memory behind it (L1 terminal fault).
 */
public final class X86Entry extends LinuxEntryFormat {

    /** The one codec; it has no state. */
    public static final X86Entry INSTANCE = new X86Entry();

    /** P: the processor walks the entry. Bit 0 in every table of SDM 3A section 5.5. */
    static final long PRESENT = 1L;

    /** R/W: writes may be allowed. Bit 1. */
    static final long WRITABLE = 1L << 1;

    /** U/S: user-mode accesses may be allowed. Bit 2. */
    static final long USER = 1L << 2;

    /** PWT: page-level write-through, one of three bits of the memory type. Bit 3. */
    static final long WRITE_THROUGH = 1L << 3;

    /** PCD: page-level cache disable. Bit 4. */
    static final long CACHE_DISABLE = 1L << 4;

    /** A: software has accessed memory through the entry. Bit 5. */
    static final long ACCESSED = 1L << 5;

    /** D: software has written memory through the leaf. Bit 6; ignored in entries that point to a table. */
    static final long DIRTY = 1L << 6;

    /** PS: the entry of level 2 or 3 maps a page. Bit 7 of a PDE or PDPTE. */
    static final long PAGE_SIZE = 1L << 7;

    /** PAT: third bit of the memory type in a PTE. Bit 7 of a PTE. */
    static final long PAT = 1L << 7;

    /** G: the translation is global. Bit 8; Linux uses it as PROT_NONE when P is 0, and never in user entries with P. */
    static final long PROTNONE = 1L << 8;

    /** G: the translation survives a change of address space, bit 8 of a leaf with P; Linux sets it for the kernel's own memory. */
    static final long GLOBAL = 1L << 8;

    /** Ignored by the processor, bit 9. Linux: the page has no mapping count (_PAGE_SPECIAL). */
    static final long SPECIAL = 1L << 9;

    /** Ignored, bit 10. Linux: write-protected by userfaultfd (_PAGE_UFFD_WP). */
    static final long UFFD_WP = 1L << 10;

    /** Ignored, bit 11. Linux: written since the soft-dirty bits were last cleared (_PAGE_SOFT_DIRTY). */
    static final long SOFT_DIRTY = 1L << 11;

    /** PAT of a leaf above level 1. Bit 12 of a PDE or PDPTE with PS. */
    static final long PAT_LARGE = 1L << 12;

    /** The physical address of a frame: bits 51 to 12, of which a processor implements MAXPHYADDR. */
    static final long FRAME = 0x000F_FFFF_FFFF_F000L;

    /**
     * Ignored, bit 58. Linux: dirty while not writable (_PAGE_SAVED_DIRTY); D with R/W clear would make the page a
     * shadow stack (SDM 3A section 5.6.1).
     */
    static final long SAVED_DIRTY = 1L << 58;

    /** Protection key, bits 62 to 59 of a leaf. */
    static final long PKEY = 0xFL << 59;

    static final int PKEY_SHIFT = 59;

    /** XD: instructions may not be fetched. Bit 63, with IA32_EFER.NXE set. */
    static final long NO_EXECUTE = 1L << 63;

    /** What an entry that points to a table carries: P, R/W, U/S, A, D (Linux: _PAGE_TABLE); leaves decide on permissions. */
    static final long TABLE = PRESENT | WRITABLE | USER | ACCESSED | DIRTY;

    /** Swap entry: soft dirty. */
    static final long SWAP_SOFT_DIRTY = 1L << 1;

    /** Swap entry: write-protected by userfaultfd. */
    static final long SWAP_UFFD_WP = 1L << 2;

    /** Swap entry: the page was exclusive to this mapping (_PAGE_SWP_EXCLUSIVE). */
    static final long SWAP_EXCLUSIVE = 1L << 3;

    /** Pages of 1 GiB are the largest. */
    private static final int LARGEST_LEAF = 3;

    /** Bits that a change of permissions keeps (_PAGE_CHG_MASK), those that tell the size apart. */
    private static final long KEPT = WRITE_THROUGH
            | CACHE_DISABLE
            | ACCESSED
            | DIRTY
            | PAGE_SIZE
            | SPECIAL
            | UFFD_WP
            | SOFT_DIRTY
            | SAVED_DIRTY
            | PKEY;

    private X86Entry() {
        super(new EntryMasks.Builder()
                        .valid(PRESENT)
                        .present(PRESENT | PROTNONE)
                        .leafWith(PAGE_SIZE)
                        .user(PRESENT | USER)
                        .writable(WRITABLE)
                        .accessed(ACCESSED)
                        .dirty(DIRTY | SAVED_DIRTY)
                        .special(SPECIAL)
                        .frame(FRAME)
                        // Without P the frame is inverted.
                        .plainWhere(PRESENT, PRESENT)
                        .build(),
                // The frame has 40 bits: 52 of the address without 12.
                new SwapLayout(59, 9, 50, true, SWAP_EXCLUSIVE, 40));
    }

    /** The bits of {@code level} that hold the frame number of a leaf. */
    private static long frameMask(int level) {
        return FRAME & -1L << 12 + 9 * (level - 1);
    }

    /** All ones when the frame bits of {@code entry} are inverted. */
    private static long inversion(long entry) {
        return (entry & PRESENT) - 1;
    }

    @Override
    public long pfn(long entry, int level) {
        return ((entry ^ inversion(entry)) & frameMask(level)) >>> 12;
    }

    @Override
    public long tablePfn(long entry) {
        return (entry & FRAME) >>> 12;
    }

    @Override
    public long table(long pfn, int level) {
        return pfn << 12 | TABLE;
    }

    private static long permissions(int protection) {
        if ((protection & (Protection.READ | Protection.WRITE | Protection.EXEC)) == 0) {
            return PROTNONE;
        }
        return PRESENT
                | USER
                | ((protection & Protection.WRITE) != 0 ? WRITABLE : 0)
                | ((protection & Protection.EXEC) != 0 ? 0 : NO_EXECUTE);
    }

    @Override
    public long leaf(long pfn, int level, int protection) {
        long bits = permissions(protection) | ACCESSED | (level > 1 ? PAGE_SIZE : 0);
        return bits | (pfn << 12 ^ inversion(bits)) & frameMask(level);
    }

    /** {@inheritDoc} Global (bit 8) and without U/S; a leaf that may not be written is never dirty, or it would be a shadow stack. */
    @Override
    public long kernelLeaf(long pfn, int level, boolean writable) {
        long bits = PRESENT | ACCESSED | GLOBAL | NO_EXECUTE | (writable ? WRITABLE | DIRTY : 0) | (level > 1 ? PAGE_SIZE : 0);
        return bits | pfn << 12 & frameMask(level);
    }

    @Override
    public long withProtection(long entry, int level, int protection) {
        long pat = level > 1 ? PAT_LARGE : 0;
        long bits = permissions(protection) | entry & (KEPT | pat);
        return saveDirty(bits | (pfn(entry, level) << 12 ^ inversion(bits)) & frameMask(level));
    }

    /** Keeps the dirty bit where R/W allows it to stand (pte_mksaveddirty, pte_clear_saveddirty). */
    private static long saveDirty(long entry) {
        if ((entry & WRITABLE) == 0) {
            return (entry & DIRTY) == 0 ? entry : entry & ~DIRTY | SAVED_DIRTY;
        }
        return (entry & SAVED_DIRTY) == 0 ? entry : entry & ~SAVED_DIRTY | DIRTY;
    }

    @Override
    public long makeWritable(long entry) {
        return saveDirty(entry | WRITABLE);
    }

    @Override
    public long writeProtect(long entry) {
        return saveDirty(entry & ~WRITABLE);
    }

    @Override
    public long makeDirty(long entry) {
        return saveDirty(entry | DIRTY | SOFT_DIRTY);
    }

    @Override
    public long makeClean(long entry) {
        return entry & ~(DIRTY | SAVED_DIRTY);
    }

    @Override
    public long childLeaf(long huge, int level, int n) {
        long pat = level > 1 && (huge & PAT_LARGE) != 0 ? PAT : 0;
        long bits = huge & ~(FRAME | PAGE_SIZE) | pat;
        return bits | (pfn(huge, level) + n << 12 ^ inversion(huge)) & FRAME;
    }

    @Override
    public long advance(long entry, int level, long n) {
        long mask = frameMask(level);
        return entry & ~mask | (pfn(entry, level) + n << 12 ^ inversion(entry)) & mask;
    }

    /** {@inheritDoc} Backwards where the frame number is inverted. */
    @Override
    public long frameStep(long leaf) {
        return (leaf & PRESENT) != 0 ? 1L << 12 : -1L << 12;
    }

    // ---- what the processor does --------------------------------------------------------------------------------

    /** {@inheritDoc} PS above level 3, and address bits below the size of a large page (SDM 3A, tables 5-15 to 5-18). */
    @Override
    public long reservedBits(long entry, int level) {
        if (level > LARGEST_LEAF) {
            return entry & PAGE_SIZE;
        }
        return level == 1 || (entry & PAGE_SIZE) == 0 ? 0 : entry & FRAME & ~frameMask(level) & ~PAT_LARGE;
    }

    /** {@inheritDoc} R/W, U/S and XD restrict what is below a table entry too (SDM 3A, section 5.6.1). */
    @Override
    public int access(long entry, int level) {
        int kernel = Access.KERNEL_READ
                | ((entry & WRITABLE) != 0 ? Access.KERNEL_WRITE : 0)
                | ((entry & NO_EXECUTE) == 0 ? Access.KERNEL_EXEC : 0);
        return (entry & USER) != 0 ? kernel | kernel << 3 : kernel;
    }

    @Override
    public List<EntryField> explain(long entry, int level) {
        if (isNone(entry)) {
            return List.of();
        }
        if (!isPresent(entry)) {
            return explainSoftware(entry)
                    .flag(3, "_PAGE_SWP_EXCLUSIVE", "Linux: the page was this mapping's alone")
                    .flag(2, "_PAGE_SWP_UFFD_WP", "Linux: write-protected by userfaultfd")
                    .flag(1, "_PAGE_SWP_SOFT_DIRTY", "Linux: soft-dirty")
                    .with("not used");
        }
        return X86Explanation.of(this, entry, level);
    }

    @Override
    public String describe(long entry, int level) {
        if (isNone(entry)) {
            return "none";
        }
        if (!isPresent(entry)) {
            return describeSoftware(entry) + ((entry & SWAP_SOFT_DIRTY) != 0 ? " soft-dirty" : "") + ((entry & SWAP_UFFD_WP) != 0 ? " uffd-wp" : "");
        }
        return X86Explanation.line(this, entry, level);
    }
}
