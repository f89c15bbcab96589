package org.mmkit.replay.reader;

import java.util.Arrays;

/**
 * Decoded events in the order in which they took effect, one primitive array per column.
 *
 * <p>37 bytes an event, no object each. Filled by one thread through {@link RecordingBuilder}; read-only and safe for any number of
 * threads afterwards.
 */
public final class EventLog {

    private static final int INITIAL = 1 << 12;

    private byte[] kind = new byte[INITIAL];
    private int[] process = new int[INITIAL];
    private int[] tid = new int[INITIAL];
    private long[] time = new long[INITIAL];
    private int[] line = new int[INITIAL];
    private long[] a = new long[INITIAL];
    private long[] b = new long[INITIAL];
    private int[] aux = new int[INITIAL];
    private int size;

    EventLog() {}

    /** Number of events. */
    public int size() {
        return size;
    }

    /** What event {@code i} is: a constant of {@link EventKind}. */
    public byte kind(int i) {
        return kind[i];
    }

    /** Index in {@link ProcessTable} of the process. */
    public int process(int i) {
        return process[i];
    }

    /** Thread id. */
    public int tid(int i) {
        return tid[i];
    }

    /** Nanoseconds of the recording's clock. */
    public long time(int i) {
        return time[i];
    }

    /** Line of the recording, from 1; the largest int when it is beyond. */
    public int line(int i) {
        return line[i];
    }

    /** First operand; see {@link EventKind}. */
    public long a(int i) {
        return a[i];
    }

    /** Second operand; see {@link EventKind}. */
    public long b(int i) {
        return b[i];
    }

    /** Third operand; see {@link EventKind}. */
    public int aux(int i) {
        return aux[i];
    }

    int append(byte newKind, int newProcess, int newTid, long newTime, int newLine) {
        if (size == kind.length) {
            grow();
        }
        int i = size++;
        kind[i] = newKind;
        process[i] = newProcess;
        tid[i] = newTid;
        time[i] = newTime;
        line[i] = newLine;
        return i;
    }

    void set(int i, byte newKind, long newA, long newB, int newAux) {
        kind[i] = newKind;
        a[i] = newA;
        b[i] = newB;
        aux[i] = newAux;
    }

    void setKind(int i, byte newKind) {
        kind[i] = newKind;
    }

    /** Drops the places that nothing came to fill, keeping the order, and gives back spare room. */
    void compact() {
        int n = 0;
        for (int i = 0; i < size; i++) {
            if (kind[i] != EventKind.NONE) {
                if (n != i) {
                    kind[n] = kind[i];
                    process[n] = process[i];
                    tid[n] = tid[i];
                    time[n] = time[i];
                    line[n] = line[i];
                    a[n] = a[i];
                    b[n] = b[i];
                    aux[n] = aux[i];
                }
                n++;
            }
        }
        size = n;
        resize(n);
    }

    private void grow() {
        resize(Math.min(Integer.MAX_VALUE - 16, size + (size >> 1) + 16));
    }

    private void resize(int capacity) {
        kind = Arrays.copyOf(kind, capacity);
        process = Arrays.copyOf(process, capacity);
        tid = Arrays.copyOf(tid, capacity);
        time = Arrays.copyOf(time, capacity);
        line = Arrays.copyOf(line, capacity);
        a = Arrays.copyOf(a, capacity);
        b = Arrays.copyOf(b, capacity);
        aux = Arrays.copyOf(aux, capacity);
    }
}
