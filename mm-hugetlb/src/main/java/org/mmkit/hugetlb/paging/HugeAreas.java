package org.mmkit.hugetlb.paging;

import org.mmkit.api.Errno;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AreaPaging;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.ReverseMapping;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.space.VmaOperations;
import org.mmkit.hugetlb.HugePages;
import org.mmkit.hugetlb.fs.HugeFile;
import org.mmkit.hugetlb.pool.HugePagePool;
import org.mmkit.hugetlb.pool.ReservationMap;

/**
 * The areas that map one file of huge pages: their entries are leaves of the level of the page size, never smaller (Linux:
 * mm/hugetlb.c). Not thread-safe.
 */
public final class HugeAreas implements VmaOperations, AreaPaging {

    private final HugePages machine;
    private final HugeFile file;
    private final HugePagePool pool;
    private final Frames frames;
    private final ReverseMapping rmap;
    private final int level;
    /** A page that a run of base-page leaves maps counts as mapped once, as those that one leaf maps. */
    private final int mappingLevel;

    private final LeafRun entries;
    private final long size;
    private final int basePages;

    /** The areas of {@code file}. */
    public HugeAreas(HugePages machine, HugeFile file) {
        this.machine = machine;
        this.file = file;
        this.pool = file.pool();
        this.frames = machine.frames();
        this.rmap = machine.context().reverseMapping();
        this.level = pool.level();
        this.mappingLevel = Math.max(2, level);
        this.entries = new LeafRun(machine.layout(), pool);
        this.size = pool.pageSize();
        this.basePages = 1 << pool.order();
    }

    // ---- areas --------------------------------------------------------------------------------------------------

    /** The file that the areas map. */
    public HugeFile file() {
        return file;
    }

    @Override
    public void open(Vma vma, Vma source) {
        machine.reservations().opened(vma, source);
    }

    @Override
    public void close(Vma vma) {
        machine.gathered().release();
        file.closed(vma);
    }

    @Override
    public int maySplit(Vma vma, long address) {
        return (address & size - 1) == 0 ? 0 : -Errno.EINVAL;
    }

    @Override
    public int pageShift(Vma vma) {
        return pool.pageShift();
    }

    @Override
    public AreaPaging paging() {
        return this;
    }

    private long index(Vma vma, long va) {
        return vma.index(va) >>> pool.order();
    }

    // ---- faults -------------------------------------------------------------------------------------------------

    @Override
    public int fault(Fault fault) {
        Vma vma = fault.vma();
        PageTables tables = vma.space().tables();
        EntryFormat format = tables.format();
        long va = fault.address() & -size;
        long slot = tables.obtain(va, level);
        if (slot == PageTables.NO_SLOT) {
            return Fault.OOM;
        }
        long entry = entries.read(tables, slot);
        if (format.isNone(entry)) {
            return create(fault, va, slot);
        }
        if ((fault.isWrite() || fault.isUnshare()) && !format.isWritable(entry)) {
            return writeProtected(fault, va, slot);
        }
        long touched = format.makeYoung(entry);
        entries.write(tables, slot, fault.isWrite() ? format.makeDirty(touched) : touched);
        return Fault.DONE;
    }

    /** Nothing is mapped yet (Linux: hugetlb_no_page). */
    private int create(Fault fault, long va, long slot) {
        Vma vma = fault.vma();
        if (machine.reservations().isRobbed(vma)) {
            return Fault.SIGBUS;
        }
        long index = index(vma, va);
        boolean shared = vma.has(VmFlags.MAYSHARE);
        long head = file.find(index);
        boolean anonymous = false;
        if (head != Frames.NONE) {
            frames.get(head, 1);
        } else {
            if (index >= file.size() >>> pool.pageShift()) {
                return Fault.SIGBUS;
            }
            if (!shared) {
                rmap.prepareAnon(vma);
            }
            head = file.allocate(vma, index, false);
            if (head == Frames.NONE) {
                return Fault.SIGBUS;
            }
            machine.clear(head);
            if (shared) {
                file.add(head, index);
            } else {
                anonymous = true;
            }
        }
        if (anonymous) {
            pool.commit(head);
            rmap.addNewAnon(head, vma, va, mappingLevel);
        } else {
            rmap.addFile(head, basePages, vma, mappingLevel);
        }
        write(vma, slot, head, vma.isShared());
        machine.use(vma.space(), basePages);
        if (fault.isWrite() && !vma.isShared()) {
            return writeProtected(fault, va, slot);
        }
        return Fault.DONE;
    }

    /** Maps {@code head}, writable (and then dirty) if asked for and the area allows it. */
    private void write(Vma vma, long slot, long head, boolean writable) {
        PageTables tables = vma.space().tables();
        EntryFormat format = tables.format();
        long leaf = format.leaf(head, level, vma.entryProtection());
        if (writable && vma.has(VmFlags.WRITE)) {
            leaf = format.makeWritable(format.makeDirty(leaf));
        } else {
            leaf = format.writeProtect(leaf);
        }
        entries.write(tables, slot, leaf);
    }

    /** A write, or unsharing, hit an entry that does not allow it (Linux: hugetlb_wp). */
    private int writeProtected(Fault fault, long va, long slot) {
        Vma vma = fault.vma();
        PageTables tables = vma.space().tables();
        EntryFormat format = tables.format();
        long entry = entries.read(tables, slot);
        if (vma.has(VmFlags.MAYSHARE)) {
            entries.write(tables, slot, format.makeWritable(format.makeDirty(format.makeYoung(entry))));
            return Fault.DONE;
        }
        long old = format.pfn(entry, level);
        boolean copy = frames.test(old, FolioFlags.ANON);
        if (reuse(fault, old, slot)) {
            return Fault.DONE;
        }
        long index = index(vma, va);
        boolean owner = copy && machine.reservations().map(vma) != null;
        long fresh = file.allocate(vma, index, owner);
        if (fresh == Frames.NONE && owner) {
            // children hold the page and the pool is empty: the owner was promised its pages, the children were not
            rob(vma, index, old);
            if (reuse(fault, old, slot)) {
                return Fault.DONE;
            }
        }
        if (fresh == Frames.NONE) {
            return Fault.SIGBUS;
        }
        rmap.prepareAnon(vma);
        machine.contents().copy(old, fresh, basePages);
        frames.set(fresh, FolioFlags.UPTODATE);
        rmap.remove(old, basePages, vma, mappingLevel);
        pool.commit(fresh);
        rmap.addNewAnon(fresh, vma, va, mappingLevel);
        write(vma, slot, fresh, !fault.isUnshare());
        frames.put(old, 1);
        return Fault.DONE;
    }

    /** Makes the area's own copy writable if nobody else maps it. */
    private boolean reuse(Fault fault, long head, long slot) {
        if (!frames.test(head, FolioFlags.ANON) || frames.largeMapcount(head) != 1) {
            return false;
        }
        Vma vma = fault.vma();
        if (!frames.test(head, FolioFlags.ANON_EXCLUSIVE)) {
            rmap.moveAnon(head, vma);
            frames.set(head, FolioFlags.ANON_EXCLUSIVE);
        }
        if (!fault.isUnshare()) {
            PageTables tables = vma.space().tables();
            EntryFormat format = tables.format();
            long entry = format.makeYoung(entries.read(tables, slot));
            entries.write(tables, slot, vma.has(VmFlags.WRITE) ? format.makeWritable(format.makeDirty(entry)) : entry);
        }
        return true;
    }

    /** Takes the page {@code head} at {@code index} away from all private areas but its owners' (Linux: unmap_ref_private). */
    private void rob(Vma owner, long index, long head) {
        file.forEachArea(index, (vma, at) -> {
            if (vma == owner || vma.has(VmFlags.MAYSHARE) || machine.reservations().map(vma) != null) {
                return true;
            }
            PageTables tables = vma.space().tables();
            long slot = tables.find(at, level);
            long entry = slot == PageTables.NO_SLOT ? tables.format().none() : entries.read(tables, slot);
            if (tables.format().isPresent(entry) && tables.format().pfn(entry, level) == head) {
                machine.reservations().rob(vma);
                zap(vma, at, slot, entry);
                machine.gathered().release();
            }
            return true;
        });
    }

    // ---- ranges -------------------------------------------------------------------------------------------------

    @Override
    public void unmap(Vma vma, long start, long end, boolean last) {
        PageTables tables = vma.space().tables();
        for (long va = start; Long.compareUnsigned(va, end) < 0; va += size) {
            long slot = tables.find(va, level);
            if (slot == PageTables.NO_SLOT) {
                continue;
            }
            long entry = entries.read(tables, slot);
            if (tables.format().isPresent(entry)) {
                zap(vma, va, slot, entry);
            }
        }
        if (!last) {
            machine.gathered().release();
        }
    }

    private void zap(Vma vma, long va, long slot, long entry) {
        EntryFormat format = vma.space().tables().format();
        long head = format.pfn(entry, level);
        entries.write(vma.space().tables(), slot, format.none());
        if (format.isDirty(entry)) {
            frames.set(head, FolioFlags.DIRTY);
        }
        rmap.remove(head, basePages, vma, mappingLevel);
        machine.use(vma.space(), -basePages);
        boolean owned = !vma.has(VmFlags.MAYSHARE) && machine.reservations().map(vma) != null;
        if (pool.surplus() == 0 && owned && !frames.isMapped(head) && frames.test(head, FolioFlags.ANON)) {
            // the owner keeps its promise, or somebody could take the page before it comes back
            pool.keepPromise(head);
            file.restorePromise(vma, index(vma, va));
        }
        machine.gathered().add(head);
    }

    /** Removes the entries of pages [{@code from}, {@code to}) of the file from all areas, private copies too. */
    public void unmapAll(long from, long to) {
        file.forEachArea(from, to, (vma, at) -> {
            long first = Math.max(vma.pgoff(), from << pool.order());
            long end = to >= Long.MAX_VALUE >>> pool.pageShift()
                    ? vma.end() : Math.min(vma.end(), vma.address(to << pool.order()));
            unmap(vma, vma.address(first), end, false);
            return true;
        });
    }

    @Override
    public int copyAtFork(Vma copy, Vma source) {
        if (!source.hasAnonVma()) {
            return 0; // the child finds the file's pages by itself
        }
        PageTables from = source.space().tables();
        PageTables to = copy.space().tables();
        EntryFormat format = from.format();
        for (long va = source.start(); va != source.end(); va += size) {
            long slot = from.find(va, level);
            long entry = slot == PageTables.NO_SLOT ? format.none() : entries.read(from, slot);
            if (!format.isPresent(entry)) {
                continue;
            }
            long copySlot = to.obtain(va, level);
            if (copySlot == PageTables.NO_SLOT) {
                return -Errno.ENOMEM;
            }
            long head = format.pfn(entry, level);
            frames.get(head, 1);
            if (!frames.test(head, FolioFlags.ANON)) {
                rmap.duplicateFile(head, basePages, copy, mappingLevel);
            } else if (!rmap.tryDuplicateAnon(head, basePages, copy, source, mappingLevel)) {
                frames.put(head, 1);
                int failed = copyPinned(copy, va, copySlot, head);
                if (failed != 0) {
                    return failed;
                }
                continue;
            }
            if (!source.has(VmFlags.SHARED)) {
                entry = format.writeProtect(entry);
                entries.write(from, slot, entry);
            }
            entries.write(to, copySlot, entry);
            machine.use(copy.space(), basePages);
        }
        return 0;
    }

    /** The parent's page is pinned for long: the child gets a copy now. */
    private int copyPinned(Vma copy, long va, long copySlot, long head) {
        long fresh = file.allocate(copy, index(copy, va), false);
        if (fresh == Frames.NONE) {
            return -Errno.ENOMEM;
        }
        machine.contents().copy(head, fresh, basePages);
        frames.set(fresh, FolioFlags.UPTODATE);
        pool.commit(fresh);
        rmap.addNewAnon(fresh, copy, va, mappingLevel);
        write(copy, copySlot, fresh, true);
        machine.use(copy.space(), basePages);
        return 0;
    }

    @Override
    public void changeProtection(Vma vma, long start, long end) {
        PageTables tables = vma.space().tables();
        EntryFormat format = tables.format();
        for (long va = start; Long.compareUnsigned(va, end) < 0; va += size) {
            long slot = tables.find(va, level);
            long entry = slot == PageTables.NO_SLOT ? format.none() : entries.read(tables, slot);
            if (format.isPresent(entry)) {
                entries.write(tables, slot, format.withProtection(entry, level, vma.entryProtection()));
            }
        }
    }

    @Override
    public long move(Vma source, long oldStart, Vma target, long newStart, long length) {
        PageTables tables = source.space().tables();
        EntryFormat format = tables.format();
        long done = 0;
        for (; done < length; done += size) {
            long slot = tables.find(oldStart + done, level);
            long entry = slot == PageTables.NO_SLOT ? format.none() : entries.read(tables, slot);
            if (format.isNone(entry)) {
                continue;
            }
            long newSlot = tables.obtain(newStart + done, level);
            if (newSlot == PageTables.NO_SLOT) {
                break;
            }
            entries.write(tables, slot, format.none());
            entries.write(tables, newSlot, entry);
        }
        if (done >= length) {
            // the promise has moved along; of an area that moved in part the rest loses its own, and nobody gives it back
            ReservationMap used = machine.reservations().map(source);
            if (used != null) {
                long from = index(source, oldStart);
                pool.lose(file.outstanding(source, used) - used.missing(from, from + (length >>> pool.pageShift())));
            }
            machine.reservations().forget(source);
        }
        return done;
    }

    @Override
    public int populate(Vma vma, long start, long end, boolean write) {
        PageTables tables = vma.space().tables();
        EntryFormat format = tables.format();
        for (long va = start & -size; Long.compareUnsigned(va, end) < 0; va += size) {
            long slot = tables.find(va, level);
            long entry = slot == PageTables.NO_SLOT ? format.none() : entries.read(tables, slot);
            if (format.isPresent(entry) && (!write || format.isWritable(entry))) {
                continue;
            }
            Fault fault = new Fault(vma);
            fault.begin(vma, va, Fault.REMOTE | (write ? Fault.WRITE : 0));
            int outcome = fault(fault);
            if ((outcome & Fault.OOM) != 0) {
                return -Errno.ENOMEM;
            }
            if ((outcome & Fault.ERROR) != 0) {
                return -Errno.EFAULT;
            }
        }
        return 0;
    }
}
