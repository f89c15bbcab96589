package org.mmkit.thp.collapse;

import java.nio.charset.StandardCharsets;
import org.mmkit.api.file.ShmemMapping;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.trace.Tracepoint;
import org.mmkit.thp.Eligibility.Asker;
import org.mmkit.thp.Settings;
import org.mmkit.thp.Thp;
import org.mmkit.thp.fault.HugeFaults;

/**
 * Copies the small pages of one block of a shared-memory file into a huge page of the page cache, and maps it (Linux:
 * hpage_collapse_scan_file, collapse_file, retract_page_tables, collapse_pte_mapped_thp).
 */
final class FileCollapse {

    /** Bytes of a name, with its end, that a directory entry holds itself (Linux: DNAME_INLINE_LEN). */
    private static final int INLINE_NAME = 40;

    private final Thp thp;
    private final Settings settings;
    private final HugeFaults hugeFaults;

    private int presentPages;
    private int swappedPages;
    /** The folio that the look at the cache ended with before its time; -1 when it came to its end. */
    private long failedFolio;
    /** The page of the file that the collapse came to. */
    private long reached;

    private final Tracepoint scanFile;
    private final Tracepoint collapseFile;

    FileCollapse(Thp thp, HugeFaults hugeFaults) {
        this.thp = thp;
        this.settings = thp.settings;
        this.hugeFaults = hugeFaults;
        scanFile = thp.context.tracepoint("huge_memory", "mm_khugepaged_scan_file");
        collapseFile = thp.context.tracepoint("huge_memory", "mm_khugepaged_collapse_file");
    }

    /** Looks at the block of the file that {@code vma} maps at {@code va}, and collapses it if it may. */
    ScanResult run(Vma vma, long va, boolean forced) {
        if (!(vma.file() instanceof ShmemMapping file)) {
            return ScanResult.FAIL;
        }
        long start = vma.index(va);
        ScanResult result = scan(file, start, forced);
        int present = presentPages;
        if (result == ScanResult.SUCCEED) {
            result = collapse(file, vma, va, start, forced);
        }
        if (scanFile.isOn() && !thp.memory.isStalled()) {
            scanFile.emit(vma.space().id(), failedFolio, scanFile.text(shownName(file)), present, swappedPages, result.number());
        }
        if (result == ScanResult.PTE_MAPPED_HUGEPAGE) {
            result = mapWhole(vma, va, forced);
            if (!forced && result == ScanResult.PMD_MAPPED) {
                return ScanResult.SUCCEED;
            }
        }
        return result;
    }

    /** Names that are longer than a directory entry itself has room for are not shown. */
    private static String shownName(ShmemMapping file) {
        String name = file.entryName();
        return name.getBytes(StandardCharsets.UTF_8).length < INLINE_NAME ? name : "";
    }

    private ScanResult scan(ShmemMapping file, long start, boolean forced) {
        presentPages = 0;
        swappedPages = 0;
        failedFolio = -1;
        long at = start;
        while (at < start + thp.pages) {
            long head = file.find(at);
            if (head == Frames.NONE) {
                int out = swappedOut(file, at);
                swappedPages += out;
                if (out > 0 && swappedPages > settings.maxPtesSwap && !forced) {
                    thp.stats.scanExceedSwap();
                    return ScanResult.EXCEED_SWAP;
                }
                at += Math.max(1, out);
                continue;
            }
            failedFolio = head;
            if (thp.frames.order(head) == thp.order) {
                return ScanResult.PTE_MAPPED_HUGEPAGE;
            }
            if (!thp.frames.test(head, FolioFlags.LRU)) {
                return ScanResult.PAGE_LRU;
            }
            if (thp.expectedReferences(head) != thp.frames.refcount(head)) {
                return ScanResult.PAGE_COUNT;
            }
            presentPages += (int) thp.frames.pages(head);
            at = thp.frames.index(head) + thp.frames.pages(head);
        }
        failedFolio = -1;
        if (!forced && presentPages < thp.pages - settings.maxPtesNone) {
            thp.stats.scanExceedNone();
            return ScanResult.EXCEED_NONE;
        }
        return ScanResult.SUCCEED;
    }

    /** Pages of one entry of the cache that is on a swap device from {@code at} on: those of a folio that went out whole and is out still. */
    private static int swappedOut(ShmemMapping file, long at) {
        if (!file.isSwapped(at)) {
            return 0;
        }
        int pages = file.swappedPages(at);
        for (int i = 1; i < pages; i++) {
            if (!file.isSwapped(at + i)) {
                return 1;
            }
        }
        return pages;
    }

    private ScanResult collapse(ShmemMapping file, Vma vma, long va, long start, boolean forced) {
        long huge = thp.memory.allocateFolio(thp.order, forced ? Gfp.TRANSHUGE : settings.khugepagedGfp());
        thp.stats.collapseAlloc(huge != Frames.NONE);
        reached = 0;
        ScanResult result = huge == Frames.NONE ? ScanResult.ALLOC_FAIL : replace(file, vma, va, start, huge);
        if (result == ScanResult.SUCCEED && forced) {
            result = ScanResult.PTE_MAPPED_HUGEPAGE; // to be mapped here
        }
        if (collapseFile.isOn() && !thp.memory.isStalled()) {
            long pfn = huge == Frames.NONE ? -1 : huge;
            collapseFile.emit(vma.space().id(), pfn, reached, va, 1, collapseFile.text(shownName(file)), thp.pages, result.number());
        }
        return result;
    }

    private ScanResult replace(ShmemMapping file, Vma vma, long va, long start, long huge) {
        ScanResult result = gather(file, vma, va, start);
        if (result == ScanResult.SUCCEED && !file.charge(thp.pages - presentPages)) {
            result = ScanResult.FAIL;
        }
        if (result != ScanResult.SUCCEED) {
            thp.frames.put(huge, 1);
            return result;
        }
        move(file, start, huge);
        retractTables(file, start);
        return ScanResult.SUCCEED;
    }

    /** Brings swapped pages in and takes all mappings of the block's folios away; they come back by faults if it fails. */
    private ScanResult gather(ShmemMapping file, Vma vma, long va, long start) {
        for (long at = start; at < start + thp.pages; at++) {
            if (file.find(at) == Frames.NONE && file.isSwapped(at)) {
                Fault fault = new Fault(vma);
                fault.begin(vma, va + (at - start << thp.pageShift), Fault.REMOTE);
                long pfn = file.faultIn(at, fault);
                if (pfn < 0) {
                    reached = at;
                    return ScanResult.FAIL;
                }
                thp.frames.put(thp.frames.head(pfn), 1);
                // A batch that the page waits in would count as somebody who holds it.
                thp.memory.lru().drain();
            }
        }
        presentPages = 0;
        reached = start;
        while (reached < start + thp.pages) {
            long at = reached;
            long head = file.find(at);
            if (head == Frames.NONE) {
                if (file.isSwapped(at)) {
                    return ScanResult.FAIL; // bringing one page in has pushed another one out
                }
                reached++;
                continue;
            }
            int pages = (int) thp.frames.pages(head);
            if (pages == thp.pages) {
                return ScanResult.PTE_MAPPED_HUGEPAGE; // it went out whole and has come back so
            }
            if (!thp.frames.test(head, FolioFlags.LRU)) {
                return ScanResult.DEL_PAGE_LRU;
            }
            thp.rmap.migrateAway(head);
            if (thp.frames.isMapped(head) || thp.frames.refcount(head) != pages) {
                return ScanResult.PAGE_COUNT;
            }
            presentPages += pages;
            reached = thp.frames.index(head) + pages;
        }
        if (presentPages == 0) {
            reached = start; // nothing from here to the end
            return ScanResult.TRUNCATED;
        }
        return ScanResult.SUCCEED;
    }

    /** Puts the huge page in the place of what the cache has for the block. */
    private void move(ShmemMapping file, long start, long huge) {
        long at = start;
        while (at < start + thp.pages) {
            long to = huge + at - start;
            long head = file.find(at);
            if (head == Frames.NONE) {
                thp.contents.clear(to, 1);
                at++;
                continue;
            }
            long pages = thp.frames.pages(head);
            thp.contents.copy(head, to, pages);
            file.remove(head);
            at += pages;
        }
        thp.frames.set(huge, FolioFlags.SWAPBACKED | FolioFlags.UPTODATE | FolioFlags.DIRTY);
        file.add(huge, start);
        thp.frames.put(huge, 1);
    }

    /** Drops the empty page tables of the block, so that the next fault can map the huge page whole. */
    private void retractTables(ShmemMapping file, long start) {
        file.forEachVma(start, thp.pages, (vma, va) -> {
            if (!vma.hasAnonVma() && !vma.has(VmFlags.MAYBE_GUARD) && thp.eligibility.isSuitable(vma, va, thp.order)) {
                dropTable(vma.space(), va);
            }
            return true;
        });
    }

    private void dropTable(AddressSpace space, long va) {
        PageTables tables = space.tables();
        long slot = tables.find(va, Thp.LEVEL);
        if (slot == PageTables.NO_SLOT) {
            return;
        }
        long pmd = tables.read(slot);
        if (thp.format.isNone(pmd) || thp.format.isLeaf(pmd, Thp.LEVEL)) {
            return;
        }
        tables.write(slot, thp.format.none());
        tables.freeTable(thp.format.tablePfn(pmd), 1);
    }

    /** Replaces the small entries that map the huge page of the cache by one leaf; khugepaged only drops them. */
    private ScanResult mapWhole(Vma vma, long va, boolean install) {
        if (!thp.eligibility.isSuitable(vma, va, thp.order)
                || !thp.eligibility.allows(vma, Asker.FORCED_COLLAPSE)) {
            return ScanResult.VMA_CHECK;
        }
        AddressSpace space = vma.space();
        PageTables tables = space.tables();
        long head = vma.file().find(vma.index(va));
        if (head == Frames.NONE) {
            return ScanResult.PAGE_NULL;
        }
        if (thp.frames.order(head) != thp.order) {
            return ScanResult.FAIL;
        }
        long slot = tables.find(va, Thp.LEVEL);
        if (slot != PageTables.NO_SLOT) {
            long pmd = tables.read(slot);
            if (!thp.format.isNone(pmd)) {
                if (thp.format.isLeaf(pmd, Thp.LEVEL)) {
                    return ScanResult.PMD_MAPPED;
                }
                ScanResult unmapped = unmapSmall(vma, tables.firstSlot(thp.format.tablePfn(pmd)), head);
                if (unmapped != ScanResult.SUCCEED) {
                    return unmapped;
                }
                dropTable(space, va);
            }
        }
        if (!install) {
            return ScanResult.SUCCEED;
        }
        thp.frames.get(head, 1);
        slot = tables.obtain(va, Thp.LEVEL);
        if (slot == PageTables.NO_SLOT) {
            thp.frames.put(head, 1);
            return ScanResult.ALLOC_FAIL;
        }
        if (hugeFaults.mapFolio(vma, slot, va, head, false) != Fault.DONE) {
            thp.frames.put(head, 1);
            return ScanResult.FAIL;
        }
        return ScanResult.SUCCEED;
    }

    /** Removes the entries of one table if they map nothing but pages of the folio {@code head}, each in its place. */
    private ScanResult unmapSmall(Vma vma, long entries, long head) {
        PageTables tables = vma.space().tables();
        for (int i = 0; i < thp.pages; i++) {
            long entry = tables.read(entries + i);
            if (thp.format.isNone(entry)) {
                continue;
            }
            if (!thp.format.isPresent(entry)) {
                return ScanResult.PTE_NON_PRESENT;
            }
            if (thp.format.pfn(entry, 1) != head + i) {
                return ScanResult.FAIL;
            }
        }
        int mapped = 0;
        for (int i = 0; i < thp.pages; i++) {
            long entry = tables.read(entries + i);
            if (thp.format.isNone(entry)) {
                continue;
            }
            if (thp.format.isDirty(entry)) {
                thp.frames.set(head, FolioFlags.DIRTY);
            }
            tables.write(entries + i, thp.format.none());
            thp.rmap.remove(head + i, 1, vma, 1);
            mapped++;
        }
        if (mapped > 0) {
            vma.space().addRss(thp.fileKind(head), -mapped);
            thp.frames.put(head, mapped);
        }
        return ScanResult.SUCCEED;
    }
}
