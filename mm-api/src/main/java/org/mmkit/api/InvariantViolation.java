package org.mmkit.api;

/**
 * The model found its own state wrong: a count that went negative, a frame that is free and mapped. Always a bug
 * of the engine or of a plugin, never of the user's input; the message names the first frame or table that is wrong.
 */
public final class InvariantViolation extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** A violation described by {@code message}. */
    public InvariantViolation(String message) {
        super(message);
    }
}
