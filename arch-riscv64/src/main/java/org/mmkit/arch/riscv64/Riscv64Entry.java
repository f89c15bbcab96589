package org.mmkit.arch.riscv64;

import java.util.List;
import org.mmkit.api.arch.Access;
import org.mmkit.api.arch.EntryExplanation;
import org.mmkit.api.arch.EntryField;
import org.mmkit.api.arch.EntryMasks;
import org.mmkit.api.arch.LinuxEntryFormat;
import org.mmkit.api.arch.Protection;

/**
 * Entries of Sv39, Sv48 and Sv57 tables, as Linux uses them.
 *
 * <p>The bits of valid entries are the processor's: The RISC-V Instruction Set Manual, volume II "Privileged Architecture",
 * sections "Sv39", "Svnapot" and "Svpbmt"; the two for software are used as Linux uses them (arch/riscv/include/asm/pgtable-bits.h).
 * Entries that are not valid are Linux's alone (pgtable.h):
 *
 * <pre>
 *   63 62 61 60  54 53        10 9 8 7 6 5 4 3 2 1 0
 *  |N | MT  | 0    | PPN        |RSW|D|A|G|U|X|W|R|1|   leaf; a table when X, W and R are 0
 *  | offset             |  type (11..7)  |E|0|0|0 0 0|0|   swap, migration, marker
 *  | as in a leaf                      |A|1|0|0 0 1|0|   PROT_NONE leaf (G stands in for "valid")
 * </pre>
 */
public final class Riscv64Entry extends LinuxEntryFormat {

    /** The one codec; it has no state. */
    public static final Riscv64Entry INSTANCE = new Riscv64Entry();

    /** V: valid. Bit 0. */
    static final long VALID = 1L;

    /** R: readable. Bit 1. */
    static final long READ = 1L << 1;

    /** W: writable; without R reserved. Bit 2. */
    static final long WRITE = 1L << 2;

    /** X: executable. Bit 3. R, W and X all 0: the entry points to a table. */
    static final long EXEC = 1L << 3;

    /** U: for user mode, and then not for the supervisor unless sstatus.SUM is set. Bit 4. */
    static final long USER = 1L << 4;

    /** G: global. Bit 5. Linux: PROT_NONE where V is 0. */
    static final long GLOBAL = 1L << 5;

    /** A: used since it was cleared. Bit 6. Linux, in a swap entry: exclusive (_PAGE_SWP_EXCLUSIVE). */
    static final long ACCESSED = 1L << 6;

    /** D: written since it was cleared. Bit 7. */
    static final long DIRTY = 1L << 7;

    /** RSW, bit 8, for software. Linux: the page has no mapping count (_PAGE_SPECIAL). */
    static final long SPECIAL = 1L << 8;

    /** PPN: bits 53 to 10. */
    static final long FRAME = (1L << 54) - (1L << 10);

    /** Reserved: bits 60 to 54. */
    static final long RESERVED = (1L << 61) - (1L << 54);

    /** PBMT (Svpbmt): memory type, bits 62 and 61. */
    static final long MEMORY_TYPE = 3L << 61;

    /** N (Svnapot): the entry is one of a naturally aligned power-of-two run; the low PPN bits say how long. Bit 63. */
    static final long NAPOT = 1L << 63;

    /** Low PPN bits of an entry of a 64 KiB run: 1000 (table "Page table entry encodings when N=1"). */
    private static final long NAPOT_64K = 8;

    private static final int NAPOT_SHIFT = 4;
    private static final int FRAME_SHIFT = 10;
    private static final int INDEX_BITS = 9;
    private static final long LEAF = READ | WRITE | EXEC;
    /** Bits that a change of permissions replaces (the complement of _PAGE_CHG_MASK). */
    private static final long CHANGED = VALID | READ | WRITE | EXEC | USER | GLOBAL | MEMORY_TYPE;

    private Riscv64Entry() {
        super(new EntryMasks.Builder()
                        .valid(VALID)
                        .present(VALID | GLOBAL)
                        .leafWith(LEAF)
                        .user(VALID | USER)
                        .writable(WRITE)
                        .accessed(ACCESSED)
                        .dirty(DIRTY)
                        .special(SPECIAL)
                        .frame(FRAME)
                        .plainWhere(NAPOT, 0)
                        .build(),
                // The frame has 44 bits: 56 of the address without 12 (SWP_PFN_BITS).
                new SwapLayout(7, 12, 52, false, ACCESSED, 44));
    }

    private static int order(int level) {
        return (level - 1) * INDEX_BITS;
    }

    /** {@inheritDoc} The frames of a run differ in the address only: its entries all name the first one. */
    @Override
    public long pfn(long entry, int level) {
        long ppn = (entry & FRAME) >>> FRAME_SHIFT;
        return (entry < 0 ? ppn & ppn - 1 : ppn) & -1L << order(level);
    }

    @Override
    public long tablePfn(long entry) {
        return (entry & FRAME) >>> FRAME_SHIFT;
    }

    @Override
    public long table(long pfn, int level) {
        return pfn << FRAME_SHIFT | VALID;
    }

    /** Linux: protection_map of arch/riscv/mm/init.c. Memory that may be written may be read. */
    private static long permissions(int protection) {
        if ((protection & (Protection.READ | Protection.WRITE | Protection.EXEC)) == 0) {
            return GLOBAL | READ;
        }
        boolean write = (protection & Protection.WRITE) != 0;
        boolean read = write || (protection & Protection.READ) != 0;
        return VALID | USER | ACCESSED | (read ? READ : 0) | (write ? WRITE : 0) | ((protection & Protection.EXEC) != 0 ? EXEC : 0);
    }

    @Override
    public long leaf(long pfn, int level, int protection) {
        return pfn << FRAME_SHIFT | permissions(protection) | ACCESSED;
    }

    /** {@inheritDoc} _PAGE_KERNEL: global, accessed, dirty, without U and X. */
    @Override
    public long kernelLeaf(long pfn, int level, boolean writable) {
        return pfn << FRAME_SHIFT | GLOBAL | DIRTY | ACCESSED | (writable ? WRITE : 0) | READ | VALID;
    }

    /** {@inheritDoc} An entry that becomes accessible becomes accessed: Linux's pte_modify adds the bits of the new protection, A among them. */
    @Override
    public long withProtection(long entry, int level, int protection) {
        return entry & ~CHANGED | permissions(protection);
    }

    @Override
    public long makeWritable(long entry) {
        return entry | WRITE;
    }

    @Override
    public long writeProtect(long entry) {
        return entry & ~WRITE;
    }

    @Override
    public long makeDirty(long entry) {
        return entry | DIRTY;
    }

    @Override
    public long makeClean(long entry) {
        return entry & ~DIRTY;
    }

    private static long withPfn(long entry, long pfn) {
        return entry & ~(FRAME | NAPOT) | pfn << FRAME_SHIFT;
    }

    @Override
    public long childLeaf(long huge, int level, int n) {
        return withPfn(huge, pfn(huge, level) + n);
    }

    @Override
    public long advance(long entry, int level, long n) {
        return entry + (n << FRAME_SHIFT);
    }

    /** {@inheritDoc} The entries of a Svnapot run hold one word. */
    @Override
    public long frameStep(long leaf) {
        return leaf < 0 ? 0 : 1L << FRAME_SHIFT;
    }

    // ---- what the processor does --------------------------------------------------------------------------------

    /**
     * {@inheritDoc} Bits 60 to 54, W without R, in a table entry also N, PBMT, D, A and U; in a leaf PBMT 3, PPN bits below its size, and
     * N above level 1 or with another run than 64 KiB.
     */
    @Override
    public long reservedBits(long entry, int level) {
        if (!isLeaf(entry, level) || (entry & LEAF) == 0) {
            return level == 1 ? VALID : entry & (RESERVED | NAPOT | MEMORY_TYPE | DIRTY | ACCESSED | USER);
        }
        long bits = entry & RESERVED | ((entry & (READ | WRITE)) == WRITE ? WRITE : 0);
        if ((entry & MEMORY_TYPE) == MEMORY_TYPE) {
            bits |= MEMORY_TYPE;
        }
        if (entry < 0 && (level > 1 || (entry >>> FRAME_SHIFT & 0xF) != NAPOT_64K)) {
            bits |= NAPOT;
        }
        return bits | entry & ((1L << order(level)) - 1 << FRAME_SHIFT);
    }

    @Override
    public int access(long entry, int level) {
        if (!isLeaf(entry, level)) {
            return Access.ALL;
        }
        int bits = ((entry & READ) != 0 ? Access.KERNEL_READ : 0) | ((entry & WRITE) != 0 ? Access.KERNEL_WRITE : 0);
        int exec = (entry & EXEC) != 0 ? Access.KERNEL_EXEC : 0;
        // The supervisor reads and writes user pages while sstatus.SUM is set; it never executes them.
        return (entry & USER) != 0 ? bits | (bits | exec) << 3 : bits | exec;
    }

    @Override
    public long makeContiguous(long entry, int level) {
        if (level > 1) {
            throw new UnsupportedOperationException("no run of entries of level " + level);
        }
        return withPfn(entry, pfn(entry, 1) & -1L << NAPOT_SHIFT | NAPOT_64K) | NAPOT;
    }

    @Override
    public long makeSingle(long entry, int level, int n) {
        return entry < 0 ? withPfn(entry, pfn(entry, 1) + n) : entry;
    }

    @Override
    public boolean isContiguous(long entry, int level) {
        return entry < 0 && level == 1;
    }

    @Override
    public int repeatShift(long entry, int level) {
        return entry < 0 && level == 1 ? NAPOT_SHIFT : 0;
    }

    // ---- for people ---------------------------------------------------------------------------------------------

    @Override
    public List<EntryField> explain(long entry, int level) {
        if (entry == 0) {
            return List.of();
        }
        if (!isPresent(entry)) {
            return explainSoftware(entry)
                    .flag(6, "_PAGE_SWP_EXCLUSIVE", "Linux: the page was this mapping's alone")
                    .with("not used");
        }
        EntryExplanation e = new EntryExplanation(entry);
        if (!isLeaf(entry, level)) {
            return e.field(53, 10, "PPN", "next-level table in frame 0x" + Long.toHexString(tablePfn(entry)))
                    .field(3, 1, "X W R", "0: a table")
                    .bit(0, "V", "valid", "not valid")
                    .with("reserved in a table entry");
        }
        return e.flag(63, "N", "Svnapot: one of a run of 64 KiB")
                .fieldIfSet(62, 61, "PBMT", "Svpbmt: " + new String[] {"", "NC, not cached", "IO, strongly ordered", "reserved"}[(int) (entry >>> 61 & 3)])
                .field(53, 10, "PPN", "frame 0x" + Long.toHexString(pfn(entry, level)))
                .flag(9, "RSW", "Linux: device memory with struct pages")
                .flag(8, "RSW", "Linux: the page has no mapping count")
                .bit(7, "D", "written", "not written")
                .bit(6, "A", "accessed", "not accessed")
                .flag(5, "G", isValid(entry) ? "global" : "Linux: present although not valid (PROT_NONE)")
                .bit(4, "U", "for user mode", "for the supervisor only")
                .bit(3, "X", "executable", "not executable")
                .bit(2, "W", "writable", "not writable")
                .bit(1, "R", "readable", "not readable")
                .bit(0, "V", "valid", "not valid")
                .with("reserved");
    }

    @Override
    public String describe(long entry, int level) {
        if (isNone(entry)) {
            return "none";
        }
        if (!isPresent(entry)) {
            return describeSoftware(entry);
        }
        String size = !isLeaf(entry, level) ? "table "
                : new String[] {isContiguous(entry, level) ? "4K of 64K leaf " : "4K leaf ", "2M leaf ", "1G leaf ", "512G leaf ", "256T leaf "}[level - 1];
        return EntryExplanation.line(size, explain(entry, level));
    }
}
