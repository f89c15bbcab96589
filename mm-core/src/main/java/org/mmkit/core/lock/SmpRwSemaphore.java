package org.mmkit.core.lock;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.RwSemaphore;

/**
 * What all locks for readers and writers of a machine with several processors share: a call that runs alone takes none, the checker is told
 * of each, and a writer is known.
 */
abstract class SmpRwSemaphore implements RwSemaphore {

    private final StopMachine calls;
    private final LockClass lockClass;
    private final @Nullable LockChecker checker;
    private @Nullable Thread owner;

    SmpRwSemaphore(StopMachine calls, LockClass lockClass, @Nullable LockChecker checker) {
        this.calls = calls;
        this.lockClass = lockClass;
        this.checker = checker;
    }

    /** Waits for writers, with {@link #pause} in between. */
    abstract void awaitRead();

    abstract boolean tryRead();

    abstract void endRead();

    abstract boolean tryWrite();

    /** Waits for readers and writers, with {@link #pause} in between. */
    abstract void takeWrite();

    abstract void endWrite();

    /** {@link Backoff#pause} of one who waits for this lock. */
    final int pause(int round) {
        return Backoff.pause(round, checker, lockClass);
    }

    @Override
    public final void readLock() {
        if (calls.isStopped(lockClass)) {
            return;
        }
        if (checker != null) {
            checker.acquire(lockClass);
        }
        awaitRead();
    }

    @Override
    public final boolean tryReadLock() {
        return calls.isStopped(lockClass) || tryRead() && isNoted();
    }

    @Override
    public final void readUnlock() {
        if (!calls.isStopped(lockClass)) {
            endRead();
            noteRelease();
        }
    }

    @Override
    public final void writeLock() {
        if (calls.isStopped(lockClass)) {
            return;
        }
        if (checker != null) {
            checker.acquire(lockClass);
        }
        takeWrite();
        owner = Thread.currentThread();
    }

    @Override
    public final boolean tryWriteLock() {
        if (calls.isStopped(lockClass)) {
            return true;
        }
        if (!tryWrite()) {
            return false;
        }
        owner = Thread.currentThread();
        return isNoted();
    }

    @Override
    public final void writeUnlock() {
        if (!calls.isStopped(lockClass)) {
            owner = null;
            endWrite();
            noteRelease();
        }
    }

    @Override
    public final boolean isMineForWriting() {
        return owner == Thread.currentThread() || calls.isStopped(lockClass);
    }

    /** The lock was taken without waiting; true. */
    private boolean isNoted() {
        if (checker != null) {
            checker.acquired(lockClass);
        }
        return true;
    }

    private void noteRelease() {
        if (checker != null) {
            checker.release(lockClass);
        }
    }
}
