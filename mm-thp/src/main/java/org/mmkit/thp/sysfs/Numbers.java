package org.mmkit.thp.sysfs;

/** Reads numbers and words the way the kernel's sysfs handlers do (lib/kstrtox.c, lib/string_helpers.c). */
final class Numbers {

    /** Not a number. */
    static final long INVALID = -1;
    /** More than 64 bits. */
    static final long TOO_LARGE = -2;

    private Numbers() {}

    /** {@code text} without the one newline that {@code echo} adds. */
    static String line(String text) {
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    /**
     * The decimal number in {@code text}: digits, a plus sign before them and one newline behind (Linux: kstrtoul with base 10).
     *
     * @return the number; {@link #INVALID}, {@link #TOO_LARGE}
     */
    static long unsigned(String text) {
        String digits = line(text);
        if (digits.startsWith("+")) {
            digits = digits.substring(1);
        }
        if (digits.isEmpty()) {
            return INVALID;
        }
        long value = 0;
        boolean tooLarge = false;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return INVALID;
            }
            if (value > (Long.MAX_VALUE - digit) / 10) {
                tooLarge = true;
            } else {
                value = value * 10 + digit;
            }
        }
        return tooLarge ? TOO_LARGE : value;
    }

    /** 1 or 0 for a word that begins like yes or no; {@link #INVALID} for others (Linux: kstrtobool). */
    static long bool(String text) {
        if (text.isEmpty()) {
            return INVALID;
        }
        return switch (text.charAt(0)) {
            case 'e', 'E', 'y', 'Y', 't', 'T', '1' -> 1;
            case 'd', 'D', 'n', 'N', 'f', 'F', '0' -> 0;
            case 'o', 'O' -> onOrOff(text);
            default -> INVALID;
        };
    }

    private static long onOrOff(String text) {
        if (text.length() < 2) {
            return INVALID;
        }
        return switch (text.charAt(1)) {
            case 'n', 'N' -> 1;
            case 'f', 'F' -> 0;
            default -> INVALID;
        };
    }
}
