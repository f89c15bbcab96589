package org.mmkit.cli;

/** Ends a command with a message for the person at the terminal and an {@link ExitCode}. */
public final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int exitCode;

    /** With an {@link ExitCode}. */
    public CommandException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** Bad usage or input: {@code message} says what is wrong, where, and what would be right. */
    public static CommandException badInput(String message) {
        return new CommandException(ExitCode.USAGE, message);
    }

    int exitCode() {
        return exitCode;
    }
}
