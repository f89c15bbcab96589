package org.mmkit.core.memory;

/** Hears of allocations; a debugging aid. */
public interface AllocationListener {

    /** The folio {@code head} of {@code order} was handed out to a caller who asked with {@code gfp}. */
    void allocated(long head, int order, int gfp);
}
