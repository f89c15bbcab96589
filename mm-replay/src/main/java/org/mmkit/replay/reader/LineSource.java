package org.mmkit.replay.reader;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.ZipException;

/**
 * Lines of a byte stream, in one buffer of fixed size: ten gigabytes need no more memory than ten lines.
 *
 * <p>A line longer than the buffer is skipped as a whole. A stream that breaks off (a cut gzip file) ends there and says so. Not
 * thread-safe.
 */
final class LineSource {

    private static final int SIZE = 1 << 18;
    private static final long EACH_BYTE = 0x0101010101010101L;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

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
    /** Whether the line being looked for holds a zero byte. */
    private boolean zeros;

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
            for (scan = lineEnd(scan); scan < filled; scan = lineEnd(scan + 1)) {
                number++;
                if (!skipping) {
                    accept(position, scan);
                    position = scan + 1;
                    return true;
                }
                skipping = false;
                position = scan + 1;
                zeros = false;
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

    /** The next end-of-line character from {@code from} on, or the end of what is there; notes zero bytes on the way. */
    private int lineEnd(int from) {
        int i = from;
        for (; i + 8 <= filled; i += 8) {
            long word = (long) LONGS.get(buffer, i);
            long differs = word ^ EACH_BYTE * '\n';
            // The lowest bit that is set is bit 7 of the first byte that is an end of line, or zero.
            long ends = differs - EACH_BYTE & ~differs & EACH_BYTE << 7;
            long zero = word - EACH_BYTE & ~word & EACH_BYTE << 7;
            if ((ends | zero) != 0) {
                int end = Long.numberOfTrailingZeros(ends);
                zeros |= Long.numberOfTrailingZeros(zero) < end;
                if (ends != 0) {
                    return i + (end >>> 3);
                }
            }
        }
        for (; i < filled && buffer[i] != '\n'; i++) {
            zeros |= buffer[i] == 0;
        }
        return i;
    }

    private void accept(int from, int to) {
        start = from;
        end = to > from && buffer[to - 1] == '\r' ? to - 1 : to;
        binary += zeros ? 1 : 0;
        zeros = false;
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
