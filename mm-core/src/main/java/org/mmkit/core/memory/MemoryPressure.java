package org.mmkit.core.memory;

/**
 * What the allocator may ask for when memory is short; set by reclaim and compaction when they exist.
 *
 * <p>Callbacks may free memory to the allocator and allocate from its reserves, and must not recurse into an allocation
 * that may itself enter direct reclaim.
 */
public interface MemoryPressure {

    /** Nothing can be reclaimed and nothing runs in the background. */
    MemoryPressure NONE = new MemoryPressure() {};

    /** A zone fell below its low watermark: background reclaim (kswapd) may start. */
    default void wakeReclaim(int zone, int order, int gfp) {}

    /**
     * Direct reclaim: the caller stalls until pages were freed.
     *
     * @return pages freed, 0 when there is no progress
     */
    default long reclaim(int order, int gfp) {
        return 0;
    }

    /**
     * Direct compaction towards a free block of {@code order}.
     *
     * @return whether an attempt to allocate makes sense now
     */
    default boolean compact(int order, int gfp) {
        return false;
    }

    /**
     * The last resort before an allocation of order 0 to 3 fails: the out-of-memory killer.
     *
     * @return whether memory was freed
     */
    default boolean outOfMemory(int order, int gfp) {
        return false;
    }
}
