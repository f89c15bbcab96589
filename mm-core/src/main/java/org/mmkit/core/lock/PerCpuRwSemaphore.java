package org.mmkit.core.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.RwSemaphore;

/**
 * A lock whose readers do not disturb each other: each counts itself in a cell of its own, and only a writer looks at all of them (Linux:
 * struct percpu_rw_semaphore). For locks that nearly everybody takes for reading.
 */
final class PerCpuRwSemaphore implements RwSemaphore {

    private static final VarHandle CELLS = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle WRITER;

    static {
        try {
            WRITER = MethodHandles.lookup().findVarHandle(PerCpuRwSemaphore.class, "writer", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final StopMachine calls;
    private final LockClass lockClass;
    private final @Nullable LockChecker checker;
    private final int[] readers = Stripes.newCells();
    private volatile int writer;
    private @Nullable Thread owner;

    PerCpuRwSemaphore(StopMachine calls, LockClass lockClass, @Nullable LockChecker checker) {
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
        int cell = Stripes.cell();
        int round = 0;
        while (!tryRead(cell)) {
            do {
                round = Backoff.pause(round);
            } while (writer != 0);
        }
    }

    private boolean tryRead(int cell) {
        // The atomic addition is also the fence between making oneself known and looking for a writer.
        CELLS.getAndAdd(readers, cell, 1);
        if (writer == 0) {
            return true;
        }
        CELLS.getAndAdd(readers, cell, -1);
        return false;
    }

    @Override
    public boolean tryReadLock() {
        if (calls.isStopped(lockClass)) {
            return true;
        }
        if (!tryRead(Stripes.cell())) {
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
        int cell = Stripes.cell();
        if (cell < Stripes.OWNED << Stripes.SHIFT) {
            CELLS.setRelease(readers, cell, readers[cell] - 1);
        } else {
            CELLS.getAndAddRelease(readers, cell, -1);
        }
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
        int round = 0;
        while (!WRITER.compareAndSet(this, 0, 1)) {
            round = Backoff.pause(round);
        }
        round = 0;
        while (hasReaders()) {
            round = Backoff.pause(round);
        }
        owner = Thread.currentThread();
    }

    /** Whether a reader has the lock. */
    private boolean hasReaders() {
        int sum = 0;
        for (int i = 0; i < Stripes.COUNT; i++) {
            sum += (int) CELLS.getVolatile(readers, i << Stripes.SHIFT);
        }
        return sum != 0;
    }

    @Override
    public boolean tryWriteLock() {
        if (calls.isStopped(lockClass)) {
            return true;
        }
        if (!WRITER.compareAndSet(this, 0, 1)) {
            return false;
        }
        if (hasReaders()) {
            WRITER.setRelease(this, 0);
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
        WRITER.setRelease(this, 0);
        if (checker != null) {
            checker.release(lockClass);
        }
    }

    @Override
    public boolean isMineForWriting() {
        return owner == Thread.currentThread() || calls.isStopped(lockClass);
    }
}
