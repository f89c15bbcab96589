package org.mmkit.hugetlb.fs;

/** Numbers with a unit, as the kernel reads them (lib/cmdline.c, memparse). */
public final class SizeNumber {

    private SizeNumber() {}

    /** The number that {@code text} begins with: decimal, 0x or 0, and one of K, M, G, T, P, E; what follows is not looked at. */
    public static long parse(String text) {
        int at = 0;
        int base = 10;
        if (text.startsWith("0x") || text.startsWith("0X")) {
            base = 16;
            at = 2;
        } else if (text.startsWith("0")) {
            base = 8;
        }
        long value = 0;
        while (at < text.length() && Character.digit(text.charAt(at), base) >= 0) {
            value = value * base + Character.digit(text.charAt(at), base);
            at++;
        }
        int unit = at < text.length() ? "KMGTPE".indexOf(Character.toUpperCase(text.charAt(at))) : -1;
        return value << 10 * (unit + 1);
    }
}
