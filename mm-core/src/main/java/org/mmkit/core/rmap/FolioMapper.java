package org.mmkit.core.rmap;

import java.util.List;
import org.mmkit.api.feature.FolioEvent;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.lock.RwSemaphore;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FolioOwner;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.space.MappingVisitor;
import org.mmkit.api.space.ReverseMapping;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.ledger.PageOwner;
import org.mmkit.core.memory.FolioBatches;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.space.VmArea;

/**
 * Keeps map counts in step with entries (Linux: mm/rmap.c, __folio_add_rmap and __folio_remove_rmap) and walks from folios to areas.
 *
 * <p>{@link Frames#mappedPages} counts the pages of a large folio that level-1 entries map; a page also counts as mapped
 * while any whole mapping exists.
 */
public final class FolioMapper implements ReverseMapping {

    private final Engine engine;
    /** Flags of single frames that {@link #dropSingles} treats together: whoever has another one is looked at by itself. */
    private static final int PLAIN = FolioFlags.ANON
            | FolioFlags.SWAPBACKED
            | FolioFlags.UPTODATE
            | FolioFlags.DIRTY
            | FolioFlags.REFERENCED
            | FolioFlags.ACTIVE
            | FolioFlags.LRU
            | FolioFlags.WORKINGSET
            | FolioFlags.ANON_EXCLUSIVE;

    private final FrameTable frames;
    private final FolioBatches lru;
    private final FolioMigration migration;
    private final FolioRelocation relocation;
    private final int nrAnon;
    private final int nrMapped;
    private final int nrAnonHuge;
    private final int nrShmemHuge;
    private final int nrFileHuge;

    /** Made once per machine. */
    public FolioMapper(Engine engine) {
        this.engine = engine;
        this.frames = engine.frames;
        this.lru = engine.frames.batches();
        this.migration = new FolioMigration(engine, this);
        this.relocation = new FolioRelocation(engine, this);
        this.nrAnon = engine.counters.register("nr_anon_pages");
        this.nrMapped = engine.counters.register("nr_mapped");
        this.nrAnonHuge = engine.counters.register("nr_anon_transparent_hugepages");
        this.nrShmemHuge = engine.counters.register("nr_shmem_pmdmapped");
        this.nrFileHuge = engine.counters.register("nr_file_pmdmapped");
        frames.setFreeing(FolioFlags.ANON, this::anonFreed);
    }

    private boolean anonFreed(long head) {
        int order = frames.order(head);
        if (order > 0 && !frames.test(head, FolioFlags.HUGETLB)) {
            engine.extensions.largeFolios().undefer(head);
            engine.extensions.largeFolios().count(FolioEvent.ANON_GONE, order, 1);
        }
        return false;
    }

    @Override
    public void prepareAnon(Vma vma) {
        VmArea area = (VmArea) vma;
        if (area.anonVma() == null) {
            area.space().prepareAnon(area);
        }
    }

    @Override
    public void addNewAnon(long head, Vma vma, long va, int level) {
        addUnlisted(head, (VmArea) vma, va, level);
        enterLists(head, (VmArea) vma);
    }

    /** {@link #addNewAnon} of a single frame that has just been allocated. */
    public void addNewSingle(long pfn, VmArea area, long va) {
        startSingle(pfn, area, va);
        if (area.has(VmFlags.LOCKED)) {
            lru.addLocked(pfn);
        } else {
            lru.addSingle(pfn);
        }
    }

    private void startSingle(long pfn, VmArea area, long va) {
        frames.startAnon(pfn, root(area), area.index(va));
        tell(pfn, 1, area.space().id());
        engine.counters.add(nrAnon, 1);
    }

    private static AnonVma root(VmArea area) {
        AnonVma root = area.anonVma();
        if (root == null) {
            throw new IllegalStateException(area + " got an anonymous folio before a reverse-mapping root");
        }
        return root;
    }

    /** Like {@link #addNewAnon}, for a folio that comes from swap: it joined the LRU lists before it was read. */
    public void addFromSwap(long head, VmArea area, long va) {
        addUnlisted(head, area, va, 1);
    }

    private void addUnlisted(long head, VmArea area, long va, int level) {
        int order = frames.order(head);
        if (order == 0) {
            startSingle(head, area, va);
            return;
        }
        int n = 1 << order;
        if (level > 1) {
            frames.startAnonWhole(head, root(area), area.index(va), area.space().id());
        } else {
            frames.setNew(head, FolioFlags.ANON | FolioFlags.SWAPBACKED | FolioFlags.UPTODATE);
            frames.setOwner(head, root(area), area.index(va));
            for (int i = 0; i < n; i++) {
                frames.setNewMapped(head + i);
            }
            frames.setRange(head, n, FolioFlags.ANON_EXCLUSIVE);
            frames.addMappedPages(head, n);
            frames.addLargeMapcount(head, n, area.space().id());
        }
        tell(head, n, area.space().id());
        if (!frames.test(head, FolioFlags.HUGETLB)) {
            engine.counters.add(nrAnon, n);
            if (level > 1) {
                engine.counters.add(nrAnonHuge, 1);
            }
            engine.extensions.largeFolios().count(FolioEvent.ANON_NEW, order, 1);
        }
    }

    /** The frame {@code pfn} of a large folio whose pages are mapped one by one gets mapped at {@code va}; the first one gives it its owner. */
    public void addReserved(long pfn, VmArea area, long va) {
        long head = frames.head(pfn);
        if (frames.hasOwner(head)) {
            frames.get(head, 1);
        } else {
            AnonVma root = root(area);
            frames.set(head, FolioFlags.ANON | FolioFlags.SWAPBACKED | FolioFlags.UPTODATE);
            frames.setOwner(head, root, area.index(va) - (pfn - head));
            enterLists(head, area);
            engine.extensions.largeFolios().count(FolioEvent.ANON_NEW, frames.order(head), 1);
        }
        addAnon(pfn, 1, area, va, 1, true);
    }

    /** A new folio joins the LRU lists (Linux: folio_add_lru_vma). */
    private void enterLists(long head, VmArea area) {
        if (!frames.test(head, FolioFlags.HUGETLB)) {
            if (area.has(VmFlags.LOCKED)) {
                lru.addLocked(head);
            } else {
                lru.add(head);
            }
        }
    }

    @Override
    public void addAnon(long pfn, int n, Vma vma, long va, int level, boolean exclusive) {
        add(pfn, n, (VmArea) vma, level);
        if (exclusive) {
            if (level == 1) {
                frames.setRange(pfn, n, FolioFlags.ANON_EXCLUSIVE);
            } else {
                frames.set(pfn, FolioFlags.ANON_EXCLUSIVE);
            }
        }
    }

    @Override
    public void addFile(long pfn, int n, Vma vma, int level) {
        add(pfn, n, (VmArea) vma, level);
    }

    private void add(long pfn, int n, VmArea area, int level) {
        long head = frames.head(pfn);
        int mapped = 0;
        int huge = 0;
        if (!frames.isLarge(head)) {
            if (frames.addPageMapcount(pfn, 1) == 1) {
                mapped = 1;
            }
        } else {
            frames.lockMapcounts(head);
            try {
                if (level == 1) {
                    mapped = addPages(head, pfn, n, area);
                } else {
                    int before = frames.mappedPages(head);
                    frames.addLargeMapcount(head, 1, area.space().id());
                    if (frames.addEntireMapcount(head, 1) == 1) {
                        huge = 1;
                        mapped = n - before;
                    }
                }
            } finally {
                frames.unlockMapcounts(head);
            }
        }
        if (engine.profile.hasDoubleMap() && level == 1 && frames.isLarge(head)) {
            markFile(head);
        }
        tell(pfn, n, area.space().id());
        if (area.has(VmFlags.LOCKED) && !frames.isLarge(head)) {
            lru.mlock(head);
        }
        countMapped(head, mapped, huge);
    }

    /** Counts level-1 mappings of pages of a large folio; returns how many of them were not mapped in any way before. */
    private int addPages(long head, long pfn, int n, VmArea area) {
        int first = frames.addPageMapcounts(pfn, n, 1);
        frames.addMappedPages(head, first);
        frames.addLargeMapcount(head, n, area.space().id());
        return frames.entireMapcount(head) == 0 ? first : 0;
    }

    /** A file page that is mapped by parts is marked until it leaves memory (Linux 4.12: page_add_file_rmap). */
    private void markFile(long head) {
        if (!frames.test(head, FolioFlags.ANON) && !frames.test(head, FolioFlags.HUGETLB)) {
            frames.set(head, FolioFlags.DOUBLE_MAP);
        }
    }

    private void tell(long pfn, long n, int spaceId) {
        PageOwner owner = engine.pageOwner();
        if (owner != null) {
            owner.mapped(pfn, n, spaceId);
        }
    }

    private void countMapped(long head, int pages, int huge) {
        if (frames.test(head, FolioFlags.HUGETLB)) {
            return; // pool pages are in no statistics but their own
        }
        boolean anon = frames.test(head, FolioFlags.ANON);
        if (pages != 0) {
            engine.counters.add(anon ? nrAnon : nrMapped, pages);
        }
        if (huge != 0) {
            if (anon) {
                engine.counters.add(nrAnonHuge, huge);
            } else {
                boolean shmem = frames.test(head, FolioFlags.SWAPBACKED);
                engine.counters.add(shmem ? nrShmemHuge : nrFileHuge, huge);
            }
        }
    }

    @Override
    public boolean tryDuplicateAnon(long pfn, int n, Vma copy, Vma source, int level) {
        long head = frames.head(pfn);
        boolean pinned = frames.pins(head) > 0;
        int pagesToMark = level == 1 ? n : 1;
        if (pinned) {
            for (int i = 0; i < pagesToMark; i++) {
                if (frames.test(pfn + i, FolioFlags.ANON_EXCLUSIVE)) {
                    return false;
                }
            }
        }
        frames.clearRange(pfn, pagesToMark, FolioFlags.ANON_EXCLUSIVE);
        duplicateFile(pfn, n, copy, level);
        return true;
    }

    @Override
    public void duplicateFile(long pfn, int n, Vma copy, int level) {
        long head = frames.head(pfn);
        int id = copy.space().id();
        tell(pfn, n, id);
        if (!frames.isLarge(head)) {
            frames.addPageMapcount(pfn, 1);
        } else {
            frames.lockMapcounts(head);
            try {
                if (level == 1) {
                    frames.addPageMapcounts(pfn, n, 1);
                    frames.addLargeMapcount(head, n, id);
                } else {
                    frames.addEntireMapcount(head, 1);
                    frames.addLargeMapcount(head, 1, id);
                }
            } finally {
                frames.unlockMapcounts(head);
            }
        }
    }

    @Override
    public void remove(long pfn, int n, Vma vma, int level) {
        long head = frames.head(pfn);
        int unmapped = 0;
        int huge = 0;
        boolean partially = false;
        if (!frames.isLarge(head)) {
            if (frames.addPageMapcount(pfn, -1) == 0) {
                unmapped = 1;
            }
        } else {
            frames.lockMapcounts(head);
            try {
                if (level == 1) {
                    frames.addLargeMapcount(head, -n, vma.space().id());
                    int last = frames.addPageMapcounts(pfn, n, -1);
                    int still = frames.addMappedPages(head, -last);
                    unmapped = frames.entireMapcount(head) == 0 ? last : 0;
                    partially = unmapped != 0 && still != 0;
                } else {
                    frames.addLargeMapcount(head, -1, vma.space().id());
                    if (frames.addEntireMapcount(head, -1) == 0) {
                        huge = 1;
                        if (frames.test(head, FolioFlags.ANON | FolioFlags.DOUBLE_MAP)) {
                            frames.clear(head, FolioFlags.DOUBLE_MAP);
                        }
                        unmapped = n - frames.mappedPages(head);
                    }
                    partially = unmapped != 0 && unmapped < n;
                }
            } finally {
                frames.unlockMapcounts(head);
            }
        }
        if (partially
                && frames.test(head, FolioFlags.ANON)
                && !frames.test(head, FolioFlags.PARTIALLY_MAPPED)
                // A folio on its way to swap is not queued: reclaim has it already.
                && !frames.test(head, FolioFlags.SWAPCACHE)) {
            engine.extensions.largeFolios().deferSplit(head, true);
        }
        if (vma.has(VmFlags.LOCKED)) {
            // Whether the rest of a large folio stays locked is left to reclaim (Linux: munlock_vma_folio).
            lru.munlock(head);
        }
        countMapped(head, -unmapped, -huge);
    }

    @Override
    public void dropSingles(long pfn, int n, int direction, Vma vma) {
        int flags = frames.flags(pfn);
        if ((flags & FolioFlags.ANON) == 0 || (flags & ~PLAIN) != 0 || vma.has(VmFlags.LOCKED) || n < 2) {
            for (int i = 0; i < n; i++) {
                long head = pfn + (long) i * direction;
                remove(head, 1, vma, 1);
                frames.put(head, 1);
            }
            return;
        }
        engine.counters.add(nrAnon, -n);
        frames.freeSingles(pfn, n, direction);
    }

    @Override
    public boolean tryShareAnon(long pfn, int n, int level) {
        if (frames.pins(frames.head(pfn)) > 0) {
            return false;
        }
        frames.clearRange(pfn, level == 1 ? n : 1, FolioFlags.ANON_EXCLUSIVE);
        return true;
    }

    @Override
    public void moveAnon(long head, Vma vma) {
        AnonVma root = ((VmArea) vma).anonVma();
        if (root == null) {
            throw new IllegalStateException(vma + " has no reverse-mapping root");
        }
        frames.setOwner(head, root, frames.index(head));
    }

    @Override
    public RwSemaphore areasLock(long head) {
        FolioOwner owner = frames.owner(head);
        return owner instanceof AnonVma anon ? anon.lock() : ((FileMapping) owner).areasLock();
    }

    @Override
    public RwSemaphore anonLock(Vma vma) {
        AnonVma root = ((VmArea) vma).anonVma();
        if (root == null) {
            throw new IllegalStateException(vma + " has no reverse-mapping root");
        }
        return root.lock();
    }

    @Override
    public void walk(long head, MappingVisitor visitor) {
        RwSemaphore lock = areasLock(head);
        if (lock.isMineForWriting()) {
            walkLocked(head, visitor);
            return;
        }
        lock.readLock();
        try {
            walkLocked(head, visitor);
        } finally {
            lock.readUnlock();
        }
    }

    private void walkLocked(long head, MappingVisitor visitor) {
        FolioOwner owner = frames.owner(head);
        long index = frames.index(head);
        long pages = frames.pages(head);
        if (owner instanceof AnonVma root) {
            List<VmArea> areas = root.areas();
            for (int i = 0; i < areas.size(); i++) {
                VmArea area = areas.get(i);
                if (index + pages > area.pgoff() && index < area.pgoff() + area.pages()) {
                    if (!visitor.visit(area, area.address(index))) {
                        return;
                    }
                }
            }
        } else {
            ((FileMapping) owner).forEachVma(index, pages, visitor);
        }
    }

    @Override
    public boolean migrateAway(long head) {
        return migration.away(head);
    }

    @Override
    public void migrateBack(long fromPfn, long toPfn, long pages, boolean zeroFilledToZeroPage) {
        migration.back(fromPfn, toPfn, pages, zeroFilledToZeroPage);
    }

    /**
     * Replaces all mappings of the folio by migration entries of the same level, splitting nothing; resident counters stay (try_to_migrate).
     *
     * @return whether none is left: a mapping whose page may be pinned stays
     */
    public boolean unmapForMove(long head) {
        return relocation.unmap(head);
    }

    /** Replaces the migration entries that {@link #unmapForMove} made for the folio {@code from} by mappings of {@code to}, which is its new place or itself. */
    public void mapAfterMove(long from, long to) {
        if (!frames.hasOwner(to)) {
            return; // read ahead from swap, it has never been mapped
        }
        relocation.map(from, to);
    }

    /** Whether an area's new entry for an anonymous page may be writable at once (Linux: can_change_pte_writable). */
    public boolean mayWriteAnon(VmArea area, long pfn) {
        return area.has(VmFlags.WRITE)
                && frames.test(frames.head(pfn), FolioFlags.ANON)
                && frames.test(pfn, FolioFlags.ANON_EXCLUSIVE);
    }

}
