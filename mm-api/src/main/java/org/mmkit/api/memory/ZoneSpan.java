package org.mmkit.api.memory;

import java.util.function.IntSupplier;

/**
 * The zone that an allocator is made for.
 *
 * @param start first frame that may belong to it
 * @param end first frame above it
 * @param maxOrder the largest order that will be asked for
 * @param hugeOrder the order of the smallest huge page: beside order 0 the one asked for most
 * @param processors how many processors there are
 * @param processor which of them the calling thread stands for, 0 to {@code processors} - 1; a hint, several threads may get the same
 */
public record ZoneSpan(long start, long end, int maxOrder, int hugeOrder, int processors, IntSupplier processor) {

    public ZoneSpan {
        if (start < 0 || end <= start || maxOrder < 0 || processors < 1) {
            throw new IllegalArgumentException("no zone: frames " + start + " to " + end + ", largest order " + maxOrder + ", "
                    + processors + " processors");
        }
    }
}
