package org.mmkit.testkit;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.Protection;

/** The entries of the {@link ToyArchitecture}: the frame number on top, a flag in each low bit. */
class ToyFormat implements EntryFormat {

    static final long PRESENT = 1;
    static final long LEAF = 1 << 1;
    static final long WRITABLE = 1 << 2;
    static final long DIRTY = 1 << 3;
    static final long ACCESSED = 1 << 4;
    static final long SWAP = 1 << 5;
    static final long MIGRATION = 1 << 6;
    static final long EXCLUSIVE = 1 << 7;
    private static final int TYPE_SHIFT = 8;
    private static final int PFN_SHIFT = 12;

    @Override
    public boolean isPresent(long entry) {
        return (entry & PRESENT) != 0;
    }

    @Override
    public boolean isUserAccessible(long entry) {
        return isPresent(entry);
    }

    @Override
    public boolean isLeaf(long entry, int level) {
        return (entry & LEAF) != 0;
    }

    @Override
    public long pfn(long entry, int level) {
        return entry >>> PFN_SHIFT;
    }

    @Override
    public long tablePfn(long entry) {
        return entry >>> PFN_SHIFT;
    }

    @Override
    public long table(long pfn, int level) {
        return pfn << PFN_SHIFT | PRESENT;
    }

    @Override
    public long leaf(long pfn, int level, int protection) {
        return withProtection(pfn << PFN_SHIFT | PRESENT | LEAF | ACCESSED, level, protection);
    }

    @Override
    public long withProtection(long entry, int level, int protection) {
        if (protection == Protection.NONE) {
            throw absent();
        }
        return (protection & Protection.WRITE) != 0 ? makeWritable(entry) : writeProtect(entry);
    }

    @Override
    public boolean isWritable(long entry) {
        return (entry & WRITABLE) != 0;
    }

    @Override
    public long makeWritable(long entry) {
        return entry | WRITABLE;
    }

    @Override
    public long writeProtect(long entry) {
        return entry & ~WRITABLE;
    }

    @Override
    public boolean isDirty(long entry) {
        return (entry & DIRTY) != 0;
    }

    @Override
    public long makeDirty(long entry) {
        return entry | DIRTY;
    }

    @Override
    public long makeClean(long entry) {
        return entry & ~DIRTY;
    }

    @Override
    public boolean isYoung(long entry) {
        return (entry & ACCESSED) != 0;
    }

    @Override
    public long makeYoung(long entry) {
        return entry | ACCESSED;
    }

    @Override
    public long makeOld(long entry) {
        return entry & ~ACCESSED;
    }

    @Override
    public boolean isSpecial(long entry) {
        return false;
    }

    @Override
    public long makeSpecial(long entry) {
        throw absent();
    }

    @Override
    public long childLeaf(long huge, int level, int n) {
        return advance(huge, level, n);
    }

    @Override
    public long advance(long entry, int level, long n) {
        return entry + (n << PFN_SHIFT);
    }

    @Override
    public long swap(int type, long offset, boolean exclusive) {
        return offset << PFN_SHIFT | (long) type << TYPE_SHIFT | SWAP | (exclusive ? EXCLUSIVE : 0);
    }

    @Override
    public boolean isSwap(long entry) {
        return (entry & (PRESENT | SWAP)) == SWAP;
    }

    @Override
    public int swapType(long entry) {
        return (int) entry >>> TYPE_SHIFT & 0xF;
    }

    @Override
    public long swapOffset(long entry) {
        return entry >>> PFN_SHIFT;
    }

    @Override
    public boolean isExclusive(long entry) {
        return (entry & EXCLUSIVE) != 0;
    }

    @Override
    public long clearExclusive(long entry) {
        return entry & ~EXCLUSIVE;
    }

    @Override
    public long migration(long pfn, boolean writable, boolean exclusive, boolean dirty, boolean young) {
        return pfn << PFN_SHIFT
                | MIGRATION
                | (writable ? WRITABLE : 0)
                | (writable || exclusive ? EXCLUSIVE : 0)
                | (dirty ? DIRTY : 0)
                | (young ? ACCESSED : 0);
    }

    @Override
    public boolean isMigration(long entry) {
        return (entry & (PRESENT | MIGRATION)) == MIGRATION;
    }

    @Override
    public long migrationPfn(long entry) {
        return entry >>> PFN_SHIFT;
    }

    @Override
    public boolean isMigrationWritable(long entry) {
        return isWritable(entry);
    }

    @Override
    public boolean isMigrationDirty(long entry) {
        return isDirty(entry);
    }

    @Override
    public boolean isMigrationYoung(long entry) {
        return isYoung(entry);
    }

    @Override
    public long marker(int kind) {
        throw absent();
    }

    @Override
    public int markerKind(long entry) {
        return 0;
    }

    @Override
    public String describe(long entry, int level) {
        return "frame 0x" + Long.toHexString(entry >>> PFN_SHIFT) + " flags 0x" + Long.toHexString(entry & 0xFFF);
    }

    private static UnsupportedOperationException absent() {
        return new UnsupportedOperationException("the toy has no such entry");
    }
}
