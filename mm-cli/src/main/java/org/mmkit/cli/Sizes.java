package org.mmkit.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes on the command line: a number of bytes, or one with K, M, G or T behind it. */
final class Sizes {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})([kmgt]?)b?");

    private Sizes() {}

    /** The bytes that {@code text} says, at least 1; {@link CommandException} when it says none. */
    static long parse(String text) {
        Matcher size = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (size.matches()) {
            int shift = size.group(2).isEmpty() ? 0 : 10 * ("kmgt".indexOf(size.group(2)) + 1);
            long number = Long.parseLong(size.group(1));
            if (number > 0 && number <= Long.MAX_VALUE >> shift) {
                return number << shift;
            }
        }
        throw CommandException.badInput("\"" + text + "\" is no size; write a number with K, M, G or T behind it");
    }
}
