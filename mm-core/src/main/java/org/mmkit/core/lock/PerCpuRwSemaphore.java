package org.mmkit.core.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.LockClass;

/**
 * A lock whose readers do not disturb each other: each counts itself in a cell of its own, and only a writer looks at all of them (Linux:
 * struct percpu_rw_semaphore). For locks that nearly everybody takes for reading.
 */
final class PerCpuRwSemaphore extends SmpRwSemaphore {

    private static final VarHandle CELLS = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle WRITER;
    private static final VarHandle PASSED_OVER;

    static {
        try {
            WRITER = MethodHandles.lookup().findVarHandle(PerCpuRwSemaphore.class, "writer", int.class);
            PASSED_OVER = MethodHandles.lookup().findVarHandle(PerCpuRwSemaphore.class, "passedOver", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int[] readers = Stripes.newCells();
    private volatile int writer;
    /** Readers that have waited so long that they sleep; the next writer lets them go first (Linux: the queue of percpu_rw_semaphore). */
    private volatile int passedOver;

    PerCpuRwSemaphore(StopMachine calls, LockClass lockClass, @Nullable LockChecker checker) {
        super(calls, lockClass, checker);
    }

    @Override
    boolean tryRead() {
        int cell = Stripes.cell();
        // The atomic addition is also the fence between making oneself known and looking for a writer.
        CELLS.getAndAdd(readers, cell, 1);
        if (writer == 0) {
            return true;
        }
        CELLS.getAndAdd(readers, cell, -1);
        return false;
    }

    @Override
    void awaitRead() {
        int round = 0;
        while (!Backoff.sleeps(round)) {
            if (writer == 0 && tryRead()) {
                return;
            }
            round = pause(round);
        }
        PASSED_OVER.getAndAdd(this, 1);
        try {
            while (writer != 0 || !tryRead()) {
                round = pause(round);
            }
        } finally {
            PASSED_OVER.getAndAdd(this, -1);
        }
    }

    @Override
    void endRead() {
        int cell = Stripes.cell();
        if (cell < Stripes.OWNED << Stripes.SHIFT) {
            CELLS.setRelease(readers, cell, readers[cell] - 1);
        } else {
            CELLS.getAndAddRelease(readers, cell, -1);
        }
    }

    @Override
    boolean tryWrite() {
        if (!WRITER.compareAndSet(this, 0, 1)) {
            return false;
        }
        if (hasReaders()) {
            WRITER.setRelease(this, 0);
            return false;
        }
        return true;
    }

    @Override
    void takeWrite() {
        int round = 0;
        // Who is passed over waits for the present writer only, so it comes in and this wait ends.
        while (passedOver != 0 || !WRITER.compareAndSet(this, 0, 1)) {
            round = pause(round);
        }
        round = 0;
        while (hasReaders()) {
            round = pause(round);
        }
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
    void endWrite() {
        WRITER.setRelease(this, 0);
    }
}
