package org.mmkit.kconfig.lint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.Text;

/**
 * Names that Kconfig files define, select or imply which were not read, as those of other architectures.
 * Immutable.
 */
public final class SymbolsElsewhere {

    private static final Pattern STATEMENT =
            Pattern.compile("^[ \t]*(config|menuconfig|select|imply)[ \t]+([A-Za-z0-9_]+)", Pattern.MULTILINE);

    /** Nothing is known of other files. */
    public static final SymbolsElsewhere NONE = new SymbolsElsewhere(Set.of(), Set.of());

    private final Set<String> defined;
    private final Set<String> forced;

    private SymbolsElsewhere(Set<String> defined, Set<String> forced) {
        this.defined = Set.copyOf(defined);
        this.forced = Set.copyOf(forced);
    }

    /** The names in files called {@code Kconfig*} below {@code directory} that are not among {@code read}. */
    public static SymbolsElsewhere below(Path directory, List<String> read) throws IOException {
        Set<Path> known = new HashSet<>();
        read.forEach(name -> known.add(directory.resolve(Text.decode(name)).normalize()));
        Set<String> defined = new HashSet<>();
        Set<String> forced = new HashSet<>();
        List<Path> others;
        try (Stream<Path> files = Files.find(directory, 20, (p, a) -> a.isRegularFile()
                && String.valueOf(p.getFileName()).startsWith("Kconfig"))) {
            others = files.filter(p -> !known.contains(p.normalize())).toList();
        }
        for (Path other : others) {
            Matcher m = STATEMENT.matcher(Files.readString(other, StandardCharsets.ISO_8859_1));
            while (m.find()) {
                (m.group(1).endsWith("config") ? defined : forced).add(m.group(2));
            }
        }
        return new SymbolsElsewhere(defined, forced);
    }

    /** Whether another file defines the name. */
    public boolean defines(String name) {
        return defined.contains(name);
    }

    /** Whether another file gives {@code s} a value: defines, selects or implies it. */
    public boolean decides(Symbol s) {
        return defined.contains(s.name()) || forced.contains(s.name());
    }
}
