package org.mmkit.core.lock;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.lock.RwSemaphore;
import org.mmkit.api.lock.SpinLock;

/** The locks of a machine on which several threads run. */
public final class SmpLocks implements Locks {

    private final @Nullable LockChecker checker;
    private final StopMachine calls;

    /** Locks that tell {@code checker} what is taken and given back, if there is one. */
    public SmpLocks(@Nullable LockChecker checker) {
        this.checker = checker;
        this.calls = new StopMachine(checker);
    }

    /** Who checks the order of locks, or null. */
    public @Nullable LockChecker checker() {
        return checker;
    }

    /** Which calls run side by side; locks lock nothing for the one that runs alone. */
    public StopMachine calls() {
        return calls;
    }

    @Override
    public boolean isSmp() {
        return true;
    }

    @Override
    public SpinLock spinLock(LockClass of) {
        return new WordSpinLock(calls, of, checker);
    }

    @Override
    public RwSemaphore rwSemaphore(LockClass of) {
        return of == LockClass.MMAP
                ? new PerCpuRwSemaphore(calls, of, checker)
                : new CompactRwSemaphore(calls, of, checker);
    }

    /** Spin locks by number. */
    public LockWords lockWords() {
        return new LockWords(calls, checker);
    }
}
