package org.mmkit.core;

/** A machine cannot be made of what was given; the message says what was wrong, where, and what would be right. */
public final class BootException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** A failure without an underlying one. */
    public BootException(String message) {
        super(message);
    }

    /** A failure because of {@code cause}. */
    public BootException(String message, Throwable cause) {
        super(message, cause);
    }
}
