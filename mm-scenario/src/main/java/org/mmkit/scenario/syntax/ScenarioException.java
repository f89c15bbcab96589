package org.mmkit.scenario.syntax;

/** A scenario is wrong: where, what, and what would be right, as one line of text. */
public final class ScenarioException extends Exception {

    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;

    /**
     * @param file as the user named it
     * @param line counted from 1
     * @param column counted from 1, or 0 when the whole line is meant
     * @param what what is wrong and what would be right
     */
    public ScenarioException(String file, int line, int column, String what) {
        super(file + ":" + line + (column > 0 ? ":" + column : "") + ": " + what);
        this.line = line;
        this.column = column;
    }

    /** The line, counted from 1. */
    public int line() {
        return line;
    }

    /** The column, counted from 1, or 0. */
    public int column() {
        return column;
    }
}
