package org.mmkit.kconfig.model;

/** Which texts are values of a type. */
public final class ValueSyntax {

    private ValueSyntax() {
    }

    /** Whether {@code text} may be stored as a value of {@code type}; ranges are not looked at. */
    public static boolean isValid(SymbolType type, String text) {
        return switch (type) {
            case STRING -> true;
            case INT -> isInt(text);
            case HEX -> isHex(text);
            case BOOL, TRISTATE -> !text.isEmpty() && "yYmMnN".indexOf(text.charAt(0)) >= 0;
            case UNKNOWN -> false;
        };
    }

    /** An optional minus sign and digits, without leading zeros. */
    private static boolean isInt(String text) {
        int i = text.startsWith("-") ? 1 : 0;
        int n = text.length();
        if (i == n || text.charAt(i) == '0' && n > i + 1) {
            return false;
        }
        for (; i < n; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
        }
        return true;
    }

    /** Hexadecimal digits with or without 0x. */
    private static boolean isHex(String text) {
        int i = text.length() >= 2 && text.charAt(0) == '0' && (text.charAt(1) | 0x20) == 'x' ? 2 : 0;
        int n = text.length();
        if (i == n) {
            return false;
        }
        for (; i < n; i++) {
            if (!isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether {@code c} is one of 0-9, a-f, A-F. */
    public static boolean isHexDigit(char c) {
        char lower = (char) (c | 0x20);
        return c >= '0' && c <= '9' || lower >= 'a' && lower <= 'f';
    }
}
