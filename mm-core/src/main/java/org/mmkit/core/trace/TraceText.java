package org.mmkit.core.trace;

import java.util.Locale;

/** The text of ftrace: a header, then one line for each record (kernel/trace/trace_output.c). */
final class TraceText {

    private static final String HEADER = """
            #
            #                                _-----=> irqs-off/BH-disabled
            #                               / _----=> need-resched
            #                              | / _---=> hardirq/softirq
            #                              || / _--=> preempt-depth
            #                              ||| / _-=> migrate-disable
            #                              |||| /     delay
            #           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
            #              | |         |   |||||     |         |
            """;

    /** Kernel threads have no process numbers of their own: they are counted from here, above those of processes. */
    private static final long FIRST_THREAD_PID = 1L << 22;

    private final Tracing tracing;

    TraceText(Tracing tracing) {
        this.tracing = tracing;
    }

    String text() {
        TraceBuffer buffer = tracing.buffer();
        long[] words = buffer.snapshot();
        return "# tracer: nop\n#\n# entries-in-buffer/entries-written: " + words.length / TraceBuffer.RECORD + '/' + buffer.written()
                + "   #P:1\n" + HEADER + lines(words);
    }

    /** The records without a header. */
    String lines() {
        return lines(tracing.buffer().snapshot());
    }

    private String lines(long[] words) {
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < words.length; at += TraceBuffer.RECORD) {
            line(out, words, at);
        }
        return out.toString();
    }

    private void line(StringBuilder out, long[] words, int at) {
        TraceEvent event = tracing.list().get((int) words[at + TraceBuffer.EVENT]);
        long task = words[at + TraceBuffer.TASK];
        String name = tracing.taskName(task);
        long pid = task < Tracing.FIRST_THREAD ? task : FIRST_THREAD_PID + task - Tracing.FIRST_THREAD;
        long micros = words[at] / 1000;
        // Faults are told with interrupts off; names of processes are not known (ftrace: <...>).
        out.append(String.format(Locale.ROOT, "%16s-%-7d [000] %s.... %5d.%06d: ", name.isEmpty() ? "<...>" : name, pid,
                event.system().equals("exceptions") ? "d" : ".", micros / 1_000_000, micros % 1_000_000));
        out.append(event.name()).append(": ");
        event.line().print(out, words, at + TraceBuffer.FIELDS);
        out.append('\n');
    }
}
