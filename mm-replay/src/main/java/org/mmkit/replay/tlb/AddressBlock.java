package org.mmkit.replay.tlb;

/**
 * Some hundred runs of accesses, each to one page, on their way through the caches of an {@link Mmu}. One thread.
 */
final class AddressBlock {

    /** Runs that a block takes. */
    static final int MOST = 256;

    /** Address bits below the page number, by level. */
    final int[] shifts;

    private final int traceShift;

    /** Runs in the block, and for each the address of its first access, that access's index in the trace, and whether one of it writes. */
    int runs;

    final long[] addresses = new long[MOST];
    final int[] starts = new int[MOST];
    final boolean[] writes = new boolean[MOST];
    /** Behind the last access of the block. */
    int end;

    /** What the page tables say: the lowest entry, its level, the level that a TLB entry covers, and bit 0 of its tag. */
    final long[] entries = new long[MOST];

    final byte[] levels = new byte[MOST];
    final byte[] covered = new byte[MOST];
    final byte[] permissions = new byte[MOST];

    /** The runs that no cache knew so far, in order, and whether one has found a run since they were {@link #keepMissing collected}. */
    final int[] missing = new int[MOST];

    int missed;
    final boolean[] found = new boolean[MOST];

    AddressBlock(int[] shifts) {
        this.shifts = shifts;
        traceShift = shifts[1] + 1;
    }

    /** Takes accesses from {@code from} on, as {@link Mmu#access} makes them: all, or as many as the block has room for. */
    void take(long[] trace, int from, int to) {
        int n = 0;
        int i = from;
        while (i < to && n < MOST) {
            long bits = trace[i];
            long page = bits >> traceShift;
            addresses[n] = bits >> 1;
            starts[n] = i++;
            while (i < to && trace[i] >> traceShift == page) {
                bits |= trace[i++];
            }
            writes[n++] = (bits & 1) != 0;
        }
        runs = n;
        end = i;
    }

    /** The first write of run {@code i}, which has one. */
    int firstWrite(long[] trace, int i) {
        int at = starts[i];
        while (!Mmu.isWrite(trace[at])) {
            at++;
        }
        return at;
    }

    /** The first {@code n} runs are missing. */
    void missAll(int n) {
        for (int i = 0; i < n; i++) {
            missing[i] = i;
            found[i] = false;
        }
        missed = n;
    }

    /** Keeps those missing that were not found. */
    void keepMissing() {
        int n = 0;
        for (int j = 0; j < missed; j++) {
            int i = missing[j];
            missing[n] = i;
            n += found[i] ? 0 : 1;
        }
        missed = n;
    }
}
