package org.mmkit.core.fault;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.feature.HugeFaultHandler;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.Fault;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.lock.Backoff;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.lock.Task;
import org.mmkit.core.pgtable.RadixPageTables;
import org.mmkit.core.space.UserAddressSpace;
import org.mmkit.core.space.VmArea;

/**
 * Page faults in anonymous memory, and in shared memory whose pages are there, beside other calls, on a machine with several processors
 * (docs/locking.md). What needs more than memory at hand stalls the call: other files, reclaim, policies that keep books of their own.
 *
 * <p>A fault holds the lock of the level-1 table while it decides and writes; huge leaves are looked at without the lock of their table and
 * compared under it. The caller is within {@link StopMachine#begin} and holds the mmap lock for reading.
 */
public final class ParallelFaults {

    private final Engine engine;
    private final EntryFormat format;
    private final StopMachine calls;
    private final AnonFaults anon;
    private final CopyOnWrite copyOnWrite;
    private final FileFaults files;
    private final int pgfault;

    ParallelFaults(Engine engine, AnonFaults anon, CopyOnWrite copyOnWrite, FileFaults files, int pgfault) {
        this.engine = engine;
        this.format = engine.format;
        this.calls = engine.calls;
        this.anon = anon;
        this.copyOnWrite = copyOnWrite;
        this.files = files;
        this.pgfault = pgfault;
    }

    /** Handles a fault that the hardware raised for an access to {@code va}: outcome bits of {@link Fault}; meaningless when the call stalled. */
    public int access(Task task, UserAddressSpace space, long va, int flags) {
        if (space.isDead()) {
            return Fault.SIGSEGV;
        }
        VmArea area = space.find(va);
        if (area == null || !area.isAnonymous() && !isCached(area, va) || isBusy()) {
            calls.stall();
            return Fault.OOM;
        }
        return FaultHandler.isAllowed(area, flags) ? handle(task, area, va, flags) : Fault.SIGSEGV;
    }

    /** Handles a fault at {@code va}, which lies in {@code area} and is allowed there, for a call that wants the page: outcome bits as above. */
    public int resolve(VmArea area, long va, int flags) {
        if (!area.isAnonymous() || isBusy()) {
            calls.stall();
            return Fault.OOM;
        }
        return handle(calls.task(), area, va, flags);
    }

    private int handle(Task task, VmArea area, long va, int flags) {
        if ((flags & (Fault.WRITE | Fault.UNSHARE)) != 0 && area.isAnonymous() && !area.hasAnonVma()) {
            engine.rmap.prepareAnon(area);
        }
        Fault fault = task.fault;
        task.fault = null;
        if (fault == null) {
            fault = new Fault(area);
        }
        fault.begin(area, va, flags);
        engine.counters.add(pgfault, 1);
        int outcome = run(area, fault);
        task.fault = fault;
        if (task.isStalled()) {
            engine.counters.add(pgfault, -1); // it is counted when it is begun again
        }
        return outcome;
    }

    /**
     * Whether {@code area} is shared memory, and the page that belongs at {@code va} is small and there: it only has to be mapped. Pages come to
     * files and leave them, and areas of files come and go, only in calls that run alone, so the answer holds until this one is over.
     */
    private boolean isCached(VmArea area, long va) {
        if (!area.hasFile() || !area.isShared() || !area.file().isShmem() || area.operations().paging() != null) {
            return false;
        }
        long pfn = area.file().findAround(area.index(va));
        return pfn != Frames.NONE && !engine.frames.isLarge(pfn);
    }

    /** Whether the policy for huge pages or who keeps a book of all pages wants to be alone. */
    private boolean isBusy() {
        return engine.pageOwner() != null || !engine.extensions.anonFolioPolicy().runsBesideOthers();
    }

    private int run(VmArea area, Fault fault) {
        RadixPageTables tables = area.space().tables();
        long va = fault.address();
        for (int round = 0; ; round = Backoff.pause(round)) {
            long slot = tables.findLocked(va, 1);
            if (slot != PageTables.NO_SLOT) {
                try {
                    return atLeaf(area, tables, fault, slot);
                } finally {
                    tables.unlock(slot);
                }
            }
            int outcome = aboveLeaf(tables, fault);
            if ((outcome & Fault.FALLBACK) == 0 || calls.isStalled()) {
                return outcome;
            }
            if (tables.obtain(va, 1) == PageTables.NO_SLOT && calls.isStalled()) {
                return Fault.OOM;
            }
            // The table is there now, or another fault has put a leaf in its place.
        }
    }

    private int atLeaf(VmArea area, RadixPageTables tables, Fault fault, long slot) {
        long entry = tables.read(slot);
        fault.at(slot, entry);
        if (format.isNone(entry)) {
            return area.isAnonymous() ? anon.create(area, fault) : files.create(area, fault);
        }
        if (!format.isPresent(entry)) {
            return absent(fault, entry);
        }
        if ((fault.isWrite() || fault.isUnshare()) && !format.isWritable(entry)) {
            return copyOnWrite.write(area, fault);
        }
        long touched = format.makeYoung(entry);
        tables.write(slot, fault.isWrite() ? format.makeDirty(touched) : touched);
        return Fault.DONE;
    }

    private int absent(Fault fault, long entry) {
        if (format.isMigration(entry)) {
            // Whoever moves the page puts the entry back; the access is tried again (Linux: migration_entry_wait).
            return Fault.DONE;
        }
        if (format.markerKind(entry) != 0) {
            return Fault.SIGSEGV;
        }
        if (format.isSwap(entry)) {
            return engine.swap().swapIn(fault);
        }
        calls.stall();
        return Fault.OOM;
    }

    /** No level-1 table: asks the owners of higher levels, from the top. FALLBACK when level 1 is to be used. */
    private int aboveLeaf(RadixPageTables tables, Fault fault) {
        int levels = engine.extensions.hugeLevels();
        for (int level = 31 - Integer.numberOfLeadingZeros(levels | 1); level > 1; level--) {
            HugeFaultHandler handler = (levels >>> level & 1) == 0 ? null : engine.extensions.hugeFault(level);
            if (handler == null) {
                continue;
            }
            long slot = tables.obtain(fault.address(), level);
            if (slot == PageTables.NO_SLOT) {
                if (calls.isStalled()) {
                    return Fault.OOM;
                }
                continue;
            }
            int outcome = atLevel(tables, fault, handler, slot, level);
            if ((outcome & Fault.FALLBACK) == 0) {
                return outcome;
            }
        }
        return Fault.FALLBACK;
    }

    private int atLevel(RadixPageTables tables, Fault fault, HugeFaultHandler handler, long slot, int level) {
        long entry = tables.read(slot);
        fault.at(slot, entry);
        if (format.isNone(entry)) {
            return fault.vma().isAnonymous() ? handler.create(fault) : Fault.FALLBACK;
        }
        if (!format.isPresent(entry) || !format.isLeaf(entry, level)) {
            return Fault.FALLBACK;
        }
        if ((fault.isWrite() || fault.isUnshare()) && !format.isWritable(entry)) {
            return handler.writeProtected(fault);
        }
        tables.lock(slot);
        if (tables.read(slot) == entry) {
            long touched = format.makeYoung(entry);
            tables.write(slot, fault.isWrite() ? format.makeDirty(touched) : touched);
        }
        tables.unlock(slot);
        return Fault.DONE;
    }

    /**
     * One access of the hardware to a byte of any memory, the setting of accessed and dirty included: under the lock of the entry's
     * table, so that nobody takes the page away meanwhile.
     *
     * @param value the byte to write, or -1 to read
     * @return the byte read, 0 after a write; {@link #FAULT} when the entry does not allow it
     */
    public int hardware(UserAddressSpace space, long va, int value) {
        if (space.find(va) == null) {
            return FAULT;
        }
        RadixPageTables tables = space.tables();
        for (int level = 1; level <= engine.layout.highestLeafLevel(); level++) {
            long slot = tables.findLocked(va, level);
            if (slot != PageTables.NO_SLOT) {
                try {
                    return hardware(tables, slot, level, va, value);
                } finally {
                    tables.unlock(slot);
                }
            }
        }
        return FAULT;
    }

    /** No such access is possible without a fault. */
    public static final int FAULT = -1;

    private int hardware(RadixPageTables tables, long slot, int level, long va, int value) {
        long entry = tables.read(slot);
        boolean write = value >= 0;
        if (!format.isPresent(entry)
                || !format.isLeaf(entry, level)
                || !format.isUserAccessible(entry)
                || write && !format.isWritable(entry)) {
            return FAULT;
        }
        long used = format.makeYoung(entry);
        if (write) {
            used = format.makeDirty(used);
        }
        if (used != entry) {
            tables.write(slot, used);
        }
        long pfn = format.pfn(entry, level) + ((va & (engine.layout.size(level) << format.repeatShift(entry, level)) - 1) >>> engine.pageShift);
        int offset = (int) (va & engine.pageSize - 1);
        if (write) {
            engine.memory.contents().write(pfn, offset, value);
            return 0;
        }
        return engine.memory.contents().read(pfn, offset);
    }
}
