package org.mmkit.api.config;

/** The three truth values of Kconfig, in the order n, m, y that the language compares them in. */
public enum Tristate {
    /** Off. */
    N('n'),
    /** Built as a module. */
    M('m'),
    /** Built in. */
    Y('y');

    private static final Tristate[] BY_LEVEL = values();

    private final char letter;

    Tristate(char letter) {
        this.letter = letter;
    }

    /** The letter of a {@code .config} line. */
    public char letter() {
        return letter;
    }

    /** The value of rank {@code level}: 0 is n, 1 is m, 2 is y. */
    public static Tristate ofLevel(int level) {
        return BY_LEVEL[level];
    }
}
