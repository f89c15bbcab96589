package org.mmkit.core.process;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.feature.PrctlHandler;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.Fault;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.gup.PinnedPages;
import org.mmkit.core.gup.UserPages;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.lock.StripedLongs;
import org.mmkit.core.space.UserAddressSpace;
import org.mmkit.core.space.VmArea;

/**
 * A process of the model: an address space and what its program does. Methods named like system calls take their arguments and give
 * their raw results: 0 or more, or a negated error number of {@link Errno}.
 *
 * <p>After {@link #exit} calls give ESRCH and accesses SIGSEGV. With {@code SMP=y} several threads may use one process, as the threads of a program do. Not thread-safe with {@code SMP=n}.
 */
public final class Process {

    private static final VarHandle EXITED;

    static {
        try {
            EXITED = MethodHandles.lookup().findVarHandle(Process.class, "exited", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The access was to memory that is not there: the negated number is what {@link #load} and {@link #store} give. */
    public static final int SIGSEGV = 11;

    /** The backing of the memory has nothing there. */
    public static final int SIGBUS = 7;

    /** No memory was left to answer the fault. */
    public static final int SIGKILL = 9;

    /** Faults that one access may take: one for each of the entries above, and for what they may be replaced by on the way. */
    private static final int MOST_FAULTS = 16;

    private final Engine engine;
    private final StopMachine calls;
    private final ProcessTable table;
    private final int pid;
    private volatile UserAddressSpace space;
    private boolean sharesSpace;
    private long faults;
    @SuppressWarnings("unused") // by EXITED
    private volatile boolean exited;
    private final ParallelCalls parallel;
    /** With SMP=y: faults beside other calls, not among {@link #faults}. */
    private final @Nullable StripedLongs parallelFaults;

    Process(Engine engine, ProcessTable table, int pid, UserAddressSpace space) {
        this.engine = engine;
        this.calls = engine.calls;
        this.parallel = table.parallel();
        this.parallelFaults = engine.calls.isSmp() ? new StripedLongs(1) : null;
        this.table = table;
        this.pid = pid;
        this.space = space;
    }

    /** The process number. */
    public int pid() {
        return pid;
    }

    /** The address space; another one after {@link #exec}. */
    public UserAddressSpace space() {
        return space;
    }

    /** Page faults of this process that were resolved. */
    public long faults() {
        return parallelFaults == null ? faults : faults + parallelFaults.get(0);
    }

    /** A fault was resolved beside other calls. */
    void countFault() {
        Objects.requireNonNull(parallelFaults).add(0, 1);
    }

    /** mmap; {@code source} is the open file, null for none. */
    public long mmap(long addr, long length, int prot, int flags, @Nullable Mappable source, long offset) {
        if (calls.isSmp()) {
            engine.tracing.enter(pid);
            long result = parallel.mmap(space, addr, length, prot, flags, source, offset);
            if (result != ParallelCalls.ALONE) {
                return result;
            }
        }
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.map().mmap(addr, length, prot, flags, source, offset);
        } finally {
            calls.resume();
        }
    }

    /** munmap. */
    public long munmap(long addr, long length) {
        if (calls.isSmp()) {
            engine.tracing.enter(pid);
            long result = parallel.munmap(space, addr, length);
            if (result != ParallelCalls.ALONE) {
                return result;
            }
        }
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.map().munmap(addr, length);
        } finally {
            calls.resume();
        }
    }

    /** mprotect. */
    public long mprotect(long addr, long length, int prot) {
        if (calls.isSmp()) {
            engine.tracing.enter(pid);
            long result = parallel.mprotect(space, addr, length, prot);
            if (result != ParallelCalls.ALONE) {
                return result;
            }
        }
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.protect().mprotect(addr, length, prot);
        } finally {
            calls.resume();
        }
    }

    /** mremap. */
    public long mremap(long addr, long oldLength, long newLength, int flags, long newAddr) {
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.remap().mremap(addr, oldLength, newLength, flags, newAddr);
        } finally {
            calls.resume();
        }
    }

    /** madvise. */
    public long madvise(long addr, long length, int advice) {
        if (calls.isSmp()) {
            engine.tracing.enter(pid);
            long result = parallel.madvise(space, addr, length, advice);
            if (result != ParallelCalls.ALONE) {
                return result;
            }
        }
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.advise().madvise(addr, length, advice);
        } finally {
            calls.resume();
        }
    }

    /** mlock. */
    public long mlock(long addr, long length) {
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.lock().mlock(addr, length, 0);
        } finally {
            calls.resume();
        }
    }

    /** mlock2. */
    public long mlock2(long addr, long length, int flags) {
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.lock().mlock(addr, length, flags);
        } finally {
            calls.resume();
        }
    }

    /** munlock. */
    public long munlock(long addr, long length) {
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.lock().munlock(addr, length);
        } finally {
            calls.resume();
        }
    }

    /** mlockall. */
    public long mlockall(int flags) {
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.lock().mlockall(flags);
        } finally {
            calls.resume();
        }
    }

    /** munlockall. */
    public long munlockall() {
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.lock().munlockall();
        } finally {
            calls.resume();
        }
    }

    /** brk: the break after the call. */
    public long brk(long address) {
        if (calls.isSmp()) {
            engine.tracing.enter(pid);
            long result = parallel.brk(space, address);
            if (result != ParallelCalls.ALONE) {
                return result;
            }
        }
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.map().brk(address);
        } finally {
            calls.resume();
        }
    }

    /** msync. Nothing is ever written back by a machine without devices, so this only checks its arguments. */
    public long msync(long addr, long length, int flags) {
        calls.stop();
        engine.tracing.enter(pid);
        try {
            return space.lock().msync(addr, length, flags);
        } finally {
            calls.resume();
        }
    }

    /** prctl; options that no feature brought are EINVAL. */
    public long prctl(int option, long arg2, long arg3, long arg4, long arg5) {
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            PrctlHandler handler = engine.extensions.prctl().get(option);
            return handler == null ? -Errno.EINVAL : handler.call(space, arg2, arg3, arg4, arg5);
        } finally {
            calls.resume();
        }
    }

    /**
     * fork.
     *
     * @throws ErrnoException ENOMEM
     */
    public Process fork() throws ErrnoException {
        if (calls.isSmp()) {
            engine.tracing.enter(pid);
            UserAddressSpace copy = parallel.fork(space);
            if (copy != null) {
                return table.addChild(this, copy);
            }
        }
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                throw new ErrnoException(Errno.ESRCH);
            }
            return table.addChild(this, space.fork(engine.extensions.inheritedSpaceFlags()));
        } finally {
            calls.resume();
        }
    }

    /**
     * vfork, or clone with CLONE_VM: a process in the same address space until it calls {@link #exec} or {@link #exit}.
     */
    public Process vfork() {
        calls.stop();
        engine.tracing.enter(pid);
        try {
            Process child = table.addChild(this, space);
            child.sharesSpace = true;
            return child;
        } finally {
            calls.resume();
        }
    }

    /**
     * exec: an empty address space takes the place of the present one; flags that features pass on stay.
     *
     * @throws ErrnoException ENOMEM
     */
    public void exec() throws ErrnoException {
        calls.stop();
        engine.tracing.enter(pid);
        try {
            UserAddressSpace fresh = engine.newSpace();
            fresh.inheritFlags(space, engine.extensions.inheritedSpaceFlags());
            leave();
            space = fresh;
            sharesSpace = false;
        } finally {
            calls.resume();
        }
    }

    /** exit: the address space goes. A second call does nothing. */
    public void exit() {
        if (!EXITED.compareAndSet(this, false, true)) {
            return;
        }
        boolean gone = calls.isSmp() && !sharesSpace && parallel.tearDown(space);
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (!gone) {
                leave();
            }
            table.remove(this);
        } finally {
            calls.resume();
        }
    }

    private void leave() {
        if (!sharesSpace && !space.isDead()) {
            space.tearDown();
        }
    }

    /**
     * Takes one page fault at {@code va} without touching content, as a replayed recording does.
     *
     * @param flags bits of {@link Fault}
     * @return outcome bits of {@link Fault}
     */
    public int touch(long va, int flags) {
        if (calls.isSmp()) {
            engine.tracing.enter(pid);
            int outcome = parallel.touch(space, va, flags);
            if (outcome != ParallelCalls.ALONE) {
                if ((outcome & Fault.ERROR) == 0) {
                    countFault();
                }
                return outcome;
            }
        }
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return Fault.SIGSEGV;
            }
            if (engine.tracing.events().pageFaultUser.isOn() && (flags & Fault.USER) != 0) {
                engine.tracing.events().pageFaultUser.emit(va, 0, errorCode(va, flags));
            }
            int outcome = engine.faults.access(space, va, flags);
            if ((outcome & Fault.ERROR) == 0) {
                faults++;
            }
            return outcome;
        } finally {
            calls.resume();
        }
    }

    /** Reads one byte: 0 to 255, or a negated signal number. */
    public int load(long va) {
        if (calls.isSmp()) {
            engine.tracing.enter(pid);
            int got = parallel.access(this, va, -1);
            if (got != ParallelCalls.ALONE) {
                return got;
            }
        }
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return -SIGSEGV;
            }
            long pfn = access(va, false);
            return pfn < 0 ? (int) pfn : engine.memory.contents().read(pfn, (int) (va & engine.pageSize - 1));
        } finally {
            calls.resume();
        }
    }

    /** Writes one byte: 0, or a negated signal number. */
    public int store(long va, int value) {
        if (calls.isSmp()) {
            engine.tracing.enter(pid);
            int done = parallel.access(this, va, value & 0xff);
            if (done != ParallelCalls.ALONE) {
                return done;
            }
        }
        calls.stop();
        engine.tracing.enter(pid);
        try {
            if (space.isDead()) {
                return -SIGSEGV;
            }
            long pfn = access(va, true);
            if (pfn < 0) {
                return (int) pfn;
            }
            engine.memory.contents().write(pfn, (int) (va & engine.pageSize - 1), value);
            return 0;
        } finally {
            calls.resume();
        }
    }

    /** Whether an access to {@code va} would be answered by the page tables alone; sets accessed and dirty as hardware does. */
    public boolean hits(long va, boolean write) {
        calls.stop();
        engine.tracing.enter(pid);
        try {
            return translate(va, write) >= 0;
        } finally {
            calls.resume();
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
                return -SIGSEGV;
            }
            if ((outcome & Fault.SIGBUS) != 0) {
                return -SIGBUS;
            }
            if ((outcome & Fault.OOM) != 0) {
                return -SIGKILL;
            }
        }
        throw new InvariantViolation("page faults at 0x" + Long.toHexString(va) + " are answered, but the access still fails");
    }

    private boolean isPresent(long va) {
        PageTables tables = space.tables();
        for (int level = 1; level < engine.layout.levels(); level++) {
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
        PageTables tables = space.tables();
        EntryFormat format = engine.format;
        for (int level = 1; level < engine.layout.levels(); level++) {
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

    /**
     * Takes long-term pins for writing on the pages of a range.
     *
     * @throws ErrnoException EFAULT, ENOMEM
     */
    public PinnedPages pin(long addr, long length) throws ErrnoException {
        calls.stop();
        engine.tracing.enter(pid);
        try {
            return PinnedPages.pin(space, addr, length);
        } finally {
            calls.resume();
        }
    }

    /**
     * get_user_pages: references, or pins, to {@code n} pages from the one that holds {@code addr} on.
     *
     * @param flags bits of {@link org.mmkit.core.gup.Foll}
     * @throws ErrnoException EFAULT, EINVAL, EBUSY, ENOMEM
     */
    public UserPages getUserPages(long addr, int n, int flags) throws ErrnoException {
        calls.stop();
        try {
            return UserPages.get(space, addr, n, flags);
        } finally {
            calls.resume();
        }
    }

    /** The area at {@code va}, or null. */
    public @Nullable VmArea area(long va) {
        return space.find(va);
    }

    @Override
    public String toString() {
        return "process " + pid;
    }
}
