package org.mmkit.core.memory;

import org.mmkit.api.memory.Gfp;

/**
 * Makes allocations of frames fail that would succeed, to see what becomes of the caller (mm/fail_page_alloc.c, lib/fault-inject.c). The
 * defaults are the kernel's: nothing fails, and of single pages, of requests that may wait and of those for user memory none would.
 *
 * <p>Not thread-safe.
 */
public final class AllocationFaults {

    private static final int PERCENT = 100;

    private long probability;
    private long interval = 1;
    private long times = 1;
    private long space;
    private long minOrder = 1;
    private boolean sparesWaiting = true;
    private boolean sparesHighmem = true;
    private long count;
    /** State of the generator behind {@link #probability}: the same machine fails at the same place again. */
    private long dice = 1;

    /** Whether a request for 2^{@code order} frames is to fail; counts it. */
    boolean fails(int order, int gfp) {
        if (probability == 0
                || order < minOrder
                || (gfp & Gfp.NOFAIL) != 0
                || sparesHighmem && (gfp & Gfp.HIGHMEM) != 0
                || sparesWaiting && (gfp & Gfp.DIRECT_RECLAIM) != 0
                || times == 0) {
            return false;
        }
        if (space > 1L << order) {
            space -= 1L << order;
            return false;
        }
        if (interval > 1 && ++count % interval != 0) {
            return false;
        }
        if (probability < PERCENT && probability <= roll()) {
            return false;
        }
        times -= times > 0 ? 1 : 0;
        return true;
    }

    private long roll() {
        dice = dice * 6364136223846793005L + 1442695040888963407L;
        return (dice >>> 33) % PERCENT;
    }

    /** How likely a request fails that could, in percent. */
    public long probability() {
        return probability;
    }

    /** Sets {@link #probability}. */
    public void setProbability(long percent) {
        probability = percent;
    }

    /** Of so many requests one may fail. */
    public long interval() {
        return interval;
    }

    /** Sets {@link #interval}; counting begins anew, so that the {@code n}-th request from now on is the one that may fail. */
    public void setInterval(long n) {
        interval = n;
        count = 0;
    }

    /** How many may fail yet; -1 for any number. */
    public long times() {
        return times;
    }

    /** Sets {@link #times}. */
    public void setTimes(long n) {
        times = n;
    }

    /** Pages that are to be allocated before the first request may fail. */
    public long space() {
        return space;
    }

    /** Sets {@link #space}. */
    public void setSpace(long pages) {
        space = pages;
    }

    /** The least order of a request that may fail. */
    public long minOrder() {
        return minOrder;
    }

    /** Sets {@link #minOrder}. */
    public void setMinOrder(long order) {
        minOrder = order;
    }

    /** Whether requests that may wait for reclaim never fail (ignore-gfp-wait). */
    public boolean sparesWaiting() {
        return sparesWaiting;
    }

    /** Sets {@link #sparesWaiting}. */
    public void setSparesWaiting(boolean spare) {
        sparesWaiting = spare;
    }

    /** Whether requests for user memory never fail (ignore-gfp-highmem). */
    public boolean sparesHighmem() {
        return sparesHighmem;
    }

    /** Sets {@link #sparesHighmem}. */
    public void setSparesHighmem(boolean spare) {
        sparesHighmem = spare;
    }
}
