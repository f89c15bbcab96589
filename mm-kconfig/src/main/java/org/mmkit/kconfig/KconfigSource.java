package org.mmkit.kconfig;

import java.nio.charset.StandardCharsets;

/** A Kconfig text with the name that positions and messages give to it. */
public final class KconfigSource {

    private final String name;
    private final byte[] content;

    private KconfigSource(String name, byte[] content) {
        this.name = name;
        this.content = content;
    }

    /** A source with the given text. */
    public static KconfigSource of(String name, String text) {
        return new KconfigSource(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A source with the bytes of a file. */
    public static KconfigSource of(String name, byte[] content) {
        return new KconfigSource(name, content.clone());
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** A copy of the bytes. */
    public byte[] content() {
        return content.clone();
    }

    /** The name. */
    @Override
    public String toString() {
        return name;
    }
}
