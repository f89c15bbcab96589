package org.mmkit.api.arch;

import java.util.List;

/**
 * Which physical addresses hold memory, as the firmware reports it (x86: e820).
 *
 * @param ranges in ascending order, not overlapping
 */
public record PhysicalMap(List<Range> ranges) {

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
