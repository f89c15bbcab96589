package org.mmkit.core.space;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.RssKind;
import org.mmkit.core.boot.Engine;

/** MADV_FREE: pages stay until memory is needed, and come back to life by a write (Linux: madvise_free_pte_range). */
final class LazyFree {

    private final UserAddressSpace space;
    private final Engine engine;
    private final EntryFormat format;
    private final Frames frames;
    private final TableCursor cursor;
    /** A folio of which the range holds a part only, with a reference, and how many entries of it follow on; {@link Frames#NONE} for none. */
    private long toSplit = Frames.NONE;

    private long runToSplit;

    LazyFree(UserAddressSpace space) {
        this.space = space;
        this.engine = space.engine();
        this.format = engine.format;
        this.frames = engine.frames;
        this.cursor = new TableCursor(space.tables());
    }

    long free(VmArea area, long start, long end) {
        engine.frames.batches().drain();
        for (cursor.begin(space.tables(), start, end); cursor.next(); ) {
            if (!cursor.isLeaf()) {
                freeTable(cursor.start(), cursor.end());
            } else if (!engine.extensions
                    .hugeLeaf(cursor.level())
                    .adviseFree(area, cursor.slot(), cursor.start(), cursor.end())) {
                cursor.again();
            }
            if (engine.calls.isStalled()) {
                return 0; // it is begun again alone
            }
        }
        return 0;
    }

    private void freeTable(long start, long end) {
        PageTables tables = space.tables();
        long va = start;
        while (va != end) {
            long slot = tables.findLocked(va, 1);
            if (slot == PageTables.NO_SLOT) {
                return; // another thread has emptied the table and freed it
            }
            toSplit = Frames.NONE;
            try {
                va = freeLocked(va, end, slot);
            } finally {
                tables.unlock(slot);
            }
            if (toSplit != Frames.NONE) {
                int failed = engine.extensions.largeFolios().split(toSplit, 0);
                // The caller's reference stays on the first of the new folios.
                frames.put(toSplit, 1);
                if (engine.calls.isStalled()) {
                    return;
                }
                va += failed == 0 ? 0 : runToSplit << engine.pageShift;
            }
        }
    }

    /** Frees from {@code va} on until {@code end} or a folio that is to be split first; returns how far it came. */
    private long freeLocked(long from, long end, long first) {
        PageTables tables = space.tables();
        long slot = first;
        long va = from;
        while (va != end) {
            long entry = tables.read(slot);
            long step = 1;
            if (format.isSwap(entry)) {
                space.addRss(RssKind.SWAP, -1);
                engine.swap().free(entry);
                tables.write(slot, format.none());
            } else if (format.isPresent(entry) && !format.isSpecial(entry)) {
                step = freePage(slot, entry, end - va >>> engine.pageShift);
                if (step == 0) {
                    return va;
                }
            }
            va += step << engine.pageShift;
            slot += step;
        }
        return va;
    }

    /** Whether the folio has lost the mark that its content is nowhere else; whoever has it locked may be about to write it to swap for that mark. */
    private boolean makeClean(long head, long pages) {
        if (!frames.tryLockFolio(head)) {
            return false;
        }
        // Whoever else maps it relies on the mark.
        boolean clean = frames.largeMapcount(head) == pages;
        if (clean && frames.test(head, FolioFlags.SWAPCACHE)) {
            clean = engine.swapSpace().freeLockedFolio(head);
        }
        if (clean) {
            frames.clear(head, FolioFlags.DIRTY);
        }
        frames.unlockFolio(head);
        return clean;
    }

    /** How many entries were done; 0 when the folio is to be split first. */
    private long freePage(long slot, long entry, long limit) {
        long pfn = format.pfn(entry, 1);
        long head = frames.head(pfn);
        long pages = frames.pages(head);
        if (!frames.test(head, FolioFlags.ANON)) {
            return 1;
        }
        if (pages > 1) {
            long run = cursor.run(slot, pfn, Math.min(limit, head + pages - pfn));
            if (run < pages) {
                if (frames.maybeMappedShared(head)) {
                    return run;
                }
                frames.get(head, 1);
                toSplit = head;
                runToSplit = run;
                return 0;
            }
        }
        if ((frames.test(head, FolioFlags.SWAPCACHE) || frames.test(head, FolioFlags.DIRTY)) && !makeClean(head, pages)) {
            return pages;
        }
        for (long i = 0; i < pages; i++) {
            long present = space.tables().read(slot + i);
            space.tables().write(slot + i, format.makeOld(format.makeClean(present)));
        }
        engine.frames.batches().lazyFree(head);
        return pages;
    }
}
