package org.mmkit.core.pseudofs;

/** Columns of numbers as the kernel's seq_file helpers print them. */
final class Columns {

    private Columns() {}

    /** {@code name:} in 16 columns, the number up to the 24th, and the unit (empty for none); a longer name takes columns from the number. */
    static void line(StringBuilder out, String name, long value, String unit) {
        int start = out.length();
        out.append(name).append(':');
        fill(out, start + 16);
        right(out, value, 24 - (out.length() - start));
        if (!unit.isEmpty()) {
            out.append(' ').append(unit);
        }
        out.append('\n');
    }

    /** {@code value} right-aligned in {@code width} columns. */
    static void right(StringBuilder out, long value, int width) {
        String digits = Long.toString(value);
        for (int i = digits.length(); i < width; i++) {
            out.append(' ');
        }
        out.append(digits);
    }

    /** {@code text} right-aligned in {@code width} columns. */
    static void right(StringBuilder out, String text, int width) {
        for (int i = text.length(); i < width; i++) {
            out.append(' ');
        }
        out.append(text);
    }

    /** {@code value} in hexadecimal with at least {@code width} digits. */
    static void hex(StringBuilder out, long value, int width) {
        String digits = Long.toHexString(value);
        for (int i = digits.length(); i < width; i++) {
            out.append('0');
        }
        out.append(digits);
    }

    /** Blanks up to position {@code end} of the text. */
    static void fill(StringBuilder out, int end) {
        while (out.length() < end) {
            out.append(' ');
        }
    }
}
