package org.mmkit.core.space;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.feature.HugeLeafOperations;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;

/** Removes mappings of a range of one area (Linux: unmap_single_vma, zap_pte_range). */
public final class RangeZapper {

    private final Engine engine;
    private final EntryFormat format;
    private final Frames frames;
    private final TableCursor cursor;
    private final UserAddressSpace space;

    RangeZapper(UserAddressSpace space) {
        this.space = space;
        this.engine = space.engine();
        this.format = engine.format;
        this.frames = engine.frames;
        this.cursor = new TableCursor(space.tables());
    }

    /**
     * Removes what is mapped in [{@code start}, {@code end}) of {@code area}.
     *
     * @param dropMarkers guard markers go too: the area itself is being unmapped
     * @param evenCopies private copies of file pages go too, not only the file's pages (truncation keeps them)
     * @param reclaimTables level-1 tables that end up empty and were covered whole are freed (Linux: CONFIG_PT_RECLAIM)
     */
    public void zap(VmArea area, long start, long end, boolean dropMarkers, boolean evenCopies, boolean reclaimTables) {
        PageTables tables = space.tables();
        for (cursor.begin(tables, start, end); cursor.next(); ) {
            if (!cursor.isLeaf()) {
                boolean empty = zapTable(area, cursor.start(), cursor.end(), cursor.firstSlot(), dropMarkers, evenCopies);
                if (empty && reclaimTables && cursor.isWhole()) {
                    long table = format.tablePfn(cursor.entry());
                    tables.write(cursor.slot(), format.none());
                    tables.freeTable(table, 1);
                }
                continue;
            }
            HugeLeafOperations huge = engine.extensions.hugeLeaf(cursor.level());
            if (!cursor.isWhole()) {
                huge.split(area, cursor.slot(), cursor.base());
                cursor.again();
                continue;
            }
            if (evenCopies || area.isShared() || !area.isAnonymous()) {
                huge.zap(area, cursor.slot(), cursor.base());
            }
        }
    }

    private boolean zapTable(VmArea area, long start, long end, long slot, boolean dropMarkers, boolean evenCopies) {
        PageTables tables = space.tables();
        boolean empty = true;
        long pageSize = engine.pageSize;
        for (long va = start; va != end; va += pageSize, slot++) {
            long entry = tables.read(slot);
            if (format.isNone(entry)) {
                continue;
            }
            if (format.isPresent(entry)) {
                int run = 1;
                if (!format.isSpecial(entry)) {
                    long pfn = format.pfn(entry, 1);
                    long head = frames.head(pfn);
                    boolean anon = frames.test(head, FolioFlags.ANON);
                    if (anon && !evenCopies) {
                        empty = false;
                        continue;
                    }
                    run = zapRun(area, slot, entry, pfn, head, anon, (end - va) / pageSize);
                    va += (run - 1) * pageSize;
                    slot += run - 1;
                } else {
                    tables.write(slot, format.none());
                }
                continue;
            }
            if (format.markerKind(entry) != 0) {
                if (dropMarkers) {
                    tables.write(slot, format.none());
                } else {
                    empty = false;
                }
                continue;
            }
            if (!evenCopies) {
                empty = false;
                continue;
            }
            if (format.isSwap(entry)) {
                space.addRss(RssKind.SWAP, -1);
                engine.swap().free(entry);
            }
            tables.write(slot, format.none());
        }
        return empty;
    }

    /** Removes as many entries as follow on in the same folio, so that the map counts change once; returns how many. */
    private int zapRun(VmArea area, long slot, long entry, long pfn, long head, boolean anon, long limit) {
        PageTables tables = space.tables();
        int run = 0;
        long inFolio = frames.isLarge(head) ? head + frames.pages(head) - pfn : 1;
        long most = Math.min(limit, inFolio);
        long present = entry;
        do {
            if (!anon) {
                if (format.isDirty(present)) {
                    frames.set(head, FolioFlags.DIRTY);
                }
                if (format.isYoung(present) && (area.flags() & (VmFlags.SEQ_READ | VmFlags.RAND_READ)) == 0) {
                    engine.frames.lru().markAccessed(head);
                }
            }
            tables.write(slot + run, format.none());
            run++;
            if (run >= most) {
                break;
            }
            present = tables.read(slot + run);
        } while (format.isPresent(present) && !format.isSpecial(present) && format.pfn(present, 1) == pfn + run);
        space.addRss(engine.rssKind(head), -run);
        engine.rmap.remove(pfn, run, area, 1);
        frames.put(head, run);
        if (anon && frames.test(head, FolioFlags.SWAPCACHE) && !frames.isMapped(head)) {
            engine.swap().releaseCached(head);
        }
        return run;
    }
}
