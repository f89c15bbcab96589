package org.mmkit.kconfig.conf;

/**
 * A number at the beginning of a text, read as C's {@code strtol} reads it.
 *
 * @param value the number, 0 when there is none
 * @param end the index after it, 0 when there is none
 */
record CNumber(long value, int end) {

    static CNumber parse(String text, int requestedBase) {
        int n = text.length();
        int i = 0;
        int base = requestedBase;
        while (i < n && (text.charAt(i) == ' ' || text.charAt(i) >= '\t' && text.charAt(i) <= '\r')) {
            i++;
        }
        boolean negative = false;
        if (i < n && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
            negative = text.charAt(i) == '-';
            i++;
        }
        if (base == 0) {
            base = 10;
            if (i < n && text.charAt(i) == '0') {
                base = 8;
                if (i + 2 < n && (text.charAt(i + 1) | 0x20) == 'x' && Character.digit(text.charAt(i + 2), 16) >= 0) {
                    base = 16;
                    i += 2;
                }
            }
        }
        long value = 0;
        int end = 0;
        boolean overflow = false;
        for (; i < n && Character.digit(text.charAt(i), base) >= 0; i++) {
            int digit = Character.digit(text.charAt(i), base);
            if (value > (Long.MAX_VALUE - digit) / base) {
                overflow = true;
            }
            value = value * base + digit;
            end = i + 1;
        }
        if (overflow) {
            return new CNumber(negative ? Long.MIN_VALUE : Long.MAX_VALUE, end);
        }
        return new CNumber(negative ? -value : value, end);
    }
}
