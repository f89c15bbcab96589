package org.mmkit.kconfig.model;

/**
 * A place in a Kconfig file.
 *
 * @param file the file as it was named by the {@code source} line
 * @param line counted from 1
 */
public record SourcePosition(String file, int line) {

    /** {@code file:line}. */
    @Override
    public String toString() {
        return file + ":" + line;
    }
}
