package org.mmkit.core.rmap;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.space.VmArea;

/**
 * Turns all mappings of a folio into migration entries of the same level, and these into mappings of the folio's new place (Linux:
 * try_to_migrate and remove_migration_ptes without splitting). Resident counters do not change meanwhile.
 */
final class FolioRelocation {

    private final Engine engine;
    private final FrameTable frames;
    private final EntryFormat format;
    private final FolioMapper mapper;

    FolioRelocation(Engine engine, FolioMapper mapper) {
        this.engine = engine;
        this.frames = engine.frames;
        this.format = engine.format;
        this.mapper = mapper;
    }

    /** Whether no mapping is left; a page that may be pinned keeps its own. */
    boolean unmap(long head) {
        mapper.walk(head, (vma, va) -> {
            unmapFrom((VmArea) vma, va, head);
            return true;
        });
        return !frames.isMapped(head);
    }

    private void unmapFrom(VmArea area, long va, long head) {
        PageTables tables = area.space().tables();
        long pages = frames.pages(head);
        for (long i = 0; i < pages; i++) {
            long at = va + (i << engine.pageShift);
            if (isOutside(area, at)) {
                continue;
            }
            int level = leafLevel(tables, at);
            if (level > 1) {
                unmapLeaf(area, tables.find(at, level), level, head, head);
                return;
            }
            if (level == 1) {
                unmapLeaf(area, tables.find(at, 1), 1, head + i, head);
            }
        }
    }

    private static boolean isOutside(VmArea area, long va) {
        return Long.compareUnsigned(va, area.start()) < 0 || Long.compareUnsigned(va, area.end()) >= 0;
    }

    /** The level at which {@code va} is mapped or migrating; 1 for an empty entry of a table, 0 without a table. */
    private int leafLevel(PageTables tables, long va) {
        for (int level = engine.layout.levels() - 1; level > 1; level--) {
            long slot = tables.find(va, level);
            if (slot != PageTables.NO_SLOT) {
                long entry = tables.read(slot);
                if (format.isPresent(entry) ? format.isLeaf(entry, level) : format.isMigration(entry)) {
                    return level;
                }
            }
        }
        return tables.find(va, 1) == PageTables.NO_SLOT ? 0 : 1;
    }

    private void unmapLeaf(VmArea area, long slot, int level, long pfn, long head) {
        PageTables tables = area.space().tables();
        long entry = tables.read(slot);
        if (!format.isPresent(entry) || level == 1 && format.isSpecial(entry) || format.pfn(entry, level) != pfn) {
            return;
        }
        int n = 1 << engine.layout.order(level);
        boolean exclusive = frames.test(head, FolioFlags.ANON) && frames.test(pfn, FolioFlags.ANON_EXCLUSIVE);
        if (exclusive && !mapper.tryShareAnon(pfn, n, level)) {
            return;
        }
        if (format.isDirty(entry)) {
            frames.set(head, FolioFlags.DIRTY);
        }
        tables.write(slot, format.migration(
                pfn, format.isWritable(entry), exclusive, format.isDirty(entry), format.isYoung(entry)));
        mapper.remove(pfn, n, area, level);
        frames.put(head, 1);
    }

    /** Puts the mappings of {@code from} back as mappings of {@code to}, the same folio or one of the same size. */
    void map(long from, long to) {
        mapper.walk(to, (vma, va) -> {
            mapInto((VmArea) vma, va, from, to);
            return true;
        });
    }

    private void mapInto(VmArea area, long va, long from, long to) {
        PageTables tables = area.space().tables();
        long pages = frames.pages(to);
        for (long i = 0; i < pages; i++) {
            long at = va + (i << engine.pageShift);
            if (isOutside(area, at)) {
                continue;
            }
            int level = leafLevel(tables, at);
            if (level == 0) {
                continue;
            }
            long slot = tables.find(at, level);
            long entry = tables.read(slot);
            if (format.isMigration(entry) && format.migrationPfn(entry) == from + i) {
                mapLeaf(area, slot, at, level, entry, to + i);
            }
            if (level > 1) {
                return;
            }
        }
    }

    private void mapLeaf(VmArea area, long slot, long va, int level, long entry, long pfn) {
        long head = frames.head(pfn);
        frames.get(head, 1);
        long leaf = format.leaf(pfn, level, area.entryProtection());
        if (!format.isMigrationYoung(entry)) {
            leaf = format.makeOld(leaf);
        }
        if (format.isMigrationDirty(entry)) {
            leaf = format.makeDirty(leaf);
        }
        if (format.isMigrationWritable(entry)) {
            leaf = format.makeWritable(leaf);
        }
        area.space().tables().write(slot, leaf);
        int n = 1 << engine.layout.order(level);
        if (frames.test(head, FolioFlags.ANON)) {
            mapper.addAnon(pfn, n, area, va, level, format.isExclusive(entry));
        } else {
            mapper.addFile(pfn, n, area, level);
        }
    }
}
