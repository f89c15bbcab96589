package org.mmkit.api.memory;

/**
 * The free frames of one zone, kept by a plugin. Watermarks are the caller's: it asks for a block only when the zone may give one.
 *
 * <p>Allocating and freeing are thread-safe on a machine with {@code SMP=y}; {@link #verify} is for a moment when nothing else runs.
 */
public interface ZoneAllocator extends FrameAllocator {

    /** Adds the usable frames [{@code from}, {@code to}) of the zone, none of which was added before, as free ones. */
    void addFrames(long from, long to);

    /** Whether the frame {@code pfn} is free. */
    boolean isFree(long pfn);

    /** Whether an allocation of {@code order} would find a block now. */
    boolean hasFree(int order);

    /** Checks everything kept; throws {@link org.mmkit.api.InvariantViolation} naming the first frame that is wrong. */
    void verify();
}
