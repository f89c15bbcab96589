package org.mmkit.kconfig.model;

/**
 * Something that the engine has to say about its input.
 *
 * @param severity how bad it is
 * @param file the file, as its {@code source} line named it; empty when no place is meant
 * @param line the line from 1; 0 without a file
 * @param message what is wrong
 * @param rendered the whole text as the kernel's {@code conf} prints it, without the final newline
 */
public record Diagnostic(Severity severity, String file, int line, String message, String rendered) {

    /** Severities of diagnostics. */
    public enum Severity {
        /** Output that the input asked for; {@code conf} prints it on standard output. */
        INFO,
        /** Suspicious, but processing goes on and succeeds. */
        WARNING,
        /** Processing fails, at once or at its end. */
        ERROR
    }

    /** {@code file:line:warning: message}. */
    public static Diagnostic warning(String file, int line, String message) {
        return new Diagnostic(Severity.WARNING, file, line, message, file + ":" + line + ":warning: " + message);
    }

    /** {@code file:line: message}. */
    public static Diagnostic at(Severity severity, String file, int line, String message) {
        return new Diagnostic(severity, file, line, message, file + ":" + line + ": " + message);
    }

    /** {@code file:line: error: message}. */
    public static Diagnostic error(String file, int line, String message) {
        return new Diagnostic(Severity.ERROR, file, line, message, file + ":" + line + ": error: " + message);
    }

    /** A text without a place. */
    public static Diagnostic text(Severity severity, String message) {
        return new Diagnostic(severity, "", 0, message, message);
    }

    /** Receives diagnostics in the order they arise, on the thread that works. */
    @FunctionalInterface
    public interface Sink {

        /** Takes one diagnostic. */
        void report(Diagnostic diagnostic);
    }
}
