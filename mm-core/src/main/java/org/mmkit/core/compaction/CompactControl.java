package org.mmkit.core.compaction;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.MigrateType;
import org.mmkit.core.memory.Zone;

/**
 * One compaction of one zone: what is wanted, how hard to try, where the scanners stand, and what they hold (struct
 * compact_control). Made for each attempt, used by one thread.
 */
final class CompactControl {

    /** No order: everything is to be moved together (order -1). */
    static final int ALL = -1;

    /** Pages that are moved at a time (COMPACT_CLUSTER_MAX). */
    static final int CLUSTER = 32;

    final CompactedZone zone;
    final int order;
    final MigrateType type;
    final Mode mode;
    /** The highest zone that the request may use. */
    int highest = Zone.NORMAL;
    /** The watermark by which the request is served, and the eighths of it that it may use up. */
    int mark = Zone.MIN;

    int reserve;
    /** On behalf of an allocation that waits. */
    boolean direct;
    /** From end to end, whatever the scanners remember. */
    boolean wholeZone;
    /** Also page blocks that were found hopeless. */
    boolean ignoreSkips;
    /** Frames are also taken from page blocks of other types. */
    boolean anyTarget;
    /** Until the zone's fragmentation has fallen below a mark, which {@link #proactiveMark} is. */
    boolean proactive;

    int proactiveMark;
    /** A page block that was begun is to be scanned to its end. */
    boolean finishBlock;

    /** The next frame to take pages from, and the place to look for free frames. */
    long migrate;

    long free;

    /** The lowest place that the search of free lists has found to start from; 0 for none yet, -1 when it is used up. */
    long fastStart;

    int searchOrder;
    /** Searches of free lists that found nothing since the last that did. */
    int fastSearchFailures;

    long migrateScanned;
    long freeScanned;

    /** Folios on their way, the one isolated last behind the others; and their pages. */
    private long[] folios = new long[2 * CLUSTER];

    private int folioCount;
    int migratePages;

    /** Free blocks that were taken, by order, those to be used next last in each array; and their frames. */
    private final long[] @Nullable [] blocks;

    private final int[] blockCounts;
    private final int[] blockStarts;
    int freePages;

    CompactControl(CompactedZone zone, int order, MigrateType type, Mode mode) {
        this.zone = zone;
        this.order = order;
        this.type = type;
        this.mode = mode;
        this.searchOrder = order;
        int orders = zone.maxOrder + 1;
        blocks = new long[orders][];
        blockCounts = new int[orders];
        blockStarts = new int[orders];
    }

    boolean isSync() {
        return mode != Mode.ASYNC;
    }

    /** Whether the scanners are in one page block or have passed each other (compact_scanners_met). */
    boolean haveMet() {
        return free >> zone.blockOrder <= migrate >> zone.blockOrder;
    }

    // ---- folios on their way ----------------------------------------------------------------------------------

    void addFolio(long head, long pages) {
        if (folioCount == folios.length) {
            folios = Arrays.copyOf(folios, 2 * folioCount);
        }
        folios[folioCount++] = head;
        migratePages += (int) pages;
    }

    int folioCount() {
        return folioCount;
    }

    /** The {@code i}-th folio, in the order in which they were isolated. */
    long folio(int i) {
        return folios[i];
    }

    void clearFolios() {
        folioCount = 0;
        migratePages = 0;
    }

    // ---- free blocks ------------------------------------------------------------------------------------------

    /** Adds a block behind the others of its order. */
    void addFree(long pfn, int order) {
        long[] row = room(order, false);
        row[blockStarts[order] + blockCounts[order]++] = pfn;
        freePages += 1 << order;
    }

    /** Adds a block before the others of its order. */
    void addFreeFirst(long pfn, int order) {
        long[] row = room(order, true);
        row[--blockStarts[order]] = pfn;
        blockCounts[order]++;
        freePages += 1 << order;
    }

    /** The row of {@code order}, with room at one end. */
    private long[] room(int order, boolean atFront) {
        long[] row = blocks[order];
        int n = blockCounts[order];
        if (row == null) {
            row = new long[CLUSTER];
            blockStarts[order] = CLUSTER / 2;
        } else if (atFront ? blockStarts[order] > 0 : blockStarts[order] + n < row.length) {
            return row;
        } else {
            long[] larger = new long[Math.max(CLUSTER, 4 * n)];
            int start = (larger.length - n) / 2;
            System.arraycopy(row, blockStarts[order], larger, start, n);
            row = larger;
            blockStarts[order] = start;
        }
        blocks[order] = row;
        return row;
    }

    /** Takes the first block of exactly {@code order}, or {@link FrameAllocator#NONE}. */
    long takeFree(int order) {
        long[] row = blocks[order];
        if (row == null || blockCounts[order] == 0) {
            return FrameAllocator.NONE;
        }
        blockCounts[order]--;
        freePages -= 1 << order;
        return row[blockStarts[order]++];
    }
}
