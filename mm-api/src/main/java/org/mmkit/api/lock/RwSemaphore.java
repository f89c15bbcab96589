package org.mmkit.api.lock;

/**
 * A lock that many threads may have for reading or one for writing (Linux: struct rw_semaphore). Not reentrant, and a reader must not
 * ask again: it would wait for a writer that waits for it.
 */
public interface RwSemaphore {

    /** Locks nothing: the form of a machine with one processor. */
    RwSemaphore NONE = new RwSemaphore() {
        @Override
        public void readLock() {}

        @Override
        public boolean tryReadLock() {
            return true;
        }

        @Override
        public void readUnlock() {}

        @Override
        public void writeLock() {}

        @Override
        public boolean tryWriteLock() {
            return true;
        }

        @Override
        public void writeUnlock() {}

        @Override
        public boolean isMineForWriting() {
            return false;
        }
    };

    /** Waits until no thread has or wants the lock for writing and takes it for reading. */
    void readLock();

    /** Takes the lock for reading if that is possible at once; whether it did. */
    boolean tryReadLock();

    /** Gives the lock back after reading; by the thread that took it. */
    void readUnlock();

    /** Waits until nobody has the lock and takes it for writing. */
    void writeLock();

    /** Takes the lock for writing if that is possible at once; whether it did. */
    boolean tryWriteLock();

    /** Gives the lock back after writing. */
    void writeUnlock();

    /** Whether the calling thread has the lock for writing; always false on a machine with one processor. */
    boolean isMineForWriting();
}
