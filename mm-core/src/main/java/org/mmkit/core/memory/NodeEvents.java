package org.mmkit.core.memory;

/** Where requests were served, by node; the lines of a node's numastat (mm/page_alloc.c, zone_statistics). Not thread-safe. */
public final class NodeEvents {

    /** Requests that were served where they wanted to be (numa_hit). */
    public final long[] hit;

    /** Requests served by this node that wanted another one (numa_miss). */
    public final long[] miss;

    /** Requests that wanted this node and were served by another one (numa_foreign). */
    public final long[] foreign;

    /** Requests of interleaved memory that were served where they wanted to be (numa_interleave). */
    public final long[] interleave;

    /** Requests served by this node while a processor of it ran (numa_local). */
    public final long[] local;

    /** Requests served by this node while a processor of another one ran (numa_other). */
    public final long[] other;

    NodeEvents(int nodes) {
        hit = new long[nodes];
        miss = new long[nodes];
        foreign = new long[nodes];
        interleave = new long[nodes];
        local = new long[nodes];
        other = new long[nodes];
    }

    void count(int node, int preferred, int running) {
        if (node == preferred) {
            hit[node]++;
        } else {
            miss[node]++;
            foreign[preferred]++;
        }
        if (node == running) {
            local[node]++;
        } else {
            other[node]++;
        }
    }

    /** The sum of {@code counter} over the nodes. */
    public static long total(long[] counter) {
        long n = 0;
        for (long value : counter) {
            n += value;
        }
        return n;
    }
}
