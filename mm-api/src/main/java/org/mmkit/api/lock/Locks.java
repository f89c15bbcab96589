package org.mmkit.api.lock;

/**
 * Makes the locks of one machine: real ones with {@code SMP=y}, no-ops with {@code SMP=n}. Locks are made at boot or together with what
 * they guard, never on a hot path.
 */
public interface Locks {

    /** Whether several threads may use the machine at a time (CONFIG_SMP). */
    boolean isSmp();

    /** A new lock of the class {@code of}. */
    SpinLock spinLock(LockClass of);

    /** A new lock of the class {@code of} for readers and writers. */
    RwSemaphore rwSemaphore(LockClass of);

    /** The locks of a machine with one processor. */
    Locks NONE = new Locks() {
        @Override
        public boolean isSmp() {
            return false;
        }

        @Override
        public SpinLock spinLock(LockClass of) {
            return SpinLock.NONE;
        }

        @Override
        public RwSemaphore rwSemaphore(LockClass of) {
            return RwSemaphore.NONE;
        }
    };
}
