package org.mmkit.replay.compare;

/**
 * Memory of all processes at chosen events, in pages. The same events are chosen in every run of a recording, so that samples of two runs
 * compare one to one. Not thread-safe.
 */
final class Samples {

    /** Samples taken over a recording, besides those at the end of processes. */
    static final int POINTS = 400;

    private int size;
    private int[] event = new int[POINTS * 2];
    private long[] rss = new long[POINTS * 2];
    private long[] anonymous = new long[POINTS * 2];
    private long[] huge = new long[POINTS * 2];
    private long[] tableKb = new long[POINTS * 2];

    void add(int atEvent, long rssPages, long anonymousPages, long hugePages, long tablesKb) {
        if (size == event.length) {
            int n = size * 2;
            event = java.util.Arrays.copyOf(event, n);
            rss = java.util.Arrays.copyOf(rss, n);
            anonymous = java.util.Arrays.copyOf(anonymous, n);
            huge = java.util.Arrays.copyOf(huge, n);
            tableKb = java.util.Arrays.copyOf(tableKb, n);
        }
        event[size] = atEvent;
        rss[size] = rssPages;
        anonymous[size] = anonymousPages;
        huge[size] = hugePages;
        tableKb[size++] = tablesKb;
    }

    int size() {
        return size;
    }

    int event(int i) {
        return event[i];
    }

    long rss(int i) {
        return rss[i];
    }

    long anonymous(int i) {
        return anonymous[i];
    }

    long huge(int i) {
        return huge[i];
    }

    long tableKb(int i) {
        return tableKb[i];
    }
}
