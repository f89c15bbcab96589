package org.mmkit.core.compaction;

import java.util.Arrays;
import org.mmkit.api.memory.MigrateType;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.memory.Isolation;
import org.mmkit.core.memory.Zone;

/**
 * Compaction of one zone: where its scanners stopped last, and how often it has failed (mm/compaction.c, compact_zone).
 *
 * <p>Differences from Linux: page blocks are not remembered as hopeless from run to run, and only single anonymous frames move.
 */
final class ZoneCompaction {

    /** After n failures in a row 2^n requests are turned away, at most 64 (COMPACT_MAX_DEFER_SHIFT). */
    private static final int MOST_DEFERRALS = 6;

    private final BuddyAllocator allocator;
    private final Isolation isolation;
    private final FrameTable frames;
    private final FolioMover mover;
    private final Engine engine;
    private final Zone zone;
    private final long blockPages;
    private final int migrateScanned;
    private final int freeScanned;
    private final int isolated;

    // Scanners: the next page block to take pages from, and the last page block to look for free frames in.
    private long migrate;
    private long free;

    private long[] targets = new long[64];
    private int targetCount;

    private int considered;
    private int deferShift;
    private int failedOrder = Integer.MAX_VALUE;

    ZoneCompaction(Engine engine, FolioMover mover, Zone zone) {
        this.engine = engine;
        this.mover = mover;
        this.zone = zone;
        this.frames = engine.frames;
        this.allocator = engine.memory.allocator();
        this.isolation = allocator.isolation();
        this.blockPages = 1L << allocator.blockOrder();
        migrateScanned = engine.counters.register("compact_migrate_scanned");
        freeScanned = engine.counters.register("compact_free_scanned");
        isolated = engine.counters.register("compact_isolated");
        rewind();
    }

    private void rewind() {
        migrate = zone.start();
        free = (zone.start() + zone.spanned() - 1) & -blockPages;
    }

    /** Whether a request of {@code order} is turned away because of recent failures (compaction_deferred). */
    boolean isDeferred(int order) {
        if (order < failedOrder) {
            return false;
        }
        considered = Math.min(considered + 1, 1 << deferShift);
        return considered < 1 << deferShift;
    }

    private void succeeded(int order) {
        considered = 0;
        deferShift = 0;
        failedOrder = Math.max(failedOrder, order + 1);
    }

    private void failed(int order) {
        considered = 0;
        deferShift = Math.min(deferShift + 1, MOST_DEFERRALS);
        failedOrder = Math.min(failedOrder, order);
    }

    /**
     * Moves pages until a free block of {@code order} for {@code type} has come up or the scanners have met.
     *
     * @param order of the block wanted; -1 to compact all there is
     * @param thorough also page blocks of other types, and all pages that move, not only those of blocks that can be emptied
     * @return whether the block has come up
     */
    boolean run(int order, MigrateType type, boolean thorough) {
        allocator.drain();
        boolean found = false;
        while (migrate < free && !found) {
            long block = migrate;
            migrate += blockPages;
            if (!isolation.isTouched(block)) {
                migrate = Math.max(migrate, isolation.sectionEnd(block) & -blockPages);
                continue;
            }
            if (!thorough && isolation.blockType(block) != type) {
                continue;
            }
            boolean moved = compactBlock(block, order, thorough);
            allocator.drain();
            found = order >= 0 && moved && isolation.hasBlockFor(zone.number(), order, type);
        }
        boolean met = migrate >= free;
        giveTargetsBack();
        if (met) {
            rewind();
        }
        if (order >= 0) {
            if (found) {
                succeeded(order);
            } else {
                failed(order);
            }
        }
        return found;
    }

    /** Moves pages out of the page block at {@code block}; returns whether any went. */
    private boolean compactBlock(long block, int order, boolean thorough) {
        boolean moved = false;
        long step = order < 0 || thorough ? blockPages : Math.min(blockPages, 1L << order);
        for (long start = block; start < block + blockPages; start += step) {
            if (thorough || canBeEmptied(start, step)) {
                moved |= empty(start, step);
            }
        }
        return moved;
    }

    /** Whether every frame of the range is free or moves: otherwise emptying it is in vain (skip_on_failure). */
    private boolean canBeEmptied(long start, long pages) {
        for (long pfn = start; pfn < start + pages; ) {
            int order = isolation.freeOrder(pfn);
            if (order < 0 && !mover.isMovable(pfn)) {
                return false;
            }
            pfn += order < 0 ? 1 : 1L << order;
        }
        return true;
    }

    private boolean empty(long start, long pages) {
        boolean moved = false;
        long pfn = start;
        while (pfn < start + pages) {
            engine.counters.add(migrateScanned, 1);
            int order = isolation.freeOrder(pfn);
            if (order >= 0) {
                pfn += 1L << order;
                continue;
            }
            if (mover.isMovable(pfn)) {
                if (targetCount == 0 && !findTargets()) {
                    return moved;
                }
                engine.counters.add(isolated, 1);
                if (mover.move(pfn, targets[targetCount - 1])) {
                    targetCount--;
                    moved = true;
                }
            }
            pfn += frames.pages(frames.head(pfn));
        }
        return moved;
    }

    /** Takes the free frames of the next page block from the end that has some; false when the scanners have met. */
    private boolean findTargets() {
        while (free >= migrate && targetCount == 0) {
            long block = free;
            if (!isolation.isTouched(block)) {
                // Nothing of the section was handed out: its free memory is large already.
                free = isolation.sectionEnd(block) - (1L << engine.memory.sectionOrder()) - blockPages;
                continue;
            }
            free -= blockPages;
            if (isolation.blockType(block) == MigrateType.MOVABLE && !isWhollyFree(block)) {
                takeFree(block);
            }
        }
        return targetCount > 0;
    }

    /** Whether {@code block} begins a free block of its size or lies in a larger one: worth more than what would be put there. */
    private boolean isWhollyFree(long block) {
        int order = isolation.freeOrder(block);
        return order >= allocator.blockOrder() || order < 0 && allocator.isFree(block);
    }

    private void takeFree(long block) {
        for (long pfn = block; pfn < block + blockPages; ) {
            engine.counters.add(freeScanned, 1);
            int order = isolation.freeOrder(pfn);
            if (order >= 0 && isolation.take(pfn)) {
                engine.counters.add(isolated, 1L << order);
                for (long i = 0; i < 1L << order; i++) {
                    push(pfn + i);
                }
            }
            pfn += order < 0 ? 1 : 1L << order;
        }
    }

    private void push(long pfn) {
        if (targetCount == targets.length) {
            targets = Arrays.copyOf(targets, 2 * targetCount);
        }
        targets[targetCount++] = pfn;
    }

    private void giveTargetsBack() {
        while (targetCount > 0) {
            isolation.giveBack(targets[--targetCount], 0);
        }
    }
}
