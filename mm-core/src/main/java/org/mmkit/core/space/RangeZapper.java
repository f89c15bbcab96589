package org.mmkit.core.space;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.feature.HugeLeafOperations;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.pgtable.SingleFrames;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;

/** Removes mappings of a range of one area (Linux: unmap_single_vma, zap_pte_range). */
public final class RangeZapper {

    private final Engine engine;
    private final EntryFormat format;
    private final Frames frames;
    private final boolean smp;
    private final TableCursor reused;
    private final SingleFrames singles;
    private final UserAddressSpace space;

    RangeZapper(UserAddressSpace space) {
        this.space = space;
        this.engine = space.engine();
        this.format = engine.format;
        this.frames = engine.frames;
        this.smp = engine.calls.isSmp();
        this.reused = new TableCursor(space.tables());
        this.singles = new SingleFrames(format, frames);
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
        space.notePeak();
        // Several threads may be in here for one address space.
        TableCursor cursor = smp ? new TableCursor(tables) : reused;
        for (cursor.begin(tables, start, end); cursor.next(); ) {
            if (!cursor.isLeaf()) {
                long slot = tables.findLocked(cursor.start(), 1);
                if (slot == PageTables.NO_SLOT) {
                    cursor.again();
                    continue;
                }
                boolean empty = zapTable(area, cursor.start(), cursor.end(), slot, dropMarkers, evenCopies);
                tables.unlock(slot);
                if (empty && reclaimTables && cursor.isWhole()) {
                    freeEmptyTable(cursor.slot(), cursor.entry());
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
                if (!huge.zap(area, cursor.slot(), cursor.base())) {
                    cursor.again();
                }
            }
        }
    }

    /** Frees the level-1 table behind the {@code entry} of {@code slot} if it still is there and empty (Linux: try_get_and_clear_pmd, try_to_free_pte). */
    private void freeEmptyTable(long slot, long entry) {
        PageTables tables = space.tables();
        long table = format.tablePfn(entry);
        tables.lock(slot);
        boolean free = tables.read(slot) == entry;
        if (free) {
            long first = tables.firstSlot(table);
            tables.lock(first);
            free = !smp || isEmpty(first);
            if (free) {
                tables.write(slot, format.none());
            }
            tables.unlock(first);
        }
        tables.unlock(slot);
        if (free) {
            tables.freeTable(table, 1);
        }
    }

    private boolean isEmpty(long first) {
        for (int i = 0; i < engine.layout.entries(1); i++) {
            if (!format.isNone(space.tables().read(first + i))) {
                return false;
            }
        }
        return true;
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
            } else if (format.isMigration(entry)) {
                // Who splits the folio finds no place to put the page back to, and frees it.
                space.addRss(RssKind.ANON, -1);
            }
            tables.write(slot, format.none());
        }
        return empty;
    }

    /** Removes as many entries as follow on in the same folio, so that the map counts change once; returns how many. */
    private int zapRun(VmArea area, long slot, long entry, long pfn, long head, boolean anon, long limit) {
        PageTables tables = space.tables();
        int alike = anon ? singles.find(tables, slot, entry, (int) limit) : 0;
        if (alike > 0 && !frames.test(pfn, FolioFlags.SWAPCACHE)) {
            tables.fill(slot, alike, format.none(), 0);
            space.addRss(RssKind.ANON, -alike);
            engine.rmap.dropSingles(pfn, alike, singles.direction(), area);
            return alike;
        }
        int shared = anon && alike == 0 && !area.has(VmFlags.LOCKED) ? dropShared(slot, entry, pfn, (int) limit) : 0;
        if (shared > 0) {
            tables.fill(slot, shared, format.none(), 0);
            space.addRss(RssKind.ANON, -shared);
            return shared;
        }
        int run = 0;
        long inFolio = frames.isLarge(head) ? head + frames.pages(head) - pfn : 1;
        long most = Math.min(limit, inFolio);
        long present = entry;
        do {
            if (!anon) {
                if (format.isDirty(present)) {
                    frames.markDirty(head);
                }
                if (format.isYoung(present) && (area.flags() & (VmFlags.SEQ_READ | VmFlags.RAND_READ)) == 0) {
                    engine.frames.batches().markAccessed(head);
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
        if (anon) {
            engine.memory.freeSwapCache(head);
        }
        frames.put(head, run);
        return run;
    }

    /** Takes what the entries of a run of frames that others map too count for; returns how many there are, 0 when there are not two. */
    private int dropShared(long slot, long entry, long pfn, int limit) {
        long step = format.frameStep(entry);
        if (step == 0 || frames.pageMapcount(pfn) < 2) {
            return 0;
        }
        int direction = 1;
        int n = space.tables().matching(slot, limit, entry, step);
        if (n < 2) {
            direction = -1;
            n = space.tables().matching(slot, limit, entry, -step);
        }
        return n < 2 ? 0 : engine.frames.dropSharedMappings(pfn, n, direction);
    }
}
