package org.mmkit.core.reclaim;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.space.VmArea;
import org.mmkit.core.swap.SwapSpace;

/**
 * Removes all mappings of a folio that is being reclaimed (Linux: try_to_unmap). Anonymous pages leave swap entries, lazily freed
 * ones nothing.
 */
final class FolioUnmapper {

    private final Engine engine;
    private final SwapSpace swap;
    private final EntryFormat format;
    private final Frames frames;

    FolioUnmapper(Engine engine, SwapSpace swap) {
        this.engine = engine;
        this.swap = swap;
        this.format = engine.format;
        this.frames = engine.frames;
    }

    /** Whether no mapping is left. The caller holds one reference. */
    boolean unmap(long head) {
        engine.rmap.walk(head, (vma, va) -> unmapFrom((VmArea) vma, va, head));
        return !frames.isMapped(head);
    }

    /** False ends the walk: the folio cannot be unmapped. */
    private boolean unmapFrom(VmArea area, long va, long head) {
        if (area.has(VmFlags.LOCKED)) {
            if (!frames.isLarge(head) && engine.calls.isAlone()) {
                engine.frames.batches().mlock(head);
            }
            return false;
        }
        PageTables tables = area.space().tables();
        long pages = frames.pages(head);
        if (pages > 1) {
            splitLeaf(area, va, head);
        }
        for (long i = 0; i < pages; ) {
            long at = va + (i << engine.pageShift);
            long slot = Long.compareUnsigned(at, area.start()) < 0 || Long.compareUnsigned(at, area.end()) >= 0
                    ? PageTables.NO_SLOT
                    : tables.findLocked(at, 1);
            if (slot == PageTables.NO_SLOT) {
                i++;
                continue;
            }
            int done;
            try {
                done = unmapPages(area, slot, head, head + i, limit(area, at, pages - i));
            } finally {
                tables.unlock(slot);
            }
            if (done < 0) {
                return false;
            }
            i += Math.max(1, done);
        }
        return true;
    }

    /** Removes entries of one locked table that follow on from that of {@code pfn}: how many; negative when one has to stay. */
    private int unmapPages(VmArea area, long slot, long head, long pfn, long limit) {
        int run = run(area.space().tables(), slot, pfn, limit);
        if (run == 0) {
            return 0;
        }
        if (!frames.test(head, FolioFlags.ANON) || !frames.test(head, FolioFlags.SWAPBACKED)) {
            return drop(area, slot, head, pfn, run) ? run : -1;
        }
        for (int i = 0; i < run; i++) {
            if (!swapOut(area, slot + i, head, pfn + i)) {
                return -1;
            }
        }
        return run;
    }

    /** Pages from {@code va} that lie in the area and in one page table, at most {@code pages}. */
    private long limit(VmArea area, long va, long pages) {
        long size = engine.layout.size(2);
        long tableEnd = (va & -size) + size;
        long end = Long.compareUnsigned(area.end(), tableEnd) < 0 ? area.end() : tableEnd;
        return Math.min(pages, end - va >>> engine.pageShift);
    }

    /** How many entries from {@code slot} on map frames from {@code pfn} on. */
    private int run(PageTables tables, long slot, long pfn, long limit) {
        int n = 0;
        while (n < limit) {
            long entry = tables.read(slot + n);
            if (!format.isPresent(entry) || format.isSpecial(entry) || format.pfn(entry, 1) != pfn + n) {
                break;
            }
            n++;
        }
        return n;
    }

    /** Splits the leaf that maps the folio whole, if there is one. */
    private void splitLeaf(VmArea area, long va, long head) {
        PageTables tables = area.space().tables();
        for (int level = engine.layout.levels() - 1; level > 1; level--) {
            long slot = tables.find(va, level);
            if (slot == PageTables.NO_SLOT) {
                continue;
            }
            long entry = tables.read(slot);
            if (format.isPresent(entry) && format.isLeaf(entry, level)) {
                if (format.pfn(entry, level) == head) {
                    engine.extensions.hugeLeaf(level).split(area, slot, va);
                }
                return;
            }
        }
    }

    /** Removes {@code run} entries of page cache or of lazily freed memory. */
    private boolean drop(VmArea area, long slot, long head, long pfn, int run) {
        PageTables tables = area.space().tables();
        for (int i = 0; i < run; i++) {
            if (format.isDirty(tables.read(slot + i))) {
                frames.set(head, FolioFlags.DIRTY);
            }
        }
        if (frames.test(head, FolioFlags.ANON) && !mayDiscard(head)) {
            return false;
        }
        for (int i = 0; i < run; i++) {
            tables.write(slot + i, format.none());
        }
        area.space().addRss(engine.rssKind(head), -run);
        engine.rmap.remove(pfn, run, area, 1);
        frames.put(head, run);
        return true;
    }

    /** Whether nothing was written since MADV_FREE and only mappings and the caller hold the folio; if written, it is an ordinary folio again. */
    private boolean mayDiscard(long head) {
        if (frames.test(head, FolioFlags.DIRTY)) {
            frames.set(head, FolioFlags.SWAPBACKED);
            return false;
        }
        return frames.refcount(head) == 1 + frames.largeMapcount(head);
    }

    /** Replaces the entry of one anonymous page by a swap entry. */
    private boolean swapOut(VmArea area, long slot, long head, long pfn) {
        PageTables tables = area.space().tables();
        boolean exclusive = frames.test(pfn, FolioFlags.ANON_EXCLUSIVE);
        if (exclusive && !engine.rmap.tryShareAnon(pfn, 1, 1)) {
            return false;
        }
        if (format.isDirty(tables.read(slot))) {
            frames.set(head, FolioFlags.DIRTY);
        }
        long word = frames.privateWord(head);
        long offset = SwapSpace.offset(word) + (pfn - head);
        swap.duplicate(SwapSpace.type(word), offset, 1);
        tables.write(slot, format.swap(SwapSpace.type(word), offset, exclusive));
        area.space().addRss(RssKind.ANON, -1);
        area.space().addRss(RssKind.SWAP, 1);
        engine.rmap.remove(pfn, 1, area, 1);
        frames.put(head, 1);
        return true;
    }
}
