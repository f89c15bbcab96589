package org.mmkit.api.lock;

/**
 * A lock that is held for a short time by one thread (Linux: spinlock_t). Not reentrant. Who waits spins for a moment, then sleeps.
 */
public interface SpinLock {

    /** Locks nothing: the form of a machine with one processor. */
    SpinLock NONE = new SpinLock() {
        @Override
        public void lock() {}

        @Override
        public boolean tryLock() {
            return true;
        }

        @Override
        public void unlock() {}
    };

    /** Waits until nobody has the lock and takes it. */
    void lock();

    /** Takes the lock if nobody has it; whether it did. */
    boolean tryLock();

    /** Gives the lock back. */
    void unlock();
}
