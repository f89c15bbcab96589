package org.mmkit.thp.split;

import java.util.function.LongConsumer;
import org.mmkit.api.Errno;
import org.mmkit.api.feature.FolioEvent;
import org.mmkit.api.file.ShmemMapping;
import org.mmkit.api.lock.RwSemaphore;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.thp.Thp;

/**
 * Splits folios (Linux: mm/huge_memory.c, __folio_split). It works only if mappings, page cache and swap cache explain every
 * reference but the caller's: all mappings are turned into migration entries, the count is frozen, heads and tails are
 * redistributed, and the mappings are put back.
 */
public final class FolioSplitter {

    /** Splits all of a folio alike. */
    private static final long EVERYWHERE = -1;
    /** Parts are nobody's but those's who map them. */
    private static final LongConsumer NOBODY = part -> {};

    private final Thp thp;
    private final DeferredSplitQueue queue;
    private final boolean smp;
    private final int shmemHuge;
    private final int fileHuge;

    /** Made once per machine. */
    public FolioSplitter(Thp thp, DeferredSplitQueue queue) {
        this.thp = thp;
        this.queue = queue;
        this.smp = thp.context.locks().isSmp();
        this.shmemHuge = thp.context.counters().register("nr_shmem_hugepages");
        this.fileHuge = thp.context.counters().register("nr_file_hugepages");
    }

    /** See {@link org.mmkit.api.feature.LargeFolioOperations#split}. */
    public int split(long head, int newOrder) {
        return split(head, EVERYWHERE, newOrder, NOBODY);
    }

    /** See {@link org.mmkit.api.feature.LargeFolioOperations#splitIsolated}. */
    public int splitIsolated(long head, LongConsumer parts) {
        return split(head, EVERYWHERE, 0, parts);
    }

    /** See {@link org.mmkit.api.feature.LargeFolioOperations#splitAround}. */
    public int splitAround(long head, long pfn, int newOrder) {
        return split(head, pfn, newOrder, NOBODY);
    }

    private int split(long head, long pfn, int newOrder, LongConsumer taker) {
        int order = thp.frames.order(head);
        boolean anon = thp.frames.test(head, FolioFlags.ANON);
        // An order-1 folio has no room for the list of the deferred queue, so anonymous memory has none.
        if (newOrder >= order || anon && newOrder == 1) {
            return -Errno.EINVAL;
        }
        int result = taker == NOBODY ? splitUnlocked(head, pfn, order, newOrder, anon) : splitLocked(head, pfn, order, newOrder, anon, taker);
        if (thp.memory.isStalled()) {
            return result;
        }
        thp.stats.split(order, result == 0);
        if (result == -Errno.EAGAIN) {
            thp.context.splitRefused(head);
        }
        return result;
    }

    private int splitUnlocked(long head, long pfn, int order, int newOrder, boolean anon) {
        if (!thp.frames.tryLockFolio(head)) {
            return -Errno.EBUSY;
        }
        try {
            return splitLocked(head, pfn, order, newOrder, anon, NOBODY);
        } finally {
            thp.frames.unlockFolio(head);
            // Whoever gave its last swap entry up meanwhile has found it locked.
            thp.memory.freeSwapCache(head);
        }
    }

    /** Nobody else splits or moves a locked folio, and nobody finds mappings of it, makes new areas or frees tables, while its root is locked. */
    private int splitLocked(long head, long pfn, int order, int newOrder, boolean anon, LongConsumer taker) {
        if (!anon) {
            int result = check(head, false);
            return result != 0 ? result : splitChecked(head, pfn, order, newOrder, false, taker);
        }
        if (thp.frames.head(head) != head || thp.frames.order(head) != order) {
            return -Errno.EBUSY; // somebody else has split it
        }
        RwSemaphore root = thp.rmap.areasLock(head);
        root.writeLock();
        try {
            int result = check(head, true);
            return result != 0 ? result : splitChecked(head, pfn, order, newOrder, true, taker);
        } finally {
            root.writeUnlock();
        }
    }

    private int check(long head, boolean anon) {
        if (thp.frames.test(head, FolioFlags.HUGE_ZERO) || thp.frames.test(head, FolioFlags.WRITEBACK)) {
            return -Errno.EBUSY;
        }
        if (anon ? !thp.frames.isMapped(head) : !thp.frames.hasOwner(head)) {
            return -Errno.EBUSY;
        }
        if (smp && thp.frames.test(head, FolioFlags.SWAPCACHE)) {
            thp.memory.stall();
            if (thp.memory.isStalled()) {
                return -Errno.EAGAIN;
            }
        }
        return thp.expectedReferences(head) == thp.frames.refcount(head) - 1 ? 0 : -Errno.EAGAIN;
    }

    private int splitChecked(long head, long pfn, int order, int newOrder, boolean anon, LongConsumer taker) {
        long pages = 1L << order;
        thp.rmap.migrateAway(head);
        if (thp.frames.isMapped(head) || !thp.frames.freeze(head, thp.expectedReferences(head) + 1)) {
            thp.rmap.migrateBack(head, head, pages, false);
            return -Errno.EAGAIN;
        }
        queue.remove(head);
        thp.frames.clear(head, FolioFlags.MAPPED_SHARED);
        if (anon) {
            thp.stats.count(FolioEvent.ANON_GONE, order, 1);
        } else if (order == thp.order) {
            boolean shmem = thp.frames.test(head, FolioFlags.SWAPBACKED);
            thp.context.counters().add(shmem ? shmemHuge : fileHuge, -1);
        }
        if (pfn == EVERYWHERE) {
            thp.frames.splitFolio(head, newOrder, 0);
        } else {
            long part = head;
            for (int next = order - 1; next >= newOrder; next--) {
                if (anon && next == 1) {
                    continue;
                }
                thp.frames.splitFolio(part, next, 0);
                part = thp.frames.head(pfn);
            }
        }
        release(head, pages, anon, taker);
        return 0;
    }

    /** Gives the new folios their references and mappings, and drops those that nobody needs any more; the first keeps the caller's reference. */
    private void release(long head, long pages, boolean anon, LongConsumer taker) {
        for (long part = head; part < head + pages; part += thp.frames.pages(part)) {
            thp.frames.unfreeze(part, thp.expectedReferences(part) + 1);
            if (anon && thp.frames.isLarge(part)) {
                thp.stats.count(FolioEvent.ANON_NEW, thp.frames.order(part), 1);
            }
        }
        thp.rmap.migrateBack(head, head, pages, anon);
        long part = head;
        while (part < head + pages) {
            long next = part + thp.frames.pages(part);
            if (!anon && thp.frames.owner(part) instanceof ShmemMapping file) {
                file.dropBehindEnd(part);
            }
            if (part != head) {
                // A part that nobody maps, and whose swap entries are gone, has no other user left (Linux: free_folio_and_swap_cache).
                thp.memory.freeSwapCache(part);
                if (taker != NOBODY && thp.frames.refcount(part) > 1) {
                    taker.accept(part);
                } else {
                    thp.frames.put(part, 1);
                }
            }
            part = next;
        }
    }
}
