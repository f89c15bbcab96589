package org.mmkit.replay.reader;

/**
 * One recording, decoded: events and the tables that they point into.
 *
 * <p>Immutable once read; replays on many threads share it.
 *
 * @param name name of the program or file, for titles
 * @param source the file that it was read from, as the user gave it
 * @param format {@code "perf script"} or {@code "strace"}
 * @param events the events in order
 * @param mappings rows that events point to
 * @param files files that mappings point to
 * @param processes processes that events belong to
 * @param diagnostics what was wrong with the input
 * @param lines lines read
 * @param userFaults page faults recorded in user mode
 * @param kernelFaults page faults recorded in the kernel
 */
public record Recording(
        String name,
        String source,
        String format,
        EventLog events,
        MappingTable mappings,
        FileTable files,
        ProcessTable processes,
        Diagnostics diagnostics,
        long lines,
        long userFaults,
        long kernelFaults) {

    /** Whether the recorder switched huge pages off for the program; otherwise they were off for the whole machine. */
    public boolean isSwitchedOffByRecorder() {
        for (int i = 0; i < events.size(); i++) {
            if (events.kind(i) == EventKind.THP_DISABLE_BY_RECORDER) {
                return true;
            }
        }
        return false;
    }

    /** Nanoseconds from the first event to the last. */
    public long duration() {
        int n = events.size();
        return n == 0 ? 0 : Math.max(0, events.time(n - 1) - events.time(0));
    }
}
