package org.mmkit.core.trace;

/**
 * A ring of records: the newest push the oldest out. Its memory is taken when the first record comes.
 *
 * <pre>
 *   record   | time in ns | event number | task | field 0 … field 7 |
 * </pre>
 *
 * <p>Thread-safe.
 */
final class TraceBuffer {

    static final int TIME = 0;
    static final int EVENT = 1;
    static final int TASK = 2;
    static final int FIELDS = 3;
    static final int RECORD = FIELDS + 8;

    /** Kilobytes unless set: those of one processor's buffer in Linux. */
    private static final int DEFAULT_KILOBYTES = 1408;

    private int kilobytes = DEFAULT_KILOBYTES;
    private long[] words = new long[0];
    private long written;

    /** Kilobytes that records may take. */
    synchronized int kilobytes() {
        return kilobytes;
    }

    /** Sets that, at least 1; what was recorded is forgotten. */
    synchronized void resize(int size) {
        kilobytes = size;
        words = new long[0];
        written = 0;
    }

    /** Forgets all records. */
    synchronized void clear() {
        written = 0;
    }

    private long capacity() {
        return Math.max(1, kilobytes * 1024L / (RECORD * Long.BYTES));
    }

    synchronized void add(long time, int event, long task, long a, long b, long c, long d, long e, long f, long g, long h) {
        if (words.length == 0) {
            words = new long[Math.toIntExact(capacity() * RECORD)];
        }
        int at = (int) (written++ % (words.length / RECORD)) * RECORD;
        words[at] = time;
        words[at + EVENT] = event;
        words[at + TASK] = task;
        words[at + FIELDS] = a;
        words[at + FIELDS + 1] = b;
        words[at + FIELDS + 2] = c;
        words[at + FIELDS + 3] = d;
        words[at + FIELDS + 4] = e;
        words[at + FIELDS + 5] = f;
        words[at + FIELDS + 6] = g;
        words[at + FIELDS + 7] = h;
    }

    /** Records written since the last {@link #clear}. */
    synchronized long written() {
        return written;
    }

    /** Records that are still there. */
    synchronized long size() {
        return Math.min(written, words.length / RECORD);
    }

    /** The words of all records, oldest first. */
    synchronized long[] snapshot() {
        int size = (int) size();
        long[] copy = new long[size * RECORD];
        long first = written - size;
        for (int i = 0; i < size; i++) {
            int at = (int) ((first + i) % (words.length / RECORD)) * RECORD;
            System.arraycopy(words, at, copy, i * RECORD, RECORD);
        }
        return copy;
    }
}
