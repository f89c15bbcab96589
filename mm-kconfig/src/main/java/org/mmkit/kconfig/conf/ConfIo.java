package org.mmkit.kconfig.conf;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The standard streams of the command. Texts have one byte in each char. */
final class ConfIo {

    /** The longest answer that is read at a time, with its line end. */
    private static final int LINE_LIMIT = 4095;

    private final InputStream in;
    private final OutputStream out;
    private final OutputStream err;
    private final boolean terminal;
    private boolean ended;

    ConfIo(InputStream in, OutputStream out, OutputStream err, boolean terminal) {
        this.in = in;
        this.out = new BufferedOutputStream(out, 1 << 16);
        this.err = err;
        this.terminal = terminal;
    }

    void print(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void error(String text) {
        try {
            err.write(text.getBytes(StandardCharsets.ISO_8859_1));
            err.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the input has ended. */
    boolean isEnded() {
        return ended;
    }

    /**
     * Reads a line, with its line end, and echoes it when nobody types it.
     *
     * @param ifEnded what stands for the line when the input has ended
     */
    String readLine(String ifEnded) {
        flush();
        StringBuilder line = new StringBuilder();
        try {
            while (line.length() < LINE_LIMIT) {
                int c = ended ? -1 : in.read();
                if (c < 0) {
                    ended = true;
                    break;
                }
                line.append((char) c);
                if (c == '\n') {
                    break;
                }
            }
        } catch (IOException e) {
            ended = true;
        }
        String result = line.toString();
        if (result.isEmpty()) {
            error("\nError in reading or end of file.\n");
            result = ifEnded;
        }
        if (!terminal) {
            print(result);
        }
        return result;
    }
}
