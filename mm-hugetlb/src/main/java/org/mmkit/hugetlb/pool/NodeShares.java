package org.mmkit.hugetlb.pool;

import java.util.Arrays;
import org.mmkit.api.memory.Nodes;

/**
 * What a pool has on each node: free pages, all pages, surplus ones; and whose turn it is to give and to take (the arrays by node of struct
 * hstate). Not thread-safe.
 */
final class NodeShares {

    private static final int FIRST_CAPACITY = 64;

    private final Nodes nodes;
    /** Free pages by node; the one that was freed last is taken first. */
    private final long[][] free;

    private final int[] freeCount;
    private final long[] total;
    private final long[] surplus;
    private int nextToGrow;
    private int nextToShrink;

    NodeShares(Nodes nodes) {
        this.nodes = nodes;
        free = new long[nodes.count()][FIRST_CAPACITY];
        freeCount = new int[nodes.count()];
        total = new long[nodes.count()];
        surplus = new long[nodes.count()];
    }

    int node(long head) {
        return nodes.of(head);
    }

    long free(int node) {
        return freeCount[node];
    }

    /** The free page of {@code node} that was freed as the {@code i}-th of those there. */
    long freePage(int node, int i) {
        return free[node][i];
    }

    long total(int node) {
        return total[node];
    }

    long surplus(int node) {
        return surplus[node];
    }

    void addTotal(int node, int pages) {
        total[node] += pages;
    }

    void addSurplus(int node, int pages) {
        surplus[node] += pages;
    }

    void put(long head) {
        int node = nodes.of(head);
        if (freeCount[node] == free[node].length) {
            free[node] = Arrays.copyOf(free[node], 2 * freeCount[node]);
        }
        free[node][freeCount[node]++] = head;
    }

    /** Takes a free page of {@code node}, which has one. */
    long take(int node) {
        return free[node][--freeCount[node]];
    }

    /** Takes the free page {@code head}; false when it is not on the list. */
    boolean take(long head) {
        int node = nodes.of(head);
        for (int i = freeCount[node] - 1; i >= 0; i--) {
            if (free[node][i] == head) {
                freeCount[node]--;
                System.arraycopy(free[node], i + 1, free[node], i, freeCount[node] - i);
                return true;
            }
        }
        return false;
    }

    /** The node of {@code allowed} nearest to {@code from} that has a free page; {@link Nodes#NONE} when none has (dequeue_hugetlb_folio_nodemask). */
    int nearestFree(int from, long allowed) {
        for (int i = 0; i < freeCount.length; i++) {
            int node = nodes.fallback(from, i);
            if ((allowed >>> node & 1) != 0 && freeCount[node] > 0) {
                return node;
            }
        }
        return Nodes.NONE;
    }

    /** The node of {@code allowed} whose turn it is to give memory to the pool; the next one is next (hstate_next_node_to_alloc). */
    int toGrow(long allowed) {
        int node = valid(nextToGrow, allowed);
        nextToGrow = Nodes.next(node, allowed);
        return node;
    }

    /** The node of {@code allowed} whose turn it is to get memory back (hstate_next_node_to_free). */
    int toShrink(long allowed) {
        int node = valid(nextToShrink, allowed);
        nextToShrink = Nodes.next(node, allowed);
        return node;
    }

    private static int valid(int node, long allowed) {
        return (allowed >>> node & 1) != 0 ? node : Nodes.next(node, allowed);
    }

    /** Takes one surplus page of {@code allowed} over as a page of the administrator, or makes one of these surplus; whether there was one. */
    boolean adjustSurplus(long allowed, int delta) {
        for (int i = Long.bitCount(allowed); i > 0; i--) {
            int node = delta < 0 ? toGrow(allowed) : toShrink(allowed);
            if (delta < 0 ? surplus[node] > 0 : surplus[node] < total[node]) {
                surplus[node] += delta;
                return true;
            }
        }
        return false;
    }

    /** The node of {@code allowed} whose free page goes next; with {@code ofSurplus} of those that have surplus pages. */
    int shrinking(long allowed, boolean ofSurplus) {
        for (int i = Long.bitCount(allowed); i > 0; i--) {
            int node = toShrink(allowed);
            if (freeCount[node] > 0 && (!ofSurplus || surplus[node] > 0)) {
                return node;
            }
        }
        return Nodes.NONE;
    }

    /** Free pages of the nodes of {@code allowed}. */
    long free(long allowed) {
        long n = 0;
        for (int node = 0; node < freeCount.length; node++) {
            n += (allowed >>> node & 1) != 0 ? freeCount[node] : 0;
        }
        return n;
    }

    /** What in the arrays contradicts the sums of the pool; empty when nothing does. */
    String check(long allPages, long allSurplus) {
        for (int node = 0; node < total.length; node++) {
            if (surplus[node] < 0 || surplus[node] > total[node] || freeCount[node] > total[node]) {
                return "the numbers of node " + node + " contradict each other";
            }
            for (int i = 0; i < freeCount[node]; i++) {
                if (nodes.of(free[node][i]) != node) {
                    return "frame 0x" + Long.toHexString(free[node][i]) + " is on the list of node " + node;
                }
            }
        }
        return Arrays.stream(total).sum() != allPages || Arrays.stream(surplus).sum() != allSurplus
                ? "its nodes have " + Arrays.stream(total).sum() + " pages, " + Arrays.stream(surplus).sum() + " surplus" : "";
    }
}
