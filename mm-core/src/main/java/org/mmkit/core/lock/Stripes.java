package org.mmkit.core.lock;

/**
 * Spreads what many threads count over cells that do not share a cache line. A thread always uses the same cell, which may also be
 * another thread's: cells are changed by atomic operations.
 */
public final class Stripes {

    /** How many cells there are, a power of two. */
    public static final int COUNT = Math.min(64, Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors()));
    /** log2 of the ints from one cell to the next: 128 bytes, as processors fetch lines in pairs. */
    public static final int SHIFT = 5;

    private Stripes() {}

    /** Fresh cells, all 0. */
    static int[] newCells() {
        return new int[COUNT + 1 << SHIFT];
    }

    /** Number of the calling thread's stripe, 0 to {@link #COUNT} - 1. */
    public static int number() {
        return (int) Thread.currentThread().getId() & COUNT - 1;
    }

    /** Index of the calling thread's cell. */
    static int cell() {
        return number() << SHIFT;
    }
}
