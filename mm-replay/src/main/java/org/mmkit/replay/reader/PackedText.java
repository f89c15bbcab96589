package org.mmkit.replay.reader;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** A text file, plain or gzip as its first bytes say, that knows how much of the file itself was read. One thread. */
final class PackedText {

    private final String source;
    private final BufferedInputStream in;
    private long taken;

    /** The file that {@code raw} reads, called {@code source} in messages. */
    PackedText(InputStream raw, String source) {
        this.source = source;
        this.in = new BufferedInputStream(new CountingStream(raw), 1 << 16);
    }

    /** The first {@code n} bytes, or all of a shorter file; they stay to be read. */
    byte[] head(int n) throws IOException {
        in.mark(n);
        byte[] head = in.readNBytes(n);
        in.reset();
        return head;
    }

    /** The text. */
    InputStream unpacked() throws BadRecordingException, IOException {
        byte[] head = head(2);
        if (head.length < 2 || (head[0] & 0xff) != 0x1f || (head[1] & 0xff) != 0x8b) {
            return in;
        }
        try {
            return new GZIPInputStream(in, 1 << 16);
        } catch (IOException e) {
            throw new BadRecordingException(source + ": the gzip file is cut off or damaged in its first bytes", e);
        }
    }

    /** Bytes of the file read so far, before unpacking. */
    long taken() {
        return taken;
    }

    /** Counts the bytes of the file itself. */
    private final class CountingStream extends FilterInputStream {

        CountingStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int c = super.read();
            taken += c >= 0 ? 1 : 0;
            return c;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int n = super.read(b, off, len);
            taken += Math.max(0, n);
            return n;
        }
    }
}
