package org.mmkit.core.lock;

import org.jspecify.annotations.Nullable;

/**
 * Spreads what many threads count over cells that do not share a cache line. The first threads get a cell of their own each, which nobody
 * else writes to; the others share cells, which are changed by atomic operations.
 */
public final class Stripes {

    /** How many threads can have a cell of their own, a power of two; as many cells are shared. */
    public static final int OWNED = Math.min(64, Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors()));
    /** How many cells there are. */
    public static final int COUNT = 2 * OWNED;
    /** log2 of the ints from one cell to the next: 128 bytes, as processors fetch lines in pairs. */
    public static final int SHIFT = 5;

    /** By cell: the thread that it belongs to. */
    private static final @Nullable Thread[] OWNERS = new Thread[OWNED];
    /** For threads whose stripe is not the one that their own number suggests. */
    private static final ThreadLocal<int[]> NUMBER = ThreadLocal.withInitial(() -> new int[] {claim()});

    private Stripes() {}

    /** Fresh cells, all 0. */
    static int[] newCells() {
        return new int[COUNT + 1 << SHIFT];
    }

    /** Number of the calling thread's stripe, the same for all its life: below {@link #OWNED} it is the thread's own. */
    public static int number() {
        Thread thread = Thread.currentThread();
        int number = (int) thread.getId() & OWNED - 1;
        return OWNERS[number] == thread ? number : NUMBER.get()[0];
    }

    private static int claim() {
        Thread thread = Thread.currentThread();
        int number = (int) thread.getId() & OWNED - 1;
        synchronized (OWNERS) {
            for (int i = 0; i < OWNED; i++) {
                int at = number + i & OWNED - 1;
                Thread owner = OWNERS[at];
                // What a thread has written is known to whoever has seen that it has ended.
                if (owner == null || !owner.isAlive()) {
                    OWNERS[at] = thread;
                    return at;
                }
            }
        }
        return OWNED + number;
    }

    /** Index of the calling thread's cell. */
    static int cell() {
        return number() << SHIFT;
    }
}
