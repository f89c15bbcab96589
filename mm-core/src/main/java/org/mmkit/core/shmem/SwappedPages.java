package org.mmkit.core.shmem;

import java.util.function.LongConsumer;
import org.mmkit.api.Errno;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.core.memory.WorkingSet;
import org.mmkit.core.pagecache.CacheContext;
import org.mmkit.core.pagecache.PageTree;
import org.mmkit.core.swap.SwapSpace;

/**
 * The pages of one shared-memory file that are on swap devices. A folio that went out whole comes back whole where there is
 * a folio of that size to be had (Linux: shmem_swapin_folio).
 *
 * <pre>
 *   value of a page   | order of the folio that went out (8) | swap word of the page (56) |
 * </pre>
 */
public final class SwappedPages {

    private static final int ORDER_SHIFT = 56;

    private final ShmemFile file;
    private final CacheContext context;
    private final Frames frames;
    private final SwapSpace swap;
    private final PageTree slots = new PageTree();

    SwappedPages(ShmemFile file, CacheContext context, SwapSpace swap) {
        this.file = file;
        this.context = context;
        this.frames = context.memory().frames();
        this.swap = swap;
    }

    boolean contains(long index) {
        return slots.get(index) != PageTree.NONE;
    }

    /** Whether page {@code index} is on a device and not in the swap cache. */
    boolean mustBeRead(long index) {
        long value = slots.get(index);
        return value != PageTree.NONE && swap.cached(SwapSpace.type(word(value)), SwapSpace.offset(word(value))) == Frames.NONE;
    }

    /** The pages of the folio that page {@code index} went out with; the page must be out. */
    int pages(long index) {
        return 1 << order(slots.get(index));
    }

    boolean anyIn(long first, long pages) {
        long next = slots.next(first);
        return next >= 0 && next < first + pages;
    }

    private static long word(long value) {
        return value & (1L << ORDER_SHIFT) - 1;
    }

    private static int order(long value) {
        return (int) (value >>> ORDER_SHIFT);
    }

    /** Whether the end of the file lies inside the folio: such a folio goes out in parts. */
    public boolean crossesEnd(long head) {
        long end = file.size() + (1L << context.pageShift) - 1 >>> context.pageShift;
        long index = frames.index(head);
        return end > index && end < index + frames.pages(head);
    }

    /** The folio has its slots and is in the swap cache: it leaves the file. */
    public void moveOut(long head) {
        long word = frames.privateWord(head);
        long index = frames.index(head);
        int pages = (int) frames.pages(head);
        long value = (long) frames.order(head) << ORDER_SHIFT | word;
        file.remove(head);
        slots.put(index, value, pages);
        swap.duplicate(SwapSpace.type(word), SwapSpace.offset(word), pages);
        file.shmem().swappedFiles().add(file);
    }

    /** Brings the folio of page {@code index} back: its head with a reference for the caller, or -ENOMEM. */
    long swapIn(long index) {
        long value = slots.get(index);
        int type = SwapSpace.type(word(value));
        long offset = SwapSpace.offset(word(value));
        long head = swap.cached(type, offset);
        int order = 0;
        if (head != Frames.NONE) {
            frames.get(head, 1);
            order = frames.order(head);
            offset = SwapSpace.offset(frames.privateWord(head));
            swap.removeFromCache(head);
        } else {
            order = order(value);
            if (order > 0 && isWhole(index, order, value)) {
                head = context.memory().allocateFolio(order, file.shmem().policy().gfp(null));
            }
            if (head == Frames.NONE) {
                order = 0;
                head = context.memory().allocateFolio(0, Gfp.HIGHUSER_MOVABLE);
                if (head == Frames.NONE) {
                    return -Errno.ENOMEM;
                }
            }
            offset -= index & (1L << order) - 1;
            long shadow = swap.shadow(type, offset);
            frames.set(head, FolioFlags.SWAPBACKED);
            if (shadow != WorkingSet.NONE) {
                context.workingSet().refault(head, shadow);
            }
            context.memory().lru().add(head);
            swap.read(head, type, offset);
        }
        int pages = 1 << order;
        long first = index & -(long) pages;
        slots.remove(first, pages);
        swap.release(type, offset, pages);
        frames.set(head, FolioFlags.SWAPBACKED | FolioFlags.UPTODATE | FolioFlags.DIRTY);
        file.insert(head, first);
        if (slots.size() == 0) {
            file.shmem().swappedFiles().remove(file);
        }
        return head;
    }

    /** Whether all pages of the block are still on the slots that they went to together, and none is cached. */
    private boolean isWhole(long index, int order, long value) {
        long pages = 1L << order;
        long first = index & -pages;
        long base = value - (index - first);
        int type = SwapSpace.type(word(value));
        long offset = SwapSpace.offset(word(base));
        boolean zero = swap.isZero(type, offset);
        for (long i = 0; i < pages; i++) {
            if (slots.get(first + i) != base + i
                    || swap.cached(type, offset + i) != Frames.NONE
                    || swap.isZero(type, offset + i) != zero) {
                return false;
            }
        }
        return true;
    }

    private boolean isContiguous(long first, long pages, long base) {
        for (long i = 0; pages > 1 && i < pages; i++) {
            if (slots.get(first + i) != base + i) {
                return false;
            }
        }
        return pages > 1;
    }

    /** Brings page {@code index} back if it is on swap; a page that cannot be had stays there. */
    void bringBack(long index) {
        if (contains(index)) {
            long head = swapIn(index);
            if (head >= 0) {
                frames.put(head, 1);
            }
        }
    }

    /**
     * The pages of [{@code start}, {@code end}) are given up with their charge; a folio that is on swap as a whole and reaches over a
     * border stays.
     */
    void free(long start, long end) {
        for (long at = slots.next(start); at >= 0 && at < end; at = slots.next(at + 1)) {
            long value = slots.get(at);
            long pages = 1L << order(value);
            long first = at & -pages;
            if ((first < start || first + pages > end) && isContiguous(first, pages, value - (at - first))) {
                at = first + pages - 1;
                continue;
            }
            slots.remove(at, 1);
            swap.free(SwapSpace.type(word(value)), SwapSpace.offset(word(value)), 1);
            file.charge(-1);
        }
        if (slots.size() == 0) {
            file.shmem().swappedFiles().remove(file);
        }
    }

    /**
     * Tells {@code words} the swap word of each entry for pages of [{@code start}, {@code end}): a folio that is out as a whole has one, that of
     * its first page (Linux: shmem_swapin_range).
     */
    public void eachEntry(long start, long end, LongConsumer words) {
        for (long at = slots.next(start); at >= 0 && at < end; at = slots.next(at + 1)) {
            long value = slots.get(at);
            long pages = 1L << order(value);
            long first = at & -pages;
            if (isContiguous(first, pages, value - (at - first))) {
                value -= at - first;
                at = first + pages - 1;
            }
            words.accept(word(value));
        }
    }

    /** Tells {@code words} the swap word of each page. */
    void each(LongConsumer words) {
        for (long at = slots.next(0); at >= 0; at = slots.next(at + 1)) {
            words.accept(word(slots.get(at)));
        }
    }

    /** Brings everything back that lies on device {@code type}; false when memory ran out. */
    boolean leave(int type) {
        for (long at = slots.next(0); at >= 0; at = slots.next(at + 1)) {
            if (SwapSpace.type(word(slots.get(at))) == type) {
                long head = swapIn(at);
                if (head < 0) {
                    return false;
                }
                frames.put(head, 1);
            }
        }
        return true;
    }
}
