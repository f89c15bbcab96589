package org.mmkit.core.process;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.feature.PrctlHandler;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.gup.PinnedPages;
import org.mmkit.core.gup.UserPages;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.lock.Task;
import org.mmkit.core.space.PolicyCall;
import org.mmkit.core.space.UserAddressSpace;
import org.mmkit.core.space.VmArea;

/**
 * A process of the model: an address space and what its program does. Methods named like system calls take their arguments and give
 * their raw results: 0 or more, or a negated error number of {@link Errno}.
 *
 * <p>After {@link #exit} calls give ESRCH and accesses SIGSEGV. With {@code SMP=y} several threads may use one process, as the
 * threads of a program do: {@link ParallelCalls} is tried first, and what it does not do runs alone. Not thread-safe with {@code SMP=n}.
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

    private final Engine engine;
    private final StopMachine calls;
    private final ProcessTable table;
    private final int pid;
    private volatile UserAddressSpace space;
    private boolean sharesSpace;
    private boolean killed;
    private final List<Runnable> atKill = new ArrayList<>();
    private int oomScoreAdjust;
    private String name = "mm";
    @SuppressWarnings("unused") // by EXITED
    private volatile boolean exited;
    private final Credentials credentials;
    private final KernelEntry entry;
    private final MemoryAccess memory;

    Process(Engine engine, ProcessTable table, int pid, UserAddressSpace space) {
        this.engine = engine;
        this.calls = engine.calls;
        this.table = table;
        this.pid = pid;
        this.space = space;
        this.credentials = new Credentials(engine, this::space);
        this.entry = new KernelEntry(engine, pid, credentials, this::die);
        this.memory = new MemoryAccess(engine, this, entry, table.parallel());
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
        return memory.faults();
    }

    /** mmap; {@code source} is the open file, null for none. The address, or the negative error number. */
    public long mmap(long addr, long length, int prot, int flags, @Nullable Mappable source, long offset) {
        long result = calls.isSmp() ? beside().mmap(space, addr, length, prot, flags, source, offset) : ParallelCalls.ALONE;
        return result != ParallelCalls.ALONE ? filled(result) : alone(() -> space.map().mmap(addr, length, prot, flags, source, offset));
    }

    /** mmap without a file: {@code prot} and {@code flags}, MAP_ANONYMOUS among them, are those of {@link MapFlags}. */
    public long mmap(long addr, long length, int prot, int flags) {
        return mmap(addr, length, prot, flags, null, 0);
    }

    /** munmap. */
    public long munmap(long addr, long length) {
        long result = calls.isSmp() ? beside().munmap(space, addr, length) : ParallelCalls.ALONE;
        return result != ParallelCalls.ALONE ? result : alone(() -> space.map().munmap(addr, length));
    }

    /** mprotect. */
    public long mprotect(long addr, long length, int prot) {
        long result = calls.isSmp() ? beside().mprotect(space, addr, length, prot) : ParallelCalls.ALONE;
        return result != ParallelCalls.ALONE ? filled(result) : alone(() -> space.protect().mprotect(addr, length, prot));
    }

    /** mremap. */
    public long mremap(long addr, long oldLength, long newLength, int flags, long newAddr) {
        long result = calls.isSmp() ? beside().mremap(space, addr, oldLength, newLength, flags, newAddr) : ParallelCalls.ALONE;
        return result != ParallelCalls.ALONE
                ? filled(result)
                : alone(() -> space.remap().mremap(addr, oldLength, newLength, flags, newAddr));
    }

    /** madvise. */
    public long madvise(long addr, long length, int advice) {
        long result = calls.isSmp() ? beside().madvise(space, addr, length, advice) : ParallelCalls.ALONE;
        return result != ParallelCalls.ALONE ? result : alone(() -> space.advise().madvise(addr, length, advice));
    }

    /** mlock. */
    public long mlock(long addr, long length) {
        return mlock2(addr, length, 0);
    }

    /** mlock2. */
    public long mlock2(long addr, long length, int flags) {
        long result = calls.isSmp() ? beside().mlock(space, addr, length, flags) : ParallelCalls.ALONE;
        return result != ParallelCalls.ALONE ? result : alone(() -> space.lock().mlock(addr, length, flags));
    }

    /** munlock. */
    public long munlock(long addr, long length) {
        long result = calls.isSmp() ? beside().munlock(space, addr, length) : ParallelCalls.ALONE;
        return result != ParallelCalls.ALONE ? result : alone(() -> space.lock().munlock(addr, length));
    }

    /** mlockall. */
    public long mlockall(int flags) {
        long result = calls.isSmp() ? beside().mlockall(space, flags) : ParallelCalls.ALONE;
        return result != ParallelCalls.ALONE ? filled(result) : alone(() -> space.lock().mlockall(flags));
    }

    /** munlockall. */
    public long munlockall() {
        long result = calls.isSmp() ? beside().munlockall(space) : ParallelCalls.ALONE;
        return result != ParallelCalls.ALONE ? result : alone(() -> space.lock().munlockall());
    }

    /** brk: the break after the call. */
    public long brk(long address) {
        long result = calls.isSmp() ? beside().brk(space, address) : ParallelCalls.ALONE;
        return result != ParallelCalls.ALONE ? filled(result) : alone(() -> space.map().brk(address));
    }

    /** msync. Nothing is ever written back by a machine without devices, so this only checks its arguments. */
    public long msync(long addr, long length, int flags) {
        entry.begin(space);
        try {
            return space.lock().msync(addr, length, flags);
        } finally {
            entry.end();
        }
    }

    /** prctl; options that no feature brought are EINVAL. */
    public long prctl(int option, long arg2, long arg3, long arg4, long arg5) {
        return alone(() -> {
            PrctlHandler handler = engine.extensions.prctl().get(option);
            return handler == null ? -Errno.EINVAL : handler.call(space, arg2, arg3, arg4, arg5);
        });
    }

    /**
     * fork.
     *
     * @throws ErrnoException ENOMEM
     */
    public Process fork() throws ErrnoException {
        UserAddressSpace copy = calls.isSmp() ? beside().fork(space) : null;
        if (copy != null) {
            return inherit(table.addChild(this, copy));
        }
        entry.begin(space);
        try {
            if (space.isDead()) {
                throw new ErrnoException(Errno.ESRCH);
            }
            return inherit(table.addChild(this, space.fork(engine.extensions.inheritedSpaceFlags())));
        } finally {
            entry.end();
        }
    }

    /** The calls that run beside others; on a machine with several processors. */
    private ParallelCalls beside() {
        engine.tracing.enter(pid);
        Task task = calls.task();
        task.caller = credentials;
        task.fillEnd = 0;
        return table.parallel();
    }

    /** A call beside others is done but for the pages that it has to bring in: {@code result}, when they are there. */
    private long filled(long result) {
        if (calls.isSmp()) {
            Task task = calls.task();
            if (task.fillEnd != 0 && table.parallel().fill(space, task)) {
                long start = task.fillStart;
                long end = task.fillEnd;
                alone(() -> space.lock().populate(start, end));
            }
            task.fillEnd = 0;
        }
        return result;
    }

    /** A system call of this process, made up by {@code call}, which runs alone: its result; ESRCH when the process has ended. */
    public long call(LongSupplier call) {
        return alone(call);
    }

    /** What this process has beside its memory and loses when it is killed: {@code action} runs then, once. */
    public void atKill(Runnable action) {
        atKill.add(action);
    }

    private long alone(LongSupplier call) {
        entry.begin(space);
        try {
            return space.isDead() ? -Errno.ESRCH : call.getAsLong();
        } finally {
            entry.end();
        }
    }

    /**
     * vfork, or clone with CLONE_VM: a process in the same address space until it calls {@link #exec} or {@link #exit}.
     */
    public Process vfork() {
        entry.begin(space);
        try {
            Process child = inherit(table.addChild(this, space));
            child.sharesSpace = true;
            return child;
        } finally {
            entry.end();
        }
    }

    /**
     * exec: an empty address space takes the place of the present one; flags that features pass on stay.
     *
     * @throws ErrnoException ENOMEM
     */
    public void exec() throws ErrnoException {
        entry.begin(space);
        try {
            UserAddressSpace fresh = engine.newSpace();
            fresh.inheritFlags(space, engine.extensions.inheritedSpaceFlags());
            leave();
            space = fresh;
            sharesSpace = false;
        } finally {
            entry.end();
        }
    }

    /** exit: the address space goes. A second call does nothing. */
    public void exit() {
        if (!EXITED.compareAndSet(this, false, true)) {
            return;
        }
        boolean gone = calls.isSmp() && !sharesSpace && table.parallel().tearDown(space);
        entry.begin(space);
        try {
            if (!gone) {
                leave();
            }
            table.remove(this);
        } finally {
            entry.end();
        }
    }

    /** Ends the process by SIGKILL: at once, or when the call that it is in returns; false when it has to wait for that. */
    boolean kill() {
        return entry.kill(space);
    }

    /** Whether it was killed in the middle of a call. */
    boolean isDoomed() {
        return entry.isDoomed();
    }

    private void die() {
        if (EXITED.compareAndSet(this, false, true)) {
            killed = true;
            table.remove(this);
            leave();
            atKill.forEach(Runnable::run);
        }
    }

    /** User, groups, capabilities and limits, and the calls that change them. */
    public Credentials credentials() {
        return credentials;
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

    /** The node of the processor that it runs on; 0 unless it was moved. */
    public int node() {
        return entry.node();
    }

    /**
     * sched_setaffinity to the processors of one node: each node has one.
     *
     * @return 0, or -EINVAL when there is no such node
     */
    public int runOn(int node) {
        if (node < 0 || node >= engine.memory.nodes().count()) {
            return -Errno.EINVAL;
        }
        entry.setNode(node);
        return 0;
    }

    /** Which nodes its memory comes from, where an area does not say otherwise. */
    public MemoryPolicy policy() {
        return entry.policy();
    }

    /** set_mempolicy: 0 or a negated error number; {@code nodes} is the set of nodes as a word. */
    public long setMempolicy(int mode, long nodes) {
        return PolicyCall.of(engine.memory.nodes(), mode, nodes, policy -> {
            entry.setPolicy(policy);
            return 0;
        });
    }

    /** mbind: 0 or a negated error number; {@code nodes} is the set of nodes as a word. */
    public long mbind(long addr, long length, int mode, long nodes, int flags) {
        return alone(() -> space.mbind(addr, length, mode, nodes, flags));
    }

    /** move_pages; see {@link UserAddressSpace#movePages}. */
    public long movePages(long[] addresses, int[] nodes, int[] status, int flags) {
        return alone(() -> space.movePages(addresses, nodes, status, flags));
    }

    /** migrate_pages; see {@link UserAddressSpace#migratePages}. */
    public long migratePages(long from, long to) {
        return alone(() -> space.migratePages(from, to));
    }

    /** move_pages without a target: the node of the page at {@code addr}, -ENOENT when no page is there, -EFAULT where nothing is mapped. */
    public int nodeOf(long addr) {
        return (int) alone(() -> space.nodeOf(addr));
    }

    private Process inherit(Process child) {
        child.credentials.inherit(credentials);
        child.entry.setNode(entry.node());
        child.entry.setPolicy(entry.policy());
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
     * @param flags bits of {@link org.mmkit.api.space.Fault}
     * @return outcome bits of {@link org.mmkit.api.space.Fault}
     */
    public int touch(long va, int flags) {
        return memory.touch(va, flags);
    }

    /** Reads one byte: 0 to 255, or a negated signal number. */
    public int load(long va) {
        return memory.load(va);
    }

    /** Writes one byte: 0, or a negated signal number. */
    public int store(long va, int value) {
        return memory.store(va, value);
    }

    /** Whether an access to {@code va} would be answered by the page tables alone; sets accessed and dirty as hardware does. */
    public boolean hits(long va, boolean write) {
        return memory.hits(va, write);
    }

    /**
     * Takes long-term pins for writing on the pages of a range.
     *
     * @throws ErrnoException EFAULT, ENOMEM
     */
    public PinnedPages pin(long addr, long length) throws ErrnoException {
        PinnedPages pinned = calls.isSmp() ? beside().pin(space, addr, length) : null;
        if (pinned != null) {
            return pinned;
        }
        entry.begin(space);
        try {
            return PinnedPages.pin(space, addr, length);
        } finally {
            entry.end();
        }
    }

    /**
     * get_user_pages: references, or pins, to {@code n} pages from the one that holds {@code addr} on.
     *
     * @param flags bits of {@link org.mmkit.core.gup.Foll}
     * @throws ErrnoException EFAULT, EINVAL, EBUSY, ENOMEM
     */
    public UserPages getUserPages(long addr, int n, int flags) throws ErrnoException {
        UserPages pages = calls.isSmp() ? beside().getUserPages(space, addr, n, flags) : null;
        if (pages != null) {
            return pages;
        }
        entry.begin(space);
        try {
            return UserPages.get(space, addr, n, flags);
        } finally {
            entry.end();
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
