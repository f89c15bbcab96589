package org.mmkit.kconfig.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Configuration files as people have them: plain, or compressed as {@code /proc/config.gz} is. */
public final class ConfigFile {

    private ConfigFile() {
    }

    /** The content of {@code file}, decompressed when it is compressed. */
    public static byte[] read(Path file) throws IOException {
        return expand(Files.readAllBytes(file));
    }

    /** {@code content}, decompressed when it begins as a gzip stream does. */
    public static byte[] expand(byte[] content) throws IOException {
        if (content.length < 2 || (content[0] & 0xff) != 0x1f || (content[1] & 0xff) != 0x8b) {
            return content;
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(content))) {
            return in.readAllBytes();
        }
    }
}
