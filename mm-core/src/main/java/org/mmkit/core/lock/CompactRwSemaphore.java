package org.mmkit.core.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.RwSemaphore;

/** Readers and writers in one word: the number of readers, or -1 for a writer. Writers that wait keep new readers out. */
final class CompactRwSemaphore implements RwSemaphore {

    private static final VarHandle WORD;
    private static final VarHandle WAITING;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WORD = lookup.findVarHandle(CompactRwSemaphore.class, "word", int.class);
            WAITING = lookup.findVarHandle(CompactRwSemaphore.class, "waiting", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final StopMachine calls;
    private final LockClass lockClass;
    private final @Nullable LockChecker checker;
    private volatile int word;
    private volatile int waiting;
    private @Nullable Thread owner;

    CompactRwSemaphore(StopMachine calls, LockClass lockClass, @Nullable LockChecker checker) {
        this.calls = calls;
        this.lockClass = lockClass;
        this.checker = checker;
    }

    @Override
    public void readLock() {
        if (calls.isStopped(lockClass)) {
            return;
        }
        if (checker != null) {
            checker.acquire(lockClass);
        }
        int round = 0;
        while (waiting != 0 || !tryRead()) {
            round = Backoff.pause(round);
        }
    }

    private boolean tryRead() {
        int now = word;
        return now >= 0 && WORD.compareAndSet(this, now, now + 1);
    }

    @Override
    public boolean tryReadLock() {
        if (calls.isStopped(lockClass)) {
            return true;
        }
        if (!tryRead()) {
            return false;
        }
        if (checker != null) {
            checker.acquired(lockClass);
        }
        return true;
    }

    @Override
    public void readUnlock() {
        if (calls.isStopped(lockClass)) {
            return;
        }
        WORD.getAndAdd(this, -1);
        if (checker != null) {
            checker.release(lockClass);
        }
    }

    @Override
    public void writeLock() {
        if (calls.isStopped(lockClass)) {
            return;
        }
        if (checker != null) {
            checker.acquire(lockClass);
        }
        if (!WORD.compareAndSet(this, 0, -1)) {
            WAITING.getAndAdd(this, 1);
            int round = 0;
            while (!WORD.compareAndSet(this, 0, -1)) {
                round = Backoff.pause(round);
            }
            WAITING.getAndAdd(this, -1);
        }
        owner = Thread.currentThread();
    }

    @Override
    public boolean tryWriteLock() {
        if (calls.isStopped(lockClass)) {
            return true;
        }
        if (!WORD.compareAndSet(this, 0, -1)) {
            return false;
        }
        owner = Thread.currentThread();
        if (checker != null) {
            checker.acquired(lockClass);
        }
        return true;
    }

    @Override
    public void writeUnlock() {
        if (calls.isStopped(lockClass)) {
            return;
        }
        owner = null;
        WORD.setRelease(this, 0);
        if (checker != null) {
            checker.release(lockClass);
        }
    }

    @Override
    public boolean isMineForWriting() {
        return owner == Thread.currentThread() || calls.isStopped(lockClass);
    }
}
