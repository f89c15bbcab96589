package org.mmkit.core.shmem;

import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;

/** Numbers with a size suffix as mount options have them (Linux: memparse, nothing behind it). */
final class SizeText {

    private SizeText() {}

    /**
     * Decimal, 0x hexadecimal or 0 octal, then an optional k, m, g, t, p or e.
     *
     * @throws ErrnoException EINVAL for anything else
     */
    static long parse(String text) throws ErrnoException {
        int end = text.length();
        int shift = 0;
        if (end > 0) {
            int suffix = "kmgtpe".indexOf(Character.toLowerCase(text.charAt(end - 1)));
            boolean hex = text.startsWith("0x") || text.startsWith("0X");
            if (suffix >= 0 && !(hex && suffix == 5)) {
                shift = 10 * (suffix + 1);
                end--;
            }
        }
        try {
            return Long.parseUnsignedLong(digits(text, end), radix(text, end)) << shift;
        } catch (NumberFormatException e) {
            throw new ErrnoException(Errno.EINVAL);
        }
    }

    private static int radix(String text, int end) {
        if (text.startsWith("0x") || text.startsWith("0X")) {
            return 16;
        }
        return end > 1 && text.charAt(0) == '0' ? 8 : 10;
    }

    private static String digits(String text, int end) {
        return text.substring(radix(text, end) == 16 ? 2 : 0, end);
    }
}
