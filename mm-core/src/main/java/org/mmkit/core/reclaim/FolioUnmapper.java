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
            return false;
        }
        PageTables tables = area.space().tables();
        long pages = frames.pages(head);
        if (pages > 1 && !unmapHuge(area, va, head)) {
            return false;
        }
        for (long i = 0; i < pages; i++) {
            long at = va + (i << engine.pageShift);
            if (Long.compareUnsigned(at, area.start()) < 0 || Long.compareUnsigned(at, area.end()) >= 0) {
                continue;
            }
            long slot = tables.find(at, 1);
            if (slot == PageTables.NO_SLOT) {
                continue;
            }
            long entry = tables.read(slot);
            if (format.isPresent(entry)
                    && !format.isSpecial(entry)
                    && format.pfn(entry, 1) == head + i
                    && !unmapPage(area, slot, entry, head, head + i)) {
                return false;
            }
        }
        return true;
    }

    /** Splits the leaf that maps the folio whole, or removes it if the folio is lazily freed and clean. */
    private boolean unmapHuge(VmArea area, long va, long head) {
        PageTables tables = area.space().tables();
        for (int level = engine.layout.levels() - 1; level > 1; level--) {
            long slot = tables.find(va, level);
            if (slot == PageTables.NO_SLOT) {
                continue;
            }
            long entry = tables.read(slot);
            if (!format.isPresent(entry) || !format.isLeaf(entry, level)) {
                continue;
            }
            if (format.pfn(entry, level) != head) {
                return true;
            }
            if (isLazilyFreed(head)) {
                if (format.isDirty(entry)) {
                    frames.set(head, FolioFlags.DIRTY);
                }
                if (!mayDiscard(head)) {
                    return false;
                }
                engine.extensions.hugeLeaf(level).zap(area, slot, va);
                return true;
            }
            engine.extensions.hugeLeaf(level).split(area, slot, va);
            return true;
        }
        return true;
    }

    private boolean isLazilyFreed(long head) {
        return frames.test(head, FolioFlags.ANON) && !frames.test(head, FolioFlags.SWAPBACKED);
    }

    /** Whether nothing was written since MADV_FREE and only mappings and the caller hold the folio; if written, it is an ordinary folio again. */
    private boolean mayDiscard(long head) {
        if (frames.test(head, FolioFlags.DIRTY)) {
            frames.set(head, FolioFlags.SWAPBACKED);
            return false;
        }
        return frames.refcount(head) == 1 + frames.largeMapcount(head);
    }

    private boolean unmapPage(VmArea area, long slot, long entry, long head, long pfn) {
        PageTables tables = area.space().tables();
        if (format.isDirty(entry)) {
            frames.set(head, FolioFlags.DIRTY);
        }
        if (!frames.test(head, FolioFlags.ANON)) {
            tables.write(slot, format.none());
            area.space().addRss(engine.rssKind(head), -1);
        } else if (isLazilyFreed(head)) {
            if (!mayDiscard(head)) {
                return false;
            }
            tables.write(slot, format.none());
            area.space().addRss(RssKind.ANON, -1);
        } else {
            boolean exclusive = frames.test(pfn, FolioFlags.ANON_EXCLUSIVE);
            if (exclusive && !engine.rmap.tryShareAnon(pfn, 1, 1)) {
                return false;
            }
            long word = frames.privateWord(head);
            long offset = SwapSpace.offset(word) + (pfn - head);
            swap.duplicate(SwapSpace.type(word), offset, 1);
            tables.write(slot, format.swap(SwapSpace.type(word), offset, exclusive));
            area.space().addRss(RssKind.ANON, -1);
            area.space().addRss(RssKind.SWAP, 1);
        }
        engine.rmap.remove(pfn, 1, area, 1);
        frames.put(head, 1);
        return true;
    }
}
