package org.mmkit.core.reclaim;

import java.util.Arrays;
import org.mmkit.api.feature.FolioEvent;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.FolioBatches;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.memory.LruLists;
import org.mmkit.core.pagecache.PageCache;
import org.mmkit.core.shmem.ShmemFile;
import org.mmkit.core.swap.SwapSpace;

/**
 * Reclaims isolated folios (Linux: shrink_folio_list).
 *
 * <p>Anonymous folios are written to swap, as a whole where consecutive slots are free, else page by page; lazily freed ones are
 * dropped; clean page cache is dropped. What cannot go is put back on its list, or on the active one. Not thread-safe, not reentrant;
 * several may reclaim anonymous folios side by side, each those that it has isolated and locked.
 */
public final class FolioReclaimer {

    private final Engine engine;
    private final SwapSpace swap;
    private final FrameTable frames;
    private final LruLists lru;
    private final FolioBatches batches;
    private final FolioUnmapper unmapper;
    private final FolioReferences references;
    private final int pglazyfreed;
    private final int nrVmscanWrite;
    private long[] list = new long[64];
    private int size;
    private long[] kept = new long[64];
    private int keptCount;
    private long scanned;
    private long written;
    /** Whether the folio at hand was split, so that only its first page is left of it. */
    private boolean wasSplit;

    /** What has become of one folio. */
    private enum Fate {
        FREED,
        KEPT,
        ACTIVATED
    }

    /** Registers the counters. */
    public FolioReclaimer(Engine engine, SwapSpace swap) {
        this.engine = engine;
        this.swap = swap;
        this.frames = engine.frames;
        this.lru = engine.frames.lru();
        this.batches = engine.frames.batches();
        this.unmapper = new FolioUnmapper(engine, swap);
        this.references = new FolioReferences(engine);
        this.pglazyfreed = engine.counters.register("pglazyfreed");
        this.nrVmscanWrite = engine.counters.register("nr_vmscan_write");
    }

    /** One more, that counts with {@code other}: each thread that reclaims needs its own. */
    FolioReclaimer(Engine engine, FolioReclaimer other) {
        this(engine, other.swap);
    }

    /** Takes {@code head} off its LRU list, and a reference, for {@link #reclaim}; nothing happens to a folio on no list. */
    public void add(long head) {
        frames.get(head, 1);
        if (lru.isolate(head)) {
            push(head);
        } else {
            frames.put(head, 1);
        }
    }

    /** Puts up a folio that is isolated already, with the caller's reference. */
    void take(long head) {
        push(head);
    }

    private void push(long head) {
        if (size == list.length) {
            list = Arrays.copyOf(list, 2 * size);
        }
        list[size++] = head;
    }

    private void keep(long head) {
        if (keptCount == kept.length) {
            kept = Arrays.copyOf(kept, 2 * keptCount);
        }
        kept[keptCount++] = head;
    }

    private void reverse() {
        for (int i = 0, j = size - 1; i < j; i++, j--) {
            long head = list[i];
            list[i] = list[j];
            list[j] = head;
        }
    }

    /**
     * Reclaims what was added without regard to how recently it was used.
     *
     * @return base pages freed
     */
    public long reclaim() {
        return reclaim(true);
    }

    /**
     * Reclaims what was added.
     *
     * @param regardless of how recently it was used
     * @return base pages freed
     */
    long reclaim(boolean regardless) {
        long freed = 0;
        keptCount = 0;
        written = 0;
        scanned = 0;
        reverse();
        // Parts of folios that had to be split join the list and come next, the last part first.
        while (size > 0) {
            long head = list[--size];
            long pages = frames.pages(head);
            scanned += pages;
            Fate fate = reclaimLocked(head, regardless);
            if (wasSplit) {
                scanned -= pages - 1;
                pages = 1;
            }
            if (fate == Fate.FREED) {
                freed += pages;
                continue;
            }
            if (fate == Fate.ACTIVATED) {
                activate(head);
            }
            keep(head);
        }
        for (int i = 0; i < keptCount; i++) {
            putBack(kept[i], !regardless);
        }
        return freed;
    }

    /** Pages written to a device by the last {@link #reclaim(boolean)}. */
    long written() {
        return written;
    }

    /** Pages looked at by the last {@link #reclaim(boolean)}. */
    long scanned() {
        return scanned;
    }

    private void activate(long head) {
        if (frames.test(head, FolioFlags.SWAPCACHE) && (swap.isFull() || frames.test(head, FolioFlags.MLOCKED))) {
            swap.freeFolio(head);
        }
        if (!frames.test(head, FolioFlags.MLOCKED)) {
            frames.set(head, FolioFlags.ACTIVE);
            lru.countActivated(frames.pages(head));
        }
    }

    /**
     * Puts an isolated folio back and drops the reference. One that was taken off the end of a list goes back to it at once and moves the clock of
     * refaults when it is active (Linux: move_folios_to_lru); a locked one, or one that was advised about, waits with others (folio_putback_lru).
     */
    private void putBack(long head, boolean aging) {
        if (aging && !frames.test(head, FolioFlags.MLOCKED)) {
            if (frames.test(head, FolioFlags.ACTIVE)) {
                lru.age(lru.node(head), frames.pages(head));
            }
            lru.putBack(head);
        } else {
            batches.putBack(head);
        }
        swap.releaseIfUnused(head);
        frames.put(head, 1);
    }

    /** Reclaims the folio unless somebody else has locked it. */
    private Fate reclaimLocked(long head, boolean regardless) {
        wasSplit = false;
        if (!frames.tryLockFolio(head)) {
            return Fate.KEPT;
        }
        Fate fate = reclaim(head, regardless);
        frames.unlockFolio(head);
        if (fate == Fate.FREED) {
            frames.put(head, 1);
        }
        return fate;
    }

    /** Whether it belongs to a file; a page read ahead from swap is not anonymous yet, but belongs to nobody. */
    private boolean isFilePage(long head) {
        return !frames.test(head, FolioFlags.ANON) && frames.hasOwner(head);
    }

    private Fate reclaim(long head, boolean regardless) {
        if (!frames.test(head, FolioFlags.ANON) && !engine.calls.isAlone()) {
            return Fate.KEPT;
        }
        if (frames.test(head, FolioFlags.MLOCKED)
                || isFilePage(head) && frames.owner(head) instanceof PageCache file && file.isUnevictable()) {
            return Fate.ACTIVATED;
        }
        FolioReferences.Verdict verdict = regardless ? FolioReferences.Verdict.RECLAIM : references.judge(head);
        if (verdict == FolioReferences.Verdict.ACTIVATE) {
            return Fate.ACTIVATED;
        }
        if (verdict == FolioReferences.Verdict.KEEP) {
            return Fate.KEPT;
        }
        boolean anon = frames.test(head, FolioFlags.ANON);
        if (anon && frames.test(head, FolioFlags.SWAPBACKED) && !frames.test(head, FolioFlags.SWAPCACHE)) {
            if (frames.pins(head) > 0) {
                return Fate.KEPT;
            }
            if (!enterCache(head)) {
                return Fate.ACTIVATED;
            }
        }
        if (frames.isMapped(head) && !unmapper.unmap(head)) {
            return Fate.ACTIVATED;
        }
        if (frames.pins(head) > 0) {
            return Fate.ACTIVATED;
        }
        if (anon && !frames.test(head, FolioFlags.SWAPBACKED)) {
            return drop(head);
        }
        if (frames.test(head, FolioFlags.DIRTY)) {
            Fate fate = writeOut(head, verdict);
            if (fate != Fate.FREED) {
                return fate;
            }
        }
        return removeMapping(head);
    }

    /** Writes a dirty folio, which is swap-backed, to its slots; FREED when it is clean now (Linux: pageout). */
    private Fate writeOut(long head, FolioReferences.Verdict verdict) {
        if (!frames.test(head, FolioFlags.SWAPBACKED)) {
            // A file's changes are for the flusher threads to write, and this machine has no device for them.
            return Fate.ACTIVATED;
        }
        if (verdict == FolioReferences.Verdict.RECLAIM_CLEAN || frames.refcount(head) != 1 + frames.pages(head)) {
            return Fate.KEPT;
        }
        if (!frames.test(head, FolioFlags.SWAPCACHE) && !moveToSwap(head)) {
            return Fate.ACTIVATED;
        }
        long pages = frames.pages(head);
        engine.counters.add(nrVmscanWrite, pages);
        written += pages;
        swap.write(head);
        return Fate.FREED;
    }

    /** Takes the clean, unmapped folio out of its cache and frees it, leaving a shadow (Linux: __remove_mapping). */
    private Fate removeMapping(long head) {
        if (frames.test(head, FolioFlags.SWAPCACHE)) {
            return swap.removeUnused(head, lru.workingSet()) ? Fate.FREED : Fate.KEPT;
        }
        if (frames.refcount(head) != 1 + frames.pages(head)) {
            return Fate.KEPT;
        } else {
            PageCache file = (PageCache) frames.owner(head);
            if (frames.test(head, FolioFlags.SWAPBACKED)) {
                ((ShmemFile) file).charge(-frames.pages(head));
                file.remove(head);
            } else {
                file.reclaimed(head, lru.workingSet().evict(head));
            }
        }
        return Fate.FREED;
    }

    /** Gives the unmapped folio of shared memory slots in place of its pages in the file (Linux: shmem_writeout). */
    private boolean moveToSwap(long head) {
        ShmemFile file = (ShmemFile) frames.owner(head);
        if (swap.totalPages() == 0) {
            return false;
        }
        if (file.swapped().crossesEnd(head) && !split(head)) {
            return false;
        }
        if (!file.mayLeave(head) || !swap.allocate(head) && (!frames.isLarge(head) || !split(head) || !swap.allocate(head))) {
            return false;
        }
        file.swapped().moveOut(head);
        return true;
    }

    private Fate drop(long head) {
        if (frames.refcount(head) != 1) {
            return Fate.KEPT;
        }
        engine.counters.add(pglazyfreed, frames.pages(head));
        return Fate.FREED;
    }

    /** Gives the folio slots, splitting it where that is due or where they cannot be had for the whole. */
    private boolean enterCache(long head) {
        if (frames.isLarge(head)) {
            if (frames.refcount(head) != 1 + frames.largeMapcount(head)) {
                return false;
            }
            if (frames.test(head, FolioFlags.PARTIALLY_MAPPED) && !split(head)) {
                return false;
            }
        }
        if (!swap.allocate(head)) {
            int order = frames.order(head);
            if (order == 0 || !split(head)) {
                return false;
            }
            engine.extensions.largeFolios().count(FolioEvent.SWPOUT_FALLBACK, order, 1);
            if (!swap.allocate(head)) {
                return false;
            }
        }
        // What MADV_FREE made clean must not be taken for a copy of what is on the device.
        frames.set(head, FolioFlags.DIRTY);
        return true;
    }

    /** Splits the folio into base pages; all but the first join the list. */
    private boolean split(long head) {
        if (engine.extensions.largeFolios().splitIsolated(head, this::push) != 0) {
            return false;
        }
        wasSplit = true;
        return true;
    }
}
