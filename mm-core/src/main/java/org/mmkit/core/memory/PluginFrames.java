package org.mmkit.core.memory;

import org.mmkit.api.InvariantViolation;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.MigrateType;
import org.mmkit.api.memory.ZoneAllocator;

/**
 * The free frames of a zone whose allocator is a plugin: what the plugin hands out and gets back is counted in {@link Zone#free}, under the
 * zone's lock; the plugin itself runs outside it. Thread-safe with {@code SMP=y}.
 */
final class PluginFrames {

    private static final int[] GFP = new int[MigrateType.values().length];

    static {
        GFP[MigrateType.MOVABLE.ordinal()] = Gfp.MOVABLE;
        GFP[MigrateType.RECLAIMABLE.ordinal()] = Gfp.RECLAIMABLE;
    }

    private final Zone zone;
    private final ZoneAllocator allocator;

    PluginFrames(Zone zone, ZoneAllocator allocator) {
        this.zone = zone;
        this.allocator = allocator;
    }

    private void count(long frames) {
        zone.lock.lock();
        zone.free += frames;
        zone.lock.unlock();
    }

    long take(int order, int type) {
        long pfn = allocator.allocate(order, GFP[type]);
        if (pfn != FrameAllocator.NONE) {
            count(-1L << order);
        }
        return pfn;
    }

    void free(long pfn, int order) {
        allocator.free(pfn, order);
        count(1L << order);
    }

    void add(long from, long to) {
        allocator.addFrames(from, to);
        count(to - from);
    }

    /** A run above the largest order, as long as the low watermark holds afterwards. */
    long takeRun(long pages, int gfp) {
        if (zone.free < pages + zone.watermark[Zone.LOW]) {
            return FrameAllocator.NONE;
        }
        long pfn = allocator.allocateContiguous(pages, gfp);
        if (pfn != FrameAllocator.NONE) {
            count(-pages);
        }
        return pfn;
    }

    void freeRun(long pfn, long pages) {
        allocator.freeContiguous(pfn, pages);
        count(pages);
    }

    boolean isFree(long pfn) {
        return allocator.isFree(pfn);
    }

    boolean hasFree(int order) {
        return allocator.hasFree(order);
    }

    long blocks(int order) {
        return allocator.freeBlocks(order);
    }

    void verify() {
        allocator.verify();
        if (allocator.freePages() != zone.free || allocator.managedPages() != zone.managed) {
            throw new InvariantViolation(zone + ": its allocator has " + allocator.freePages() + " free frames of "
                    + allocator.managedPages());
        }
    }
}
