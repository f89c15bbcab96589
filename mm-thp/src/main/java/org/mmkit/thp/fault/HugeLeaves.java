package org.mmkit.thp.fault;

import org.mmkit.api.Errno;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.feature.HugeLeafOperations;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.thp.Thp;
import org.mmkit.thp.split.FolioSplitter;
import org.mmkit.thp.split.LeafSplitter;

/** What system calls do to huge leaves (Linux: mm/huge_memory.c). */
public final class HugeLeaves implements HugeLeafOperations {

    private final Thp thp;
    private final HugeZeroPage zeroPage;
    private final LeafSplitter leafSplitter;
    private final FolioSplitter folioSplitter;

    /** Made once per machine. */
    public HugeLeaves(Thp thp, HugeZeroPage zeroPage, LeafSplitter leafSplitter, FolioSplitter folioSplitter) {
        this.thp = thp;
        this.zeroPage = zeroPage;
        this.leafSplitter = leafSplitter;
        this.folioSplitter = folioSplitter;
    }

    @Override
    public void split(Vma vma, long slot, long va) {
        leafSplitter.split(vma, slot, va);
    }

    @Override
    public void freeze(Vma vma, long slot, long va, long head) {
        leafSplitter.freeze(vma, slot, va, head);
    }

    @Override
    public boolean zap(Vma vma, long slot, long va) {
        PageTables tables = vma.space().tables();
        tables.lock(slot);
        try {
            long entry = tables.read(slot);
            if (!thp.isLeaf(entry)) {
                return false;
            }
            zapLocked(vma, slot, entry);
            return true;
        } finally {
            tables.unlock(slot);
        }
    }

    private void zapLocked(Vma vma, long slot, long entry) {
        AddressSpace space = vma.space();
        PageTables tables = space.tables();
        long head = thp.format.pfn(entry, Thp.LEVEL);
        if (tables.hasDeposit(slot)) {
            tables.freeTable(tables.withdraw(slot), 1);
        }
        tables.write(slot, thp.format.none());
        if (thp.frames.test(head, FolioFlags.HUGE_ZERO)) {
            return;
        }
        if (thp.format.isDirty(entry)) {
            thp.frames.markDirty(head);
        }
        RssKind kind = RssKind.ANON;
        if (!thp.frames.test(head, FolioFlags.ANON)) {
            kind = thp.fileKind(head);
            if (thp.format.isYoung(entry) && (vma.flags() & (VmFlags.SEQ_READ | VmFlags.RAND_READ)) == 0) {
                thp.memory.lru().markAccessed(head);
            }
        }
        thp.rmap.remove(head, thp.pages, vma, Thp.LEVEL);
        space.addRss(kind, -thp.pages);
        thp.memory.freeSwapCache(head);
        thp.frames.put(head, 1);
    }

    @Override
    public boolean move(Vma source, long slot, long va, Vma target, long newSlot, long newVa) {
        PageTables tables = source.space().tables();
        if (!thp.format.isNone(tables.read(newSlot))) {
            return false;
        }
        long entry = tables.read(slot);
        long table = tables.hasDeposit(slot) ? tables.withdraw(slot) : Frames.NONE;
        tables.write(slot, thp.format.none());
        tables.write(newSlot, entry);
        if (table != Frames.NONE) {
            tables.deposit(newSlot, table);
        }
        return true;
    }

    @Override
    public int copyAtFork(Vma copy, long copySlot, Vma source, long slot, long va) {
        if (!source.isAnonymous()) {
            // A fault of the child finds the folio in the page cache again.
            return 0;
        }
        AddressSpace child = copy.space();
        long table = child.tables().allocateTable(1);
        if (table == Frames.NONE) {
            return -Errno.ENOMEM;
        }
        int done = copyLocked(copy, copySlot, source, slot, va, table);
        if (done != 0) {
            child.tables().freeTable(table, 1);
        }
        return done;
    }

    private int copyLocked(Vma copy, long copySlot, Vma source, long slot, long va, long table) {
        AddressSpace child = copy.space();
        PageTables tables = source.space().tables();
        tables.lock(slot);
        child.tables().lockNested(copySlot);
        try {
            long entry = tables.read(slot);
            if (!thp.isLeaf(entry)) {
                return -Errno.EAGAIN;
            }
            long head = thp.format.pfn(entry, Thp.LEVEL);
            if (thp.frames.test(head, FolioFlags.HUGE_ZERO)) {
                zeroPage.get(child);
            } else {
                thp.frames.get(head, 1);
                if (!thp.rmap.tryDuplicateAnon(head, thp.pages, copy, source, Thp.LEVEL)) {
                    thp.frames.put(head, 1);
                    leafSplitter.splitLocked(source, slot, va);
                    return -Errno.EAGAIN;
                }
                child.addRss(RssKind.ANON, thp.pages);
            }
            long shared = thp.format.writeProtect(entry);
            tables.write(slot, shared);
            child.tables().write(copySlot, thp.format.makeOld(shared));
            child.tables().deposit(copySlot, table);
            return 0;
        } finally {
            child.tables().unlockNested(copySlot);
            tables.unlock(slot);
        }
    }

    @Override
    public boolean changeProtection(Vma vma, long slot, long va) {
        PageTables tables = vma.space().tables();
        tables.lock(slot);
        try {
            long entry = tables.read(slot);
            if (!thp.isLeaf(entry)) {
                return false;
            }
            changeLocked(vma, slot, entry);
            return true;
        } finally {
            tables.unlock(slot);
        }
    }

    private void changeLocked(Vma vma, long slot, long old) {
        PageTables tables = vma.space().tables();
        long entry = thp.format.withProtection(old, Thp.LEVEL, thp.entryProtection(vma));
        if (vma.has(VmFlags.WRITE) && !vma.isShared()) {
            long head = thp.format.pfn(old, Thp.LEVEL);
            if (thp.frames.test(head, FolioFlags.ANON | FolioFlags.ANON_EXCLUSIVE)) {
                entry = thp.format.makeWritable(entry);
            }
        }
        if (vma.protection() == Protection.NONE || entry != old) {
            tables.write(slot, entry);
        }
    }

    @Override
    public boolean adviseFree(Vma vma, long slot, long va, long end) {
        PageTables tables = vma.space().tables();
        tables.lock(slot);
        long head;
        try {
            long entry = tables.read(slot);
            if (!thp.isLeaf(entry)) {
                return false;
            }
            head = thp.format.pfn(entry, Thp.LEVEL);
            if (thp.frames.test(head, FolioFlags.HUGE_ZERO) || thp.frames.maybeMappedShared(head)) {
                return true;
            }
            if (end - va == thp.size) {
                freeLazily(tables, slot, entry, head);
                return true;
            }
            thp.frames.get(head, 1);
        } finally {
            tables.unlock(slot);
        }
        int result = folioSplitter.split(head, 0);
        thp.frames.put(head, 1);
        return result != 0;
    }

    private void freeLazily(PageTables tables, long slot, long entry, long head) {
        // Whoever has it locked may be about to write it to swap because it is dirty.
        if (!thp.frames.tryLockFolio(head)) {
            return;
        }
        thp.frames.clear(head, FolioFlags.DIRTY);
        thp.frames.unlockFolio(head);
        if (thp.format.isYoung(entry) || thp.format.isDirty(entry)) {
            tables.write(slot, thp.format.makeOld(thp.format.makeClean(entry)));
        }
        // Lazily free: reclaim drops the folio unless it was written meanwhile (Linux: folio_mark_lazyfree).
        thp.memory.lru().lazyFree(head);
    }
}
