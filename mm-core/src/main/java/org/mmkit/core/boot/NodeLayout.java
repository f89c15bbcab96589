package org.mmkit.core.boot;

import java.util.ArrayList;
import java.util.List;
import org.mmkit.api.memory.Nodes;
import org.mmkit.core.memory.NodeMap;
import org.mmkit.core.memory.SystemMemory;

/**
 * Which memory belongs to which node: nodes of given sizes, as firmware would report them, or those that the boot parameter
 * {@code numa=fake=} makes of one (mm/numa_emulation.c).
 *
 * <pre>
 *   numa=fake=4       four nodes of about one size
 *   numa=fake=512M    as many nodes of that size as there is memory for
 * </pre>
 */
final class NodeLayout implements SystemMemory.NodeDivision {

    /** Borders of nodes that are made are multiples of this (FAKE_NODE_MIN_SIZE). */
    private static final long LEAST = 32L << 20;

    private final List<Long> sizes;
    private final String fake;
    private final long dma32End;

    /**
     * The nodes of a machine.
     *
     * @param sizes bytes of usable memory of each node; of the last one all that is left
     * @param fake the value of {@code numa=fake=}, empty for none
     * @param dma32End first address above the zone DMA32
     */
    NodeLayout(List<Long> sizes, String fake, long dma32End) {
        this.sizes = sizes;
        this.fake = fake;
        this.dma32End = dma32End;
    }

    /** What follows {@code fake=} in the values {@code numa} of the boot parameter; empty when nothing does. */
    static String fake(List<String> numa) {
        return numa.stream().filter(value -> value.startsWith("fake=")).map(value -> value.substring("fake=".length()))
                .reduce("", (first, last) -> last);
    }

    @Override
    public NodeMap divide(List<long[]> usable, int pageShift) {
        long[] ends = !fake.isEmpty() ? emulated(usable, pageShift) : given(usable, pageShift);
        // Nodes that are made of one lie at its place.
        boolean emulated = !fake.isEmpty() && ends.length > 1;
        return new NodeMap(ends, emulated ? Nodes.LOCAL_DISTANCE : Nodes.REMOTE_DISTANCE);
    }

    private long[] given(List<long[]> usable, int pageShift) {
        long[] ends = new long[Math.max(1, sizes.size())];
        long start = 0;
        for (int node = 0; node < ends.length - 1; node++) {
            start = above(usable, start, sizes.get(node) >>> pageShift) & -(LEAST >>> pageShift);
            ends[node] = start;
        }
        ends[ends.length - 1] = Long.MAX_VALUE;
        return ends;
    }

    /** The first frame such that {@code pages} usable ones lie between {@code from} and it. */
    private static long above(List<long[]> usable, long from, long pages) {
        long left = pages;
        for (long[] run : usable) {
            long start = Math.max(from, run[0]);
            if (start < run[1]) {
                if (run[1] - start >= left) {
                    return start + left;
                }
                left -= run[1] - start;
            }
        }
        return usable.get(usable.size() - 1)[1];
    }

    /** Linux: split_nodes_interleave, split_nodes_size_interleave, for one physical node. */
    private long[] emulated(List<long[]> usable, int pageShift) {
        long limit = usable.get(usable.size() - 1)[1] << pageShift;
        boolean bySize = fake.matches("[0-9]+[MG].*");
        long count = bySize ? 0 : number(fake);
        if (!bySize && count == 0) {
            return new long[] {Long.MAX_VALUE};
        }
        long memory = memory(usable, pageShift, 0, limit);
        long nodes = bySize ? Nodes.MOST : Math.min(count, Nodes.MOST);
        long share = (memory >>> pageShift) / nodes << pageShift;
        long size = bySize ? Math.max(SizeText.parse(fake), roundUp(Math.max(share, LEAST))) & -LEAST : share & -LEAST;
        long big = bySize ? 0 : (share & LEAST - 1) * nodes / LEAST;
        if (size == 0) {
            return new long[] {Long.MAX_VALUE}; // too little memory for each node: the emulation is off
        }
        List<Long> ends = new ArrayList<>();
        for (long start = 0; start < limit; start = ends.get(ends.size() - 1)) {
            long end = start + size + (ends.size() < big ? LEAST : 0);
            while (memory(usable, pageShift, start, end) < size && end < limit) {
                end += LEAST;
            }
            if (end < dma32End && memory(usable, pageShift, end, Math.min(dma32End, limit)) < LEAST) {
                end = dma32End;
            }
            boolean last = ends.size() == nodes - 1 || memory(usable, pageShift, Math.min(end, limit), limit) < size;
            ends.add(last ? limit : end);
        }
        long[] frames = ends.stream().mapToLong(end -> end >>> pageShift).toArray();
        frames[frames.length - 1] = Long.MAX_VALUE;
        return frames;
    }

    private static long roundUp(long bytes) {
        return bytes + LEAST - 1 & -LEAST;
    }

    private static long number(String text) {
        int n = 0;
        while (n < text.length() && n < 9 && Character.isDigit(text.charAt(n))) {
            n++;
        }
        return n == 0 ? 0 : Long.parseLong(text.substring(0, n));
    }

    private static long memory(List<long[]> usable, int pageShift, long from, long to) {
        long bytes = 0;
        for (long[] run : usable) {
            bytes += Math.max(0, Math.min(run[1] << pageShift, to) - Math.max(run[0] << pageShift, from));
        }
        return bytes;
    }
}
