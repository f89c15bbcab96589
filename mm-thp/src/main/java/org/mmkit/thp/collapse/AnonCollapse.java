package org.mmkit.thp.collapse;

import org.mmkit.api.lock.RwSemaphore;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.pgtable.SingleFrames;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.space.Vma;
import org.mmkit.api.trace.Tracepoint;
import org.mmkit.thp.Settings;
import org.mmkit.thp.Thp;
import org.mmkit.thp.split.DeferredSplitQueue;

/**
 * Copies the small pages of one block of anonymous memory into a huge page (Linux: hpage_collapse_scan_pmd, collapse_huge_page). The
 * limits of khugepaged do not hold when madvise asks.
 */
final class AnonCollapse {

    private final Thp thp;
    private final Settings settings;
    private final DeferredSplitQueue queue;

    private int emptyPages;
    private int swappedPages;
    private int sharedPages;
    private int referencedPages;
    private int broughtIn;
    /** Entries of pages that one answer holds for. */
    private final SingleFrames singles;

    /** By entry that the last look saw by itself: the length of the run of {@link #singles} that begins there, negative when its frames descend; else 0. */
    private final int[] runs;

    /** The folio that the last entry with a page maps; -1 before there was one. */
    private long lastFolio;

    private final Tracepoint scanPmd;
    private final Tracepoint swappedIn;
    private final Tracepoint isolate;
    private final Tracepoint collapsed;

    AnonCollapse(Thp thp, DeferredSplitQueue queue) {
        this.thp = thp;
        this.settings = thp.settings;
        this.queue = queue;
        singles = new SingleFrames(thp.format, thp.frames);
        runs = new int[thp.pages];
        scanPmd = thp.context.tracepoint("huge_memory", "mm_khugepaged_scan_pmd");
        swappedIn = thp.context.tracepoint("huge_memory", "mm_collapse_huge_page_swapin");
        isolate = thp.context.tracepoint("huge_memory", "mm_collapse_huge_page_isolate");
        collapsed = thp.context.tracepoint("huge_memory", "mm_collapse_huge_page");
    }

    /** One to be used by one call: another thread may collapse in another address space meanwhile. */
    AnonCollapse ofThisCall() {
        return thp.context.locks().isSmp() ? new AnonCollapse(thp, queue) : this;
    }

    /** Looks at the block at {@code va} of {@code vma} and collapses it if it may. */
    ScanResult run(Vma vma, long va, boolean forced) {
        return run(vma, va, forced, forced ? Gfp.TRANSHUGE : settings.khugepagedGfp());
    }

    /** The same, trying as hard for a huge page as {@code gfp} says. */
    ScanResult run(Vma vma, long va, boolean forced, int gfp) {
        ScanResult result = scan(vma, va, forced, true);
        long folio = lastFolio;
        int referenced = referencedPages;
        int empty = emptyPages;
        int swapped = swappedPages;
        if (result == ScanResult.SUCCEED) {
            result = collapseScanned(vma, va, forced, gfp);
            if (thp.memory.isStalled()) {
                return result; // the call begins again
            }
        }
        // Told when all is over, with the counts of the first look (hpage_collapse_scan_pmd).
        if (scanPmd.isOn()) {
            scanPmd.emit(vma.space().id(), folio, referenced, empty, result.number(), swapped);
        }
        return result;
    }

    private ScanResult collapseScanned(Vma vma, long va, boolean forced, int gfp) {
        if (swappedPages > 0) {
            thp.memory.stall(); // what brings them in may need memory
            if (thp.memory.isStalled()) {
                return ScanResult.FAIL;
            }
        }
        long slowBefore = thp.memory.slowAllocations();
        long head = thp.memory.allocateFolio(thp.order, gfp);
        if (head == Frames.NONE && thp.memory.isStalled()) {
            return ScanResult.FAIL;
        }
        thp.stats.collapseAlloc(head != Frames.NONE);
        if (head == Frames.NONE) {
            tell(vma, false, ScanResult.ALLOC_FAIL);
            return ScanResult.ALLOC_FAIL;
        }
        boolean asBefore = swappedPages == 0 && thp.memory.slowAllocations() == slowBefore && !thp.context.locks().isSmp();
        ScanResult result = swappedPages > 0 ? swapIn(vma, va) : ScanResult.SUCCEED;
        if (result == ScanResult.SUCCEED) {
            result = collapse(vma, va, forced, head, asBefore);
        }
        if (result != ScanResult.SUCCEED) {
            thp.frames.put(head, 1);
        }
        tell(vma, result == ScanResult.SUCCEED, result);
        return result;
    }

    private void tell(Vma vma, boolean isolated, ScanResult result) {
        if (collapsed.isOn()) {
            collapsed.emit(vma.space().id(), isolated ? 1 : 0, result.number());
        }
    }

    /** Counts the entries of the block; {@code first} before anything is allocated, again before the copy with nothing left in swap. */
    private ScanResult scan(Vma vma, long va, boolean forced, boolean first) {
        lastFolio = -1;
        emptyPages = 0;
        swappedPages = 0;
        sharedPages = 0;
        referencedPages = 0;
        PageTables tables = vma.space().tables();
        long slot = tables.find(va, Thp.LEVEL);
        if (slot == PageTables.NO_SLOT) {
            return ScanResult.PMD_NULL;
        }
        long pmd = tables.read(slot);
        if (thp.format.isNone(pmd)) {
            return ScanResult.PMD_NONE;
        }
        if (thp.format.isLeaf(pmd, Thp.LEVEL)) {
            return ScanResult.PMD_MAPPED;
        }
        long entries = tables.firstSlot(thp.format.tablePfn(pmd));
        for (int i = 0; i < thp.pages; i++) {
            long entry = tables.read(entries + i);
            runs[i] = 0;
            int referencedBefore = referencedPages;
            ScanResult result = count(entry, forced, first);
            if (result != ScanResult.SUCCEED) {
                return result;
            }
            if (thp.format.isPresent(entry) && !thp.format.isSpecial(entry)) {
                // Pages like this one, none of which is shared, have the same answer.
                int run = singles.find(tables, entries + i, entry, thp.pages - i);
                if (run > 0) {
                    runs[i] = run * singles.direction();
                    referencedPages += (referencedPages - referencedBefore) * (run - 1);
                    lastFolio = singles.first() + (long) (run - 1) * singles.direction();
                    i += run - 1;
                }
            }
        }
        return enough(forced, first);
    }

    private ScanResult enough(boolean forced, boolean first) {
        if (!forced
                && first
                && (referencedPages == 0 || swappedPages > 0 && referencedPages < thp.pages / 2)) {
            return ScanResult.LACK_REFERENCED;
        }
        return ScanResult.SUCCEED;
    }

    private ScanResult count(long entry, boolean forced, boolean first) {
        if (thp.format.isNone(entry) || thp.format.isPresent(entry) && thp.format.isSpecial(entry)) {
            if (++emptyPages > settings.maxPtesNone && !forced) {
                thp.stats.scanExceedNone();
                return ScanResult.EXCEED_NONE;
            }
            return ScanResult.SUCCEED;
        }
        if (!thp.format.isPresent(entry)) {
            if (!first) {
                return ScanResult.PTE_NON_PRESENT;
            }
            // Guard markers are taken for swap entries here, and found out when they cannot be brought in.
            if (++swappedPages > settings.maxPtesSwap && !forced) {
                thp.stats.scanExceedSwap();
                return ScanResult.EXCEED_SWAP;
            }
            return ScanResult.SUCCEED;
        }
        return countPage(entry, forced, first);
    }

    private ScanResult countPage(long entry, boolean forced, boolean first) {
        long head = thp.frames.head(thp.format.pfn(entry, 1));
        lastFolio = head;
        if (!thp.frames.test(head, FolioFlags.ANON)) {
            return ScanResult.PAGE_ANON;
        }
        if (thp.frames.maybeMappedShared(head)) {
            sharedPages++;
            if (sharedPages > settings.maxPtesShared && !forced) {
                thp.stats.scanExceedShare();
                return ScanResult.EXCEED_SHARED;
            }
        }
        boolean listed = thp.frames.test(head, FolioFlags.LRU);
        if (first && !listed) {
            return ScanResult.PAGE_LRU;
        }
        if (thp.frames.test(head, FolioFlags.LOCKED)) {
            return ScanResult.PAGE_LOCKED;
        }
        if (thp.expectedReferences(head) != thp.frames.refcount(head)) {
            return ScanResult.PAGE_COUNT;
        }
        if (!listed) {
            return ScanResult.DEL_PAGE_LRU;
        }
        if (!forced && (thp.format.isYoung(entry) || thp.frames.test(head, FolioFlags.REFERENCED))) {
            referencedPages++;
        }
        return ScanResult.SUCCEED;
    }

    private ScanResult swapIn(Vma vma, long va) {
        broughtIn = 0;
        ScanResult result = bringIn(vma, va);
        if (swappedIn.isOn()) {
            swappedIn.emit(vma.space().id(), broughtIn, referencedPages, result.number());
        }
        return result;
    }

    /** Brings the block's pages back from swap and counts them. */
    private ScanResult bringIn(Vma vma, long va) {
        for (int i = 0; i < thp.pages; i++) {
            PageTables tables = vma.space().tables();
            long at = va + ((long) i << thp.pageShift);
            long slot = tables.find(at, 1);
            if (slot == PageTables.NO_SLOT) {
                return ScanResult.PMD_NULL;
            }
            long entry = tables.read(slot);
            if (thp.format.isNone(entry) || thp.format.isPresent(entry)) {
                continue;
            }
            if (!thp.format.isSwap(entry) || (thp.faults.resolve(vma, at, Fault.REMOTE) & Fault.ERROR) != 0) {
                return ScanResult.FAIL;
            }
            broughtIn++;
        }
        if (broughtIn > 0) {
            // A batch that they wait in would count as somebody who holds them.
            thp.memory.lru().drain();
        }
        return ScanResult.SUCCEED;
    }

    /**
     * Looks at the block again, unless it is {@code asBefore}, and puts {@code head} in the place of its table. The caller has the address space for writing; nobody comes by
     * the reverse mapping, to split a folio above all, while the root is locked, and the locks of the tables keep the protocol for walks that
     * hold neither (Linux: collapse_huge_page).
     */
    private ScanResult collapse(Vma vma, long va, boolean forced, long head, boolean asBefore) {
        RwSemaphore root = vma.hasAnonVma() ? thp.rmap.anonLock(vma) : RwSemaphore.NONE;
        root.writeLock();
        try {
            ScanResult result = asBefore ? ScanResult.SUCCEED : scan(vma, va, forced, false);
            if (isolate.isOn()) {
                isolate.emit(lastFolio, emptyPages, referencedPages, result.number());
            }
            if (result == ScanResult.SUCCEED) {
                collapseLocked(vma, vma.space().tables().find(va, Thp.LEVEL), va, head);
            }
            return result;
        } finally {
            root.writeUnlock();
        }
    }

    private void collapseLocked(Vma vma, long slot, long va, long head) {
        AddressSpace space = vma.space();
        PageTables tables = space.tables();
        long table = thp.format.tablePfn(tables.read(slot));
        long entries = tables.firstSlot(table);
        tables.lock(slot);
        tables.write(slot, thp.format.none());
        tables.unlock(slot);
        tables.lock(entries);
        int i = 0;
        while (i < thp.pages) {
            long entry = tables.read(entries + i);
            if (thp.format.isNone(entry) || thp.format.isSpecial(entry)) {
                tables.write(entries + i, thp.format.none());
                thp.contents.clear(head + i, 1);
                i++;
            } else {
                i += moveRun(vma, entries, i, entry, head);
            }
        }
        tables.unlock(entries);
        space.addRss(RssKind.ANON, emptyPages);
        thp.rmap.addNewAnon(head, vma, va, Thp.LEVEL);
        long leaf = thp.format.makeDirty(thp.format.leaf(head, Thp.LEVEL, thp.entryProtection(vma)));
        tables.lock(slot);
        tables.write(slot, thp.writableIfAllowed(leaf, vma));
        tables.deposit(slot, table);
        tables.unlock(slot);
        queue.add(head, false);
    }

    /**
     * Copies the run of entries from {@code first} on that map following pages of one folio, and unmaps them at once, so that a folio which
     * goes as a whole is not taken for one that loses a part.
     */
    private int moveRun(Vma vma, long entries, int first, long entry, long to) {
        PageTables tables = vma.space().tables();
        if (runs[first] != 0) {
            moveSingles(vma, entries + first, Math.abs(runs[first]), Integer.signum(runs[first]), entry, to + first);
            return Math.abs(runs[first]);
        }
        long pfn = thp.format.pfn(entry, 1);
        long head = thp.frames.head(pfn);
        long folioEnd = head + thp.frames.pages(head);
        int n = 0;
        do {
            tables.write(entries + first + n, thp.format.none());
            n++;
        } while (first + n < thp.pages && pfn + n < folioEnd && maps(tables.read(entries + first + n), pfn + n));
        thp.contents.copy(pfn, to + first, n);
        thp.rmap.remove(pfn, n, vma, 1);
        thp.memory.freeSwapCache(head);
        thp.frames.put(head, n);
        return n;
    }

    /** Copies a run of single frames, the first of which {@code entry} maps, and unmaps and frees them. */
    private void moveSingles(Vma vma, long slot, int n, int direction, long entry, long to) {
        long pfn = thp.format.pfn(entry, 1);
        vma.space().tables().fill(slot, n, thp.format.none(), 0);
        thp.contents.copySingles(pfn, direction, to, n);
        thp.rmap.dropSingles(pfn, n, direction, vma);
    }

    private boolean maps(long entry, long pfn) {
        return !thp.format.isNone(entry) && !thp.format.isSpecial(entry) && thp.format.pfn(entry, 1) == pfn;
    }
}
