package org.mmkit.core.fault;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.feature.HugeFaultHandler;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.pgtable.RadixPageTables;
import org.mmkit.core.space.VmArea;

/**
 * Faults on empty entries of file mappings, shared memory included (Linux: do_fault). Beside other calls it is used by who has locked the
 * level-1 table and knows the page to be in the cache ({@link ParallelFaults}): then it makes no table and takes no memory.
 */
final class FileFaults {

    /** Pages of the window that a read fault maps along (fault_around_bytes, 64 KiB). */
    private static final int AROUND_PAGES = 16;

    private final Engine engine;
    private final EntryFormat format;
    private final Frames frames;
    private final int pgmajfault;

    FileFaults(Engine engine) {
        this.engine = engine;
        this.format = engine.format;
        this.frames = engine.frames;
        this.pgmajfault = engine.counters.register("pgmajfault");
    }

    /** The page from the file, with a reference to its folio; a negated outcome when there is none. */
    private long get(FileMapping file, long index, Fault fault) {
        long pfn = file.faultIn(index, fault);
        if (pfn >= 0 && fault.isMajor()) {
            engine.counters.add(pgmajfault, 1);
        }
        return pfn;
    }

    int create(VmArea area, Fault fault) {
        if (!area.hasFile()) {
            return area.operations().special() ? special(area, fault) : Fault.SIGBUS;
        }
        FileMapping file = area.file();
        long index = area.index(fault.address());
        if (!fault.isWrite()) {
            return read(area, file, index, fault);
        }
        return area.isShared() ? shared(area, file, index, fault) : copyPrivate(area, file, index, fault);
    }

    /** A page of the kernel's own (vdso, vvar): mapped without counts, one at a time. */
    private int special(VmArea area, Fault fault) {
        RadixPageTables tables = area.space().tables();
        long slot = tables.obtain(fault.address(), 1);
        if (slot == PageTables.NO_SLOT) {
            return Fault.OOM;
        }
        tables.write(slot, format.makeSpecial(format.leaf(engine.zeroPfn, 1, area.entryProtection())));
        return Fault.DONE;
    }

    private int read(VmArea area, FileMapping file, long index, Fault fault) {
        int mapped = area.operations().mapsAround() ? around(area, file, index, fault) : Fault.FALLBACK;
        if (mapped != Fault.FALLBACK) {
            return mapped;
        }
        long pfn = get(file, index, fault);
        if (pfn < 0) {
            return (int) -pfn;
        }
        return finish(area, fault, pfn);
    }

    /**
     * Maps the pages of the window around the fault that are in the cache; FALLBACK when the asked one is not among them. The first folio
     * of the window is mapped by a huge leaf if it can be.
     */
    private int around(VmArea area, FileMapping file, long index, Fault fault) {
        RadixPageTables tables = area.space().tables();
        int entries = engine.layout.entries(1);
        int pte = engine.layout.index(fault.address(), 1);
        long offset = index - area.pgoff();
        long from = Math.max(pte & -AROUND_PAGES, pte - Math.min(pte, offset));
        long to = Math.min(Math.min(from + AROUND_PAGES, entries), pte + area.pages() - offset);
        long slot = PageTables.NO_SLOT;
        boolean asked = false;
        boolean first = true;
        for (long p = from; p < to; ) {
            long pfn = file.findAround(index + p - pte);
            if (pfn == Frames.NONE) {
                p++;
                continue;
            }
            long head = frames.head(pfn);
            if (first && frames.isLarge(head)) {
                frames.get(head, 1);
                if (mapHuge(fault, head)) {
                    return Fault.DONE;
                }
                frames.put(head, 1);
            }
            first = false;
            if (slot == PageTables.NO_SLOT) {
                frames.get(head, 1);
                slot = tables.obtain(fault.address(), 1);
                frames.put(head, 1);
                if (slot == PageTables.NO_SLOT) {
                    return Fault.OOM;
                }
            }
            long begin = p;
            long end = p + 1;
            if (frames.isLarge(head)) {
                long start = p - (pfn - head);
                long behind = start + frames.pages(head);
                if (mayMapFully(file, head, start, behind, pte - offset, area, entries)) {
                    begin = start;
                    end = behind;
                } else {
                    long pages = file.size() + engine.pageSize - 1 >>> engine.pageShift;
                    end = Math.min(Math.min(behind, to), pages - index + pte);
                }
            }
            asked |= mapEmpty(area, tables, slot - pte + begin, pfn + (begin - p), end - begin, head, slot);
            p = end;
        }
        return asked ? Fault.DONE : Fault.FALLBACK;
    }

    /**
     * Whether fault-around may map a large folio as a whole, beyond its window: within the area, within the page table, and not behind the
     * end of a file that is no shared memory. Positions are entries of the table; {@code areaStart} may lie before it.
     */
    private boolean mayMapFully(
            FileMapping file, long head, long start, long behind, long areaStart, VmArea area, int entries) {
        return start >= Math.max(0, areaStart)
                && behind <= Math.min(entries, areaStart + area.pages())
                && (file.isShmem() || file.size() + engine.pageSize - 1 >>> engine.pageShift
                        >= frames.index(head) + frames.pages(head));
    }

    /** Maps the pages from {@code pfn} whose entries from {@code first} are empty; whether {@code asked} is among those. */
    private boolean mapEmpty(
            VmArea area, RadixPageTables tables, long first, long pfn, long pages, long head, long asked) {
        boolean found = false;
        for (long i = 0; i < pages; i++) {
            if (format.isNone(tables.read(first + i))) {
                frames.get(head, 1);
                map(area, first + i, pfn + i, 1, head, false);
                found |= first + i == asked;
            }
        }
        return found;
    }

    /** Whether the folio could be mapped whole; the caller's reference then belongs to the leaf. */
    private boolean mapHuge(Fault fault, long head) {
        if (!frames.isLarge(head)) {
            return false;
        }
        RadixPageTables tables = (RadixPageTables) fault.vma().space().tables();
        int levels = engine.extensions.hugeLevels();
        for (int level = 31 - Integer.numberOfLeadingZeros(levels | 1); level > 1; level--) {
            if ((levels >>> level & 1) == 0 || frames.order(head) < engine.layout.order(level)) {
                continue;
            }
            HugeFaultHandler handler = engine.extensions.hugeFault(level);
            long slot = tables.obtain(fault.address(), level);
            if (handler == null || slot == PageTables.NO_SLOT || !format.isNone(tables.read(slot))) {
                continue;
            }
            fault.at(slot, tables.read(slot));
            if ((handler.mapFolio(fault, head) & Fault.FALLBACK) == 0) {
                return true;
            }
        }
        return false;
    }

    private int copyPrivate(VmArea area, FileMapping file, long index, Fault fault) {
        if (!area.hasAnonVma()) {
            engine.rmap.prepareAnon(area);
        }
        long fresh = engine.memory.allocateFolio(0, Gfp.HIGHUSER_MOVABLE);
        if (fresh == Frames.NONE) {
            return Fault.OOM;
        }
        long pfn = get(file, index, fault);
        if (pfn < 0) {
            frames.put(fresh, 1);
            return (int) -pfn;
        }
        RadixPageTables tables = area.space().tables();
        long slot = tables.obtain(fault.address(), 1);
        if (slot == PageTables.NO_SLOT) {
            frames.put(frames.head(pfn), 1);
            frames.put(fresh, 1);
            return Fault.OOM;
        }
        engine.memory.contents().copy(pfn, fresh, 1);
        frames.put(frames.head(pfn), 1);
        long leaf = format.makeDirty(format.leaf(fresh, 1, area.entryProtection()));
        area.space().addRss(RssKind.ANON, 1);
        engine.rmap.addNewAnon(fresh, area, fault.address() & -engine.pageSize, 1);
        tables.write(slot, area.has(VmFlags.WRITE) ? format.makeWritable(leaf) : leaf);
        return Fault.DONE;
    }

    private int shared(VmArea area, FileMapping file, long index, Fault fault) {
        long pfn = get(file, index, fault);
        if (pfn < 0) {
            return (int) -pfn;
        }
        frames.markDirty(frames.head(pfn));
        return finish(area, fault, pfn);
    }

    /** Maps the page {@code pfn}, on whose folio a reference was taken (Linux: finish_fault). */
    private int finish(VmArea area, Fault fault, long pfn) {
        long head = frames.head(pfn);
        if (mapHuge(fault, head)) {
            return Fault.DONE;
        }
        RadixPageTables tables = area.space().tables();
        long slot = tables.obtain(fault.address(), 1);
        if (slot == PageTables.NO_SLOT) {
            frames.put(head, 1);
            return Fault.OOM;
        }
        int pages = 1;
        long first = pfn;
        long firstSlot = slot;
        if (frames.isLarge(head) && area.file().isShmem()) {
            long inFolio = pfn - head;
            long folioPages = frames.pages(head);
            long offset = area.index(fault.address()) - area.pgoff();
            int pte = engine.layout.index(fault.address(), 1);
            boolean fits = offset >= inFolio
                    && offset + (folioPages - inFolio) <= area.pages()
                    && pte >= inFolio
                    && pte + (folioPages - inFolio) <= engine.layout.entries(1);
            if (fits && allNone(tables, slot - inFolio, folioPages)) {
                pages = (int) folioPages;
                first = head;
                firstSlot = slot - inFolio;
            }
        }
        if (pages == 1 && !format.isNone(tables.read(slot))) {
            frames.put(head, 1);
            return Fault.DONE;
        }
        frames.get(head, pages - 1);
        map(area, firstSlot, first, pages, head, fault.isWrite());
        return Fault.DONE;
    }

    private boolean allNone(RadixPageTables tables, long slot, long n) {
        for (long i = 0; i < n; i++) {
            if (!format.isNone(tables.read(slot + i))) {
                return false;
            }
        }
        return true;
    }

    /** Writes {@code pages} entries; a reference for each was taken. */
    private void map(VmArea area, long slot, long pfn, int pages, long head, boolean write) {
        RadixPageTables tables = area.space().tables();
        long leaf = format.leaf(pfn, 1, area.entryProtection());
        if (area.isShared()) {
            // A file whose writes must be noticed is mapped read-only until the first one; shared memory is not.
            if (write) {
                leaf = format.makeDirty(leaf);
            } else if (!area.file().isShmem() || !area.has(VmFlags.WRITE)) {
                leaf = format.writeProtect(leaf);
            }
        }
        area.space().addRss(engine.rssKind(head), pages);
        engine.rmap.addFile(pfn, pages, area, 1);
        for (int i = 0; i < pages; i++) {
            tables.write(slot + i, format.advance(leaf, 1, i));
        }
    }
}
