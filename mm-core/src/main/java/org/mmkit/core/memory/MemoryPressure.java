package org.mmkit.core.memory;

/**
 * What the allocator may ask of reclaim when memory is short; {@link Compaction} is asked for blocks.
 *
 * <p>Callbacks may free memory to the allocator and allocate from its reserves, and must not recurse into an allocation
 * that may itself enter direct reclaim.
 */
public interface MemoryPressure {

    /** Nothing can be reclaimed and nothing runs in the background. */
    MemoryPressure NONE = new MemoryPressure() {};

    /**
     * A request found no zone up to {@code zone} of the nodes that it may use above its low watermark: background reclaim of {@code node}, one of these, may start (wakeup_kswapd). When it has
     * nothing to do, because memory is there but in pieces, and the request may not stall, background compaction is woken
     * instead ({@link Compaction#wake}).
     */
    default void wakeReclaim(int node, int zone, int order, int gfp) {}

    /**
     * Direct reclaim: the caller stalls until pages were freed.
     *
     * @param node whose memory is wanted most
     * @param allowed the nodes that will do
     * @return pages freed, 0 when there is no progress
     */
    default long reclaim(int order, int gfp, int node, long allowed) {
        return 0;
    }

    /** Pages of zone {@code zone} that reclaim could free at best (zone_reclaimable_pages). */
    default long reclaimable(int zone) {
        return 0;
    }

    /**
     * The last resort before an allocation of order 0 to 3 fails: the out-of-memory killer.
     *
     * @return whether memory was freed
     */
    default boolean outOfMemory(int order, int gfp) {
        return false;
    }

    /** Whether the process that allocates was killed for want of memory, so that it may use half of the reserves to end (Linux: ALLOC_OOM). */
    default boolean isVictim() {
        return false;
    }
}
