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

    /** {@code bytes} from {@code address} on, at least 1. */
    void access(long address, int bytes, int kind);
}
