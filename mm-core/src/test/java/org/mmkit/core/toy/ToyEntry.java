package org.mmkit.core.toy;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.Protection;

/**
 * Entries of a processor that was never built, as unlike x86 as can be: the kind stands at the top, the frame at the bottom, permissions
 * forbid rather than allow, clean and old are bits, and the empty entry is not zero.
 */
public final class ToyEntry implements EntryFormat {

    private static final long EMPTY = 0x5A;
    private static final long KIND = 7L << 61;
    private static final long TABLE = 1L << 61;
    private static final long LEAF = 2L << 61;
    private static final long SWAP = 3L << 61;
    private static final long MIGRATION = 4L << 61;
    private static final long MARKER = 5L << 61;
    private static final long NO_READ = 1L << 60;
    private static final long NO_WRITE = 1L << 59;
    private static final long NO_EXEC = 1L << 58;
    private static final long OLD = 1L << 57;
    private static final long CLEAN = 1L << 56;
    private static final long SPECIAL = 1L << 55;
    private static final long SHARED = 1L << 54;
    private static final long FRAME = (1L << 48) - 1;

    private static boolean is(long entry, long kind) {
        return entry != EMPTY && (entry & KIND) == kind;
    }

    @Override
    public long none() {
        return EMPTY;
    }

    @Override
    public boolean isPresent(long entry) {
        return is(entry, LEAF) || is(entry, TABLE);
    }

    @Override
    public boolean isLeaf(long entry, int level) {
        return is(entry, LEAF);
    }

    @Override
    public long pfn(long entry, int level) {
        return entry & FRAME;
    }

    @Override
    public long tablePfn(long entry) {
        return entry & FRAME;
    }

    @Override
    public long table(long pfn, int level) {
        return TABLE | pfn;
    }

    @Override
    public long leaf(long pfn, int level, int protection) {
        return withProtection(LEAF | CLEAN | pfn, level, protection);
    }

    @Override
    public long withProtection(long entry, int level, int protection) {
        long bits = entry & ~(NO_READ | NO_WRITE | NO_EXEC);
        return bits | ((protection & Protection.READ) == 0 ? NO_READ : 0) | ((protection & Protection.WRITE) == 0 ? NO_WRITE : 0)
                | ((protection & Protection.EXEC) == 0 ? NO_EXEC : 0);
    }

    @Override
    public boolean isUserAccessible(long entry) {
        return is(entry, LEAF) && (entry & (NO_READ | NO_WRITE | NO_EXEC)) != (NO_READ | NO_WRITE | NO_EXEC);
    }

    @Override
    public boolean isWritable(long entry) {
        return is(entry, LEAF) && (entry & NO_WRITE) == 0;
    }

    @Override
    public long makeWritable(long entry) {
        return entry & ~NO_WRITE;
    }

    @Override
    public long writeProtect(long entry) {
        return entry | NO_WRITE;
    }

    @Override
    public boolean isDirty(long entry) {
        return (entry & CLEAN) == 0;
    }

    @Override
    public long makeDirty(long entry) {
        return entry & ~CLEAN;
    }

    @Override
    public long makeClean(long entry) {
        return entry | CLEAN;
    }

    @Override
    public boolean isYoung(long entry) {
        return (entry & OLD) == 0;
    }

    @Override
    public long makeYoung(long entry) {
        return entry & ~OLD;
    }

    @Override
    public long makeOld(long entry) {
        return entry | OLD;
    }

    @Override
    public boolean isSpecial(long entry) {
        return is(entry, LEAF) && (entry & SPECIAL) != 0;
    }

    @Override
    public long makeSpecial(long entry) {
        return entry | SPECIAL;
    }

    @Override
    public long childLeaf(long huge, int level, int n) {
        return huge + n;
    }

    @Override
    public long advance(long entry, int level, long n) {
        return entry + n;
    }

    @Override
    public long swap(int type, long offset, boolean exclusive) {
        return SWAP | (exclusive ? 0 : SHARED) | (long) type << 40 | offset;
    }

    @Override
    public boolean isSwap(long entry) {
        return is(entry, SWAP);
    }

    @Override
    public int swapType(long entry) {
        return (int) (entry >>> 40 & 0xff);
    }

    @Override
    public long swapOffset(long entry) {
        return entry & (1L << 40) - 1;
    }

    @Override
    public boolean isExclusive(long entry) {
        return (entry & SHARED) == 0;
    }

    @Override
    public long clearExclusive(long entry) {
        return entry | SHARED;
    }

    @Override
    public long migration(long pfn, boolean writable, boolean exclusive, boolean dirty, boolean young) {
        return MIGRATION | pfn | (writable ? 0 : NO_WRITE) | (exclusive ? 0 : SHARED) | (dirty ? 0 : CLEAN) | (young ? 0 : OLD);
    }

    @Override
    public boolean isMigration(long entry) {
        return is(entry, MIGRATION);
    }

    @Override
    public long migrationPfn(long entry) {
        return entry & FRAME;
    }

    @Override
    public boolean isMigrationWritable(long entry) {
        return (entry & NO_WRITE) == 0;
    }

    @Override
    public boolean isMigrationDirty(long entry) {
        return (entry & CLEAN) == 0;
    }

    @Override
    public boolean isMigrationYoung(long entry) {
        return (entry & OLD) == 0;
    }

    @Override
    public long marker(int kind) {
        return MARKER | kind;
    }

    @Override
    public int markerKind(long entry) {
        return is(entry, MARKER) ? (int) (entry & 7) : 0;
    }

    @Override
    public String describe(long entry, int level) {
        return "toy entry 0x" + Long.toHexString(entry) + " of level " + level;
    }
}
