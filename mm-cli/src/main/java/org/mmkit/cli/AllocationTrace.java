package org.mmkit.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.mmkit.core.Machine;

/**
 * Traces a machine's allocations: ftrace's text of them into a file, and a table of how long allocations waited, huge ones apart. Not
 * thread-safe.
 */
final class AllocationTrace {

    /** Blocks from a page block up are huge. */
    private static final int HUGE_ORDER = 9;
    private static final int DIGITS = 3;
    /** Kilobytes of records, so that most runs fit. */
    private static final int BUFFER_KILOBYTES = 65_536;
    private static final double NANOS_PER_MICRO = 1000.0;

    private final Machine machine;
    private final Histogram base = new Histogram(DIGITS);
    private final Histogram large = new Histogram(DIGITS);
    private final Histogram huge = new Histogram(DIGITS);

    private AllocationTrace(Machine machine) {
        this.machine = machine;
    }

    /** Begins to trace {@code machine}. */
    static AllocationTrace begin(Machine machine) {
        AllocationTrace trace = new AllocationTrace(machine);
        machine.tracing().setBufferKilobytes(BUFFER_KILOBYTES);
        machine.write("/sys/kernel/tracing/set_event", "kmem:mm_page_alloc vmscan compaction:mm_compaction_begin compaction:mm_compaction_end");
        machine.tracing().setListener((order, gfp, nanoseconds) -> trace.histogram(order).recordValue(nanoseconds));
        return trace;
    }

    private Histogram histogram(int order) {
        return order == 0 ? base : order < HUGE_ORDER ? large : huge;
    }

    /** Ends it: writes the trace to {@code file} and the table to {@code out}. */
    void end(Path file, PrintWriter out) throws IOException {
        machine.tracing().setListener(null);
        Files.writeString(file, machine.read("/sys/kernel/tracing/trace"));
        out.print("allocations          number   waited   50 %     90 %     99 %      max   (microseconds of virtual time)\n");
        row(out, "base pages", base);
        row(out, "larger blocks", large);
        row(out, "huge pages", huge);
    }

    private static void row(PrintWriter out, String name, Histogram waits) {
        long number = waits.getTotalCount();
        long waited = number == 0 ? 0 : number - waits.getCountAtValue(0);
        out.print(String.format(Locale.ROOT, "%-17s %9d %8d %s%s%s%s%n", name, number, waited, micros(waits, 50), micros(waits, 90),
                micros(waits, 99), micros(waits, 100)).replace(System.lineSeparator(), "\n"));
    }

    private static String micros(Histogram waits, double percentile) {
        long nanoseconds = waits.getTotalCount() == 0 ? 0 : waits.getValueAtPercentile(percentile);
        return String.format(Locale.ROOT, "%7.1f  ", nanoseconds / NANOS_PER_MICRO);
    }
}
