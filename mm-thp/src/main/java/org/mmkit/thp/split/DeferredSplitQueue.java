package org.mmkit.thp.split;

import org.mmkit.api.feature.Shrinker;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.SpinLock;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.thp.Thp;

/**
 * Folios whose splitting may free memory (Linux: the deferred split queue): those of which a part was unmapped, whose unmapped
 * pages are free once the folio is split; and every huge page, which may turn out to be mostly zero. Nothing is split until
 * memory is short.
 */
public final class DeferredSplitQueue implements Shrinker {

    private final Thp thp;
    /** Guards the queue and the flags of what is in it. */
    private final SpinLock lock;
    private final FolioQueue folios = new FolioQueue();
    private final FolioSplitter splitter;

    /** Made once per machine. */
    public DeferredSplitQueue(Thp thp) {
        this.thp = thp;
        this.lock = thp.context.locks().spinLock(LockClass.SPLIT_QUEUE);
        this.splitter = new FolioSplitter(thp, this);
    }

    /** What splits the folios of this machine. */
    public FolioSplitter splitter() {
        return splitter;
    }

    /** See {@link org.mmkit.api.feature.LargeFolioOperations#deferSplit}. */
    public void add(long head, boolean partiallyMapped) {
        int order = thp.frames.order(head);
        if (order <= 1 || thp.frames.test(head, FolioFlags.SWAPCACHE)) {
            return;
        }
        if (!partiallyMapped && (!thp.settings.shrinkUnderused || !thp.profile.hasUnderusedShrinker())) {
            return;
        }
        lock.lock();
        try {
            if (partiallyMapped) {
                if (!thp.frames.test(head, FolioFlags.PARTIALLY_MAPPED)) {
                    thp.frames.set(head, FolioFlags.PARTIALLY_MAPPED);
                    thp.stats.deferred(order);
                }
            }
            if (!thp.frames.test(head, FolioFlags.DEFERRED)) {
                thp.frames.set(head, FolioFlags.DEFERRED);
                folios.add(head);
            }
        } finally {
            lock.unlock();
        }
    }

    /** See {@link org.mmkit.api.feature.LargeFolioOperations#undefer}. */
    public void remove(long head) {
        if (!thp.frames.test(head, FolioFlags.DEFERRED)) {
            return;
        }
        lock.lock();
        try {
            if (!folios.remove(head)) {
                return; // somebody else was faster
            }
            thp.frames.clear(head, FolioFlags.DEFERRED);
            if (thp.frames.test(head, FolioFlags.PARTIALLY_MAPPED)) {
                thp.frames.clear(head, FolioFlags.PARTIALLY_MAPPED);
                thp.stats.noLongerPartiallyMapped(thp.frames.order(head));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String name() {
        return "thp-deferred_split";
    }

    @Override
    public long count() {
        return folios.size();
    }

    @Override
    public long scan(long objects) {
        long split = 0;
        long todo = Math.min(objects, folios.size());
        for (; todo > 0; todo--) {
            long head = folios.first();
            folios.remove(head);
            thp.frames.clear(head, FolioFlags.DEFERRED);
            thp.frames.get(head, 1);
            boolean partially = thp.frames.test(head, FolioFlags.PARTIALLY_MAPPED);
            if (partially) {
                // Still counted as waiting: the split takes it off.
                thp.frames.set(head, FolioFlags.DEFERRED);
                folios.add(head);
            }
            boolean underused = !partially && !thp.frames.test(head, FolioFlags.MLOCKED) && isUnderused(head);
            if ((partially || underused) && splitter.split(head, 0) == 0) {
                split++;
                if (underused) {
                    thp.stats.underusedSplit();
                }
            }
            thp.frames.put(head, 1);
        }
        return split == 0 && folios.size() == 0 ? STOP : split;
    }

    /** Whether more than max_ptes_none pages of the folio are zero (Linux: thp_underused). */
    private boolean isUnderused(long head) {
        int limit = thp.settings.maxPtesNone;
        if (limit == thp.pages - 1) {
            return false;
        }
        int pages = (int) thp.frames.pages(head);
        int zero = 0;
        int filled = 0;
        for (int i = 0; i < pages; i++) {
            if (thp.contents.isZero(head + i)) {
                if (++zero > limit) {
                    return true;
                }
            } else if (++filled >= pages - limit) {
                return false;
            }
        }
        return false;
    }
}
