package org.mmkit.core.time;

/**
 * What the work costs that an allocation may have to wait for, in nanoseconds; measured and estimated as docs/cost-model.md says. The other
 * operations of a machine take no virtual time.
 */
public final class WorkCosts {

    /** A page that a scanner of compaction looks at: measured on Linux 6.18. */
    public static final long SCAN_PAGE = 4;
    /** A page that moves, with its mappings and its bytes: measured. */
    public static final long MOVE_PAGE = 3_400;
    /** A page that direct reclaim frees, without writing it anywhere: estimated. */
    public static final long RECLAIM_PAGE = 1_000;

    private WorkCosts() {}
}
