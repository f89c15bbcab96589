package org.mmkit.replay.tlb;

/**
 * Some hundred runs of accesses, each to one page, on their way through the caches of an {@link Mmu}. One thread.
 */
final class AddressBlock {

    /** Runs that a block takes. */
    static final int MOST = 256;

    /** Runs in the block, and for each the address of its first access, its tag in the TLBs and the level of its leaf. */
    int runs;

    final long[] addresses = new long[MOST];
    final long[] tags = new long[MOST];
    final byte[] leaves = new byte[MOST];

    /** Whether it ends before an access that it cannot take. */
    boolean stopped;

    /** Levels of the tags, one bit each. */
    int seen;

    /** The runs that no cache knew so far, in order. */
    final int[] missing = new int[MOST];

    int missed;

    /** All runs are missing. */
    void missAll() {
        for (int i = 0; i < runs; i++) {
            missing[i] = i;
        }
        missed = runs;
    }
}
