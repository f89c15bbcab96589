package org.mmkit.cli;

import java.util.Locale;
import java.util.TreeMap;

/**
 * One line on the terminal that says how far long work is; nothing when standard error is no terminal, or in the first moments. Thread-safe.
 */
final class ProgressLine implements AutoCloseable {

    private static final long FIRST_MS = 400;
    private static final long BETWEEN_MS = 100;

    private final boolean shown;
    private final TreeMap<String, Double> parts = new TreeMap<>();
    private long last = System.currentTimeMillis() + FIRST_MS - BETWEEN_MS;
    private boolean dirty;

    private ProgressLine(boolean shown) {
        this.shown = shown;
    }

    static ProgressLine onTerminal() {
        return new ProgressLine(System.console() != null);
    }

    /** {@code part} is done to {@code fraction}, 0 to 1. */
    synchronized void show(String part, double fraction) {
        if (!shown) {
            return;
        }
        parts.put(part, fraction);
        long now = System.currentTimeMillis();
        if (now - last < BETWEEN_MS) {
            return;
        }
        last = now;
        StringBuilder text = new StringBuilder("\r\033[K");
        parts.forEach((name, done) -> text.append(name).append(String.format(Locale.ROOT, " %.0f %%  ", done * 100)));
        System.err.print(text);
        System.err.flush();
        dirty = true;
    }

    /** Takes the line away. */
    synchronized void clear() {
        if (dirty) {
            System.err.print("\r\033[K");
            System.err.flush();
            dirty = false;
        }
        parts.clear();
    }

    @Override
    public void close() {
        clear();
    }
}
