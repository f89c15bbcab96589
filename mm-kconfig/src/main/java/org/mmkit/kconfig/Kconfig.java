package org.mmkit.kconfig;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.mmkit.kconfig.macro.MacroShell;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.Dialect;
import org.mmkit.kconfig.model.KconfigException;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.parser.KconfigParser;
import org.mmkit.kconfig.parser.SourceFiles;

/** Where reading Kconfig files begins. Each instance is the setting of one kind of reading; immutable. */
public final class Kconfig {

    private final SourceFiles files;
    private final Map<String, String> environment;
    private final MacroShell shell;
    private final Diagnostic.Sink listener;
    private final Dialect dialect;

    private Kconfig(SourceFiles files, Map<String, String> environment, MacroShell shell, Diagnostic.Sink listener,
            Dialect dialect) {
        this.files = files;
        this.environment = environment;
        this.shell = shell;
        this.listener = listener;
        this.dialect = dialect;
    }

    /**
     * Reads several texts as one tree, one after the other, as if a main file sourced each. Macros see no
     * environment and may not run commands.
     *
     * @throws KconfigException when a text has errors; its diagnostics name the source and line
     */
    public static KconfigTree parse(List<KconfigSource> sources) {
        return inMemory(sources).parseAll(sources);
    }

    /** Reads texts in memory. */
    public static Kconfig inMemory(List<KconfigSource> sources) {
        return new Kconfig(SourceFiles.inMemory(sources), Map.of(), MacroShell.forbidden(), d -> { }, Dialect.LINUX);
    }

    /** Reads files below {@code directory}. */
    public static Kconfig below(Path directory) {
        return new Kconfig(SourceFiles.directories(directory, null), Map.of(), MacroShell.forbidden(), d -> { }, Dialect.LINUX);
    }

    /** With variables that {@code $(NAME)} may read. */
    public Kconfig environment(Map<String, String> variables) {
        return new Kconfig(files, Map.copyOf(variables), shell, listener, dialect);
    }

    /** With something that answers {@code $(shell,…)}. */
    public Kconfig shell(MacroShell newShell) {
        return new Kconfig(files, environment, newShell, listener, dialect);
    }

    /** In another dialect than that of Linux. */
    public Kconfig dialect(Dialect newDialect) {
        return new Kconfig(files, environment, shell, listener, newDialect);
    }

    /** With a listener that is told each diagnostic, warnings included, when it arises. */
    public Kconfig listener(Diagnostic.Sink newListener) {
        return new Kconfig(files, environment, shell, newListener, dialect);
    }

    /**
     * Reads the file {@code name} and all that it sources.
     *
     * @throws KconfigException when there are errors
     */
    public KconfigTree parse(String name) {
        return new KconfigParser(files, environment, shell, listener, dialect).parse(name);
    }

    private KconfigTree parseAll(List<KconfigSource> sources) {
        StringBuilder main = new StringBuilder();
        for (KconfigSource s : sources) {
            main.append("source \"");
            for (char c : s.name().toCharArray()) {
                if (c == '"' || c == '\\' || c == '$') {
                    main.append('\\');
                }
                main.append(c);
            }
            main.append("\"\n");
        }
        return new KconfigParser(files, environment, shell, listener, dialect)
                .parse("<all>", main.toString().getBytes(StandardCharsets.UTF_8));
    }
}
