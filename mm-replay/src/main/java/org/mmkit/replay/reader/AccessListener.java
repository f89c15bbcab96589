package org.mmkit.replay.reader;

/** Hears the accesses of a trace in order. */
@FunctionalInterface
public interface AccessListener {

    /** A read of data. */
    int READ = 0;
    /** A write of data; a read and write of one place is one too. */
    int WRITE = 1;
    /** An instruction fetch. */
    int FETCH = 2;

    /**
     * What follows is of {@code process} on {@code processor}; both are 0 until a trace says something else. Called when one of them changes.
     */
    default void comesFrom(int process, int processor) {
        // Who does not ask for it takes all accesses for those of one process.
    }

    /** {@code bytes} from {@code address} on, at least 1. */
    void access(long address, int bytes, int kind);
}
