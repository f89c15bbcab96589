package org.mmkit.core.swap;

import java.util.Arrays;
import org.mmkit.api.memory.FrameContents;
import org.mmkit.api.memory.Frames;

/**
 * One swap device: a synchronous block device such as zram. Slot 0 holds the header.
 *
 * <p>Slots are given out in clusters as large as the largest folio. A cluster serves one order at a time, so that small folios do
 * not eat up the room for large ones (Linux: struct swap_cluster_info).
 *
 * <pre>
 *   slot     0        1 .. 511     512 .. 1023      …
 *          | header | cluster 0  | cluster 1      |
 *   order             0            9 (one whole huge page)
 * </pre>
 */
final class SwapDevice {

    /** No snapshot: never written, or given back. */
    private static final long NOTHING = -1;
    /** The page held only zeroes; nothing is stored (Linux: swap_zeromap). */
    private static final long ZEROES = -2;

    private static final int NO_ORDER = -1;

    private final FrameContents contents;
    private final int clusterOrder;
    private final int clusterSlots;
    private final int slots;
    /** Page-table entries that refer to each slot. */
    private final int[] counts;
    /** Head of the folio in the swap cache that belongs to each slot, or {@link Frames#NONE}. */
    private final long[] cached;
    private final long[] snapshots;
    /** What is left of a reclaimed page: see WorkingSet. */
    private final long[] shadows;
    private final boolean[] used;
    private final int[] clusterUsed;
    private final byte[] orderOfCluster;
    /** For each order, the cluster that was last used for it. */
    private final int[] current;
    private int inUse;
    /** Nothing more is put here: swapoff is emptying it. */
    private boolean closed;

    SwapDevice(FrameContents contents, int slots, int clusterOrder) {
        this.contents = contents;
        this.clusterOrder = clusterOrder;
        this.clusterSlots = 1 << clusterOrder;
        this.slots = slots;
        int clusters = (slots + clusterSlots - 1) / clusterSlots;
        counts = new int[slots];
        cached = new long[slots];
        snapshots = new long[slots];
        shadows = new long[slots];
        used = new boolean[clusters * clusterSlots];
        clusterUsed = new int[clusters];
        orderOfCluster = new byte[clusters];
        current = new int[clusterOrder + 1];
        Arrays.fill(cached, Frames.NONE);
        Arrays.fill(snapshots, NOTHING);
        Arrays.fill(orderOfCluster, (byte) NO_ORDER);
        Arrays.fill(current, -1);
        used[0] = true;
        // What lies behind the end of the last cluster is as unusable as the header.
        Arrays.fill(used, slots, used.length, true);
        for (int slot = 0; slot < used.length; slot++) {
            if (used[slot]) {
                clusterUsed[slot / clusterSlots]++;
            }
        }
    }

    /** Slots that can hold a page; those of a closed device do not count. */
    int capacity() {
        return closed ? 0 : slots - 1;
    }

    /** Slots free to be given out. */
    int free() {
        return closed ? 0 : slots - 1 - inUse;
    }

    void setClosed(boolean value) {
        closed = value;
    }

    /** Slots in use. */
    int inUse() {
        return inUse;
    }

    /** First of 2^{@code order} free, aligned, consecutive slots, now in use; -1 when there are none. */
    int allocate(int order) {
        if (closed || order > clusterOrder) {
            return -1;
        }
        int last = current[order];
        if (last >= 0 && orderOfCluster[last] == order) {
            int slot = allocateIn(last, order);
            if (slot >= 0) {
                return slot;
            }
        }
        int slot = allocateInClusters(order, NO_ORDER);
        if (slot < 0) {
            slot = allocateInClusters(order, order);
        }
        if (slot < 0 && order == 0) {
            for (int other = 1; other <= clusterOrder && slot < 0; other++) {
                slot = allocateInClusters(0, other);
            }
        }
        return slot;
    }

    private int allocateInClusters(int order, int clusterOf) {
        for (int cluster = 0; cluster < clusterUsed.length; cluster++) {
            if (orderOfCluster[cluster] == clusterOf) {
                int slot = allocateIn(cluster, order);
                if (slot >= 0) {
                    if (clusterOf == NO_ORDER) {
                        orderOfCluster[cluster] = (byte) order;
                    }
                    current[order] = cluster;
                    return slot;
                }
            }
        }
        return -1;
    }

    private int allocateIn(int cluster, int order) {
        int n = 1 << order;
        if (clusterUsed[cluster] + n > clusterSlots) {
            return -1;
        }
        int from = cluster * clusterSlots;
        for (int slot = from; slot < from + clusterSlots; slot += n) {
            if (isFree(slot, n)) {
                Arrays.fill(used, slot, slot + n, true);
                clusterUsed[cluster] += n;
                inUse += n;
                return slot;
            }
        }
        return -1;
    }

    private boolean isFree(int slot, int n) {
        for (int i = slot; i < slot + n; i++) {
            if (used[i]) {
                return false;
            }
        }
        return true;
    }

    int count(int slot) {
        return counts[slot];
    }

    void addCount(int slot, int delta) {
        counts[slot] += delta;
        if (counts[slot] < 0) {
            throw new IllegalStateException("swap slot " + slot + " has fewer than no users");
        }
        freeIfUnused(slot);
    }

    long cached(int slot) {
        return cached[slot];
    }

    void setCached(int slot, long head) {
        cached[slot] = head;
        freeIfUnused(slot);
    }

    private void freeIfUnused(int slot) {
        if (counts[slot] != 0 || cached[slot] != Frames.NONE || !used[slot]) {
            return;
        }
        forget(slot);
        shadows[slot] = 0;
        used[slot] = false;
        inUse--;
        int cluster = slot / clusterSlots;
        clusterUsed[cluster]--;
        int unusable = (cluster == 0 ? 1 : 0) + Math.max(0, (cluster + 1) * clusterSlots - slots);
        if (clusterUsed[cluster] == unusable) {
            orderOfCluster[cluster] = NO_ORDER;
        }
    }

    void setShadow(int slot, long shadow) {
        shadows[slot] = shadow;
    }

    long shadow(int slot) {
        return shadows[slot];
    }

    private void forget(int slot) {
        if (snapshots[slot] >= 0) {
            contents.forget(snapshots[slot]);
        }
        snapshots[slot] = NOTHING;
    }

    /** Stores what is in {@code pfn}; {@code zeroes} when that is known to be nothing but zeroes. */
    void write(int slot, long pfn, boolean zeroes) {
        forget(slot);
        snapshots[slot] = zeroes ? ZEROES : contents.save(pfn);
    }

    /** Puts what is stored into {@code pfn}. */
    void read(int slot, long pfn) {
        long snapshot = snapshots[slot];
        if (snapshot == NOTHING) {
            throw new IllegalStateException("swap slot " + slot + " was never written");
        }
        if (snapshot == ZEROES) {
            contents.clear(pfn, 1);
        } else {
            contents.restore(snapshot, pfn);
        }
    }

    boolean isZero(int slot) {
        return snapshots[slot] == ZEROES;
    }

    /** The first slot from {@code slot} on that is in use, or -1. */
    int nextUsed(int slot) {
        for (int i = Math.max(1, slot); i < slots; i++) {
            if (used[i]) {
                return i;
            }
        }
        return -1;
    }
}
