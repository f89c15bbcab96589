package org.mmkit.core.compaction;

import java.util.Arrays;
import org.mmkit.core.memory.Zone;

/**
 * What compaction remembers of a zone from one attempt to the next: where the scanners stopped, which page blocks were found
 * hopeless, and how often it has failed (the compact_ fields of struct zone, PB_migrate_skip of a page block).
 */
final class CompactedZone {

    /** After n failures in a row 2^n requests are turned away, at most 64 (COMPACT_MAX_DEFER_SHIFT). */
    static final int MOST_DEFERRALS = 6;

    final Zone zone;
    final int number;
    final long start;
    final long end;
    final int blockOrder;
    final int maxOrder;
    final long blockPages;

    /** Where the migration scanner starts next, for asynchronous and for other attempts. */
    private long cachedAsync;

    private long cachedSync;
    /** Where the free scanner starts next. */
    long cachedFree;
    /** Where the scanners started after the last reset. */
    long initMigrate;

    long initFree;
    /** An allocation's attempt has seen the whole zone: what was found hopeless is to be looked at again. */
    boolean flushDue;

    private long[] skips = new long[0];

    private int considered;
    private int deferShift;
    private int failedOrder;

    CompactedZone(Zone zone, int blockOrder, int maxOrder) {
        this.zone = zone;
        this.number = zone.number();
        this.start = zone.start();
        this.end = zone.start() + zone.spanned();
        this.blockOrder = blockOrder;
        this.maxOrder = maxOrder;
        this.blockPages = 1L << blockOrder;
        resetPositions();
        initMigrate = cachedSync;
        initFree = cachedFree;
    }

    long blockStart(long pfn) {
        return pfn & -blockPages;
    }

    long blockEnd(long pfn) {
        return blockStart(pfn) + blockPages;
    }

    /** The next attempt begins at both ends (reset_cached_positions). */
    void resetPositions() {
        setCachedMigrate(start);
        cachedFree = blockStart(end - 1);
    }

    long cachedMigrate(boolean sync) {
        return sync ? cachedSync : cachedAsync;
    }

    void setCachedMigrate(long pfn) {
        cachedAsync = pfn;
        cachedSync = pfn;
    }

    /** All up to the end of the page block of {@code pfn} need not be scanned again soon (update_cached_migrate). */
    void scanned(long pfn, boolean sync) {
        long next = blockEnd(pfn);
        cachedAsync = Math.max(cachedAsync, next);
        if (sync) {
            cachedSync = Math.max(cachedSync, next);
        }
    }

    /** While asynchronous attempts find nothing to isolate, the others need not look there either. */
    void syncFollowsAsync() {
        cachedSync = cachedAsync;
    }

    // ---- page blocks found hopeless ---------------------------------------------------------------------------

    boolean isSkipped(long pfn) {
        int bit = bit(pfn);
        return bit >> 6 < skips.length && (skips[bit >> 6] >>> bit & 1) != 0;
    }

    void skip(long pfn) {
        int bit = bit(pfn);
        if (bit >> 6 >= skips.length) {
            skips = Arrays.copyOf(skips, Math.max(2 * skips.length, (bit >> 6) + 1));
        }
        skips[bit >> 6] |= 1L << bit;
    }

    void unskip(long pfn) {
        int bit = bit(pfn);
        if (bit >> 6 < skips.length) {
            skips[bit >> 6] &= ~(1L << bit);
        }
    }

    private int bit(long pfn) {
        return (int) (pfn - start >>> blockOrder);
    }

    // ---- failures ---------------------------------------------------------------------------------------------

    /** Whether a request of {@code order} is turned away because of recent failures (compaction_deferred). */
    boolean isDeferred(int order) {
        int limit = 1 << deferShift;
        if (order < failedOrder) {
            return false;
        }
        considered = Math.min(considered + 1, limit);
        return considered < limit;
    }

    /** Whether an attempt is the first after the longest time of being turned away (compaction_restarting). */
    boolean isRestarting(int order) {
        return order >= failedOrder && deferShift == MOST_DEFERRALS && considered >= 1 << deferShift;
    }

    /** An attempt at {@code order} failed (defer_compaction). */
    void defer(int order) {
        considered = 0;
        deferShift = Math.min(deferShift + 1, MOST_DEFERRALS);
        failedOrder = Math.min(failedOrder, order);
    }

    /** A block of {@code order} came up, and if {@code allocated} went to who asked for it (compaction_defer_reset). */
    void resetDeferral(int order, boolean allocated) {
        if (allocated) {
            considered = 0;
            deferShift = 0;
        }
        failedOrder = Math.max(failedOrder, order + 1);
    }

    int considered() {
        return considered;
    }

    int deferShift() {
        return deferShift;
    }

    int failedOrder() {
        return failedOrder;
    }
}
