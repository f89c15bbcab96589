package org.mmkit.core.process;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.ErrnoException;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.space.UserAddressSpace;

/** The living processes of a machine, oldest first. */
@SuppressWarnings("exports") // some methods are for the engine alone, whose packages are not exported
public final class ProcessTable {

    private final Engine engine;
    private final List<Process> living = new ArrayList<>();
    private final ParallelCalls parallel;
    private int lastPid;
    private ForkListener listener = (parent, child) -> {};

    /** Made once per machine. */
    public ProcessTable(Engine engine) {
        this.engine = engine;
        this.parallel = new ParallelCalls(engine);
    }

    /**
     * A process with an empty address space.
     *
     * @throws ErrnoException ENOMEM
     */
    public Process create() throws ErrnoException {
        return add(engine.newSpace());
    }

    ParallelCalls parallel() {
        return parallel;
    }

    synchronized Process add(UserAddressSpace space) {
        Process process = new Process(engine, this, ++lastPid, space);
        living.add(process);
        return process;
    }

    /** Hears of forks. */
    public interface ForkListener {

        /** The process {@code parent} has made {@code child}; both are process numbers. */
        void forked(int parent, int child);
    }

    /** Tells {@code hearing} of each fork and vfork from now on. */
    public void onFork(ForkListener hearing) {
        listener = hearing;
    }

    synchronized Process addChild(Process parent, UserAddressSpace space) {
        Process child = add(space);
        listener.forked(parent.pid(), child.pid());
        return child;
    }

    synchronized void remove(Process process) {
        living.remove(process);
    }

    /** The living processes. */
    public synchronized List<Process> living() {
        return List.copyOf(living);
    }

    /** "process 3" for the address space numbered {@code id}, or what is left of it. */
    public String nameOfSpace(int id) {
        for (Process process : living) {
            if (process.space().id() == id) {
                return process.toString();
            }
        }
        return "an address space that is gone";
    }

    /** The living process numbered {@code pid}, or null. */
    public synchronized @Nullable Process find(int pid) {
        for (Process process : living) {
            if (process.pid() == pid) {
                return process;
            }
        }
        return null;
    }
}
