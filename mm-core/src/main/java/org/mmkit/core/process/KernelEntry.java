package org.mmkit.core.process;

import org.mmkit.api.task.Caller;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.space.UserAddressSpace;

/**
 * The way of one process into the machine for calls that run alone. They may be nested: an access may take a fault. A process that is killed
 * in the middle of a call dies when it returns.
 */
final class KernelEntry {

    private final Engine engine;
    private final StopMachine calls;
    private final int pid;
    private final Caller caller;
    private final Runnable death;
    /** Calls begun and not ended. */
    private int depth;
    private boolean doomed;

    /** The way of the process {@code pid}, which {@code death} ends and whose rights {@code caller} knows. */
    KernelEntry(Engine engine, int pid, Caller caller, Runnable death) {
        this.engine = engine;
        this.calls = engine.calls;
        this.pid = pid;
        this.caller = caller;
        this.death = death;
    }

    /** Begins a call in {@code space}. */
    void begin(UserAddressSpace space) {
        calls.stop();
        engine.tracing.enter(pid);
        depth++;
        engine.setRunning(space);
        engine.setCaller(caller);
    }

    /** Ends what {@link #begin} began. */
    void end() {
        if (--depth == 0) {
            engine.setRunning(null);
            engine.setCaller(Caller.KERNEL);
            engine.setRunningKilled(false);
            if (doomed) {
                die();
            }
        }
        calls.resume();
    }

    /** See {@link Process#kill}. */
    boolean kill(UserAddressSpace space) {
        if (engine.running() == space) {
            doomed = true;
            engine.setRunningKilled(true);
            return false;
        }
        die();
        return true;
    }

    /** Whether it was killed in the middle of a call. */
    boolean isDoomed() {
        return doomed;
    }

    private void die() {
        doomed = false;
        death.run();
    }
}
