package org.mmkit.core.swap;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.feature.FolioEvent;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.WorkingSet;
import org.mmkit.core.rmap.AnonVma;
import org.mmkit.core.space.VmArea;

/**
 * Brings swapped-out anonymous pages back (Linux: do_swap_page).
 *
 * <p>From a synchronous device a page that only one entry refers to is read straight into a new folio, past the swap
 * cache, and its slot becomes free. Of folio sizes below the huge leaf the largest is taken for which the policy allows it and
 * all its entries lie on consecutive, aligned slots.
 */
public final class SwapPages implements SwapEntries {

    /** Among the outcomes of {@link #mapCached}: the page is there, and the write is still to be done. */
    private static final int WRITE_ON = 1 << 30;

    private final Engine engine;
    private final SwapSpace swap;
    private final EntryFormat format;
    private final Frames frames;
    private final int pgmajfault;
    private final SwapReadahead readahead;

    /** Registers the counter of major faults. */
    public SwapPages(Engine engine, SwapSpace swap) {
        this.engine = engine;
        this.swap = swap;
        this.format = engine.format;
        this.frames = engine.frames;
        this.readahead = new SwapReadahead(engine, swap);
        this.pgmajfault = engine.counters.register("pgmajfault");
    }

    @Override
    public boolean isInUse() {
        return swap.freePages() != swap.totalPages();
    }

    @Override
    public void free(long entry) {
        swap.free(format.swapType(entry), format.swapOffset(entry), 1);
    }

    @Override
    public void duplicate(long entry) {
        swap.duplicate(format.swapType(entry), format.swapOffset(entry), 1);
    }

    @Override
    public void releaseCached(long head) {
        swap.freeFolio(head);
    }

    @Override
    public int swapIn(Fault fault) {
        VmArea area = (VmArea) fault.vma();
        long entry = fault.entry();
        int type = format.swapType(entry);
        long offset = format.swapOffset(entry);
        if (!area.hasAnonVma()) {
            engine.rmap.prepareAnon(area);
        }
        long head = swap.getCached(type, offset);
        int outcome = Fault.DONE;
        if (head == Frames.NONE) {
            outcome = Fault.MAJOR;
            engine.counters.add(pgmajfault, 1);
            if (swap.count(type, offset) == 1) {
                // The table of the only entry is locked: nobody else can come upon the slot.
                return readPast(area, fault, type, offset) ? outcome : outOfMemory();
            }
            // Beside others, slots whose entries are not locked may be given up at any moment, so nothing is read ahead.
            head = engine.calls.isAlone()
                    ? readahead.read(area, fault.address(), fault.slot(), type, offset, this::readIntoCache)
                    : readIntoCache(type, offset);
            if (head == Frames.NONE) {
                return outOfMemory();
            }
        } else if (engine.calls.isAlone()) {
            readahead.found(area, fault.address(), head, type, offset);
        }
        return outcome | mapLocked(area, fault, head, type, offset);
    }

    /** What is read before it is asked for. */
    public SwapReadahead readahead() {
        return readahead;
    }

    private int outOfMemory() {
        if (engine.calls.isStalled()) {
            engine.counters.add(pgmajfault, -1); // it is counted when it is begun again
        }
        return Fault.OOM;
    }

    /**
     * Reads one page into the swap cache.
     *
     * @return the head, with a reference for the caller, or {@link Frames#NONE}
     */
    long readIntoCache(int type, long offset) {
        long head = engine.memory.allocateFolio(0, Gfp.HIGHUSER_MOVABLE);
        if (head == Frames.NONE) {
            return head;
        }
        frames.set(head, FolioFlags.SWAPBACKED);
        if (!frames.tryLockFolio(head)) {
            throw new IllegalStateException("a folio that nobody knows yet is locked");
        }
        long shadow = swap.shadow(type, offset);
        if (!swap.addToCache(head, type, offset)) {
            frames.unlockFolio(head);
            frames.put(head, 1);
            return swap.getCached(type, offset); // somebody else was faster
        }
        if (shadow != WorkingSet.NONE) {
            swap.refault(head, shadow, engine.frames.lru().workingSet());
        }
        engine.memory.lru().add(head);
        swap.read(head, type, offset);
        frames.unlockFolio(head);
        return head;
    }

    /** Brings the page into the swap cache if it is not there and there is memory. */
    public void readAhead(int type, long offset) {
        if (swap.cached(type, offset) == Frames.NONE) {
            long head = readIntoCache(type, offset);
            if (head != Frames.NONE) {
                frames.put(head, 1);
            }
        }
    }

    /** {@link #mapCached} of a folio to which the caller has a reference, which goes. Whoever has locked it is waited for outside, by trying the access again. */
    private int mapLocked(VmArea area, Fault fault, long head, int type, long offset) {
        int outcome = Fault.DONE;
        if (frames.tryLockFolio(head)) {
            long word = frames.privateWord(head);
            boolean there = frames.test(head, FolioFlags.SWAPCACHE)
                    && SwapSpace.type(word) == type
                    && offset >= SwapSpace.offset(word)
                    && offset < SwapSpace.offset(word) + frames.pages(head);
            if (there) {
                outcome = mapCached(area, fault, head, type, offset);
            }
            frames.unlockFolio(head);
        }
        swap.releaseIfUnused(head);
        frames.put(head, 1);
        if ((outcome & WRITE_ON) != 0) {
            // A write to a page that others may use goes on as copy-on-write; beside others the access is tried again.
            return outcome & ~WRITE_ON | (engine.calls.isAlone() ? engine.faults.handle(area, fault.address(), fault.flags()) : Fault.DONE);
        }
        return outcome;
    }

    private boolean readPast(VmArea area, Fault fault, int type, long offset) {
        int order = 0;
        long head = Frames.NONE;
        int orders = candidates(area, fault, type, offset);
        while (orders != 0 && head == Frames.NONE) {
            order = 31 - Integer.numberOfLeadingZeros(orders);
            head = engine.memory.allocateFolio(order, engine.extensions.anonFolioPolicy().gfp(area));
            if (head == Frames.NONE && engine.calls.isStalled()) {
                return false;
            }
            if (head == Frames.NONE) {
                engine.extensions.largeFolios().count(FolioEvent.SWPIN_FALLBACK, order, 1);
                orders &= ~(1 << order);
            }
        }
        if (head == Frames.NONE) {
            order = 0;
            head = engine.memory.allocateFolio(0, Gfp.HIGHUSER_MOVABLE);
            if (head == Frames.NONE) {
                return false;
            }
        }
        int pages = 1 << order;
        long va = fault.address() & -((long) pages << engine.pageShift);
        long place = (fault.address() >>> engine.pageShift) & pages - 1;
        long slot = fault.slot() - place;
        long shadow = swap.shadow(type, offset - place);
        frames.set(head, FolioFlags.SWAPBACKED);
        if (!frames.tryLockFolio(head)) {
            throw new IllegalStateException("a folio that nobody knows yet is locked");
        }
        if (shadow != WorkingSet.NONE) {
            swap.refault(head, shadow, engine.frames.lru().workingSet());
        }
        engine.memory.lru().add(head);
        swap.read(head, type, offset - place);
        swap.release(type, offset - place, pages);
        frames.get(head, pages - 1);
        area.space().addRss(RssKind.ANON, pages);
        area.space().addRss(RssKind.SWAP, -pages);
        engine.rmap.addFromSwap(head, area, va);
        long leaf = leaf(area, head, true, fault.isWrite());
        for (int i = 0; i < pages; i++) {
            area.space().tables().write(slot + i, format.advance(leaf, 1, i));
        }
        frames.unlockFolio(head);
        return true;
    }

    private long leaf(VmArea area, long pfn, boolean exclusive, boolean write) {
        long leaf = format.leaf(pfn, 1, area.entryProtection());
        if (exclusive && area.has(VmFlags.WRITE)) {
            leaf = format.makeWritable(leaf);
            if (write) {
                leaf = format.makeDirty(leaf);
            }
        }
        return leaf;
    }

    /** Orders above 0 for which the whole aligned block around the fault can be read at once, from the largest such down. */
    private int candidates(VmArea area, Fault fault, int type, long offset) {
        int orders = engine.extensions.anonFolioPolicy().faultOrders(area, fault.address());
        orders &= engine.layout.entries(1) - 1 & ~1;
        long page = fault.address() >>> engine.pageShift;
        while (orders != 0) {
            int order = 31 - Integer.numberOfLeadingZeros(orders);
            long mask = (1L << order) - 1;
            if ((page & mask) == (offset & mask)
                    && isWholeBlock(area.space().tables(), fault, type, offset, (int) (page & mask), 1 << order)) {
                return orders;
            }
            orders &= ~(1 << order);
        }
        return 0;
    }

    private boolean isWholeBlock(PageTables tables, Fault fault, int type, long offset, int place, int pages) {
        long entry = fault.entry();
        boolean exclusive = format.isExclusive(entry);
        boolean zero = swap.isZero(type, offset);
        for (int i = 0; i < pages; i++) {
            long other = tables.read(fault.slot() - place + i);
            long slot = offset - place + i;
            if (!isSame(other, type, slot, exclusive)
                    || swap.isCached(type, slot)
                    || swap.isZero(type, slot) != zero) {
                return false;
            }
        }
        return true;
    }

    private boolean isSame(long entry, int type, long offset, boolean exclusive) {
        return format.isSwap(entry)
                && format.swapType(entry) == type
                && format.swapOffset(entry) == offset
                && format.isExclusive(entry) == exclusive;
    }

    /** Maps a page of the cached folio {@code head}, or all of it where all its entries are there. */
    private int mapCached(VmArea area, Fault fault, long head, int type, long offset) {
        long entry = fault.entry();
        long pfn = head + (offset - SwapSpace.offset(frames.privateWord(head)));
        if (fault.isWrite() && !frames.test(head, FolioFlags.LRU)) {
            // Whether the folio is this mapping's alone is seen by its references, of which a batch may hold one.
            engine.frames.batches().drain();
        }
        boolean exclusive = format.isExclusive(entry);
        long slot = fault.slot();
        long va = fault.address() & -engine.pageSize;
        int pages = 1;
        int place = (int) (pfn - head);
        int all = (int) frames.pages(head);
        if (all > 1 && coversFolio(area, fault, place, all, type, offset)) {
            pages = all;
            pfn = head;
            slot -= place;
            va -= (long) place << engine.pageShift;
            offset -= place;
        }
        frames.get(head, pages);
        swap.release(type, offset, pages);
        if (shouldLeaveCache(area, fault, head, pages)) {
            swap.freeLockedFolio(head);
        }
        area.space().addRss(RssKind.ANON, pages);
        area.space().addRss(RssKind.SWAP, -pages);
        // One reference is the caller's.
        boolean alone = exclusive || frames.refcount(head) == pages + 1 && pages == 1;
        addMapping(area, head, pfn, pages, va, alone);
        long leaf = leaf(area, pfn, alone, fault.isWrite());
        for (int i = 0; i < pages; i++) {
            area.space().tables().write(slot + i, format.advance(leaf, 1, i));
        }
        return fault.isWrite() && !alone ? WRITE_ON : Fault.DONE;
    }

    /** Counts the mapping of {@code pages} frames from {@code pfn} of a cached folio, which may be the first of all. */
    void addMapping(VmArea area, long head, long pfn, int pages, long va, boolean exclusive) {
        if (frames.test(head, FolioFlags.ANON)) {
            engine.rmap.addAnon(pfn, pages, area, va, 1, exclusive);
            return;
        }
        engine.rmap.addFromSwap(head, area, va);
        AnonVma own = area.anonVma();
        if (!exclusive && own != null) {
            // Relatives may map it later, so it must be found from the oldest of the family (Linux: __folio_set_anon).
            frames.clear(head, FolioFlags.ANON_EXCLUSIVE);
            frames.setOwner(head, own.root(), area.index(va));
        }
    }

    private boolean coversFolio(VmArea area, Fault fault, int place, int pages, int type, long offset) {
        long start = (fault.address() & -engine.pageSize) - ((long) place << engine.pageShift);
        long end = start + ((long) pages << engine.pageShift);
        long table = fault.address() & -engine.layout.size(2);
        if (Long.compareUnsigned(start, Math.max(table, area.start())) < 0
                || Long.compareUnsigned(end, Math.min(table + engine.layout.size(2), area.end())) > 0) {
            return false;
        }
        boolean exclusive = format.isExclusive(fault.entry());
        for (int i = 0; i < pages; i++) {
            if (!isSame(area.space().tables().read(fault.slot() - place + i), type, offset - place + i, exclusive)) {
                return false;
            }
        }
        return true;
    }

    /** Linux: should_try_to_free_swap. */
    private boolean shouldLeaveCache(VmArea area, Fault fault, long head, int taken) {
        if (swap.isFull() || area.has(VmFlags.LOCKED) || frames.test(head, FolioFlags.MLOCKED)) {
            return true;
        }
        return fault.isWrite() && frames.refcount(head) == taken + 1 + frames.pages(head);
    }
}
