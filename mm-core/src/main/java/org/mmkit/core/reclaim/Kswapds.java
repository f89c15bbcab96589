package org.mmkit.core.reclaim;

import java.util.function.Consumer;

/** The background reclaim of all nodes. */
public final class Kswapds {

    private final Kswapd[] threads;

    Kswapds(Kswapd[] threads) {
        this.threads = threads;
    }

    /** Whether one was woken and has not run yet. */
    public boolean isDue() {
        for (Kswapd thread : threads) {
            if (thread.isDue()) {
                return true;
            }
        }
        return false;
    }

    /** Runs those that were woken; see {@link Kswapd#runIfDue}. */
    public void runIfDue() {
        for (Kswapd thread : threads) {
            thread.runIfDue();
        }
    }

    /** Shows each to {@code action}, by node. */
    public void forEach(Consumer<Kswapd> action) {
        for (Kswapd thread : threads) {
            action.accept(thread);
        }
    }
}
