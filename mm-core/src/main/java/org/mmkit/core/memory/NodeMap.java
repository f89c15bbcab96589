package org.mmkit.core.memory;

import java.util.Arrays;
import org.mmkit.api.memory.Nodes;

/**
 * The nodes of a machine, one range of frames each, ascending, and the order in which they serve each other's requests (mm/page_alloc.c,
 * build_zonelists).
 */
public final class NodeMap implements Nodes {

    /** The order among nodes at the same distance changes so little that it never changes the order by distance (MAX_NUMNODES). */
    private static final int LOAD_SCALE = MOST;

    /** First frame above each node. */
    private final long[] ends;

    private final int[][] distances;
    private final int[][] order;
    private int current;

    /**
     * Nodes that end at {@code ends}.
     *
     * @param ends first frame above each node, ascending; the last may be any number above all frames
     * @param remote the distance between two nodes
     */
    public NodeMap(long[] ends, int remote) {
        if (ends.length < 1 || ends.length > MOST) {
            throw new IllegalArgumentException(ends.length + " nodes are not in 1 to " + MOST);
        }
        this.ends = ends.clone();
        distances = new int[ends.length][ends.length];
        for (int i = 0; i < ends.length; i++) {
            Arrays.fill(distances[i], remote);
            distances[i][i] = LOCAL_DISTANCE;
        }
        order = new int[ends.length][];
        int[] load = new int[ends.length];
        for (int node = 0; node < ends.length; node++) {
            order[node] = fallbacks(node, load);
        }
    }

    /** A machine with one node. */
    static NodeMap single() {
        return new NodeMap(new long[] {Long.MAX_VALUE}, REMOTE_DISTANCE);
    }

    private int[] fallbacks(int node, int[] load) {
        int[] list = new int[ends.length];
        long used = 0;
        int previous = node;
        for (int i = 0; i < list.length; i++) {
            int best = i == 0 ? node : best(node, used, load);
            // The first of a group at one distance is another one for each node, so that they share what falls back.
            if (distances[node][best] != distances[node][previous]) {
                load[best]++;
            }
            list[i] = best;
            used |= 1L << best;
            previous = best;
        }
        return list;
    }

    /** Linux: find_next_best_node; when it runs at boot no node is known to have processors. */
    private int best(int node, long used, int[] load) {
        int best = NONE;
        int least = Integer.MAX_VALUE;
        for (int n = 0; n < ends.length; n++) {
            if ((used >>> n & 1) != 0) {
                continue;
            }
            int value = distances[node][n] + (n < node ? 1 : 0);
            value = value * LOAD_SCALE + load[n];
            if (value < least) {
                least = value;
                best = n;
            }
        }
        return best;
    }

    @Override
    public int count() {
        return ends.length;
    }

    @Override
    public int of(long pfn) {
        int node = 0;
        while (node < ends.length - 1 && pfn >= ends[node]) {
            node++;
        }
        return node;
    }

    /** First frame above {@code node}. */
    long end(int node) {
        return ends[node];
    }

    /** First frame of {@code node}. */
    long start(int node) {
        return node == 0 ? 0 : ends[node - 1];
    }

    @Override
    public int distance(int from, int to) {
        return distances[from][to];
    }

    @Override
    public int fallback(int node, int place) {
        return order[node][place];
    }

    @Override
    public int current() {
        return current;
    }

    /** The processor that runs from now on is one of {@code node}. */
    void setCurrent(int node) {
        current = node;
    }
}
