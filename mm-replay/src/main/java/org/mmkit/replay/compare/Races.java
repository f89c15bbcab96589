package org.mmkit.replay.compare;

/**
 * Faults of several threads on the same memory at the same time. A fault takes time; another thread that touches the memory
 * meanwhile faults too, and for anonymous memory allocates a folio that it gives back.
 *
 * <p>A direct-mapped table of the latest faults; an entry that is displaced can only hide a race. Not thread-safe.
 */
final class Races {

    private static final int BITS = 13;
    private static final int MASK = (1 << BITS) - 1;

    private final long[] key = new long[1 << BITS];
    private final long[] began = new long[1 << BITS];
    private final long[] threads = new long[1 << BITS];
    private final int[] first = new int[1 << BITS];
    private final ThreadPace pace;

    /** Races of threads whose time runs as in the recording but for what {@code pace} says. */
    Races(ThreadPace pace) {
        this.pace = pace;
    }

    /** Thread {@code tid} begins to fault in the aligned block of {@code 1 << shift} bytes around {@code address}. */
    void begin(int space, long address, int shift, int tid, long time) {
        long k = key(space, address, shift);
        int i = index(k);
        key[i] = k;
        began[i] = time;
        threads[i] = bit(tid);
        first[i] = tid;
    }

    /** Whether another thread's fault on the block is younger than {@code window} ns; tells each thread so once. */
    boolean joins(int space, long address, int shift, int tid, long time, long window) {
        long k = key(space, address, shift);
        int i = index(k);
        if (key[i] != k || first[i] == tid || (threads[i] & bit(tid)) != 0) {
            return false;
        }
        // Longer ago than a thread could make up for by sparing faults.
        if (time - began[i] > window * 8 || time - began[i] - pace.savedSince(tid, began[i]) > window) {
            return false;
        }
        threads[i] |= bit(tid);
        return true;
    }

    private static long key(int space, long address, int shift) {
        return (address >>> shift << 6 | shift) * 31 + space + 1;
    }

    private static int index(long key) {
        return (int) (key * 0x9e3779b97f4a7c15L >>> 64 - BITS) & MASK;
    }

    private static long bit(int tid) {
        return 1L << (tid & 63);
    }
}
