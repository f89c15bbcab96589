package org.mmkit.core.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.LockClass;

/** Readers and writers in one word: the number of readers, or -1 for a writer. Writers that wait keep new readers out. */
final class CompactRwSemaphore extends SmpRwSemaphore {

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

    private volatile int word;
    private volatile int waiting;

    CompactRwSemaphore(StopMachine calls, LockClass lockClass, @Nullable LockChecker checker) {
        super(calls, lockClass, checker);
    }

    @Override
    void awaitRead() {
        int round = 0;
        while (waiting != 0 || !tryRead()) {
            round = pause(round);
        }
    }

    @Override
    boolean tryRead() {
        int now = word;
        return now >= 0 && WORD.compareAndSet(this, now, now + 1);
    }

    @Override
    void endRead() {
        WORD.getAndAdd(this, -1);
    }

    @Override
    boolean tryWrite() {
        return WORD.compareAndSet(this, 0, -1);
    }

    @Override
    void takeWrite() {
        if (!tryWrite()) {
            WAITING.getAndAdd(this, 1);
            int round = 0;
            while (!tryWrite()) {
                round = pause(round);
            }
            WAITING.getAndAdd(this, -1);
        }
    }

    @Override
    void endWrite() {
        WORD.setRelease(this, 0);
    }
}
