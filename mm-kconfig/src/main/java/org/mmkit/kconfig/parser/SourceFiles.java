package org.mmkit.kconfig.parser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.KconfigSource;
import org.mmkit.kconfig.model.Text;

/** Where {@code source} lines find their files. */
@FunctionalInterface
public interface SourceFiles {

    /** The content of the file called {@code name} (bytes, one in each char); null when there is none. */
    byte @Nullable [] read(String name);

    /** The names that match a pattern with {@code *}, {@code ?} or {@code [...]}, sorted; none where it is not known. */
    default List<String> matching(String pattern) {
        return List.of();
    }

    /**
     * Files below a directory, then below a second one, as the kernel's tools look in the working directory and
     * then in {@code srctree}.
     */
    static SourceFiles directories(Path first, @Nullable Path second) {
        return new SourceFiles() {
            @Override
            public byte @Nullable [] read(String name) {
                byte[] content = readFile(first, name);
                return content != null || second == null || name.startsWith("/") ? content : readFile(second, name);
            }

            @Override
            public List<String> matching(String pattern) {
                List<String> names = SourcePattern.matches(first, pattern);
                return !names.isEmpty() || second == null ? names : SourcePattern.matches(second, pattern);
            }
        };
    }

    /** Texts in memory. */
    static SourceFiles inMemory(List<KconfigSource> sources) {
        List<KconfigSource> copy = List.copyOf(sources);
        return name -> {
            for (KconfigSource s : copy) {
                if (s.name().equals(Text.decode(name))) {
                    return s.content();
                }
            }
            return null;
        };
    }

    private static byte @Nullable [] readFile(Path directory, String name) {
        try {
            Path path = directory.resolve(Text.decode(name));
            return Files.isDirectory(path) ? null : Files.readAllBytes(path);
        } catch (IOException | InvalidPathException e) {
            // Whatever the reason, the caller reports that the file cannot be opened, as the original does.
            return null;
        }
    }
}
