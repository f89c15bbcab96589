package org.mmkit.core.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.LockClass;

/**
 * Spin locks by number, each on a cache line of its own: for things that are numbers themselves, such as page tables. Growing is for
 * when no lock is held.
 */
public final class LockWords {

    /** Two lines of 64 bytes: processors fetch lines in pairs. */
    private static final int STRIDE_SHIFT = 5;
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(int[].class);

    private final StopMachine calls;
    private final @Nullable LockChecker checker;
    private int[] words = {};

    LockWords(StopMachine calls, @Nullable LockChecker checker) {
        this.calls = calls;
        this.checker = checker;
    }

    /** Makes room for the locks 0 to {@code count} - 1, all of which are free. */
    public void grow(int count) {
        words = new int[count << STRIDE_SHIFT];
    }

    /** Takes lock {@code number} as one of the class {@code as}. */
    public void lock(int number, LockClass as) {
        if (calls.isStopped()) {
            return;
        }
        if (checker != null) {
            checker.acquire(as);
        }
        int[] w = words;
        int at = number << STRIDE_SHIFT;
        int round = 0;
        while (!WORDS.compareAndSet(w, at, 0, 1)) {
            round = Backoff.pause(round, checker, as);
        }
    }

    /** Takes lock {@code number} if it is free; whether it did. */
    public boolean tryLock(int number, LockClass as) {
        if (calls.isStopped()) {
            return true;
        }
        if (!WORDS.compareAndSet(words, number << STRIDE_SHIFT, 0, 1)) {
            return false;
        }
        if (checker != null) {
            checker.acquired(as);
        }
        return true;
    }

    /** Gives lock {@code number} back. */
    public void unlock(int number, LockClass as) {
        if (calls.isStopped()) {
            return;
        }
        WORDS.setRelease(words, number << STRIDE_SHIFT, 0);
        if (checker != null) {
            checker.release(as);
        }
    }
}
