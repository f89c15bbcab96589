package org.mmkit.core.process;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.MapFlags;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.fault.ParallelFaults;
import org.mmkit.core.gup.Foll;
import org.mmkit.core.gup.PinnedPages;
import org.mmkit.core.gup.UserPages;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.lock.Task;
import org.mmkit.core.space.Overcommit;
import org.mmkit.core.space.UserAddressSpace;
import org.mmkit.core.space.VmArea;

/**
 * The calls of a process that run beside others on a machine with several processors: those on anonymous memory. Each takes the mmap lock
 * as Linux does. A call that meets anything else, or needs more memory than is at hand, answers {@link #ALONE}, and nothing has happened.
 */
final class ParallelCalls {

    /** The call is to be begun again alone. */
    static final int ALONE = Integer.MIN_VALUE;
    /** What a call on several pages may not meet: areas of files, shared ones, and special ones. */
    private static final long UNUSUAL = VmFlags.SPECIAL | VmFlags.HUGETLB | VmFlags.SHARED | VmFlags.MAYSHARE;
    /** Bytes that mremap moves beside others; the tables that longer moves may need are too many to set aside. */
    private static final long MOST_REMAPPED = 1L << 40;
    /** Tries of one access: others may take the page away again before it is used. */
    private static final int MOST_FAULTS = 16;
    /** How often memory is freed for one call before it is begun again alone: what was freed may go to others. */
    private static final int MOST_RELIEFS = 8;

    private final Engine engine;
    private final StopMachine calls;
    private final ParallelFaults faults;

    ParallelCalls(Engine engine) {
        this.engine = engine;
        this.calls = engine.calls;
        this.faults = engine.faults.parallel();
    }

    private void enterReading(UserAddressSpace space) {
        calls.enter();
        space.mmapLock().readLock();
    }

    private void leaveReading(UserAddressSpace space) {
        space.mmapLock().readUnlock();
        calls.leave();
    }

    private void enterWriting(UserAddressSpace space) {
        calls.enter();
        space.mmapLock().writeLock();
    }

    private void leaveWriting(UserAddressSpace space) {
        space.mmapLock().writeUnlock();
        calls.leave();
    }

    /**
     * Whether the call that the thread has just left stalled for nothing but memory, and some was freed: it is to be begun again beside others (docs/locking.md).
     *
     * @param attempt how often it was begun again already
     */
    private boolean isRelieved(int attempt) {
        if (calls.isInCall()) {
            return false; // it holds locks
        }
        Task task = calls.task();
        int order = task.takeLacked();
        if (order < 0 || attempt == MOST_RELIEFS) {
            return false;
        }
        return engine.relief().relieve(order, task.lackedGfp(), attempt > 0);
    }

    /** One page fault: outcome bits of {@link Fault}. */
    int touch(UserAddressSpace space, long va, int flags) {
        int outcome;
        int attempt = 0;
        do {
            outcome = tryTouch(space, va, flags);
        } while (outcome == ALONE && isRelieved(attempt++));
        return outcome;
    }

    private int tryTouch(UserAddressSpace space, long va, int flags) {
        if (calls.isAlone()) {
            return ALONE;
        }
        Task task = calls.begin();
        space.mmapLock().readLock();
        try {
            int outcome = faults.access(task, space, va, flags);
            return task.isStalled() ? ALONE : outcome;
        } finally {
            space.mmapLock().readUnlock();
            calls.leave(task);
        }
    }

    /** One access with the faults it takes: the byte read, 0 after a write of {@code value} (-1 reads), or a negated signal number. */
    int access(MemoryAccess by, UserAddressSpace space, long va, int value) {
        int got;
        int attempt = 0;
        do {
            got = tryAccess(by, space, va, value);
        } while (got == ALONE && isRelieved(attempt++));
        return got;
    }

    private int tryAccess(MemoryAccess by, UserAddressSpace space, long va, int value) {
        int flags = Fault.USER | (value >= 0 ? Fault.WRITE : 0);
        if (calls.isAlone()) {
            return ALONE;
        }
        for (int attempt = 0; attempt < MOST_FAULTS; attempt++) {
            int outcome;
            Task task = calls.begin();
            space.mmapLock().readLock();
            try {
                if (space.isDead()) {
                    return -Process.SIGSEGV;
                }
                int got = faults.hardware(space, va, value);
                if (got != ParallelFaults.FAULT) {
                    return got;
                }
                outcome = faults.access(task, space, va, flags);
                if (task.isStalled()) {
                    return ALONE;
                }
            } finally {
                space.mmapLock().readUnlock();
                calls.leave(task);
            }
            if ((outcome & Fault.SIGSEGV) != 0) {
                return -Process.SIGSEGV;
            }
            if ((outcome & Fault.ERROR) != 0) {
                return ALONE;
            }
            by.countFault();
        }
        return ALONE;
    }

    /** Whether all areas of [{@code start}, {@code end}) are plain anonymous memory. */
    private boolean isPlain(UserAddressSpace space, long start, long end) {
        if (space.isDead() || engine.pageOwner() != null || countsPromises()) {
            return false;
        }
        VmArea area = space.findOrNext(start);
        while (area != null && Long.compareUnsigned(area.start(), end) < 0) {
            if (!area.isAnonymous() || (area.flags() & UNUSUAL) != 0) {
                return false;
            }
            area = space.findOrNext(area.end());
        }
        return true;
    }

    /** The same of {@code length} bytes from {@code addr} on and the page behind them, which may merge with what is made of them; not of an empty range. */
    private boolean isPlainRange(UserAddressSpace space, long addr, long length) {
        return length > 0 && isPlain(space, addr, addr + length + engine.pageSize);
    }

    /** With vm.overcommit_memory=2 a call looks at the areas of all processes. */
    private boolean countsPromises() {
        return engine.overcommit.mode() == Overcommit.NEVER;
    }

    private boolean isPlain(UserAddressSpace space) {
        return isPlain(space, 0, -1L);
    }

    long mmap(UserAddressSpace space, long addr, long length, int prot, int flags, @Nullable Mappable source, long offset) {
        int unusual = MapFlags.MAP_HUGETLB | MapFlags.MAP_GROWSDOWN;
        if ((flags & (MapFlags.MAP_ANONYMOUS | MapFlags.MAP_TYPE)) != (MapFlags.MAP_ANONYMOUS | MapFlags.MAP_PRIVATE)
                || (flags & unusual) != 0
                || length <= 0) {
            return ALONE;
        }
        enterWriting(space);
        try {
            boolean fixed = (flags & (MapFlags.MAP_FIXED | MapFlags.MAP_FIXED_NOREPLACE)) != 0;
            if (space.isDead() || countsPromises() || fixed && !isPlain(space, addr, addr + length + engine.pageSize)) {
                return ALONE;
            }
            return space.map().mmap(addr, length, prot, flags, source, offset);
        } finally {
            leaveWriting(space);
        }
    }

    long munmap(UserAddressSpace space, long addr, long length) {
        enterWriting(space);
        try {
            return !isPlainRange(space, addr, length) ? ALONE : space.map().munmap(addr, length);
        } finally {
            leaveWriting(space);
        }
    }

    long mprotect(UserAddressSpace space, long addr, long length, int prot) {
        enterWriting(space);
        try {
            return !isPlainRange(space, addr, length)
                    ? ALONE
                    : space.protect().mprotect(addr, length, prot);
        } finally {
            leaveWriting(space);
        }
    }

    long mremap(UserAddressSpace space, long addr, long oldLength, long newLength, int flags, long newAddr) {
        boolean placed = (flags & (MapFlags.MREMAP_FIXED | MapFlags.MREMAP_DONTUNMAP)) != 0;
        if (oldLength < 0 || newLength <= 0 || oldLength > MOST_REMAPPED || newLength > MOST_REMAPPED) {
            return ALONE;
        }
        enterWriting(space);
        try {
            if (!isPlain(space, addr, addr + oldLength + engine.pageSize)
                    || placed && !isPlain(space, newAddr, newAddr + newLength + engine.pageSize)) {
                return ALONE;
            }
            long result = space.remap().mremapBeside(addr, oldLength, newLength, flags, newAddr);
            return calls.isStalled() ? ALONE : result;
        } finally {
            leaveWriting(space);
        }
    }

    long brk(UserAddressSpace space, long address) {
        enterWriting(space);
        try {
            return !isPlain(space, space.brkStart(), space.brk() + engine.pageSize)
                    ? ALONE
                    : space.map().brk(address);
        } finally {
            leaveWriting(space);
        }
    }

    long madvise(UserAddressSpace space, long addr, long length, int advice) {
        long result;
        int attempt = 0;
        do {
            result = tryMadvise(space, addr, length, advice);
        } while (result == ALONE && isRelieved(attempt++));
        return result;
    }

    private long tryMadvise(UserAddressSpace space, long addr, long length, int advice) {
        switch (advice) {
            case Advice.MADV_DONTNEED,
                    Advice.MADV_DONTNEED_LOCKED,
                    Advice.MADV_FREE,
                    Advice.MADV_COLD,
                    Advice.MADV_PAGEOUT,
                    Advice.MADV_POPULATE_READ,
                    Advice.MADV_POPULATE_WRITE:
                enterReading(space);
                try {
                    return advise(space, addr, length, advice);
                } finally {
                    leaveReading(space);
                }
            case Advice.MADV_NORMAL,
                    Advice.MADV_RANDOM,
                    Advice.MADV_SEQUENTIAL,
                    Advice.MADV_DONTDUMP,
                    Advice.MADV_DODUMP,
                    Advice.MADV_MERGEABLE,
                    Advice.MADV_UNMERGEABLE,
                    Advice.MADV_GUARD_INSTALL,
                    Advice.MADV_GUARD_REMOVE,
                    Advice.MADV_DONTFORK,
                    Advice.MADV_DOFORK,
                    Advice.MADV_WIPEONFORK,
                    Advice.MADV_KEEPONFORK,
                    Advice.MADV_HUGEPAGE,
                    Advice.MADV_NOHUGEPAGE,
                    Advice.MADV_COLLAPSE:
                enterWriting(space);
                try {
                    return advise(space, addr, length, advice);
                } finally {
                    leaveWriting(space);
                }
            default:
                return ALONE;
        }
    }

    private long advise(UserAddressSpace space, long addr, long length, int advice) {
        if (!isPlainRange(space, addr, length)) {
            return ALONE;
        }
        long result = space.advise().madvise(addr, length, advice);
        return calls.isStalled() ? ALONE : result;
    }

    /** mlock and mlock2, but for what {@link #fill} has to bring in. */
    long mlock(UserAddressSpace space, long addr, long length, int flags) {
        enterWriting(space);
        long result;
        try {
            if (!isPlainRange(space, addr, length)) {
                return ALONE;
            }
            result = space.lock().mlock(addr, length, flags);
        } finally {
            leaveWriting(space);
        }
        if (result != 0) {
            return result;
        }
        enterReading(space);
        try {
            result = space.lock().fill(addr, length);
            return calls.isStalled() ? ALONE : result;
        } finally {
            leaveReading(space);
        }
    }

    long munlock(UserAddressSpace space, long addr, long length) {
        enterWriting(space);
        try {
            return !isPlainRange(space, addr, length) ? ALONE : space.lock().munlock(addr, length);
        } finally {
            leaveWriting(space);
        }
    }

    long mlockall(UserAddressSpace space, int flags) {
        enterWriting(space);
        try {
            return isPlain(space) ? space.lock().mlockall(flags) : ALONE;
        } finally {
            leaveWriting(space);
        }
    }

    long munlockall(UserAddressSpace space) {
        enterWriting(space);
        try {
            return isPlain(space) ? space.lock().munlockall() : ALONE;
        } finally {
            leaveWriting(space);
        }
    }

    /** Brings in the pages that the thread's last call has left to be filled in (Linux: mm_populate); whether that has to be begun again alone. */
    boolean fill(UserAddressSpace space, Task task) {
        enterReading(space);
        try {
            if (space.isDead() || countsPromises()) {
                return true;
            }
            space.lock().populate(task.fillStart, task.fillEnd);
            return task.isStalled();
        } finally {
            leaveReading(space);
        }
    }

    /** get_user_pages; null when the call is to be begun again alone. */
    @Nullable UserPages getUserPages(UserAddressSpace space, long addr, int n, int flags) throws ErrnoException {
        enterReading(space);
        try {
            return mayFollow(space, addr, n, flags) ? UserPages.get(space, addr, n, flags) : null;
        } catch (ErrnoException e) {
            if (calls.isStalled()) {
                return null;
            }
            throw e;
        } finally {
            leaveReading(space);
        }
    }

    /** Pins for long; null when the call is to be begun again alone. */
    @Nullable PinnedPages pin(UserAddressSpace space, long addr, long length) throws ErrnoException {
        enterReading(space);
        try {
            return isPlainRange(space, addr, length) ? PinnedPages.pin(space, addr, length) : null;
        } catch (ErrnoException e) {
            if (calls.isStalled()) {
                return null;
            }
            throw e;
        } finally {
            leaveReading(space);
        }
    }

    private boolean mayFollow(UserAddressSpace space, long addr, int n, int flags) {
        return (flags & (Foll.SPLIT | Foll.SPLIT_PMD)) == 0 && isPlain(space, addr, addr + ((long) n + 1 << engine.pageShift));
    }

    /** The child's address space, or null when the call is to be begun again alone. */
    @Nullable UserAddressSpace fork(UserAddressSpace space) throws ErrnoException {
        @Nullable UserAddressSpace child;
        int attempt = 0;
        do {
            child = tryFork(space);
        } while (child == null && isRelieved(attempt++));
        return child;
    }

    private @Nullable UserAddressSpace tryFork(UserAddressSpace space) throws ErrnoException {
        enterWriting(space);
        try {
            return space.isDead() || !isPlain(space) ? null : space.fork(engine.extensions.inheritedSpaceFlags());
        } catch (ErrnoException e) {
            if (calls.isStalled()) {
                return null;
            }
            throw e;
        } finally {
            leaveWriting(space);
        }
    }

    /** Tears the address space down; whether it did. */
    boolean tearDown(UserAddressSpace space) {
        enterWriting(space);
        try {
            if (!isPlain(space)) {
                return false;
            }
            if (!space.isDead()) {
                space.tearDown();
            }
            return true;
        } finally {
            leaveWriting(space);
        }
    }
}
