package org.mmkit.core.lock;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.LockClass;

/** How a thread waits for another: it spins for a moment, then lets others run, then sleeps for longer and longer. */
public final class Backoff {

    private static final int SPINS = 100;
    private static final int YIELDS = 200;
    private static final long FIRST_SLEEP = 10_000;
    private static final long LONGEST_SLEEP = 1_000_000;

    /** Rounds, each of a millisecond or more, after which a wait is taken for a deadlock: half a minute at least; and after as many again if it was none. */
    private static final int STUCK = 30_000;

    private Backoff() {}

    /**
     * Waits a little for a lock of the class {@code of}.
     *
     * @param checker who is told when the wait does not end, or null
     * @throws org.mmkit.api.InvariantViolation when it has not ended for so long that it never will
     */
    public static int pause(int round, @Nullable LockChecker checker, LockClass of) {
        if (round > 0 && round % STUCK == 0 && checker != null) {
            checker.stuck(of);
        }
        return pause(round);
    }

    /** Whether a wait in its round {@code round} has become so long that the thread sleeps. */
    static boolean sleeps(int round) {
        return round >= YIELDS;
    }

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
