package org.mmkit.replay.compare;

import java.util.Arrays;

/**
 * How much sooner or later a thread gets somewhere than in the recording: each fault that a policy spares it saves time, each larger fault
 * costs more. Remembers the last moments of each thread. Allocates only for threads not seen before. Not thread-safe.
 */
final class ThreadPace {

    private static final int MOMENTS = 64;

    private int[] tids = new int[64];
    private int[] row = new int[64];
    private int threads;
    private long[] when = new long[16 * MOMENTS];
    private long[] saved = new long[16 * MOMENTS];
    private int[] last = new int[16];
    private int lastTid = -1;
    private int lastRow;

    /** At recorded {@code time}, thread {@code tid} saves {@code nanoseconds}, or loses them when negative. */
    void save(int tid, long time, long nanoseconds) {
        int r = row(tid);
        int at = last[r];
        long sum = saved[r * MOMENTS + at];
        int next = at + 1 & MOMENTS - 1;
        last[r] = next;
        when[r * MOMENTS + next] = time;
        saved[r * MOMENTS + next] = sum + nanoseconds;
    }

    /** What {@code tid} saved after recorded time {@code since}, as far as it is remembered. */
    long savedSince(int tid, long since) {
        int r = row(tid);
        int at = last[r];
        long sum = saved[r * MOMENTS + at];
        int i = at;
        for (int n = 0; n < MOMENTS - 1 && when[r * MOMENTS + i] > since; n++) {
            i = i - 1 & MOMENTS - 1;
        }
        return sum - saved[r * MOMENTS + i];
    }

    private int row(int tid) {
        if (tid == lastTid) {
            return lastRow;
        }
        int mask = tids.length - 1;
        int i = tid * 0x9e3779b9 >>> 8 & mask;
        while (row[i] != 0 && tids[i] != tid) {
            i = i + 1 & mask;
        }
        if (row[i] == 0) {
            if (threads * 2 > tids.length) {
                grow();
                return row(tid);
            }
            tids[i] = tid;
            row[i] = ++threads;
            if (threads > last.length) {
                int n = last.length * 2;
                last = Arrays.copyOf(last, n);
                when = Arrays.copyOf(when, n * MOMENTS);
                saved = Arrays.copyOf(saved, n * MOMENTS);
            }
        }
        lastTid = tid;
        lastRow = row[i] - 1;
        return lastRow;
    }

    private void grow() {
        int[] oldTids = tids;
        int[] oldRows = row;
        tids = new int[oldTids.length * 2];
        row = new int[oldTids.length * 2];
        int mask = tids.length - 1;
        for (int k = 0; k < oldTids.length; k++) {
            if (oldRows[k] != 0) {
                int i = oldTids[k] * 0x9e3779b9 >>> 8 & mask;
                while (row[i] != 0) {
                    i = i + 1 & mask;
                }
                tids[i] = oldTids[k];
                row[i] = oldRows[k];
            }
        }
    }
}
