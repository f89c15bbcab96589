package org.mmkit.core.fault;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.feature.FaultResolver;
import org.mmkit.api.feature.HugeFaultHandler;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AreaPaging;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.space.VmaOperations;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.pgtable.RadixPageTables;
import org.mmkit.core.reclaim.Kswapds;
import org.mmkit.core.space.UserAddressSpace;
import org.mmkit.core.space.VmArea;

/**
 * Answers page faults (Linux: handle_mm_fault). Outcomes are the bits of {@link Fault}. Allocates nothing. On a machine
 * with several processors this is for calls that run alone; {@link ParallelFaults} is for the others.
 */
public final class FaultHandler implements FaultResolver {

    private final Engine engine;
    private final EntryFormat format;
    private final AnonFaults anon;
    private final CopyOnWrite copyOnWrite;
    private final FileFaults files;
    private final boolean severalNodes;
    private @Nullable Fault reused;

    private final ParallelFaults parallel;
    private final int pgfault;

    /** Made once per machine. */
    public FaultHandler(Engine engine) {
        this.engine = engine;
        this.format = engine.format;
        BasePages basePages = new BasePages(engine);
        this.anon = new AnonFaults(engine, basePages);
        this.copyOnWrite = new CopyOnWrite(engine, basePages);
        this.files = new FileFaults(engine);
        this.severalNodes = engine.memory.nodes().count() > 1;
        this.pgfault = engine.counters.register("pgfault");
        this.parallel = new ParallelFaults(engine, anon, copyOnWrite, files, pgfault);
    }

    @Override
    public int resolve(Vma vma, long va, int flags) {
        return handle((VmArea) vma, va, flags);
    }

    /** Handles a fault that the hardware raised for an access to {@code va} of {@code space}, with the check of permissions. */
    public int access(UserAddressSpace space, long va, int flags) {
        VmArea area = space.find(va);
        if (area == null) {
            area = space.map().growStack(va);
            if (area == null) {
                return Fault.SIGSEGV;
            }
        }
        if (!isAllowed(area, flags)) {
            return Fault.SIGSEGV;
        }
        Kswapds kswapd = engine.kswapd();
        int outcome = handle(area, va, flags);
        if (kswapd != null && kswapd.isDue()) {
            kswapd.runIfDue();
        }
        return outcome;
    }

    /** Whether {@code area} allows an access with the bits {@code flags} of {@link Fault}. */
    static boolean isAllowed(VmArea area, int flags) {
        if ((flags & Fault.WRITE) != 0) {
            return area.has(VmFlags.WRITE);
        }
        return (flags & Fault.INSTRUCTION) != 0 ? area.has(VmFlags.EXEC) : (area.flags() & VmFlags.ACCESS) != 0;
    }

    /** Faults beside other calls. */
    public ParallelFaults parallel() {
        return parallel;
    }

    /** Handles a fault at {@code va}, which lies in {@code area} and is allowed there. */
    public int handle(VmArea area, long va, int flags) {
        Fault fault = reused;
        // A fault inside a fault (a file that faults for its own sake) gets an object of its own.
        reused = null;
        if (fault == null) {
            fault = new Fault(area);
        }
        fault.begin(area, va, flags);
        engine.counters.add(pgfault, 1);
        boolean ofNode = severalNodes && area.isAnonymous();
        if (ofNode) {
            engine.memory.setFaulting(area, va);
        }
        int outcome = run(area, fault);
        if (ofNode) {
            engine.memory.setFaulting(null, 0);
        }
        reused = fault;
        return outcome;
    }

    private int run(VmArea area, Fault fault) {
        if (!area.isAnonymous()) {
            VmaOperations operations = area.operations();
            AreaPaging paging = operations.paging();
            if (paging != null) {
                return paging.fault(fault);
            }
        }
        long va = fault.address();
        RadixPageTables tables = area.space().tables();
        long slot = tables.find(va, 1);
        if (slot == PageTables.NO_SLOT) {
            int outcome = aboveLeaf(area, tables, fault);
            if ((outcome & Fault.FALLBACK) == 0) {
                return outcome;
            }
            slot = tables.find(va, 1);
            if (slot == PageTables.NO_SLOT) {
                fault.at(PageTables.NO_SLOT, format.none());
                return area.isAnonymous() ? anon.create(area, fault) : files.create(area, fault);
            }
        }
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
        if (fault.isWrite()) {
            touched = format.makeDirty(touched);
        }
        tables.write(slot, touched);
        return Fault.DONE;
    }

    private int absent(Fault fault, long entry) {
        if (format.isSwap(entry)) {
            return engine.swap().swapIn(fault);
        }
        if (format.markerKind(entry) != 0) {
            return Fault.SIGSEGV;
        }
        throw new IllegalStateException("a fault on entry 0x" + Long.toHexString(entry)
                + ": a migration is never left unfinished on a machine with one thread");
    }

    /** No level-1 table: asks the owners of higher levels, from the top. FALLBACK when level 1 is to be used. */
    private int aboveLeaf(VmArea area, RadixPageTables tables, Fault fault) {
        int levels = engine.extensions.hugeLevels();
        for (int level = 31 - Integer.numberOfLeadingZeros(levels | 1); level > 1; level--) {
            if ((levels >>> level & 1) == 0) {
                continue;
            }
            HugeFaultHandler handler = engine.extensions.hugeFault(level);
            if (handler == null) {
                continue;
            }
            long slot = tables.obtain(fault.address(), level);
            if (slot == PageTables.NO_SLOT) {
                continue;
            }
            long entry = tables.read(slot);
            fault.at(slot, entry);
            int outcome = Fault.FALLBACK;
            if (format.isNone(entry)) {
                if (area.isAnonymous()) {
                    outcome = handler.create(fault);
                }
            } else if (format.isPresent(entry) && format.isLeaf(entry, level)) {
                if ((fault.isWrite() || fault.isUnshare()) && !format.isWritable(entry)) {
                    outcome = handler.writeProtected(fault);
                } else {
                    long touched = format.makeYoung(entry);
                    tables.write(slot, fault.isWrite() ? format.makeDirty(touched) : touched);
                    return Fault.DONE;
                }
            }
            if ((outcome & Fault.FALLBACK) == 0) {
                return outcome;
            }
        }
        return Fault.FALLBACK;
    }
}
