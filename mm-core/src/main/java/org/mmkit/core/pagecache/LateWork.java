package org.mmkit.core.pagecache;

import java.util.ArrayList;
import java.util.List;

/**
 * What a call leaves to be done when it returns to the program: the last reference on a file that it unmapped goes only then (Linux: fput,
 * task_work). For calls that run alone.
 */
public final class LateWork {

    private final List<Runnable> waiting = new ArrayList<>();
    private boolean holding;

    /** Nothing waits. */
    public LateWork() {}

    /** From now on what is {@linkplain #add added} waits. */
    public void hold() {
        holding = true;
    }

    /** Does what has waited. */
    public void release() {
        holding = false;
        for (int i = 0; i < waiting.size(); i++) {
            waiting.get(i).run();
        }
        waiting.clear();
    }

    /** Runs {@code action} now, or at {@link #release}. */
    void add(Runnable action) {
        if (holding) {
            waiting.add(action);
        } else {
            action.run();
        }
    }
}
