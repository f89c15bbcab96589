package org.mmkit.scenario.record;

/** A recording cannot be read: where and why, as one line of text. */
public final class RecordingException extends Exception {

    private static final long serialVersionUID = 1;

    /** @param message file, line and cause */
    public RecordingException(String message) {
        super(message);
    }
}
