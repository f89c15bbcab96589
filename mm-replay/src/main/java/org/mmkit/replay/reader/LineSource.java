package org.mmkit.replay.reader;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/**
 * Lines of a byte stream, in one buffer of fixed size: ten gigabytes need no more memory than ten lines.
 *
 * <p>A line longer than the buffer is skipped as a whole. A stream that breaks off (a cut gzip file) ends there and says so. Not
 * thread-safe.
 */
final class LineSource {

    private static final int SIZE = 1 << 18;

    private final InputStream in;
    private final byte[] buffer = new byte[SIZE];
    private int filled;
    private int position;
    private boolean ended;
    private int start;
    private int end;
    private long number;
    private long tooLong;
    private long binary;
    private String failure = "";
    private boolean cut;

    LineSource(InputStream in) {
        this.in = in;
    }

    byte[] bytes() {
        return buffer;
    }

    /** First byte of the line in {@link #bytes}. */
    int start() {
        return start;
    }

    /** Behind the last byte of the line, its end-of-line characters left out. */
    int end() {
        return end;
    }

    /** Number of the line, from 1. */
    long number() {
        return number;
    }

    /** Lines skipped because they were longer than the buffer. */
    long tooLong() {
        return tooLong;
    }

    /** Lines that held a zero byte: not text. */
    long binary() {
        return binary;
    }

    /** Why the stream ended before its end; empty when it did not. */
    String failure() {
        return failure;
    }

    /** Whether the last line had no end-of-line character. */
    boolean isLastLineCut() {
        return cut;
    }

    /** The line as text, for messages and rare lines. */
    String text() {
        return new String(buffer, start, end - start, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /** Goes to the next line; false at the end. */
    boolean next() throws IOException {
        boolean skipping = false;
        int scan = position;
        while (true) {
            for (; scan < filled; scan++) {
                if (buffer[scan] == '\n') {
                    number++;
                    if (skipping) {
                        skipping = false;
                        position = scan + 1;
                        continue;
                    }
                    accept(position, scan);
                    position = scan + 1;
                    return true;
                }
            }
            if (ended) {
                if (skipping || position >= filled) {
                    return false;
                }
                number++;
                cut = true;
                accept(position, filled);
                position = filled;
                return true;
            }
            if (skipping) {
                position = filled;
            }
            if (position > 0) {
                System.arraycopy(buffer, position, buffer, 0, filled - position);
                filled -= position;
                position = 0;
            } else if (filled == SIZE) {
                tooLong++;
                skipping = true;
                filled = 0;
            }
            scan = filled;
            read();
        }
    }

    private void accept(int from, int to) {
        start = from;
        end = to > from && buffer[to - 1] == '\r' ? to - 1 : to;
        for (int i = start; i < end; i++) {
            if (buffer[i] == 0) {
                binary++;
                return;
            }
        }
    }

    private void read() throws IOException {
        try {
            int n = in.read(buffer, filled, SIZE - filled);
            if (n < 0) {
                ended = true;
            } else {
                filled += n;
            }
        } catch (EOFException e) {
            ended = true;
            failure = "the gzip file is cut off";
        } catch (ZipException e) {
            ended = true;
            failure = "the gzip data is damaged";
        }
    }
}
