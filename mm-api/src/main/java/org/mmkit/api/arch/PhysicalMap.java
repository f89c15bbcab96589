package org.mmkit.api.arch;

import java.util.List;

/**
 * Which physical addresses hold memory, as the firmware reports it (x86: e820).
 *
 * @param ranges in ascending order, not overlapping, each a whole number of base pages
 * @param dmaEnd first address above ZONE_DMA, the memory that the most limited devices can reach; 0 when the
 *     architecture has no such zone
 * @param dma32End first address above ZONE_DMA32; 0 when the architecture has no such zone
 */
public record PhysicalMap(List<Range> ranges, long dmaEnd, long dma32End) {

    public PhysicalMap {
        ranges = List.copyOf(ranges);
    }

    /**
     * One piece of memory.
     *
     * @param start first byte
     * @param bytes length
     * @param usable whether the allocator may have it; otherwise reserved by firmware
     */
    public record Range(long start, long bytes, boolean usable) {}
}
