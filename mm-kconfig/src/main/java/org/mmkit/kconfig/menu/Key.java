package org.mmkit.kconfig.menu;

/**
 * A key that was pressed.
 *
 * @param kind which key
 * @param character the character of a {@link Kind#CHARACTER}; 0 otherwise
 */
public record Key(Kind kind, char character) {

    /** Keys with a meaning of their own. */
    public enum Kind { CHARACTER, UP, DOWN, PAGE_UP, PAGE_DOWN, HOME, END, LEFT, RIGHT, ENTER, ESCAPE, BACKSPACE }

    /** A key without a character. */
    public static Key of(Kind kind) {
        return new Key(kind, '\0');
    }

    /** The key of a character. */
    public static Key of(char character) {
        return new Key(Kind.CHARACTER, character);
    }
}
