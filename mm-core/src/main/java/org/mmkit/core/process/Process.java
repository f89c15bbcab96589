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

    /** The process was killed because memory is out, or no memory was left to answer the fault. */
    public static final int SIGKILL = 9;

    /** Faults that one access may take: one for each of the entries above, and for what they may be replaced by on the way. */
    private static final int MOST_FAULTS = 16;

    private final Engine engine;
    private final StopMachine calls;
    private final ProcessTable table;
    private final int pid;
    private volatile UserAddressSpace space;
    private boolean sharesSpace;
    /** Calls begun and not ended that run alone: an access may take a fault. */
    private int depth;
    private boolean doomed;
    private boolean killed;
    private int oomScoreAdjust;
    private String name = "mm";
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
        begin();
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.map().mmap(addr, length, prot, flags, source, offset);
        } finally {
            end();
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
        begin();
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.map().munmap(addr, length);
        } finally {
            end();
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
        begin();
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.protect().mprotect(addr, length, prot);
        } finally {
            end();
        }
    }

    /** mremap. */
    public long mremap(long addr, long oldLength, long newLength, int flags, long newAddr) {
        begin();
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.remap().mremap(addr, oldLength, newLength, flags, newAddr);
        } finally {
            end();
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
        begin();
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.advise().madvise(addr, length, advice);
        } finally {
            end();
        }
    }

    /** mlock. */
    public long mlock(long addr, long length) {
        begin();
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.lock().mlock(addr, length, 0);
        } finally {
            end();
        }
    }

    /** mlock2. */
    public long mlock2(long addr, long length, int flags) {
        begin();
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.lock().mlock(addr, length, flags);
        } finally {
            end();
        }
    }

    /** munlock. */
    public long munlock(long addr, long length) {
        begin();
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.lock().munlock(addr, length);
        } finally {
            end();
        }
    }

    /** mlockall. */
    public long mlockall(int flags) {
        begin();
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.lock().mlockall(flags);
        } finally {
            end();
        }
    }

    /** munlockall. */
    public long munlockall() {
        begin();
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.lock().munlockall();
        } finally {
            end();
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
        begin();
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            return space.map().brk(address);
        } finally {
            end();
        }
    }

    /** msync. Nothing is ever written back by a machine without devices, so this only checks its arguments. */
    public long msync(long addr, long length, int flags) {
        begin();
        try {
            return space.lock().msync(addr, length, flags);
        } finally {
            end();
        }
    }

    /** prctl; options that no feature brought are EINVAL. */
    public long prctl(int option, long arg2, long arg3, long arg4, long arg5) {
        begin();
        try {
            if (space.isDead()) {
                return -Errno.ESRCH;
            }
            PrctlHandler handler = engine.extensions.prctl().get(option);
            return handler == null ? -Errno.EINVAL : handler.call(space, arg2, arg3, arg4, arg5);
        } finally {
            end();
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
                return inherit(table.addChild(this, copy));
            }
        }
        begin();
        try {
            if (space.isDead()) {
                throw new ErrnoException(Errno.ESRCH);
            }
            return inherit(table.addChild(this, space.fork(engine.extensions.inheritedSpaceFlags())));
        } finally {
            end();
        }
    }

    /**
     * vfork, or clone with CLONE_VM: a process in the same address space until it calls {@link #exec} or {@link #exit}.
     */
    public Process vfork() {
        begin();
        try {
            Process child = inherit(table.addChild(this, space));
            child.sharesSpace = true;
            return child;
        } finally {
            end();
        }
    }

    /**
     * exec: an empty address space takes the place of the present one; flags that features pass on stay.
     *
     * @throws ErrnoException ENOMEM
     */
    public void exec() throws ErrnoException {
        begin();
        try {
            UserAddressSpace fresh = engine.newSpace();
            fresh.inheritFlags(space, engine.extensions.inheritedSpaceFlags());
            leave();
            space = fresh;
            sharesSpace = false;
        } finally {
            end();
        }
    }

    /** exit: the address space goes. A second call does nothing. */
    public void exit() {
        if (!EXITED.compareAndSet(this, false, true)) {
            return;
        }
        boolean gone = calls.isSmp() && !sharesSpace && parallel.tearDown(space);
        begin();
        try {
            if (!gone) {
                leave();
            }
            table.remove(this);
        } finally {
            end();
        }
    }

    /** Begins a call that runs alone. */
    private void begin() {
        calls.stop();
        engine.tracing.enter(pid);
        depth++;
        engine.setRunning(space);
    }

    private void end() {
        if (--depth == 0) {
            engine.setRunning(null);
            if (doomed) {
                die();
            }
        }
        calls.resume();
    }

    /** Ends the process by SIGKILL: at once, or when the call that it is in returns; false when it has to wait for that. */
    boolean kill() {
        if (engine.running() == space) {
            doomed = true;
            return false;
        }
        die();
        return true;
    }

    /** Whether it was killed in the middle of a call. */
    boolean isDoomed() {
        return doomed;
    }

    private void die() {
        doomed = false;
        if (EXITED.compareAndSet(this, false, true)) {
            killed = true;
            table.remove(this);
            leave();
        }
    }

    /** Whether it was killed because memory was out. */
    public boolean isKilled() {
        return killed;
    }

    /** What the OOM killer adds to its points, in thousandths of all memory: -1000 (never killed) to 1000. */
    public int oomScoreAdjust() {
        return oomScoreAdjust;
    }

    /** Sets it (/proc/PID/oom_score_adj). */
    public void setOomScoreAdjust(int thousandths) {
        oomScoreAdjust = thousandths;
    }

    /** Its name (/proc/PID/comm). */
    public String name() {
        return name;
    }

    /** Sets it; 15 characters of it are kept. */
    public void setName(String value) {
        name = value.substring(0, Math.min(15, value.length()));
    }

    private Process inherit(Process child) {
        child.name = name;
        child.oomScoreAdjust = oomScoreAdjust;
        return child;
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
        begin();
        try {
            if (space.isDead()) {
                return killed ? Fault.OOM : Fault.SIGSEGV;
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
            end();
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
        begin();
        try {
            if (space.isDead()) {
                return killed ? -SIGKILL : -SIGSEGV;
            }
            long pfn = access(va, false);
            return pfn < 0 ? (int) pfn : engine.memory.contents().read(pfn, (int) (va & engine.pageSize - 1));
        } finally {
            end();
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
        begin();
        try {
            if (space.isDead()) {
                return killed ? -SIGKILL : -SIGSEGV;
            }
            long pfn = access(va, true);
            if (pfn < 0) {
                return (int) pfn;
            }
            engine.memory.contents().write(pfn, (int) (va & engine.pageSize - 1), value);
            return 0;
        } finally {
            end();
        }
    }

    /** Whether an access to {@code va} would be answered by the page tables alone; sets accessed and dirty as hardware does. */
    public boolean hits(long va, boolean write) {
        begin();
        try {
            return !space.isDead() && translate(va, write) >= 0;
        } finally {
            end();
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
        PageTables tables = space.tables();
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

    /**
     * Takes long-term pins for writing on the pages of a range.
     *
     * @throws ErrnoException EFAULT, ENOMEM
     */
    public PinnedPages pin(long addr, long length) throws ErrnoException {
        begin();
        try {
            return PinnedPages.pin(space, addr, length);
        } finally {
            end();
        }
    }

    /**
     * get_user_pages: references, or pins, to {@code n} pages from the one that holds {@code addr} on.
     *
     * @param flags bits of {@link org.mmkit.core.gup.Foll}
     * @throws ErrnoException EFAULT, EINVAL, EBUSY, ENOMEM
     */
    public UserPages getUserPages(long addr, int n, int flags) throws ErrnoException {
        begin();
        try {
            return UserPages.get(space, addr, n, flags);
        } finally {
            end();
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
