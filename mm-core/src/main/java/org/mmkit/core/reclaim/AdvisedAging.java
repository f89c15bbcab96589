package org.mmkit.core.reclaim;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.shmem.ShmemFile;
import org.mmkit.core.space.TableCursor;
import org.mmkit.core.space.VmArea;
import org.mmkit.core.swap.SwapSpace;

/**
 * MADV_COLD and MADV_PAGEOUT (Linux: madvise_cold_or_pageout_pte_range). Folios that others map too are left alone; a large
 * folio of which the range covers only a part is split first, for either advice.
 */
public final class AdvisedAging implements Aging {

    private final Engine engine;
    private final FolioReclaimer reclaimer;
    private final SwapReader reader;
    private final EntryFormat format;
    private final Frames frames;

    /** How MADV_WILLNEED reads a page ahead. */
    public interface SwapReader {

        /** Brings the page into the swap cache if it is not there. */
        void readAhead(int type, long offset);
    }

    /** Hands what is paged out to {@code reclaimer}. */
    public AdvisedAging(Engine engine, FolioReclaimer reclaimer, SwapReader reader) {
        this.engine = engine;
        this.reclaimer = reclaimer;
        this.reader = reader;
        this.format = engine.format;
        this.frames = engine.frames;
    }

    @Override
    public void cold(VmArea area, long start, long end) {
        engine.frames.batches().drain();
        age(area, start, end, null);
    }

    @Override
    public void pageOut(VmArea area, long start, long end) {
        engine.frames.batches().drain();
        // Several threads may be in here.
        FolioReclaimer isolated = engine.calls.isSmp() ? new FolioReclaimer(engine, reclaimer) : reclaimer;
        age(area, start, end, isolated);
    }

    @Override
    public void willNeed(VmArea area, long start, long end) {
        if (!area.hasFile()) {
            readEntries(area, start, end);
        } else if (area.file() instanceof ShmemFile file) {
            if (!engine.calls.isAlone()) {
                engine.calls.stall();
                return;
            }
            file.swapped().eachEntry(area.index(start), area.index(end - 1) + 1,
                    word -> reader.readAhead(SwapSpace.type(word), SwapSpace.offset(word)));
        } else {
            return; // a file of the host is in its cache
        }
        engine.frames.batches().drain();
    }

    private void readEntries(VmArea area, long start, long end) {
        PageTables tables = area.space().tables();
        TableCursor cursor = new TableCursor(tables);
        for (cursor.begin(tables, start, end); cursor.next(); ) {
            if (cursor.isLeaf()) {
                continue;
            }
            long slot = cursor.firstSlot();
            for (long va = cursor.start(); va != cursor.end(); va += engine.pageSize, slot++) {
                long entry = tables.read(slot);
                if (format.isSwap(entry)) {
                    reader.readAhead(format.swapType(entry), format.swapOffset(entry));
                }
            }
        }
    }

    /** Makes the folios of the range the next candidates of reclaim, or isolates them in {@code isolated} and reclaims them. */
    private void age(VmArea area, long start, long end, @Nullable FolioReclaimer isolated) {
        PageTables tables = area.space().tables();
        TableCursor cursor = new TableCursor(tables);
        for (cursor.begin(tables, start, end); cursor.next(); ) {
            if (cursor.isLeaf()) {
                if (ageHuge(area, cursor, isolated)) {
                    cursor.again();
                }
            } else {
                ageTable(tables, cursor.start(), cursor.end() - cursor.start() >>> engine.pageShift, isolated);
            }
            if (isolated != null) {
                isolated.reclaim();
            }
            if (engine.calls.isStalled()) {
                return; // it is begun again alone
            }
        }
    }

    /** Whether the folio was split, so that the place is to be looked at again. */
    private boolean ageHuge(VmArea area, TableCursor cursor, @Nullable FolioReclaimer isolated) {
        PageTables tables = area.space().tables();
        long slot = cursor.slot();
        long head;
        tables.lock(slot);
        try {
            long entry = tables.read(slot);
            if (!format.isPresent(entry)) {
                return false;
            }
            if (!format.isLeaf(entry, cursor.level())) {
                return true;
            }
            head = format.pfn(entry, cursor.level());
            if (frames.test(head, FolioFlags.HUGE_ZERO) || frames.maybeMappedShared(head)) {
                return false;
            }
            if (cursor.isWhole()) {
                if (isolated != null) {
                    isolate(head, isolated);
                } else {
                    tables.write(slot, format.makeOld(entry));
                    deactivate(head);
                }
                return false;
            }
            frames.get(head, 1);
        } finally {
            tables.unlock(slot);
        }
        return split(head);
    }

    /** Splits the folio {@code head}, on which the caller has a reference that goes. */
    private boolean split(long head) {
        int failed = engine.extensions.largeFolios().split(head, 0);
        frames.put(head, 1);
        return failed == 0;
    }

    /** Linux: the end of madvise_cold_or_pageout_pte_range. */
    private void deactivate(long head) {
        frames.clear(head, FolioFlags.REFERENCED);
        if (frames.test(head, FolioFlags.ACTIVE)) {
            frames.set(head, FolioFlags.WORKINGSET);
            engine.frames.batches().deactivate(head);
        }
    }

    private void isolate(long head, FolioReclaimer isolated) {
        frames.clear(head, FolioFlags.REFERENCED);
        if (!frames.test(head, FolioFlags.UNEVICTABLE)) {
            isolated.add(head);
        }
    }

    private void ageTable(PageTables tables, long start, long count, @Nullable FolioReclaimer isolated) {
        for (long i = 0; i < count; ) {
            long first = tables.findLocked(start + (i << engine.pageShift), 1);
            if (first == PageTables.NO_SLOT) {
                return; // another thread has emptied the table and freed it
            }
            long head;
            long run;
            try {
                long done = ageLocked(tables, first, count - i, isolated);
                i += done;
                if (i == count) {
                    return;
                }
                long entry = tables.read(first + done);
                head = frames.head(format.pfn(entry, 1));
                run = run(tables, first + done, entry, head, count - i);
                frames.get(head, 1);
            } finally {
                tables.unlock(first);
            }
            // Split, the same entry is looked at again; if it cannot be, the rest of the folio is passed over.
            if (!split(head)) {
                i += run;
            }
            if (engine.calls.isStalled()) {
                return;
            }
        }
    }

    /** How many entries are done; the next one is of a folio that is to be split first. */
    private long ageLocked(PageTables tables, long first, long count, @Nullable FolioReclaimer isolated) {
        for (long i = 0; i < count; ) {
            long entry = tables.read(first + i);
            if (!format.isPresent(entry) || format.isSpecial(entry)) {
                i++;
                continue;
            }
            long head = frames.head(format.pfn(entry, 1));
            int run = 1;
            if (frames.isLarge(head)) {
                run = run(tables, first + i, entry, head, count - i);
                if (run < frames.pages(head)) {
                    if (!frames.maybeMappedShared(head)) {
                        return i;
                    }
                    i += run;
                    continue;
                }
            }
            if (frames.largeMapcount(head) == frames.pages(head)) {
                if (isolated != null) {
                    isolate(head, isolated);
                } else {
                    for (int k = 0; k < run; k++) {
                        tables.write(first + i + k, format.makeOld(tables.read(first + i + k)));
                    }
                    deactivate(head);
                }
            }
            i += run;
        }
        return count;
    }

    /** How many entries from {@code slot} on map consecutive frames of the folio. */
    private int run(PageTables tables, long slot, long entry, long head, long limit) {
        long pfn = format.pfn(entry, 1);
        long most = Math.min(limit, head + frames.pages(head) - pfn);
        int n = 1;
        while (n < most) {
            long next = tables.read(slot + n);
            if (!format.isPresent(next) || format.isSpecial(next) || format.pfn(next, 1) != pfn + n) {
                break;
            }
            n++;
        }
        return n;
    }
}
