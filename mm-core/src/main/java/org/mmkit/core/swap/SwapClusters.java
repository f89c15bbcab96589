package org.mmkit.core.swap;

import java.util.Arrays;

/**
 * Which slots of a swap device are free, and where the next folio goes (Linux 6.18: swap_alloc_fast, cluster_alloc_swap_entry).
 *
 * <p>Slots come in clusters as large as the largest folio; one that holds something serves one order. Each cluster is on one list:
 *
 * <pre>
 *   free               nothing in it; its order is open
 *   nonfull[order]     a slot was given back since it was last allocated from
 *   frag[order]        allocated from, not known to have room at its end
 *   full               no slot left
 * </pre>
 *
 * An allocation goes on behind the last one of its order, so that what is paged out together lies together, and looks for what was given
 * back only when that cluster has come to its end: first among nonfull ones, then it opens a free one. Slot 0 holds the header, so cluster 0
 * is never free and serves single pages. Not thread-safe.
 */
final class SwapClusters {

    private static final int NONE = -1;
    private static final int NO_SLOT = -1;
    private static final int FREE = 0;
    private static final int FULL = 1;

    private final int clusterOrder;
    private final int clusterSlots;
    private final boolean[] used;
    private final int[] usedIn;
    /** The order that each cluster that is not free serves. */
    private final byte[] orderOf;
    /** Where the next allocation of each order goes on, or {@link #NO_SLOT}. */
    private final int[] next;

    /** The lists: 0 free, 1 full, 2 + order nonfull, 2 + orders + order frag. */
    private final int[] first;
    private final int[] last;
    private final int[] after;
    private final int[] before;
    private final int[] listOf;

    SwapClusters(int slots, int clusterOrder) {
        this.clusterOrder = clusterOrder;
        clusterSlots = 1 << clusterOrder;
        int clusters = (slots + clusterSlots - 1) / clusterSlots;
        used = new boolean[clusters * clusterSlots];
        usedIn = new int[clusters];
        orderOf = new byte[clusters];
        next = filled(clusterOrder + 1, NO_SLOT);
        int lists = 2 + 2 * (clusterOrder + 1);
        first = filled(lists, NONE);
        last = filled(lists, NONE);
        after = filled(clusters, NONE);
        before = filled(clusters, NONE);
        listOf = filled(clusters, NONE);
        used[0] = true;
        // What lies behind the end of the last cluster is as unusable as the header.
        Arrays.fill(used, slots, used.length, true);
        for (int slot = 0; slot < used.length; slot++) {
            usedIn[slot >>> clusterOrder] += used[slot] ? 1 : 0;
        }
        for (int cluster = 0; cluster < clusters; cluster++) {
            append(cluster, usedIn[cluster] == 0 ? FREE : nonfull(0));
        }
    }

    private static int nonfull(int order) {
        return 2 + order;
    }

    private int frag(int order) {
        return 2 + clusterOrder + 1 + order;
    }

    private static int[] filled(int length, int value) {
        int[] array = new int[length];
        Arrays.fill(array, value);
        return array;
    }

    boolean isUsed(int slot) {
        return used[slot];
    }

    /** First of 2^{@code order} free, aligned, consecutive slots, now in use; -1 when there are none. */
    int allocate(int order) {
        if (order > clusterOrder) {
            return NO_SLOT;
        }
        int slot = next[order];
        if (slot != NO_SLOT) {
            int cluster = slot >>> clusterOrder;
            boolean usable = listOf[cluster] != FREE && listOf[cluster] != FULL && (order == 0 || orderOf[cluster] == order);
            slot = usable ? allocateIn(cluster, slot, order) : NO_SLOT;
        }
        boolean whole = order == clusterOrder;
        if (slot == NO_SLOT && !whole) {
            slot = scan(nonfull(order), order, true);
        }
        if (slot == NO_SLOT) {
            slot = scan(FREE, order, false);
        }
        if (slot == NO_SLOT && !whole) {
            slot = scan(frag(order), order, false);
        }
        for (int other = 1; other <= clusterOrder && slot == NO_SLOT && order == 0; other++) {
            slot = scan(frag(other), 0, true);
            slot = slot == NO_SLOT ? scan(nonfull(other), 0, true) : slot;
        }
        return slot;
    }

    /** Tries the first cluster of {@code list}, or all of them; one without room goes to the end of its order's frag list. */
    private int scan(int list, int order, boolean all) {
        int slot = NO_SLOT;
        int end = last[list];
        for (int cluster = first[list]; cluster != NONE && slot == NO_SLOT; cluster = first[list]) {
            remove(cluster);
            slot = allocateIn(cluster, cluster << clusterOrder, order);
            if (!all || cluster == end) {
                break;
            }
        }
        return slot;
    }

    private int allocateIn(int cluster, int from, int order) {
        int n = 1 << order;
        int end = (cluster + 1 << clusterOrder) - n;
        int found = NO_SLOT;
        next[order] = NO_SLOT;
        for (int slot = from; slot <= end && found == NO_SLOT && usedIn[cluster] + n <= clusterSlots; slot += n) {
            if (isFree(slot, n)) {
                found = slot;
            }
        }
        if (found != NO_SLOT) {
            if (usedIn[cluster] == 0) {
                orderOf[cluster] = (byte) order;
            }
            Arrays.fill(used, found, found + n, true);
            usedIn[cluster] += n;
            if (usedIn[cluster] < clusterSlots && found + n <= end) {
                next[order] = found + n;
            }
        }
        int list = usedIn[cluster] == 0 ? FREE : usedIn[cluster] == clusterSlots ? FULL : frag(orderOf[cluster]);
        if (listOf[cluster] != list) {
            remove(cluster);
            append(cluster, list);
        }
        return found;
    }

    private boolean isFree(int slot, int n) {
        for (int i = slot; i < slot + n; i++) {
            if (used[i]) {
                return false;
            }
        }
        return true;
    }

    /** Gives {@code slot}, which is in use, back. */
    void free(int slot) {
        used[slot] = false;
        int cluster = slot >>> clusterOrder;
        int list = --usedIn[cluster] == 0 ? FREE : nonfull(orderOf[cluster]);
        if (listOf[cluster] != list) {
            remove(cluster);
            append(cluster, list);
        }
    }

    private void remove(int cluster) {
        int list = listOf[cluster];
        if (list == NONE) {
            return;
        }
        if (before[cluster] == NONE) {
            first[list] = after[cluster];
        } else {
            after[before[cluster]] = after[cluster];
        }
        if (after[cluster] == NONE) {
            last[list] = before[cluster];
        } else {
            before[after[cluster]] = before[cluster];
        }
        listOf[cluster] = NONE;
    }

    private void append(int cluster, int list) {
        before[cluster] = last[list];
        after[cluster] = NONE;
        if (last[list] == NONE) {
            first[list] = cluster;
        } else {
            after[last[list]] = cluster;
        }
        last[list] = cluster;
        listOf[cluster] = list;
    }
}
