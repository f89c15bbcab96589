package org.mmkit.kconfig.lexer;

/** The kinds of token, as small numbers. */
public final class Token {

    /** End of all input. */
    public static final int END = 0;
    /** End of a statement. */
    public static final int EOL = 1;
    /** An unquoted word that is no keyword. */
    public static final int WORD = 2;
    /** A quoted text. */
    public static final int QUOTED = 3;
    /** The body of a help text. */
    public static final int HELP_TEXT = 4;
    /** The rest of an assignment's line. */
    public static final int ASSIGNED = 5;

    public static final int OR = 10;
    public static final int AND = 11;
    public static final int NOT = 12;
    public static final int EQUAL = 13;
    public static final int UNEQUAL = 14;
    public static final int LESS = 15;
    public static final int LESS_EQUAL = 16;
    public static final int GREATER = 17;
    public static final int GREATER_EQUAL = 18;
    public static final int OPEN = 19;
    public static final int CLOSE = 20;
    public static final int ASSIGN_SIMPLE = 21;
    public static final int ASSIGN_APPEND = 22;

    public static final int BOOL = 30;
    public static final int CHOICE = 31;
    public static final int COMMENT = 32;
    public static final int CONFIG = 33;
    public static final int DEF_BOOL = 34;
    public static final int DEF_TRISTATE = 35;
    public static final int DEFAULT = 36;
    public static final int DEPENDS = 37;
    public static final int ENDCHOICE = 38;
    public static final int ENDIF = 39;
    public static final int ENDMENU = 40;
    public static final int HELP = 41;
    public static final int HEX = 42;
    public static final int IF = 43;
    public static final int IMPLY = 44;
    public static final int INT = 45;
    public static final int MAINMENU = 46;
    public static final int MENU = 47;
    public static final int MENUCONFIG = 48;
    public static final int MODULES = 49;
    public static final int ON = 50;
    public static final int PROMPT = 51;
    public static final int RANGE = 52;
    public static final int SELECT = 53;
    public static final int SOURCE = 54;
    public static final int STRING = 55;
    public static final int TRISTATE = 56;
    public static final int VISIBLE = 57;
    public static final int TRANSITIONAL = 58;

    private Token() {
    }

    /** Whether {@code token} may assign to a variable when it follows the first word of a line. */
    public static boolean isAssignment(int token) {
        return token == EQUAL || token == ASSIGN_SIMPLE || token == ASSIGN_APPEND;
    }
}
