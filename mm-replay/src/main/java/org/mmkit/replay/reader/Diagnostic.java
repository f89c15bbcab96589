package org.mmkit.replay.reader;

/**
 * One thing that is wrong with a recording.
 *
 * @param severity how bad it is
 * @param line line of the recording, from 1; 0 when it concerns the whole file
 * @param problem what is wrong
 * @param remedy what would be right; may be empty
 */
public record Diagnostic(Severity severity, long line, String problem, String remedy) {

    /** How much of the answer it costs. */
    public enum Severity {
        /** Told, but the answer stands. */
        NOTE,
        /** A part of the recording is not used. */
        SKIPPED,
        /** Results would mislead. */
        MISLEADING
    }

    /** The message as one line for a terminal, with {@code source} as the file's name. */
    public String format(String source) {
        StringBuilder text = new StringBuilder(source);
        if (line > 0) {
            text.append(':').append(line);
        }
        text.append(": ").append(problem);
        if (!remedy.isEmpty()) {
            text.append("; ").append(remedy);
        }
        return text.toString();
    }
}
