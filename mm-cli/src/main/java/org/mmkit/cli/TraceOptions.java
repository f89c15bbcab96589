package org.mmkit.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.mmkit.core.Machine;
import picocli.CommandLine.Option;

/** Whether the machine that a command runs is traced. */
final class TraceOptions {

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Write the trace of all allocations, with the stalls among them, to this file as ftrace prints it, and how long"
                    + " allocations waited to the terminal; more events with `echo EVENT > /sys/kernel/tracing/set_event`.")
    private Optional<Path> trace = Optional.empty();

    /** What a command does with its machine. */
    interface Run<E extends Exception> {
        void go() throws IOException, E;
    }

    /** Does {@code run}; if a trace is wanted writes it, and the table of waits to {@code out}, once {@code run} has come to its end. */
    <E extends Exception> void around(Machine machine, PrintWriter out, Run<E> run) throws IOException, E {
        if (trace.isEmpty()) {
            run.go();
            return;
        }
        AllocationTrace allocations = AllocationTrace.begin(machine);
        run.go();
        allocations.end(trace.get(), out);
        out.flush();
    }
}
