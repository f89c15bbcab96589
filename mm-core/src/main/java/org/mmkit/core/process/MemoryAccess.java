package org.mmkit.core.process;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.Fault;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.lock.StripedLongs;
import org.mmkit.core.space.UserAddressSpace;

/**
 * Loads and stores of one process: the look into its page tables, the faults that this takes, and their number. With {@code SMP=y} thread-safe:
 * {@link ParallelCalls} is tried first, and what it does not do runs alone. Allocates nothing.
 */
final class MemoryAccess {

    /** Faults that one access may take: one for each of the entries above, and for what they may be replaced by on the way. */
    private static final int MOST_FAULTS = 16;

    private final Engine engine;
    private final Process process;
    private final KernelEntry entry;
    private final ParallelCalls parallel;
    private final boolean smp;
    private long faults;
    /** With SMP=y: faults beside other calls, not among {@link #faults}. */
    private final @Nullable StripedLongs parallelFaults;

    MemoryAccess(Engine engine, Process process, KernelEntry entry, ParallelCalls parallel) {
        this.engine = engine;
        this.process = process;
        this.entry = entry;
        this.parallel = parallel;
        this.smp = engine.calls.isSmp();
        this.parallelFaults = smp ? new StripedLongs(1) : null;
    }

    /** Page faults that were resolved. */
    long faults() {
        return parallelFaults == null ? faults : faults + parallelFaults.get(0);
    }

    /** A fault was resolved beside other calls. */
    void countFault() {
        Objects.requireNonNull(parallelFaults).add(0, 1);
    }

    /**
     * Takes one page fault at {@code va} without touching content, as a replayed recording does.
     *
     * @param flags bits of {@link Fault}
     * @return outcome bits of {@link Fault}
     */
    int touch(long va, int flags) {
        if (smp) {
            engine.tracing.enter(process.pid());
            int outcome = parallel.touch(process.space(), va, flags);
            if (outcome != ParallelCalls.ALONE) {
                if ((outcome & Fault.ERROR) == 0) {
                    countFault();
                }
                return outcome;
            }
        }
        UserAddressSpace space = process.space();
        entry.begin(space);
        try {
            if (space.isDead()) {
                return process.isKilled() ? Fault.OOM : Fault.SIGSEGV;
            }
            if (engine.tracing.events().pageFaultUser.isOn() && (flags & Fault.USER) != 0) {
                engine.tracing.events().pageFaultUser.emit(va, 0, errorCode(va, flags));
            }
            int outcome = engine.faults.access(space, va, flags);
            if ((outcome & Fault.ERROR) == 0) {
                faults++;
            }
            // The victim of the OOM killer has its page now, but does not live to use it.
            return process.isDoomed() ? Fault.OOM : outcome;
        } finally {
            entry.end();
        }
    }

    /** Reads one byte: 0 to 255, or a negated signal number. */
    int load(long va) {
        if (smp) {
            engine.tracing.enter(process.pid());
            int got = parallel.access(this, process.space(), va, -1);
            if (got != ParallelCalls.ALONE) {
                return got;
            }
        }
        UserAddressSpace space = process.space();
        entry.begin(space);
        try {
            if (space.isDead()) {
                return process.isKilled() ? -Process.SIGKILL : -Process.SIGSEGV;
            }
            long pfn = access(va, false);
            return pfn < 0 ? (int) pfn : engine.memory.contents().read(pfn, (int) (va & engine.pageSize - 1));
        } finally {
            entry.end();
        }
    }

    /** Writes one byte: 0, or a negated signal number. */
    int store(long va, int value) {
        if (smp) {
            engine.tracing.enter(process.pid());
            int done = parallel.access(this, process.space(), va, value & 0xff);
            if (done != ParallelCalls.ALONE) {
                return done;
            }
        }
        UserAddressSpace space = process.space();
        entry.begin(space);
        try {
            if (space.isDead()) {
                return process.isKilled() ? -Process.SIGKILL : -Process.SIGSEGV;
            }
            long pfn = access(va, true);
            if (pfn < 0) {
                return (int) pfn;
            }
            engine.memory.contents().write(pfn, (int) (va & engine.pageSize - 1), value);
            return 0;
        } finally {
            entry.end();
        }
    }

    /** Whether an access to {@code va} would be answered by the page tables alone; sets accessed and dirty as hardware does. */
    boolean hits(long va, boolean write) {
        UserAddressSpace space = process.space();
        entry.begin(space);
        try {
            return !space.isDead() && translate(va, write) >= 0;
        } finally {
            entry.end();
        }
    }

    private long access(long va, boolean write) {
        for (int attempt = 0; attempt < MOST_FAULTS; attempt++) {
            long pfn = translate(va, write);
            if (pfn >= 0) {
                return pfn;
            }
            int outcome = touch(va, Fault.USER | (write ? Fault.WRITE : 0));
            if ((outcome & Fault.SIGSEGV) != 0) {
                return -Process.SIGSEGV;
            }
            if ((outcome & Fault.SIGBUS) != 0) {
                return -Process.SIGBUS;
            }
            if ((outcome & Fault.OOM) != 0) {
                return -Process.SIGKILL;
            }
        }
        throw new InvariantViolation("page faults at 0x" + Long.toHexString(va) + " are answered, but the access still fails");
    }

    private boolean isPresent(long va) {
        PageTables tables = process.space().tables();
        for (int level = 1; level <= engine.layout.highestLeafLevel(); level++) {
            long slot = tables.find(va, level);
            if (slot != PageTables.NO_SLOT) {
                long entry = tables.read(slot);
                return engine.format.isPresent(entry) && engine.format.isLeaf(entry, level);
            }
        }
        return false;
    }

    /** What an x86 processor says of a fault in user mode: bit 0 the page is there, bit 1 it was a write, bit 2 user mode, bit 4 a fetch. */
    private long errorCode(long va, int flags) {
        return (isPresent(va) ? 1 : 0) | ((flags & Fault.WRITE) != 0 ? 2 : 0) | 4 | ((flags & Fault.INSTRUCTION) != 0 ? 16 : 0);
    }

    /** The frame behind {@code va} as the hardware finds it, or -1 for a fault. */
    private long translate(long va, boolean write) {
        PageTables tables = process.space().tables();
        EntryFormat format = engine.format;
        for (int level = 1; level <= engine.layout.highestLeafLevel(); level++) {
            long slot = tables.find(va, level);
            if (slot == PageTables.NO_SLOT) {
                continue;
            }
            long entry = tables.read(slot);
            if (!format.isPresent(entry)
                    || !format.isLeaf(entry, level)
                    || !format.isUserAccessible(entry)
                    || write && !format.isWritable(entry)) {
                return -1;
            }
            long used = format.makeYoung(entry);
            if (write) {
                used = format.makeDirty(used);
            }
            if (used != entry) {
                tables.write(slot, used);
            }
            return format.pfn(entry, level) + ((va & (engine.layout.size(level) << format.repeatShift(entry, level)) - 1) >>> engine.pageShift);
        }
        return -1;
    }
}
