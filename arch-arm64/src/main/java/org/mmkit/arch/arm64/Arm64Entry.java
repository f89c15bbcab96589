package org.mmkit.arch.arm64;

import java.util.List;
import org.mmkit.api.arch.Access;
import org.mmkit.api.arch.EntryField;
import org.mmkit.api.arch.EntryMasks;
import org.mmkit.api.arch.LinuxEntryFormat;
import org.mmkit.api.arch.Protection;

/**
 * Descriptors of VMSAv8-64 stage 1 tables, as Linux uses them.
 *
 * <p>The bits of valid descriptors are the processor's: Arm Architecture Reference Manual (DDI 0487), section D8.3 "Translation table
 * descriptor formats"; those reserved for software are used as Linux uses them (arch/arm64/include/asm/pgtable-prot.h). Where the
 * output address has 52 bits, its top bits sit in two places that depend on the granule:
 *
 * <pre>
 *   granule         bits 51:50       bits 51:48       lower bits of the address
 *   4K, 16K (LPA2)  descriptor 9:8   -                descriptor 49 and down; there is no SH field then
 *   64K (LPA)       -                descriptor 15:12 descriptor 47 and down
 * </pre>
 *
 * Descriptors that are not valid are Linux's alone (pgtable.h):
 *
 * <pre>
 *   63    61                              12 11 10     6 5    3 2 1 0
 *  | 0   | offset                           |0 | type   | 0 |U |E |0 0|   swap, migration, marker
 *  | as in a valid descriptor, nG set                              |x 0|   PROT_NONE leaf (nG stands in for "valid")
 * </pre>
 */
public final class Arm64Entry extends LinuxEntryFormat {

    /** Valid. Bit 0 of every descriptor. */
    static final long VALID = 1L;

    /** Table descriptor above the last level, page descriptor at the last level; 0 is a block. Bit 1. */
    static final long TABLE_BIT = 1L << 1;

    /** AP[1]: EL0 may access. Bit 6. */
    static final long USER = 1L << 6;

    /** AP[2]: no writes; with DBM set: written pages get it cleared by the processor. Bit 7. */
    static final long RDONLY = 1L << 7;

    /** SH[1:0] = 3, inner shareable. Bits 9:8; part of the address with LPA2. */
    static final long SHARED = 3L << 8;

    /** AF, the access flag. Bit 10. */
    static final long AF = 1L << 10;

    /** nG, not global: the translation belongs to an ASID. Bit 11. Linux: PTE_PRESENT_INVALID in a descriptor that is not valid. */
    static final long NG = 1L << 11;

    /** GP, guarded page (FEAT_BTI). Bit 50; an address bit is not affected, LPA2 ends at 49. */
    static final long GP = 1L << 50;

    /** DBM, dirty bit modifier: AP[2] is cleared by the processor on the first write. Bit 51. Linux: PTE_WRITE. */
    static final long DBM = 1L << 51;

    /** Contiguous: one of a run that may be cached as one translation. Bit 52. */
    static final long CONT = 1L << 52;

    /** PXN: EL1 may not fetch instructions. Bit 53. */
    static final long PXN = 1L << 53;

    /** UXN: EL0 may not fetch instructions. Bit 54. */
    static final long UXN = 1L << 54;

    /** For software, bit 55. Linux: written (PTE_DIRTY), kept when the page becomes read-only. */
    static final long DIRTY = 1L << 55;

    /** For software, bit 56. Linux: the page has no mapping count (PTE_SPECIAL). */
    static final long SPECIAL = 1L << 56;

    /** For software, bit 58. Linux: write-protected by userfaultfd (PTE_UFFD_WP). */
    static final long UFFD_WP = 1L << 58;

    /** Bits for software: 63 and 58 to 55 (PTE_SWBITS_MASK). */
    static final long SOFTWARE = 1L << 63 | 0xFL << 55;

    /** AttrIndx[2:0], an index into MAIR_EL1. Bits 4:2. Linux: 0 normal memory, 1 with tags, 2 not cached, 3 and 4 device. */
    static final long ATTRIBUTE = 7L << 2;

    /** POIndex[2:0], the permission overlay (Linux: protection key). Bits 62:60. */
    static final long OVERLAY = 7L << 60;

    /** PXNTable of a table descriptor: nothing below may be fetched by EL1. Bit 59. Linux sets it in user tables. */
    static final long PXN_TABLE = 1L << 59;

    /** UXNTable of a table descriptor. Bit 60. Linux sets it in kernel tables. */
    static final long UXN_TABLE = 1L << 60;

    /** APTable[0]: no access from EL0 below. Bit 61. */
    static final long NO_USER_TABLE = 1L << 61;

    /** APTable[1]: no writes below. Bit 62. */
    static final long RDONLY_TABLE = 1L << 62;

    /** Swap entry: the page was exclusive to this mapping (PTE_SWP_EXCLUSIVE). */
    static final long SWAP_EXCLUSIVE = 1L << 2;

    /** Swap entry: write-protected by userfaultfd (PTE_SWP_UFFD_WP). */
    static final long SWAP_UFFD_WP = 1L << 3;

    /** Bits that a change of permissions replaces (pte_modify). */
    private static final long CHANGED = USER | PXN | UXN | RDONLY | NG | VALID | DBM | GP | ATTRIBUTE | OVERLAY;

    /** Bits that may change while the descriptor is live (Arm ARM, section D8.16.1 "Using break-before-make"). */
    private static final long LIVE = AF | USER | RDONLY | DBM | PXN | UXN | GP | SOFTWARE | OVERLAY | NG;

    private final Granule granule;
    private final int pageShift;
    private final int indexBits;
    private final boolean large;
    private final long addressLow;
    private final long addressHigh;
    private final int highShift;
    private final long shared;

    private Arm64Entry(Granule granule, boolean large) {
        super(masks(granule, large), new SwapLayout(6, 12, 50, false, SWAP_EXCLUSIVE, (large ? 52 : 48) - granule.pageShift));
        this.granule = granule;
        this.pageShift = granule.pageShift;
        this.indexBits = pageShift - 3;
        this.large = large;
        boolean lpa2 = large && granule != Granule.K64;
        addressLow = addressLow(granule, large);
        addressHigh = addressHigh(granule, large);
        highShift = lpa2 ? 42 : 36;
        shared = lpa2 ? 0 : SHARED;
    }

    private static long addressLow(Granule granule, boolean large) {
        int top = large && granule != Granule.K64 ? 50 : 48;
        return (1L << top) - 1 & -(1L << granule.pageShift);
    }

    private static long addressHigh(Granule granule, boolean large) {
        return !large ? 0 : granule == Granule.K64 ? 0xFL << 12 : 3L << 8;
    }

    private static EntryMasks masks(Granule granule, boolean large) {
        return new EntryMasks.Builder()
                .valid(VALID)
                .present(VALID | NG)
                .leafWithout(TABLE_BIT)
                .user(VALID | USER)
                .writable(DBM)
                .accessed(AF)
                .dirty(DIRTY)
                .dirtyWhere(DBM | RDONLY, DBM)
                .special(SPECIAL)
                .frame(addressLow(granule, large))
                // Memory above 256 TiB has address bits elsewhere, too.
                .plainWhere(addressHigh(granule, large), 0)
                .build();
    }

    private static final Arm64Entry[] FORMATS = new Arm64Entry[2 * Granule.values().length];

    static {
        for (Granule granule : Granule.values()) {
            FORMATS[2 * granule.ordinal()] = new Arm64Entry(granule, false);
            FORMATS[2 * granule.ordinal() + 1] = new Arm64Entry(granule, true);
        }
    }

    /** The codec of {@code granule}, with physical addresses of 52 bits if {@code large} and of 48 otherwise. */
    static Arm64Entry of(Granule granule, boolean large) {
        return FORMATS[2 * granule.ordinal() + (large ? 1 : 0)];
    }

    // ---- addresses ----------------------------------------------------------------------------------------------

    private long address(long entry) {
        return entry & addressLow | (entry & addressHigh) << highShift;
    }

    private long encoded(long address) {
        return address & addressLow | address >>> highShift & addressHigh;
    }

    private int order(int level) {
        return (level - 1) * indexBits;
    }

    @Override
    public long pfn(long entry, int level) {
        return address(entry) >>> pageShift & -1L << order(level);
    }

    @Override
    public long tablePfn(long entry) {
        return address(entry) >>> pageShift;
    }

    /** {@inheritDoc} As Linux populates user tables: table, PXNTable. */
    @Override
    public long table(long pfn, int level) {
        return encoded(pfn << pageShift) | PXN_TABLE | TABLE_BIT | VALID;
    }

    // ---- what the kernel sees -----------------------------------------------------------------------------------

    private static long permissions(int protection) {
        if ((protection & (Protection.READ | Protection.WRITE | Protection.EXEC)) == 0) {
            return NG | RDONLY | PXN | UXN;
        }
        return VALID
                | USER
                | NG
                | RDONLY
                | PXN
                | ((protection & Protection.WRITE) != 0 ? DBM : 0)
                | ((protection & Protection.EXEC) != 0 ? 0 : UXN);
    }

    @Override
    public long leaf(long pfn, int level, int protection) {
        return encoded(pfn << pageShift) | permissions(protection) | AF | shared | (level == 1 ? TABLE_BIT : 0);
    }

    /** {@inheritDoc} PAGE_KERNEL and PAGE_KERNEL_RO: UXN, PXN, not for EL0, global, dirty. */
    @Override
    public long kernelLeaf(long pfn, int level, boolean writable) {
        long rights = writable ? DBM : RDONLY;
        return encoded(pfn << pageShift) | VALID | AF | shared | PXN | UXN | DIRTY | rights | (level == 1 ? TABLE_BIT : 0);
    }

    /** {@inheritDoc} pte_modify: what the processor noted as written becomes the software's bit before AP[2] is replaced. */
    @Override
    public long withProtection(long entry, int level, int protection) {
        long kept = isHardwareDirty(entry) ? entry | DIRTY : entry;
        long changed = kept & ~CHANGED | permissions(protection);
        return (changed & DIRTY) != 0 ? makeDirty(changed) : changed;
    }

    private static boolean isHardwareDirty(long entry) {
        return (entry & (DBM | RDONLY)) == DBM;
    }

    @Override
    public long makeWritable(long entry) {
        return (entry & DIRTY) != 0 ? (entry | DBM) & ~RDONLY : entry | DBM;
    }

    @Override
    public long writeProtect(long entry) {
        return (isHardwareDirty(entry) ? entry | DIRTY : entry) & ~DBM | RDONLY;
    }

    @Override
    public long makeDirty(long entry) {
        return (entry & DBM) != 0 ? (entry | DIRTY) & ~RDONLY : entry | DIRTY;
    }

    @Override
    public long makeClean(long entry) {
        return entry & ~DIRTY | RDONLY;
    }

    @Override
    public long childLeaf(long huge, int level, int n) {
        return withPfn(huge & ~CONT, pfn(huge, level) + n) | TABLE_BIT;
    }

    private long withPfn(long entry, long pfn) {
        return entry & ~(addressLow | addressHigh) | encoded(pfn << pageShift);
    }

    @Override
    public long advance(long entry, int level, long n) {
        return withPfn(entry, pfn(entry, level) + n);
    }

    @Override
    public long frameStep(long leaf) {
        return 1L << pageShift;
    }

    // ---- what the processor does --------------------------------------------------------------------------------

    /** {@inheritDoc} A block where the granule has none, and address bits below the size of a block. */
    @Override
    public long reservedBits(long entry, int level) {
        if (!isLeaf(entry, level)) {
            return 0;
        }
        if (level == 1) {
            return (entry & TABLE_BIT) == 0 ? VALID : 0;
        }
        int highest = granule == Granule.K4 ? large ? 4 : 3 : large ? 3 : 2;
        if (level > highest) {
            return VALID;
        }
        return entry & addressLow & (1L << pageShift + order(level)) - 1;
    }

    /** {@inheritDoc} What user space may write the kernel may not execute (Arm ARM, section D8.4.1). */
    @Override
    public int access(long entry, int level) {
        if (!isLeaf(entry, level)) {
            return Access.ALL
                    & ~((entry & RDONLY_TABLE) != 0 ? Access.KERNEL_WRITE | Access.USER_WRITE : 0)
                    & ~((entry & NO_USER_TABLE) != 0 ? Access.USER_READ | Access.USER_WRITE : 0)
                    & ~((entry & UXN_TABLE) != 0 ? Access.USER_EXEC : 0)
                    & ~((entry & PXN_TABLE) != 0 ? Access.KERNEL_EXEC : 0);
        }
        boolean write = (entry & RDONLY) == 0 || (entry & DBM) != 0;
        boolean user = (entry & USER) != 0;
        return Access.KERNEL_READ
                | (write ? Access.KERNEL_WRITE : 0)
                | ((entry & PXN) == 0 && !(write && user) ? Access.KERNEL_EXEC : 0)
                | (user ? Access.USER_READ : 0)
                | (user && write ? Access.USER_WRITE : 0)
                | ((entry & UXN) == 0 ? Access.USER_EXEC : 0);
    }

    @Override
    public long makeContiguous(long entry, int level) {
        if (level > 2) {
            throw new UnsupportedOperationException("no run of entries of level " + level);
        }
        return entry | CONT;
    }

    @Override
    public long makeSingle(long entry, int level, int n) {
        return entry & ~CONT;
    }

    @Override
    public boolean isContiguous(long entry, int level) {
        return (entry & CONT) != 0;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Arm ARM, section D8.16.1: another output address, memory type, shareability or size, a contiguous run, and a global translation
     * where there was one with an ASID need break-before-make. Permissions, AF and software's bits do not.
     */
    @Override
    public boolean mayFollow(long old, long next, int level) {
        if ((old & VALID) == 0 || (next & VALID) == 0) {
            return true;
        }
        if (!isLeaf(old, level) && !isLeaf(next, level)) {
            return address(old) == address(next);
        }
        long live = (old & NG) != 0 && (next & NG) == 0 ? LIVE & ~NG : LIVE;
        return ((old ^ next) & ~live) == 0 && (old == next || (old & CONT) == 0 || (next & CONT) == 0
                || ((old ^ next) & ~(AF | SOFTWARE | RDONLY)) == 0);
    }

    @Override
    public List<EntryField> explain(long entry, int level) {
        if (isNone(entry)) {
            return List.of();
        }
        if (!isPresent(entry)) {
            return explainSoftware(entry)
                    .flag(3, "PTE_SWP_UFFD_WP", "Linux: write-protected by userfaultfd")
                    .flag(2, "PTE_SWP_EXCLUSIVE", "Linux: the page was this mapping's alone")
                    .with("not used");
        }
        return Arm64Explanation.of(this, entry, level);
    }

    @Override
    public String describe(long entry, int level) {
        return isNone(entry) ? "none" : isPresent(entry) ? Arm64Explanation.line(this, entry, level) : describeSoftware(entry);
    }

    /** The granule. */
    Granule granule() {
        return granule;
    }

    /** Whether bits 9:8 hold address bits instead of the shareability. */
    boolean hasLpa2() {
        return large && granule != Granule.K64;
    }

    /** Whether bits 15:12 hold address bits. */
    boolean hasLpa() {
        return large && granule == Granule.K64;
    }
}
