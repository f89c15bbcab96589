package org.mmkit.kconfig.eval;

import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.ValueSyntax;

/** Numbers in texts, read as the C library reads them, and the comparison of two values. */
public final class Numbers {

    private static final int TEXT = 0;
    private static final int SIGNED = 1;
    private static final int UNSIGNED = 2;

    private Numbers() {
    }

    /** The number at the beginning of {@code text}, clamped to 64 signed bits; 0 when there is none. */
    public static long leading(String text, int base) {
        Scan scan = new Scan(text, base);
        if (scan.overflow || scan.magnitude < 0) {
            return scan.negative ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return scan.negative ? -scan.magnitude : scan.magnitude;
    }

    /** A number at the beginning of a text. */
    private static final class Scan {
        private long magnitude;
        private boolean negative;
        private boolean overflow;
        /** Index after the last digit; 0 when there is no number. */
        private int end;

        private Scan(String text, int requestedBase) {
            int i = 0;
            int n = text.length();
            int base = requestedBase;
            while (i < n && (text.charAt(i) == ' ' || text.charAt(i) >= '\t' && text.charAt(i) <= '\r')) {
                i++;
            }
            if (i < n && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
                negative = text.charAt(i) == '-';
                i++;
            }
            boolean hexPrefix = i + 2 < n && text.charAt(i) == '0' && (text.charAt(i + 1) | 0x20) == 'x'
                    && ValueSyntax.isHexDigit(text.charAt(i + 2));
            if (hexPrefix && (base == 16 || base == 0)) {
                i += 2;
                base = 16;
            } else if (base == 0) {
                base = i < n && text.charAt(i) == '0' ? 8 : 10;
            }
            while (i < n) {
                int digit = Character.digit(text.charAt(i), base);
                if (digit < 0 || text.charAt(i) > 'f') {
                    break;
                }
                if (Long.compareUnsigned(magnitude, Long.divideUnsigned(-1L - digit, base)) > 0) {
                    overflow = true;
                }
                magnitude = magnitude * base + digit;
                i++;
                end = i;
            }
        }
    }

    /**
     * Compares two values the way relations of the language do: as numbers of their symbols' types when both are
     * numbers and not both symbols are strings, otherwise as texts.
     */
    public static int compare(String left, SymbolType leftType, String right, SymbolType rightType) {
        if (leftType == SymbolType.STRING && rightType == SymbolType.STRING) {
            return left.compareTo(right);
        }
        int kindLeft;
        int kindRight;
        long l;
        long r;
        if (leftType.isLogical()) {
            kindLeft = SIGNED;
            l = logical(left);
        } else {
            Scan scan = new Scan(left, base(leftType));
            kindLeft = kind(left, leftType, scan);
            l = scan.negative ? -scan.magnitude : scan.magnitude;
        }
        if (rightType.isLogical()) {
            kindRight = SIGNED;
            r = logical(right);
        } else {
            Scan scan = new Scan(right, base(rightType));
            kindRight = kind(right, rightType, scan);
            r = scan.negative ? -scan.magnitude : scan.magnitude;
        }
        if (kindLeft == TEXT || kindRight == TEXT) {
            return left.compareTo(right);
        }
        return kindLeft == UNSIGNED || kindRight == UNSIGNED ? Long.compareUnsigned(l, r) : Long.compare(l, r);
    }

    private static int base(SymbolType type) {
        return switch (type) {
            case INT -> 10;
            case HEX -> 16;
            default -> 0;
        };
    }

    private static int kind(String text, SymbolType type, Scan scan) {
        if (scan.end != text.length() || scan.end == 0 || scan.overflow
                || !ValueSyntax.isHexDigit(text.charAt(scan.end - 1))) {
            return TEXT;
        }
        if (type == SymbolType.HEX) {
            return UNSIGNED;
        }
        boolean tooLarge = scan.magnitude < 0 && !(scan.negative && scan.magnitude == Long.MIN_VALUE);
        return tooLarge ? TEXT : SIGNED;
    }

    private static long logical(String value) {
        return switch (value) {
            case "n" -> 0;
            case "m" -> 1;
            case "y" -> 2;
            default -> -1;
        };
    }
}
