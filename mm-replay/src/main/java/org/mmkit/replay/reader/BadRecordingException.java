package org.mmkit.replay.reader;

/** A recording of which nothing can be used. The message says the file, the line, what is wrong and what would be right. */
public final class BadRecordingException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Of a complete message, for a person. */
    public BadRecordingException(String message) {
        super(message);
    }

    /** Of a complete message and its cause. */
    public BadRecordingException(String message, Throwable cause) {
        super(message, cause);
    }
}
