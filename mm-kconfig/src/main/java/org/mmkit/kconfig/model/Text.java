package org.mmkit.kconfig.model;

import java.nio.charset.StandardCharsets;

/**
 * Texts of Kconfig files. The engine copies bytes, as the kernel's tools do, so that a file in any encoding comes
 * out as it went in: a string holds one byte in each char. For people it is decoded as UTF-8.
 */
public final class Text {

    private Text() {
    }

    /** The bytes in {@code text} read as UTF-8. */
    public static String decode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            }
        }
        return text;
    }

    /** The reverse of {@link #decode}. */
    public static String encode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            }
        }
        return text;
    }
}
