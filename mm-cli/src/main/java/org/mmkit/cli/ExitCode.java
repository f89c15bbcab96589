package org.mmkit.cli;

/** What a caller of {@code mm} learns from its exit status. */
public final class ExitCode {

    /** The command did what it was asked to do. */
    public static final int DONE = 0;
    /** A comparison or check failed, or output could not be written. */
    public static final int FAILED = 1;
    /** Wrong usage or bad input; one line says what and where. */
    public static final int USAGE = 2;
    /** An invariant of the model was violated: a defect of this program, never of the input. */
    public static final int INTERNAL = 3;

    private ExitCode() {}
}
