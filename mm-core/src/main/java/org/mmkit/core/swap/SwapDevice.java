package org.mmkit.core.swap;

import java.util.Arrays;
import org.mmkit.api.memory.FrameContents;
import org.mmkit.api.memory.Frames;

/**
 * One swap device: a synchronous block device such as zram. Slot 0 holds the header.
 *
 * <p>Which slots are free and where a folio goes is the business of {@link SwapClusters}.
 */
final class SwapDevice {

    /** No snapshot: never written, or given back. */
    private static final long NOTHING = -1;
    /** The page held only zeroes; nothing is stored (Linux: swap_zeromap). */
    private static final long ZEROES = -2;

    private final FrameContents contents;
    private final int slots;
    /** Page-table entries that refer to each slot. */
    private final int[] counts;
    /** Head of the folio in the swap cache that belongs to each slot, or {@link Frames#NONE}. */
    private final long[] cached;
    private final long[] snapshots;
    /** What is left of a reclaimed page: see WorkingSet. */
    private final long[] shadows;
    private final SwapClusters clusters;
    /** Slots whose cached page was read before it was asked for, and has not been since (PG_readahead). */
    private final boolean[] ahead;
    private int inUse;
    /** Nothing more is put here: swapoff is emptying it. */
    private boolean closed;

    SwapDevice(FrameContents contents, int slots, int clusterOrder) {
        this.contents = contents;
        this.slots = slots;
        clusters = new SwapClusters(slots, clusterOrder);
        counts = new int[slots];
        cached = new long[slots];
        snapshots = new long[slots];
        shadows = new long[slots];
        ahead = new boolean[slots];
        Arrays.fill(cached, Frames.NONE);
        Arrays.fill(snapshots, NOTHING);
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
        int slot = closed ? -1 : clusters.allocate(order);
        inUse += slot < 0 ? 0 : 1 << order;
        return slot;
    }

    boolean isUsed(int slot) {
        return clusters.isUsed(slot);
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
        ahead[slot] = false;
        freeIfUnused(slot);
    }

    void setAhead(int slot) {
        ahead[slot] = true;
    }

    /** Whether the slot's page was read ahead; the answer is given once. */
    boolean takeAhead(int slot) {
        boolean was = ahead[slot];
        ahead[slot] = false;
        return was;
    }

    /** Slots, the header's included. */
    int slots() {
        return slots;
    }

    private void freeIfUnused(int slot) {
        if (counts[slot] != 0 || cached[slot] != Frames.NONE || !clusters.isUsed(slot)) {
            return;
        }
        forget(slot);
        shadows[slot] = 0;
        clusters.free(slot);
        inUse--;
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
            if (clusters.isUsed(i)) {
                return i;
            }
        }
        return -1;
    }
}
