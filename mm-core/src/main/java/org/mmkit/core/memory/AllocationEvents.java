package org.mmkit.core.memory;

/** Event counters of the frame allocator, in the units of {@code /proc/vmstat}; indexes are zone numbers. */
public final class AllocationEvents {

    /** Pages allocated from each zone (pgalloc_dma … pgalloc_movable). */
    public final long[] allocated = new long[Zone.ZONES];

    /** Allocations that entered direct reclaim, by the zone preferred (allocstall_*). */
    public final long[] stalls = new long[Zone.ZONES];

    /** Pages freed (pgfree). */
    public long freed;

    /** Direct compactions begun (compact_stall). */
    public long compactStalls;

    /** Direct compactions after which the allocation succeeded (compact_success). */
    public long compactSuccesses;

    /** Direct compactions after which it did not (compact_fail). */
    public long compactFailures;

    /** Allocations taken from a block of another migratetype (mm_page_alloc_extfrag). */
    public long fallbacks;

    /** Of these, allocations that took the whole page block over. */
    public long claimedBlocks;

    /** Allocations that failed. */
    public long failures;

    AllocationEvents() {}

    synchronized void failure() {
        failures++;
    }

    synchronized void stall(int highest) {
        stalls[highest]++;
    }

    synchronized void fallback() {
        fallbacks++;
    }

    synchronized void claimedBlock() {
        claimedBlocks++;
    }
}
