package org.mmkit.kconfig.lint;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.mmkit.kconfig.model.SourcePosition;
import org.mmkit.kconfig.parser.SourceFiles;

/** The lines that positions name. Confined to one thread. */
final class SourceLines {

    private final SourceFiles files;
    private final Map<String, String[]> read = new HashMap<>();

    SourceLines(SourceFiles files) {
        this.files = files;
    }

    /** The bytes of a line, one in each char; empty when the file is not at hand. */
    String line(SourcePosition position) {
        String[] lines = read.computeIfAbsent(position.file(), name -> {
            byte[] content = files.read(name);
            return content == null ? new String[0] : new String(content, StandardCharsets.ISO_8859_1).split("\n", -1);
        });
        int index = position.line() - 1;
        return index >= 0 && index < lines.length ? lines[index] : "";
    }

    /** The column, from 1, of {@code word} or else of the first character that is no blank; 0 without a file. */
    int column(SourcePosition position, String word) {
        String line = line(position);
        for (int at = line.indexOf(word); at >= 0 && !word.isEmpty(); at = line.indexOf(word, at + 1)) {
            int end = at + word.length();
            if ((at == 0 || !isNameChar(line.charAt(at - 1))) && (end == line.length() || !isNameChar(line.charAt(end)))) {
                return at + 1;
            }
        }
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) > ' ') {
                return i + 1;
            }
        }
        return line.isEmpty() ? 0 : 1;
    }

    /** Whether the line asks a macro. */
    boolean hasMacro(SourcePosition position) {
        return line(position).contains("$(");
    }

    private static boolean isNameChar(char c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }
}
