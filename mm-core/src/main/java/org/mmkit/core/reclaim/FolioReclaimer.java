package org.mmkit.core.reclaim;

import java.util.Arrays;
import org.mmkit.api.feature.FolioEvent;
import org.mmkit.api.file.FilePages;
import org.mmkit.api.file.ShmemMapping;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.shmem.ShmemFile;
import org.mmkit.core.swap.SwapSpace;

/**
 * Reclaims isolated folios without regard to how recently they were used (Linux: shrink_folio_list with ignore_references).
 *
 * <p>Anonymous folios are written to swap, as a whole where consecutive slots are free, else page by page; lazily freed ones are
 * dropped; clean page cache is dropped.
 */
public final class FolioReclaimer {

    private final Engine engine;
    private final SwapSpace swap;
    private final Frames frames;
    private final FolioUnmapper unmapper;
    private final int pglazyfreed;
    private long[] list = new long[64];
    private int size;

    /** Registers the counter. */
    public FolioReclaimer(Engine engine, SwapSpace swap) {
        this.engine = engine;
        this.swap = swap;
        this.frames = engine.frames;
        this.unmapper = new FolioUnmapper(engine, swap);
        this.pglazyfreed = engine.counters.register("pglazyfreed");
    }

    /** Takes {@code head} off its LRU list, and a reference, for {@link #reclaim}; nothing happens to a folio on no list. */
    public void add(long head) {
        if (engine.frames.lru().isolate(head)) {
            frames.get(head, 1);
            push(head);
        }
    }

    private void reverse() {
        for (int i = 0, j = size - 1; i < j; i++, j--) {
            long head = list[i];
            list[i] = list[j];
            list[j] = head;
        }
    }

    private void push(long head) {
        if (size == list.length) {
            list = Arrays.copyOf(list, 2 * size);
        }
        list[size++] = head;
    }

    /**
     * Reclaims what was added.
     *
     * @return base pages freed
     */
    public long reclaim() {
        long freed = 0;
        reverse();
        // Parts of folios that had to be split join the list and come next, the last part first.
        while (size > 0) {
            long head = list[--size];
            int before = size;
            long pages = frames.pages(head);
            if (reclaim(head)) {
                freed += size > before ? 1 : pages;
            } else {
                engine.memory.lru().add(head);
                frames.put(head, 1);
            }
        }
        return freed;
    }

    /** Whether the folio was freed; its pages then were given back, else the reference of the list is still there. */
    private boolean reclaim(long head) {
        if (frames.test(head, FolioFlags.UNEVICTABLE)) {
            return false;
        }
        boolean anon = frames.test(head, FolioFlags.ANON);
        boolean swapBacked = frames.test(head, FolioFlags.SWAPBACKED);
        if (anon && swapBacked && !frames.test(head, FolioFlags.SWAPCACHE) && !enterCache(head)) {
            return false;
        }
        if (frames.isMapped(head) && !unmapper.unmap(head)) {
            leaveCacheIfFull(head);
            return false;
        }
        if (anon && !frames.test(head, FolioFlags.SWAPBACKED)) {
            return drop(head, 1, pglazyfreed);
        }
        if (frames.test(head, FolioFlags.DIRTY)) {
            if (!anon && !(swapBacked && moveToSwap(head))) {
                return false;
            }
            swap.write(head);
        }
        if (frames.refcount(head) != 1 + frames.pages(head)) {
            return false;
        }
        if (frames.test(head, FolioFlags.SWAPCACHE)) {
            swap.removeFromCache(head);
        } else {
            dropFromFile(head);
        }
        frames.put(head, 1);
        return true;
    }

    private void dropFromFile(long head) {
        FilePages file = (FilePages) frames.owner(head);
        if (file instanceof ShmemMapping shmem) {
            shmem.charge(-frames.pages(head));
        }
        file.remove(head);
    }

    /** Gives the unmapped folio of shared memory slots in place of its pages in the file (Linux: shmem_writeout). */
    private boolean moveToSwap(long head) {
        ShmemFile file = (ShmemFile) frames.owner(head);
        if (frames.refcount(head) != 1 + frames.pages(head) || swap.totalPages() == 0) {
            return false;
        }
        if (file.swapped().crossesEnd(head) && !split(head)) {
            return false;
        }
        if (!swap.allocate(head) && (!frames.isLarge(head) || !split(head) || !swap.allocate(head))) {
            return false;
        }
        file.swapped().moveOut(head);
        return true;
    }

    private boolean drop(long head, int references, int counter) {
        if (frames.refcount(head) != references) {
            return false;
        }
        engine.counters.add(counter, frames.pages(head));
        frames.put(head, references);
        return true;
    }

    /** Gives the folio slots, splitting it where that is due or where they cannot be had for the whole. */
    private boolean enterCache(long head) {
        if (frames.pins(head) > 0) {
            return false;
        }
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
        long pages = frames.pages(head);
        if (engine.extensions.largeFolios().split(head, 0) != 0) {
            return false;
        }
        for (long i = 1; i < pages; i++) {
            if (frames.refcount(head + i) > 0 && (frames.isMapped(head + i) || isShared(head + i))) {
                frames.get(head + i, 1);
                push(head + i);
            }
        }
        return true;
    }

    private boolean isShared(long head) {
        return frames.hasOwner(head) && frames.owner(head) instanceof ShmemFile;
    }

    private void leaveCacheIfFull(long head) {
        if (frames.test(head, FolioFlags.SWAPCACHE) && (swap.isFull() || frames.test(head, FolioFlags.MLOCKED))) {
            swap.freeFolio(head);
        }
    }
}
