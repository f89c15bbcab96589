package org.mmkit.core.memory;

import java.util.ArrayList;
import java.util.List;
import org.mmkit.api.arch.PhysicalMap;

/** The frames that firmware reports as usable, or those of them that belong to one node. Immutable. */
final class UsableMemory {

    /** The frames [{@code from}, {@code to}). */
    record Range(long from, long to) {

        long frames() {
            return to - from;
        }
    }

    private final List<Range> ranges;

    private UsableMemory(List<Range> ranges) {
        this.ranges = List.copyOf(ranges);
    }

    /**
     * The whole frames of 2^{@code pageShift} bytes in the usable ranges of {@code map}.
     *
     * @throws IllegalArgumentException if there is none
     */
    static UsableMemory of(PhysicalMap map, int pageShift) {
        List<Range> ranges = new ArrayList<>();
        for (PhysicalMap.Range range : map.ranges()) {
            if (range.usable()) {
                long from = range.start() + (1L << pageShift) - 1 >>> pageShift;
                long to = range.start() + range.bytes() >>> pageShift;
                if (from < to) {
                    ranges.add(new Range(from, to));
                }
            }
        }
        if (ranges.isEmpty()) {
            throw new IllegalArgumentException("the firmware map holds no usable memory");
        }
        return new UsableMemory(ranges);
    }

    /** The part that belongs to {@code node} of {@code nodes}; it may be empty. */
    UsableMemory ofNode(NodeMap nodes, int node) {
        List<Range> own = new ArrayList<>();
        for (Range range : ranges) {
            long from = Math.max(range.from, nodes.start(node));
            long to = Math.min(range.to, nodes.end(node));
            if (from < to) {
                own.add(new Range(from, to));
            }
        }
        return new UsableMemory(own);
    }

    /** Ascending, none empty. */
    List<Range> ranges() {
        return ranges;
    }

    /** As {@link #ranges}, each as {from, to}. */
    List<long[]> pairs() {
        return ranges.stream().map(range -> new long[] {range.from, range.to}).toList();
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** The frame above the last one; there is one. */
    long end() {
        return ranges.get(ranges.size() - 1).to;
    }

    /** How many frames these are. */
    long pages() {
        long n = 0;
        for (Range range : ranges) {
            n += range.frames();
        }
        return n;
    }
}
