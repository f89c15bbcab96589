package org.mmkit.hugetlb.pool;

import org.mmkit.api.InvariantViolation;

/**
 * Compares the counters of one pool with what files, areas and mounts know of it: every promise that the pool counts was made to
 * somebody, and every page is free or in use.
 */
public final class PoolAudit {

    private final HugePagePool pool;
    private long outstanding;

    /** An audit that has heard of no promise yet. */
    public PoolAudit(HugePagePool pool) {
        this.pool = pool;
    }

    /** Whether it is about {@code other}. */
    public boolean isOf(HugePagePool other) {
        return pool == other;
    }

    /** Somebody was promised {@code pages} that are not there yet. */
    public void promised(long pages) {
        outstanding += pages;
    }

    /** Throws {@link InvariantViolation} for the first number that is wrong. */
    public void check() {
        // a page in use that is to be promised again is counted by the pool when it is freed, by its area at once
        expect("promised pages", pool.reserved() + pool.pendingPromises() - pool.lostPromises(), outstanding);
        expect("pages", pool.total(), pool.free() + pool.inUse());
        if (pool.free() < 0 || pool.surplus() < 0 || pool.surplus() > pool.total()) {
            throw wrong("its numbers contradict each other");
        }
        pool.checkFreePages();
    }

    private void expect(String what, long counted, long found) {
        if (counted != found) {
            throw wrong(counted + " " + what + " are counted, but there are " + found);
        }
    }

    private InvariantViolation wrong(String what) {
        return new InvariantViolation("HugeTLB pool " + pool + ": " + what);
    }
}
