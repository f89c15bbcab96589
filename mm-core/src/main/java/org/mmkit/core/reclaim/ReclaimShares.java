package org.mmkit.core.reclaim;

import java.util.concurrent.atomic.AtomicLongArray;

/** How much of reclaim has run beside other calls and how much alone; on a machine with one processor all of it is alone. Thread-safe. */
public final class ReclaimShares {

    private static final int KINDS = 2;

    /** By who reclaims, tasks or background reclaim: runs beside others, runs alone. */
    private final AtomicLongArray runs = new AtomicLongArray(2 * KINDS);
    /** Pages freed, likewise. */
    private final AtomicLongArray pages = new AtomicLongArray(2 * KINDS);

    ReclaimShares() {}

    private static int at(boolean background, boolean alone) {
        return (background ? 2 : 0) + (alone ? 1 : 0);
    }

    void countRun(boolean background, boolean alone) {
        runs.incrementAndGet(at(background, alone));
    }

    void addFreed(boolean background, boolean alone, long n) {
        pages.addAndGet(at(background, alone), n);
    }

    /** Runs of background reclaim, or else of direct reclaim, that were alone or beside others. */
    public long runs(boolean background, boolean alone) {
        return runs.get(at(background, alone));
    }

    /** Pages that these runs have freed. */
    public long pages(boolean background, boolean alone) {
        return pages.get(at(background, alone));
    }
}
