package org.mmkit.core.memory;

/**
 * Where the zones of a node end: DMA and DMA32 where the architecture says, the zone for movable pages above what any allocation may use
 * (mm/mm_init.c, find_zone_movable_pfns_for_nodes). Numbers are frames. Immutable.
 */
final class ZoneDivision {

    private final long spanned;
    private final long dmaEnd;
    private final long dma32End;

    /**
     * For memory from frame 0 to {@code spanned}.
     *
     * @param dmaEnd the frame above zone DMA; 0 without it
     * @param dma32End the frame above zone DMA32; at most {@code dmaEnd} without it
     */
    ZoneDivision(long spanned, long dmaEnd, long dma32End) {
        this.spanned = spanned;
        this.dmaEnd = Math.min(dmaEnd, spanned);
        this.dma32End = Math.max(this.dmaEnd, Math.min(dma32End, spanned));
    }

    /**
     * The ends of the zones DMA, DMA32 and NORMAL of the node whose memory is {@code own}.
     *
     * @param kernelCore pages that any allocation may use, the rest being for movable ones only; 0 or less for all
     * @param multiple frames of the largest block, of which the zone for movable pages begins at a multiple
     */
    long[] ends(UsableMemory own, long kernelCore, long multiple) {
        long movable = movableStart(own, kernelCore, multiple);
        // The highest zone that has memory gives the movable one its part.
        return movable >= dma32End ? new long[] {dmaEnd, dma32End, movable} : new long[] {Math.min(dmaEnd, movable), movable, movable};
    }

    /**
     * Where the zone for movable pages begins: above the lowest frames that any allocation may use, but not in a lower zone than the
     * highest with memory; {@link #spanned} without such a zone.
     */
    private long movableStart(UsableMemory own, long kernelCore, long multiple) {
        if (kernelCore <= 0) {
            return spanned;
        }
        long last = own.end();
        long least = last > dma32End ? dma32End : last > dmaEnd ? dmaEnd : 0;
        long left = kernelCore;
        for (UsableMemory.Range range : own.ranges()) {
            if (left < range.frames()) {
                long start = Math.max(least, range.from() + left) + multiple - 1 & -multiple;
                return Math.min(start, spanned);
            }
            left -= range.frames();
        }
        return spanned;
    }
}
