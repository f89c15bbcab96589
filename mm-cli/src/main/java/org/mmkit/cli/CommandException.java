package org.mmkit.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

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

    /** Bad usage or input, of which {@code what} tells. */
    public static CommandException badInput(Exception what) {
        return badInput(String.valueOf(what.getMessage()));
    }

    /** {@code file} cannot be read. */
    public static CommandException unreadable(Path file, IOException why) {
        if (why instanceof CharacterCodingException) {
            return badInput(file + ": this is not text");
        }
        return badInput(Files.isDirectory(file) ? file + ": is a directory" : CommandLineRunner.describe(why));
    }

    int exitCode() {
        return exitCode;
    }
}
