package org.mmkit.core.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.SpinLock;

/** A spin lock in one word. */
final class WordSpinLock implements SpinLock {

    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(WordSpinLock.class, "word", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final StopMachine calls;
    private final LockClass lockClass;
    private final @Nullable LockChecker checker;

    @SuppressWarnings("unused") // by WORD
    private volatile int word;

    WordSpinLock(StopMachine calls, LockClass lockClass, @Nullable LockChecker checker) {
        this.calls = calls;
        this.lockClass = lockClass;
        this.checker = checker;
    }

    @Override
    public void lock() {
        if (calls.isStopped(lockClass)) {
            return;
        }
        if (checker != null) {
            checker.acquire(lockClass);
        }
        int round = 0;
        while (!WORD.compareAndSet(this, 0, 1)) {
            round = Backoff.pause(round, checker, lockClass);
        }
    }

    @Override
    public boolean tryLock() {
        if (calls.isStopped(lockClass)) {
            return true;
        }
        if (!WORD.compareAndSet(this, 0, 1)) {
            return false;
        }
        if (checker != null) {
            checker.acquired(lockClass);
        }
        return true;
    }

    @Override
    public void unlock() {
        if (calls.isStopped(lockClass)) {
            return;
        }
        WORD.setRelease(this, 0);
        if (checker != null) {
            checker.release(lockClass);
        }
    }
}
