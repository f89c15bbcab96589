package org.mmkit.replay.reader;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.DoubleConsumer;

/**
 * Reads a trace of memory accesses, plain or gzip, line by line; the form of each line tells what it is:
 *
 * <pre>
 *   valgrind --tool=lackey --trace-mem=yes    " L 1ffeffe7d0,8"   " S 4222c40,4"   " M 421c7cc,4"   "I  04001090,3"
 *   drrun -t drmemtrace -tool view            "… T1234 &lt;…&gt; read  8 byte(s) @ 0x00007f… by PC 0x…"   "… ifetch 3 byte(s) @ 0x… …"
 *   DynamoRIO, client memtrace_simple         "0x00007fff2e0a5c78:  8, w"   "0x00007f2b8b4a1d50:  3, mov"
 *   perf mem record, then perf script -F comm,pid,tid,cpu,time,event,addr
 *                                             "prog 7/7 [001] 1.5: cpu/mem-loads,ldlat=30/P: 7f0123456788"
 * </pre>
 *
 * <p>The last one tells the process, and the processor where the field cpu is printed.
 *
 * <p>Other lines are passed over and counted. Streams: memory does not depend on the size of the trace. One thread.
 */
public final class AccessTraceReader {

    private static final byte[] BYTES_AT = " byte(s) @ 0x".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MEM = "mem-".getBytes(StandardCharsets.US_ASCII);
    private static final int LOADS = 'l';
    private static final int STORES = 's';
    private static final long LINES_BETWEEN_REPORTS = 1 << 20;

    /** What a byte is as a hexadecimal digit, or -1. */
    private static final byte[] DIGITS = new byte[256];

    static {
        for (int c = 0; c < DIGITS.length; c++) {
            DIGITS[c] = (byte) (c < 128 ? Character.digit(c, 16) : -1);
        }
    }

    private DoubleConsumer progress = fraction -> {};
    private long accesses;
    private long others;

    private int process;
    private int processor;

    private byte[] line = new byte[0];
    private int at;
    private int end;

    /** A reader. */
    public AccessTraceReader() {}

    /** Tells {@code listener} the fraction of the file read so far, now and then. */
    public AccessTraceReader onProgress(DoubleConsumer listener) {
        progress = listener;
        return this;
    }

    /** Accesses of the last file read, fetches included. */
    public long accesses() {
        return accesses;
    }

    /** Lines of the last file read that were no access. */
    public long otherLines() {
        return others;
    }

    /**
     * Reads {@code file} from its beginning.
     *
     * @throws BadRecordingException when no line is an access, or a gzip file is damaged
     * @throws IOException when the file cannot be read
     */
    public void read(Path file, AccessListener listener) throws BadRecordingException, IOException {
        if (Files.isDirectory(file)) {
            throw new BadRecordingException(file + ": is a directory; name a trace in it");
        }
        long size = Math.max(1, Files.size(file));
        try (InputStream raw = Files.newInputStream(file)) {
            PackedText in = new PackedText(raw, file.toString());
            LineSource lines = new LineSource(in.unpacked());
            accesses = 0;
            others = 0;
            process = 0;
            processor = 0;
            while (lines.next()) {
                line = lines.bytes();
                at = lines.start();
                end = lines.end();
                if (parse(listener)) {
                    accesses++;
                } else {
                    others++;
                }
                if (lines.number() % LINES_BETWEEN_REPORTS == 0) {
                    progress.accept(Math.min(1, (double) in.taken() / size));
                }
            }
            if (!lines.failure().isEmpty()) {
                throw new BadRecordingException(file + ": " + lines.failure() + " after line " + lines.number() + "; copy the file again");
            }
            if (accesses == 0) {
                throw new BadRecordingException(file + ":1:1: no line is a memory access; a trace is made by"
                        + " `valgrind --tool=lackey --trace-mem=yes --log-file=TRACE PROGRAM`");
            }
        }
    }

    private boolean parse(AccessListener listener) {
        if (end - at < 4) {
            return false;
        }
        byte first = line[at];
        byte letter = first == ' ' ? line[at + 1] : first;
        if (line[at + 2] == ' ' && (first == 'I' || letter == 'L' || letter == 'S' || letter == 'M')) {
            return lackey(listener, letter);
        }
        if (first == '0' && line[at + 1] == 'x') {
            return simple(listener);
        }
        int found = find(BYTES_AT, at);
        if (found >= 0) {
            return view(listener, found);
        }
        found = find(MEM, at);
        return found >= 0 && perf(listener, found + MEM.length);
    }

    private boolean lackey(AccessListener listener, int letter) {
        int kind = letter == 'I' ? AccessListener.FETCH : letter == 'L' ? AccessListener.READ : AccessListener.WRITE;
        at += 3;
        skipBlanks();
        int from = at;
        long address = hexadecimal();
        if (at == from || at >= end || line[at] != ',') {
            return false;
        }
        at++;
        return heard(listener, address, decimal(), kind);
    }

    private boolean simple(AccessListener listener) {
        at += 2;
        int from = at;
        long address = hexadecimal();
        if (at == from || at >= end || line[at] != ':') {
            return false;
        }
        at++;
        skipBlanks();
        long bytes = decimal();
        if (at >= end || line[at] != ',') {
            return false;
        }
        at++;
        skipBlanks();
        int kind = AccessListener.FETCH;
        if (at == end - 1) {
            kind = line[at] == 'r' ? AccessListener.READ : line[at] == 'w' ? AccessListener.WRITE : AccessListener.FETCH;
        }
        return heard(listener, address, bytes, kind);
    }

    private boolean view(AccessListener listener, int found) {
        int start = found;
        while (start > at && line[start - 1] >= '0' && line[start - 1] <= '9') {
            start--;
        }
        int word = start;
        while (word > at && line[word - 1] == ' ') {
            word--;
        }
        int last = word > at ? line[word - 1] : 0;
        // The word before is read, write or ifetch.
        int kind = last == 'd' ? AccessListener.READ : last == 'e' ? AccessListener.WRITE : last == 'h' ? AccessListener.FETCH : -1;
        at = start;
        long bytes = decimal();
        at = found + BYTES_AT.length;
        int from = at;
        long address = hexadecimal();
        return kind >= 0 && at > from && heard(listener, address, bytes, kind);
    }

    private boolean perf(AccessListener listener, int after) {
        int kind = after < end && line[after] == LOADS ? AccessListener.READ : after < end && line[after] == STORES ? AccessListener.WRITE : -1;
        int start = at;
        int colon = end;
        while (colon > after && line[colon - 1] != ':') {
            colon--;
        }
        at = colon;
        skipBlanks();
        int from = at;
        long address = hexadecimal();
        boolean word = at == end || line[at] == ' ' || line[at] == '\t';
        if (kind < 0 || at == from || !word) {
            return false;
        }
        at = start;
        origin(listener, after);
        return heard(listener, address, 1, kind);
    }

    /** Tells who made the access: the last "PID/TID" before the event, and the "[CPU]" behind it. */
    private void origin(AccessListener listener, int event) {
        int ofProcess = -1;
        int ofProcessor = 0;
        int from = at;
        for (int i = from; i < event; i++) {
            if (line[i] == '/' && i > from && isDigit(line[i - 1]) && isDigit(line[i + 1])) {
                int start = i - 1;
                while (start > from && isDigit(line[start - 1])) {
                    start--;
                }
                if (start > from && line[start - 1] != ' ' && line[start - 1] != '\t') {
                    continue;
                }
                at = start;
                int id = (int) decimal();
                at = i + 1;
                decimal();
                if (line[at] == ' ' || line[at] == '\t') {
                    ofProcess = id;
                    skipBlanks();
                    ofProcessor = 0;
                    if (line[at] == '[') {
                        at++;
                        ofProcessor = (int) decimal();
                    }
                }
            }
        }
        if (ofProcess >= 0 && (ofProcess != process || ofProcessor != processor)) {
            process = ofProcess;
            processor = ofProcessor;
            listener.comesFrom(process, processor);
        }
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    private static boolean heard(AccessListener listener, long address, long bytes, int kind) {
        if (bytes < 1 || bytes > 1 << 20) {
            return false;
        }
        listener.access(address, (int) bytes, kind);
        return true;
    }

    private void skipBlanks() {
        int i = at;
        while (i < end && (line[i] == ' ' || line[i] == '\t')) {
            i++;
        }
        at = i;
    }

    private long hexadecimal() {
        byte[] text = line;
        long value = 0;
        int i = at;
        for (; i < end; i++) {
            int digit = DIGITS[text[i] & 0xff];
            if (digit < 0) {
                break;
            }
            value = value << 4 | digit;
        }
        at = i;
        return value;
    }

    private long decimal() {
        long value = 0;
        for (; at < end && line[at] >= '0' && line[at] <= '9'; at++) {
            value = Math.min(value * 10 + line[at] - '0', Integer.MAX_VALUE);
        }
        return value;
    }

    private int find(byte[] what, int from) {
        for (int i = from; i <= end - what.length; i++) {
            int k = 0;
            while (k < what.length && line[i + k] == what[k]) {
                k++;
            }
            if (k == what.length) {
                return i;
            }
        }
        return -1;
    }
}
