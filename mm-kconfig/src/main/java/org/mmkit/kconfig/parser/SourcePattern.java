package org.mmkit.kconfig.parser;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.mmkit.kconfig.model.Text;

/** Finds the files that a pattern names, directory by directory. */
final class SourcePattern {

    private SourcePattern() {
    }

    static boolean isPattern(String name) {
        return name.indexOf('*') >= 0 || name.indexOf('?') >= 0 || name.indexOf('[') >= 0;
    }

    /** The matching names, sorted, relative to {@code base} as the pattern is. */
    static List<String> matches(Path base, String pattern) {
        List<String> found = new ArrayList<>();
        found.add(pattern.startsWith("/") ? "/" : "");
        for (String part : pattern.split("/")) {
            List<String> next = new ArrayList<>();
            if (part.isEmpty()) {
                continue;
            }
            for (String parent : found) {
                if (!isPattern(part)) {
                    if (Files.exists(base.resolve(Text.decode(parent + part)))) {
                        next.add(parent + part + "/");
                    }
                    continue;
                }
                Path directory = base.resolve(Text.decode(parent));
                try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Text.decode(part))) {
                    List<String> names = new ArrayList<>();
                    for (Path p : entries) {
                        Path name = p.getFileName();
                        if (name != null && !name.toString().startsWith(".")) {
                            names.add(parent + Text.encode(name.toString()) + "/");
                        }
                    }
                    names.sort(null);
                    next.addAll(names);
                } catch (IOException | PatternSyntaxException e) {
                    // Not a directory, or not a pattern: nothing matches there.
                }
            }
            found = next;
        }
        List<String> result = new ArrayList<>();
        for (String name : found) {
            String file = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
            if (Files.isRegularFile(base.resolve(Text.decode(file)))) {
                result.add(file);
            }
        }
        return result;
    }
}
