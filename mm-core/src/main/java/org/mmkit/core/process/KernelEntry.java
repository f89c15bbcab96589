package org.mmkit.core.process;

import org.mmkit.api.memory.MemoryPolicy;
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
    private final boolean severalNodes;
    private int node;
    private MemoryPolicy policy = MemoryPolicy.NONE;
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
        this.severalNodes = engine.memory.nodes().count() > 1;
    }

    /** The node of the processor that the process runs on. */
    int node() {
        return node;
    }

    /** Chooses it. */
    void setNode(int value) {
        node = value;
    }

    /** The process's memory policy. */
    MemoryPolicy policy() {
        return policy;
    }

    /** Sets it. */
    void setPolicy(MemoryPolicy value) {
        policy = value;
    }

    /** Begins a call in {@code space}. */
    void begin(UserAddressSpace space) {
        calls.stop();
        engine.tracing.enter(pid);
        depth++;
        engine.setRunning(space);
        engine.setCaller(caller);
        if (severalNodes) {
            engine.memory.allocator().setTask(node, policy);
        }
    }

    /** Ends what {@link #begin} began. */
    void end() {
        if (--depth == 0) {
            engine.setRunning(null);
            engine.setCaller(Caller.KERNEL);
            if (severalNodes) {
                engine.memory.allocator().setTask(node, MemoryPolicy.NONE);
            }
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
