package org.mmkit.core.reclaim;

/** What one run of reclaim wants, may do, and has done so far (Linux: struct scan_control). Not thread-safe. */
final class ScanControl {

    /** Where the priority starts: one 4096th of the lists is scanned at a time, twice as much with each step down (DEF_PRIORITY). */
    static final int DEFAULT_PRIORITY = 12;

    /** Whether this is background reclaim. */
    final boolean kswapd;
    /** Whose reclaim this is, for {@link ReclaimAccounts}. */
    final int account;
    int order;
    /** The node that is worked on. */
    int node;
    /** The highest zone whose pages are of use. */
    int highest;
    int priority = DEFAULT_PRIORITY;
    /** Pages to free. */
    long target;
    long reclaimed;
    long scanned;
    boolean maySwap = true;
    boolean deactivateAnon;
    boolean deactivateFile;
    boolean forceDeactivate;
    boolean skippedDeactivate;
    /** There are plenty of inactive files: anonymous memory is left alone. */
    boolean cacheTrimMode;
    boolean noCacheTrimMode;
    boolean cacheTrimModeFailed;
    /** Files are nearly gone: only anonymous memory is worth looking at. */
    boolean fileIsTiny;
    /** A zone has room enough for compaction to make the block. */
    boolean compactionReady;
    long anonCost;
    long fileCost;

    ScanControl(int account, int order, int highest) {
        this.kswapd = account == ReclaimAccounts.KSWAPD;
        this.account = account;
        this.order = order;
        this.highest = highest;
    }
}
