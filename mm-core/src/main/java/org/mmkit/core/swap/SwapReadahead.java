package org.mmkit.core.swap;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.space.VmArea;

/**
 * Reads pages from swap before they are asked for (Linux: mm/swap_state.c): those around the fault in its area, or those around the slot on
 * the device. How many follows from how many of the last ones were used. Only pages that come through the swap cache are read ahead; a page of
 * a synchronous device that one entry alone refers to does not. Not thread-safe.
 */
public final class SwapReadahead {

    /** At most 2^5 pages around a fault, whatever page-cluster says (SWAP_RA_ORDER_CEILING). */
    private static final int AREA_CEILING = 5;
    /** Greatest page-cluster. */
    public static final int MOST = 31;

    private static final int WINDOW_SHIFT = 6;
    private static final int FIELD = (1 << WINDOW_SHIFT) - 1;
    /** An area begins as if four pages had been used that were read ahead. */
    private static final long FRESH = 4;

    private final Engine engine;
    private final SwapSpace swap;
    private final EntryFormat format;
    private final long pageMask;
    private final int swapRa;
    private final int swapRaHit;
    private int cluster;
    private boolean byArea = true;
    private int hits;
    private long lastOffset;
    private int lastPages;

    /** How a page is read into the swap cache. */
    interface Reader {

        /** The head of the page's folio, with a reference for the caller, or {@link Frames#NONE}. */
        long read(int type, long offset);
    }

    SwapReadahead(Engine engine, SwapSpace swap) {
        this.engine = engine;
        this.swap = swap;
        this.format = engine.format;
        this.pageMask = engine.pageSize - 1;
        this.swapRa = engine.counters.register("swap_ra");
        this.swapRaHit = engine.counters.register("swap_ra_hit");
        long megabytes = engine.memory.allocator().managedPages() << engine.pageShift >> 20;
        this.cluster = megabytes < 16 ? 2 : 3;
    }

    /** vm.page-cluster: log2 of the pages read at once at most. */
    public int cluster() {
        return cluster;
    }

    /** Sets it; 0 reads nothing ahead. */
    public void setCluster(int value) {
        cluster = value;
    }

    /** Whether pages around the address are read, not those around the slot (/sys/kernel/mm/swap/vma_ra_enabled). */
    public boolean isByArea() {
        return byArea;
    }

    /** Sets it. */
    public void setByArea(boolean value) {
        byArea = value;
    }

    /** A fault at {@code va} has found its slot's folio {@code head} in the swap cache (Linux: swap_update_readahead). */
    void found(VmArea area, long va, long head, int type, long offset) {
        if (engine.frames.isLarge(head)) {
            return;
        }
        boolean ahead = swap.takeReadahead(type, offset);
        if (byArea) {
            long state = state(area);
            long used = Math.min((state & FIELD) + (ahead ? 1 : 0), FIELD);
            area.setSwapReadahead(va & ~pageMask | state & (long) FIELD << WINDOW_SHIFT | used);
        }
        if (ahead) {
            engine.counters.add(swapRaHit, 1);
            hits += byArea ? 0 : 1;
        }
    }

    private static long state(VmArea area) {
        return area.swapReadahead() == 0 ? FRESH : area.swapReadahead();
    }

    /** Reads the page of the slot, whose entry is at {@code tableSlot}, into the cache with others: its head, with a reference, or {@link Frames#NONE} (Linux: swapin_readahead). */
    long read(VmArea area, long va, long tableSlot, int type, long offset, Reader reader) {
        if (byArea) {
            aroundFault(area, va & ~pageMask, tableSlot, reader);
        } else {
            aroundSlot(type, offset, reader);
        }
        long head = swap.getCached(type, offset);
        return head != Frames.NONE ? head : reader.read(type, offset);
    }

    /** Linux: __swapin_nr_pages. */
    private static int pages(long before, long now, int used, int most, int last) {
        int pages;
        if (used == 0) {
            pages = now != before + 1 && now != before - 1 ? 1 : 2;
        } else {
            pages = Math.max(4, Integer.highestOneBit(used + 1) << 1);
        }
        return Math.max(Math.min(pages, most), last / 2);
    }

    /** Linux: swap_vma_readahead. */
    private void aroundFault(VmArea area, long va, long tableSlot, Reader reader) {
        int most = 1 << Math.min(cluster, AREA_CEILING);
        if (most == 1) {
            return;
        }
        int shift = engine.pageShift;
        long state = state(area);
        long before = state & ~pageMask;
        int window = pages(before >>> shift, va >>> shift, (int) state & FIELD, most, (int) (state >>> WINDOW_SHIFT) & FIELD);
        area.setSwapReadahead(va | (long) window << WINDOW_SHIFT);
        if (window == 1) {
            return;
        }
        long left;
        if (va == before + engine.pageSize) {
            left = va;
        } else if (before == va + engine.pageSize) {
            left = va - ((long) window << shift) + engine.pageSize;
        } else {
            left = va - ((long) (window - 1) / 2 << shift);
        }
        long right = left + ((long) window << shift);
        long table = va & -engine.layout.size(2);
        long start = Math.max(Math.max(0, left), Math.max(area.start(), table));
        long end = Math.min(right, Math.min(area.end(), table + engine.layout.size(2)));
        PageTables tables = area.space().tables();
        for (long at = start; at < end; at += engine.pageSize) {
            long entry = tables.read(tableSlot + ((at - va) >> shift));
            if (format.isSwap(entry)) {
                ahead(format.swapType(entry), format.swapOffset(entry), at != va, reader);
            }
        }
        engine.frames.batches().drain();
    }

    /** Linux: swap_cluster_readahead. */
    private void aroundSlot(int type, long offset, Reader reader) {
        int most = 1 << Math.min(cluster, MOST - 1);
        if (most <= 1) {
            return;
        }
        int used = hits;
        hits = 0;
        int pages = pages(lastOffset, offset, used, most, lastPages);
        if (used == 0) {
            lastOffset = offset;
        }
        lastPages = pages;
        if (pages == 1) {
            return;
        }
        long mask = pages - 1;
        long end = Math.min(offset | mask, swap.slots(type) - 1);
        for (long at = Math.max(1, offset & ~mask); at <= end; at++) {
            ahead(type, at, at != offset, reader);
        }
        engine.frames.batches().drain();
    }

    private void ahead(int type, long offset, boolean early, Reader reader) {
        if (swap.isCached(type, offset) || swap.count(type, offset) == 0) {
            return;
        }
        long head = reader.read(type, offset);
        if (head == Frames.NONE) {
            return;
        }
        if (early) {
            swap.setReadahead(type, offset);
            engine.counters.add(swapRa, 1);
        }
        engine.frames.put(head, 1);
    }
}
