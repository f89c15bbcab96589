package org.mmkit.core.boot;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mmkit.core.BootException;

/** Sizes as people and kernel command lines write them (Linux: memparse). */
public final class SizeText {

    private static final Pattern SIZE = Pattern.compile("(0x[0-9a-f]{1,16}|[0-9]{1,18})([kmgtpe]?)(i?b)?");
    private static final String UNITS = "kmgtpe";

    private SizeText() {}

    /** The bytes that {@code text} says: a decimal or hexadecimal number, with K, M, G, T, P or E for powers of 1024. */
    public static long parse(String text) {
        Matcher size = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            throw new BootException("\"" + text + "\" is no size; write a number of bytes, or one with K, M, G or T behind it");
        }
        int shift = size.group(2).isEmpty() ? 0 : 10 * (UNITS.indexOf(size.group(2)) + 1);
        long number = Long.decode(size.group(1).replaceFirst("^0+(?=[0-9])", ""));
        if (number > Long.MAX_VALUE >> shift) {
            throw new BootException("\"" + text + "\" is more than any machine has");
        }
        return number << shift;
    }
}
