package org.mmkit.testkit;

/** What a frame allocator may lack. Each is expected unless a contract says otherwise, and then its absence is tested. */
public enum AllocatorBehavior {
    /** Free frames become large blocks again. Without: nothing is promised after fragmentation. */
    MERGES,
    /** A part of a block can be given back. Without: {@code free} of a part is refused. */
    PARTIAL_FREE,
    /** Runs above the largest order. Without: {@code allocateContiguous} of such a run finds none. */
    CONTIGUOUS_RUNS
}
