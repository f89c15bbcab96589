package org.mmkit.replay.reader;

import java.util.ArrayList;
import java.util.List;

/**
 * The processes of a recording, in the order in which they appeared.
 *
 * <p>A process keeps its number through exec; a pid used a second time is another process. Filled by one thread through
 * {@link RecordingBuilder}; read-only afterwards.
 */
public final class ProcessTable {

    /** One process: its pid, its parent's number (-1 for none), its names, and whether its beginning is in the recording. */
    public static final class RecordedProcess {
        private final int pid;
        private final int parent;
        private String name;
        private boolean complete;
        private boolean narrow;

        RecordedProcess(int pid, int parent, String name, boolean complete) {
            this.pid = pid;
            this.parent = parent;
            this.name = name;
            this.complete = complete;
        }

        /** Process id. */
        public int pid() {
            return pid;
        }

        /** Number of the parent process, or -1 when the recording does not have it. */
        public int parent() {
            return parent;
        }

        /** The last program name. */
        public String name() {
            return name;
        }

        /** Whether the recording has the process from its fork or exec on, so that all its memory is known. */
        public boolean isComplete() {
            return complete;
        }

        /** Whether it is a 32-bit program, whose system calls the recorded events do not show. */
        public boolean isNarrow() {
            return narrow;
        }

        void rename(String newName) {
            name = newName;
        }

        void setComplete() {
            complete = true;
        }

        void setNarrow(boolean isNarrow) {
            narrow = isNarrow;
        }
    }

    private final List<RecordedProcess> processes = new ArrayList<>();

    ProcessTable() {}

    /** Number of processes. */
    public int size() {
        return processes.size();
    }

    /** The process with number {@code i}. */
    public RecordedProcess get(int i) {
        return processes.get(i);
    }

    int add(int pid, int parent, String name, boolean complete) {
        processes.add(new RecordedProcess(pid, parent, name, complete));
        return processes.size() - 1;
    }
}
