package org.mmkit.core.pgtable;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.Protection;

/**
 * An architecture of its own for tests of the tables: an empty entry is not 0, and a leaf is told from a table by a bit that
 * is set in tables. Software entries are not used here.
 */
final class TestFormat implements EntryFormat {

    private static final long NONE = 0xE;
    private static final long PRESENT = 1;
    private static final long TABLE = 2;
    private static final long WRITE = 4;

    @Override
    public long none() {
        return NONE;
    }

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
        return (entry & TABLE) == 0;
    }

    @Override
    public long pfn(long entry, int level) {
        return entry >>> 8;
    }

    @Override
    public long tablePfn(long entry) {
        return entry >>> 8;
    }

    @Override
    public long table(long pfn, int level) {
        return pfn << 8 | TABLE | PRESENT;
    }

    @Override
    public long leaf(long pfn, int level, int protection) {
        return pfn << 8 | PRESENT | ((protection & Protection.WRITE) != 0 ? WRITE : 0);
    }

    @Override
    public long withProtection(long entry, int level, int protection) {
        return leaf(pfn(entry, level), level, protection);
    }

    @Override
    public boolean isWritable(long entry) {
        return (entry & WRITE) != 0;
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
    public long childLeaf(long huge, int level, int n) {
        return huge + ((long) n << 8);
    }

    @Override
    public long advance(long entry, int level, long n) {
        return entry + (n << 8);
    }

    private static UnsupportedOperationException absent() {
        return new UnsupportedOperationException("the test format has no such entry");
    }

    @Override
    public boolean isDirty(long entry) {
        throw absent();
    }

    @Override
    public long makeDirty(long entry) {
        throw absent();
    }

    @Override
    public long makeClean(long entry) {
        throw absent();
    }

    @Override
    public boolean isYoung(long entry) {
        throw absent();
    }

    @Override
    public long makeYoung(long entry) {
        throw absent();
    }

    @Override
    public long makeOld(long entry) {
        throw absent();
    }

    @Override
    public boolean isSpecial(long entry) {
        throw absent();
    }

    @Override
    public long makeSpecial(long entry) {
        throw absent();
    }

    @Override
    public long swap(int type, long offset, boolean exclusive) {
        throw absent();
    }

    @Override
    public boolean isSwap(long entry) {
        return false;
    }

    @Override
    public int swapType(long entry) {
        throw absent();
    }

    @Override
    public long swapOffset(long entry) {
        throw absent();
    }

    @Override
    public boolean isExclusive(long entry) {
        throw absent();
    }

    @Override
    public long clearExclusive(long entry) {
        throw absent();
    }

    @Override
    public long migration(long pfn, boolean writable, boolean exclusive, boolean dirty, boolean young) {
        throw absent();
    }

    @Override
    public boolean isMigration(long entry) {
        return false;
    }

    @Override
    public long migrationPfn(long entry) {
        throw absent();
    }

    @Override
    public boolean isMigrationWritable(long entry) {
        throw absent();
    }

    @Override
    public boolean isMigrationDirty(long entry) {
        throw absent();
    }

    @Override
    public boolean isMigrationYoung(long entry) {
        throw absent();
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
        return Long.toHexString(entry);
    }
}
