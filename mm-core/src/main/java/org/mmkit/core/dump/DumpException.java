package org.mmkit.core.dump;

/** A memory image that cannot be used; the message names the file, the offset, what is wrong and what would be right. */
public final class DumpException extends Exception {

    private static final long serialVersionUID = 1;

    DumpException(String message) {
        super(message);
    }
}
