package org.mmkit.core.reclaim;

/** Direct reclaim on behalf of a call that runs beside others and has let go of all it held. Thread-safe. */
@FunctionalInterface
public interface MemoryRelief {

    /**
     * Frees some memory beside other calls, so that a block of {@code order} may be had; to be called outside of calls.
     *
     * @param gfp how the block was asked for
     * @param again whether what was freed for the same call before was not of use: what the thread has at hand goes to the zones first
     * @return whether there was progress; without, only a call that runs alone can do more
     */
    boolean relieve(int order, int gfp, boolean again);
}
