package org.mmkit.api.file;

import org.mmkit.api.Errno;

/** A file of /proc or /sys. Reading gives the text as the kernel would print it, the last newline included. */
public interface PseudoFile {

    /** The content. A write-only file throws {@link UnsupportedOperationException}; see {@link #isReadable}. */
    String read();

    /** Whether the file can be read (mode has r). */
    default boolean isReadable() {
        return true;
    }

    /** Whether the file can be written (mode has w). */
    default boolean isWritable() {
        return false;
    }

    /**
     * Writes {@code text} with one write(2).
     *
     * @return 0 or a negated error number
     */
    default int write(String text) {
        return -Errno.EACCES;
    }
}
