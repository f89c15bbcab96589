package org.mmkit.thp.fault;

import org.mmkit.api.feature.FolioEvent;
import org.mmkit.api.feature.HugeFaultHandler;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.policy.PagePolicy;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.thp.Eligibility.Asker;
import org.mmkit.thp.Thp;
import org.mmkit.thp.collapse.ScanList;
import org.mmkit.thp.split.DeferredSplitQueue;
import org.mmkit.thp.split.LeafSplitter;

/** Faults that a huge page may answer (Linux: do_huge_pmd_anonymous_page, do_huge_pmd_wp_page, do_set_pmd). */
public final class HugeFaults implements HugeFaultHandler {

    private final Thp thp;
    private final HugeZeroPage zeroPage;
    private final LeafSplitter splitter;
    private final DeferredSplitQueue queue;
    private final ScanList scanList;
    private PagePolicy policy = (vma, va, allowed) -> allowed;

    /** Made once per machine. */
    public HugeFaults(
            Thp thp, HugeZeroPage zeroPage, LeafSplitter splitter, DeferredSplitQueue queue, ScanList scanList) {
        this.thp = thp;
        this.zeroPage = zeroPage;
        this.splitter = splitter;
        this.queue = queue;
        this.scanList = scanList;
    }

    /** Sets who chooses among what the knobs allow. */
    public void setPolicy(PagePolicy machinePolicy) {
        policy = machinePolicy;
    }

    @Override
    public int create(Fault fault) {
        Vma vma = fault.vma();
        long va = thp.block(fault.address());
        if (!vma.isAnonymous()
                || !thp.eligibility.allows(vma, Asker.FAULT)
                || !thp.eligibility.isSuitable(vma, va, thp.order)) {
            return Fault.FALLBACK;
        }
        thp.rmap.prepareAnon(vma);
        scanList.enter(vma, vma.flags());
        if (policy.mapOrders(vma, fault.address(), 1 << thp.order) == 0) {
            return Fault.FALLBACK;
        }
        if (fault.isWrite() || !thp.settings.useZeroPage) {
            return createPage(vma, fault.slot(), va);
        }
        return createZero(vma, fault.slot());
    }

    private int createZero(Vma vma, long slot) {
        PageTables tables = vma.space().tables();
        long table = tables.allocateTable(1);
        if (table == Frames.NONE) {
            return Fault.OOM;
        }
        long head = zeroPage.get(vma.space());
        if (head == Frames.NONE) {
            tables.freeTable(table, 1);
            if (thp.memory.isStalled()) {
                return Fault.OOM;
            }
            thp.stats.faultFallback();
            return Fault.FALLBACK;
        }
        tables.lock(slot);
        boolean free = thp.format.isNone(tables.read(slot));
        if (free) {
            tables.write(slot, thp.format.leaf(head, Thp.LEVEL, thp.entryProtection(vma)));
            tables.deposit(slot, table);
        }
        tables.unlock(slot);
        if (!free) {
            tables.freeTable(table, 1);
        }
        return Fault.DONE;
    }

    private int createPage(Vma vma, long slot, long va) {
        long head = allocate(vma);
        if (head == Frames.NONE) {
            return Fault.FALLBACK;
        }
        PageTables tables = vma.space().tables();
        long table = tables.allocateTable(1);
        if (table == Frames.NONE) {
            thp.frames.put(head, 1);
            return Fault.OOM;
        }
        thp.contents.clear(head, thp.pages);
        tables.lock(slot);
        boolean free = thp.format.isNone(tables.read(slot));
        if (free) {
            map(vma, slot, va, head);
            tables.deposit(slot, table);
        }
        tables.unlock(slot);
        if (!free) { // another fault was faster
            tables.freeTable(table, 1);
            thp.frames.put(head, 1);
        }
        return Fault.DONE;
    }

    private long allocate(Vma vma) {
        long head = thp.memory.allocateUserFolio(thp.order, thp.eligibility.gfp(vma));
        if (head == Frames.NONE && !thp.memory.isStalled()) {
            thp.stats.count(FolioEvent.ANON_FAULT_FALLBACK, thp.order, 1);
        }
        return head;
    }

    /** Maps the new folio {@code head} whole (Linux: map_anon_folio_pmd_pf). */
    private void map(Vma vma, long slot, long va, long head) {
        AddressSpace space = vma.space();
        thp.rmap.addNewAnon(head, vma, va, Thp.LEVEL);
        long entry = thp.format.makeDirty(thp.format.leaf(head, Thp.LEVEL, thp.entryProtection(vma)));
        space.tables().replace(slot, thp.writableIfAllowed(entry, vma));
        queue.add(head, false);
        space.addRss(RssKind.ANON, thp.pages);
        thp.stats.count(FolioEvent.ANON_FAULT_ALLOC, thp.order, 1);
    }

    @Override
    public int writeProtected(Fault fault) {
        PageTables tables = fault.vma().space().tables();
        tables.lock(fault.slot());
        try {
            long entry = tables.read(fault.slot());
            // Changed since the fault looked: the access is tried again (Linux: pmd_same).
            return entry == fault.entry() ? writeProtected(fault, entry) : Fault.DONE;
        } finally {
            tables.unlock(fault.slot());
        }
    }

    private int writeProtected(Fault fault, long entry) {
        Vma vma = fault.vma();
        long slot = fault.slot();
        long va = thp.block(fault.address());
        PageTables tables = vma.space().tables();
        if (!vma.isAnonymous()) {
            splitter.splitLocked(vma, slot, va);
            return Fault.FALLBACK;
        }
        long head = thp.format.pfn(entry, Thp.LEVEL);
        if (thp.frames.test(head, FolioFlags.HUGE_ZERO)) {
            return replaceZero(vma, slot, va);
        }
        if (thp.frames.test(head, FolioFlags.ANON_EXCLUSIVE) || takeOver(vma, head)) {
            if (!fault.isUnshare()) {
                long writable = thp.format.makeDirty(thp.format.makeYoung(entry));
                tables.write(slot, thp.writableIfAllowed(writable, vma));
            }
            return Fault.DONE;
        }
        if (thp.profile.copiesHugePageOnWrite() && (copy(vma, slot, va, head) || copySmall(vma, slot, va, head))) {
            return Fault.DONE;
        }
        if (isStillMapped(vma, slot, head)) {
            splitter.splitLocked(vma, slot, va);
        }
        return Fault.FALLBACK;
    }

    /** Puts a real page in the place of the huge zero page; the table deposited for the one serves the other. */
    private int replaceZero(Vma vma, long slot, long va) {
        thp.rmap.prepareAnon(vma);
        long head = allocate(vma);
        if (head == Frames.NONE) {
            if (thp.memory.isStalled()) {
                return Fault.OOM;
            }
            splitter.splitLocked(vma, slot, va);
            return Fault.FALLBACK;
        }
        thp.contents.clear(head, thp.pages);
        map(vma, slot, va, head);
        return Fault.DONE;
    }

    /** Makes the folio exclusive to {@code vma} if nobody but the swap cache has a reference, and no entry refers to its slots. */
    private boolean takeOver(Vma vma, long head) {
        int swapCache = thp.frames.test(head, FolioFlags.SWAPCACHE) ? thp.pages : 0;
        if (thp.frames.refcount(head) > 1 + swapCache) {
            return false;
        }
        if (swapCache > 0) {
            thp.memory.releaseSwap(head);
            if (thp.frames.refcount(head) != 1) {
                return false;
            }
        }
        if (!thp.frames.tryLockFolio(head)) {
            return false;
        }
        thp.rmap.moveAnon(head, vma);
        thp.frames.unlockFolio(head);
        thp.frames.set(head, FolioFlags.ANON_EXCLUSIVE);
        return true;
    }

    /** Whether the leaf is there yet: to get memory reclaim may have split it. */
    private boolean isStillMapped(Vma vma, long slot, long head) {
        long entry = vma.space().tables().read(slot);
        return thp.format.isPresent(entry) && thp.format.isLeaf(entry, Thp.LEVEL) && thp.format.pfn(entry, Thp.LEVEL) == head;
    }

    /** Copies the whole huge page, as kernels before 5.8 did; false when none is free. */
    private boolean copy(Vma vma, long slot, long va, long head) {
        thp.rmap.prepareAnon(vma);
        long copy = allocate(vma);
        if (copy == Frames.NONE) {
            return thp.memory.isStalled();
        }
        if (!isStillMapped(vma, slot, head)) {
            thp.frames.put(copy, 1);
            return false;
        }
        thp.contents.copy(head, copy, thp.pages);
        thp.rmap.remove(head, thp.pages, vma, Thp.LEVEL);
        vma.space().addRss(RssKind.ANON, -thp.pages);
        map(vma, slot, va, copy);
        thp.frames.put(head, 1);
        return true;
    }

    /** Copies the whole huge page into base pages where no huge one is free; false when there are not even these. */
    private boolean copySmall(Vma vma, long slot, long va, long head) {
        long[] copies = new long[thp.pages];
        for (int i = 0; i < thp.pages; i++) {
            copies[i] = thp.memory.allocateFolio(0, Gfp.HIGHUSER_MOVABLE);
            if (copies[i] == Frames.NONE) {
                while (i-- > 0) {
                    thp.frames.put(copies[i], 1);
                }
                return false;
            }
        }
        if (!isStillMapped(vma, slot, head)) {
            for (long copy : copies) {
                thp.frames.put(copy, 1);
            }
            return false;
        }
        PageTables tables = vma.space().tables();
        long table = tables.withdraw(slot);
        long first = tables.firstSlot(table);
        tables.write(slot, thp.format.none());
        for (int i = 0; i < thp.pages; i++) {
            thp.contents.copy(head + i, copies[i], 1);
            thp.rmap.addNewAnon(copies[i], vma, va + ((long) i << thp.pageShift), 1);
            long entry = thp.format.makeDirty(thp.format.leaf(copies[i], 1, thp.entryProtection(vma)));
            tables.write(first + i, thp.writableIfAllowed(entry, vma));
        }
        tables.write(slot, thp.format.table(table, Thp.LEVEL));
        thp.rmap.remove(head, thp.pages, vma, Thp.LEVEL);
        thp.frames.put(head, 1);
        return true;
    }

    @Override
    public int mapFolio(Fault fault, long head) {
        return mapFolio(fault.vma(), fault.slot(), thp.block(fault.address()), head, fault.isWrite());
    }

    /**
     * Maps the page-cache folio {@code head} whole at {@code va}; the caller's reference then belongs to the mapping (Linux: do_set_pmd).
     *
     * @return {@link Fault#DONE}, or {@link Fault#FALLBACK}
     */
    public int mapFolio(Vma vma, long slot, long va, long head, boolean write) {
        AddressSpace space = vma.space();
        PageTables tables = space.tables();
        if (thp.frames.order(head) != thp.order
                || thp.eligibility.isOptedOut(vma, vma.flags(), true)
                || !thp.eligibility.isSuitable(vma, va, thp.order)
                || !thp.format.isNone(tables.read(slot))) {
            return Fault.FALLBACK;
        }
        long entry = thp.format.leaf(head, Thp.LEVEL, thp.entryProtection(vma));
        if (write) {
            entry = thp.writableIfAllowed(thp.format.makeDirty(entry), vma);
        }
        space.addRss(thp.fileKind(head), thp.pages);
        thp.rmap.addFile(head, thp.pages, vma, Thp.LEVEL);
        tables.write(slot, entry);
        thp.stats.fileMapped();
        return Fault.DONE;
    }
}
