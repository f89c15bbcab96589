package org.mmkit.core.memory;

import java.util.function.LongSupplier;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Nodes;

/**
 * Tells pages that come back soon after they were reclaimed from those that nobody missed (Linux: mm/workingset.c). What is left of a
 * reclaimed folio is a shadow: when it went, on the clock of {@link LruLists#nonresidentAge}, and whether it had been active before.
 *
 * <p>Guarded by who keeps the shadows: refaults and evictions of anonymous memory happen under the lock of swap.
 */
public final class WorkingSet {

    /** No shadow: the page was never reclaimed. */
    public static final long NONE = 0;

    /** A shadow: age, node, whether it had been active, 1. */
    private static final int NODE_SHIFT = 2;

    private static final int AGE_SHIFT = 8;

    private final LruLists lru;
    private final FrameTable frames;
    private LongSupplier freeSwap = () -> 0;

    WorkingSet(LruLists lru, FrameTable frames) {
        this.lru = lru;
        this.frames = frames;
    }

    /** Says how many pages swap could still take. */
    public void setFreeSwap(LongSupplier pages) {
        freeSwap = pages;
    }

    /** The folio {@code head} is being reclaimed: its shadow, not {@link #NONE} (Linux: workingset_eviction). */
    public long evict(long head) {
        int node = lru.node(head);
        long shadow = lru.nonresidentAge(node) << AGE_SHIFT | node << NODE_SHIFT | (frames.test(head, FolioFlags.WORKINGSET) ? 2 : 0) | 1;
        lru.age(node, frames.pages(head));
        return shadow;
    }

    /**
     * The page that left {@code shadow} is back in the folio {@code head}, which is on no list yet: if it would have stayed had the inactive
     * list been as long as the active one, it is made active (Linux: workingset_refault).
     */
    public void refault(long head, long shadow) {
        boolean file = !frames.test(head, FolioFlags.SWAPBACKED);
        int kind = file ? 1 : 0;
        long n = frames.pages(head);
        LruEvents events = lru.events();
        events.refaulted[kind] += n;
        if (!isRecent(shadow, file)) {
            return;
        }
        frames.set(head, FolioFlags.ACTIVE);
        int node = lru.node(head);
        lru.age(node, n);
        lru.countRefaultActivated(node, kind, n);
        if ((shadow & 2) != 0) {
            frames.set(head, FolioFlags.WORKINGSET);
            lru.noteCost(node, file, n, 0);
            events.restored[kind] += n;
        }
    }

    /** Whether no more pages were evicted and activated since than the lists competing for memory hold (Linux: workingset_test_recent). */
    private boolean isRecent(long shadow, boolean file) {
        int node = (int) (shadow >>> NODE_SHIFT) & Nodes.MOST - 1;
        long distance = lru.nonresidentAge(node) - (shadow >>> AGE_SHIFT);
        long size = lru.pagesOfNode(node, LruLists.ACTIVE_FILE);
        if (!file) {
            size += lru.pagesOfNode(node, LruLists.INACTIVE_FILE);
        }
        if (freeSwap.getAsLong() > 0) {
            size += lru.pagesOfNode(node, LruLists.ACTIVE_ANON);
            if (file) {
                size += lru.pagesOfNode(node, LruLists.INACTIVE_ANON);
            }
        }
        return distance <= size;
    }
}
