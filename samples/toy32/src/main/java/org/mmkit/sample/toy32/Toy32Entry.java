package org.mmkit.sample.toy32;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.Protection;

/**
 * Entries of 64 bits:
 *
 * <pre>
 *   57    52 51                 12 11   9  8         7       6     5        4    3     2  0
 *   | device | frame or offset    | kind of | exclusive | special | dirty | accessed | exec | write | kind |
 *                                   marker
 * </pre>
 *
 * The hardware walks kinds {@link #LEAF} and {@link #TABLE}; it faults on all others, whose bits are software's.
 */
final class Toy32Entry implements EntryFormat {

    private static final long KIND = 7;
    private static final long LEAF = 1;
    private static final long TABLE = 2;
    /** A leaf without any permission: memory is behind it, but every access faults. */
    private static final long CLOSED = 3;
    private static final long SWAP = 4;
    private static final long MIGRATION = 5;
    private static final long MARKER = 6;

    private static final long WRITE = 1 << 3;
    private static final long EXEC = 1 << 4;
    private static final long ACCESSED = 1 << 5;
    private static final long DIRTY = 1 << 6;
    private static final long SPECIAL = 1 << 7;
    private static final long EXCLUSIVE = 1 << 8;

    private static final int MARKER_SHIFT = 9;
    private static final int FRAME_SHIFT = 12;
    private static final long FRAME_MASK = (1L << 40) - 1;
    private static final int DEVICE_SHIFT = 52;

    private static long kind(long entry) {
        return entry & KIND;
    }

    private static long frame(long entry) {
        return entry >>> FRAME_SHIFT & FRAME_MASK;
    }

    @Override
    public boolean isPresent(long entry) {
        return kind(entry) >= LEAF && kind(entry) <= CLOSED;
    }

    @Override
    public boolean isValid(long entry) {
        return kind(entry) == LEAF || kind(entry) == TABLE;
    }

    @Override
    public boolean isUserAccessible(long entry) {
        return kind(entry) == LEAF;
    }

    @Override
    public boolean isLeaf(long entry, int level) {
        return kind(entry) == LEAF || kind(entry) == CLOSED;
    }

    @Override
    public long pfn(long entry, int level) {
        return frame(entry);
    }

    @Override
    public long tablePfn(long entry) {
        return frame(entry);
    }

    @Override
    public long table(long pfn, int level) {
        return pfn << FRAME_SHIFT | TABLE;
    }

    @Override
    public long leaf(long pfn, int level, int protection) {
        return withProtection(pfn << FRAME_SHIFT | ACCESSED, level, protection);
    }

    @Override
    public long withProtection(long entry, int level, int protection) {
        return entry & ~(KIND | WRITE | EXEC)
                | (protection == Protection.NONE ? CLOSED : LEAF)
                | ((protection & Protection.WRITE) != 0 ? WRITE : 0)
                | ((protection & Protection.EXEC) != 0 ? EXEC : 0);
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
        return (entry & SPECIAL) != 0;
    }

    @Override
    public long makeSpecial(long entry) {
        return entry | SPECIAL;
    }

    @Override
    public long childLeaf(long huge, int level, int n) {
        return advance(huge, level, n); // leaves look alike on both levels
    }

    @Override
    public long advance(long entry, int level, long n) {
        return entry + (n << FRAME_SHIFT);
    }

    @Override
    public long swap(int type, long offset, boolean exclusive) {
        return (long) type << DEVICE_SHIFT | offset << FRAME_SHIFT | (exclusive ? EXCLUSIVE : 0) | SWAP;
    }

    @Override
    public boolean isSwap(long entry) {
        return kind(entry) == SWAP;
    }

    @Override
    public int swapType(long entry) {
        return (int) (entry >>> DEVICE_SHIFT);
    }

    @Override
    public long swapOffset(long entry) {
        return frame(entry);
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
        return pfn << FRAME_SHIFT
                | (writable ? WRITE : 0)
                | (writable || exclusive ? EXCLUSIVE : 0)
                | (dirty ? DIRTY : 0)
                | (young ? ACCESSED : 0)
                | MIGRATION;
    }

    @Override
    public boolean isMigration(long entry) {
        return kind(entry) == MIGRATION;
    }

    @Override
    public long migrationPfn(long entry) {
        return frame(entry);
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
        return (long) kind << MARKER_SHIFT | MARKER;
    }

    @Override
    public int markerKind(long entry) {
        return kind(entry) == MARKER ? (int) (entry >>> MARKER_SHIFT & 7) : 0;
    }

    @Override
    public String describe(long entry, int level) {
        String what = switch ((int) kind(entry)) {
            case (int) LEAF -> "leaf";
            case (int) TABLE -> "table";
            case (int) CLOSED -> "leaf without permission";
            case (int) SWAP -> "swap device " + swapType(entry);
            case (int) MIGRATION -> "migration";
            case (int) MARKER -> "marker " + markerKind(entry);
            default -> "none";
        };
        return what + " 0x" + Long.toHexString(frame(entry)) + (isWritable(entry) ? " write" : "") + (isDirty(entry) ? " dirty" : "")
                + (isYoung(entry) ? " accessed" : "");
    }
}
