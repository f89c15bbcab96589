package org.mmkit.core.lock;

import java.util.concurrent.locks.LockSupport;

/** How a thread waits for another: it spins for a moment, then lets others run, then sleeps for longer and longer. */
public final class Backoff {

    private static final int SPINS = 100;
    private static final int YIELDS = 200;
    private static final long FIRST_SLEEP = 10_000;
    private static final long LONGEST_SLEEP = 1_000_000;

    private Backoff() {}

    /**
     * Waits a little.
     *
     * @param round how often this wait has been asked for already, from 0
     * @return the next round
     */
    public static int pause(int round) {
        if (round < SPINS) {
            Thread.onSpinWait();
        } else if (round < YIELDS) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(Math.min(LONGEST_SLEEP, FIRST_SLEEP * (round - YIELDS + 1)));
        }
        return round == Integer.MAX_VALUE ? round : round + 1;
    }
}
