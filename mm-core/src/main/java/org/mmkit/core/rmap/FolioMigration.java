package org.mmkit.core.rmap;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.space.VmArea;

/**
 * Takes the mappings of a folio away, leaving migration entries, and puts them back (Linux: try_to_migrate,
 * remove_migration_ptes, try_to_map_unused_to_zeropage).
 */
final class FolioMigration {

    private final Engine engine;
    private final Frames frames;
    private final EntryFormat format;
    private final FolioMapper mapper;
    private final boolean smp;

    FolioMigration(Engine engine, FolioMapper mapper) {
        this.engine = engine;
        this.frames = engine.frames;
        this.format = engine.format;
        this.mapper = mapper;
        this.smp = engine.calls.isSmp();
    }

    boolean away(long head) {
        boolean anon = frames.test(head, FolioFlags.ANON);
        mapper.walk(head, (vma, va) -> {
            awayFrom((VmArea) vma, va, head, anon);
            drainLocks((VmArea) vma);
            return true;
        });
        return !frames.isMapped(head);
    }

    /** The folio is not to be held by the batch of locks. */
    private void drainLocks(VmArea area) {
        if (area.has(VmFlags.LOCKED)) {
            engine.frames.batches().drainLocks();
        }
    }

    private void awayFrom(VmArea area, long va, long head, boolean anon) {
        PageTables tables = area.space().tables();
        long pages = frames.pages(head);
        if (pages > 1) {
            // Where the folio would begin may lie before the area, and another folio there.
            long first = va + (firstIn(area, va) << engine.pageShift);
            for (int level = engine.layout.levels() - 1; level > 1; level--) {
                long slot = tables.find(first, level);
                if (slot == PageTables.NO_SLOT) {
                    continue;
                }
                long entry = tables.read(slot);
                if (format.isPresent(entry) && format.isLeaf(entry, level)) {
                    if (format.pfn(entry, level) != head) {
                        return;
                    }
                    if (anon) {
                        engine.extensions.hugeLeaf(level).freeze(area, slot, va, head);
                    } else {
                        engine.extensions.hugeLeaf(level).split(area, slot, va);
                    }
                    if (!smp) {
                        return;
                    }
                    break; // somebody may have split the leaf in the meantime
                }
            }
        }
        long end = lastIn(area, va, pages);
        for (long i = firstIn(area, va); i < end; ) {
            long at = va + (i << engine.pageShift);
            long n = Math.min(end - i, leftInTable(at));
            long slot = tables.findLocked(at, 1);
            if (slot != PageTables.NO_SLOT) {
                for (long k = 0; k < n; k++) {
                    takeAway(area, slot + k, head + i + k, anon);
                }
                tables.unlock(slot);
            }
            i += n;
        }
    }

    /** The first page of a folio, whose page 0 would be at {@code va}, that lies in {@code area}. */
    private long firstIn(VmArea area, long va) {
        return va < area.start() ? area.start() - va >>> engine.pageShift : 0;
    }

    /** The end of the {@code pages} pages from {@code va} on that lie in {@code area}. */
    private long lastIn(VmArea area, long va, long pages) {
        return Math.min(pages, area.end() - va >> engine.pageShift);
    }

    /** Entries from that for {@code va} to the end of its level-1 table. */
    private long leftInTable(long va) {
        int entries = engine.layout.entries(1);
        return entries - (va >>> engine.pageShift & entries - 1);
    }

    private void takeAway(VmArea area, long slot, long pfn, boolean anon) {
        PageTables tables = area.space().tables();
        long entry = tables.read(slot);
        if (!format.isPresent(entry) || format.isSpecial(entry) || format.pfn(entry, 1) != pfn) {
            return;
        }
        long head = frames.head(pfn);
        if (anon) {
            boolean exclusive = frames.test(pfn, FolioFlags.ANON_EXCLUSIVE);
            if (exclusive && !mapper.tryShareAnon(pfn, 1, 1)) {
                return;
            }
            tables.write(slot, format.migration(
                    pfn, format.isWritable(entry), exclusive, format.isDirty(entry), format.isYoung(entry)));
        } else {
            tables.write(slot, format.none());
            area.space().addRss(frames.test(head, FolioFlags.SWAPBACKED) ? RssKind.SHMEM : RssKind.FILE, -1);
        }
        if (format.isDirty(entry)) {
            frames.set(head, FolioFlags.DIRTY);
        }
        mapper.remove(pfn, 1, area, 1);
        frames.put(head, 1);
    }

    void back(long fromPfn, long toPfn, long pages, boolean toZeroPage) {
        for (long done = 0; done < pages; ) {
            long head = frames.head(toPfn + done);
            long count = frames.pages(head);
            long from = fromPfn + done;
            // A page-cache folio leaves no migration entries behind.
            if (frames.hasOwner(head) && frames.test(head, FolioFlags.ANON)) {
                mapper.walk(head, (vma, va) -> {
                    backTo((VmArea) vma, va, from, head, count, toZeroPage);
                    drainLocks((VmArea) vma);
                    return true;
                });
            }
            done += count;
        }
    }

    private void backTo(VmArea area, long va, long from, long head, long count, boolean toZeroPage) {
        PageTables tables = area.space().tables();
        long end = lastIn(area, va, count);
        for (long i = firstIn(area, va); i < end; ) {
            long at = va + (i << engine.pageShift);
            long n = Math.min(end - i, leftInTable(at));
            long slot = tables.findLocked(at, 1);
            if (slot != PageTables.NO_SLOT) {
                for (long k = 0; k < n; k++) {
                    long entry = tables.read(slot + k);
                    if (format.isMigration(entry) && format.migrationPfn(entry) == from + i + k) {
                        putBack(area, slot + k, at + (k << engine.pageShift), entry, head + i + k, toZeroPage && count == 1);
                    }
                }
                tables.unlock(slot);
            }
            i += n;
        }
    }

    private void putBack(VmArea area, long slot, long va, long entry, long pfn, boolean toZeroPage) {
        PageTables tables = area.space().tables();
        if (toZeroPage
                && !frames.test(pfn, FolioFlags.MLOCKED)
                && !area.has(VmFlags.LOCKED)
                && engine.memory.contents().isZero(pfn)) {
            tables.write(slot, format.makeSpecial(format.leaf(engine.zeroPfn, 1, area.entryProtection())));
            area.space().addRss(RssKind.ANON, -1);
            return;
        }
        long head = frames.head(pfn);
        frames.get(head, 1);
        long leaf = format.leaf(pfn, 1, area.entryProtection());
        if (!format.isMigrationYoung(entry)) {
            leaf = format.makeOld(leaf);
        }
        if (format.isMigrationDirty(entry)) {
            leaf = format.makeDirty(leaf);
        }
        if (format.isMigrationWritable(entry) && area.has(VmFlags.WRITE)) {
            leaf = format.makeWritable(leaf);
        }
        tables.write(slot, leaf);
        mapper.addAnon(pfn, 1, area, va, 1, format.isExclusive(entry));
    }

}
