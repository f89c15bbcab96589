package org.mmkit.cli.kconfig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mmkit.cli.CommandException;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;
import org.mmkit.kconfig.Kconfig;
import org.mmkit.kconfig.LinuxTree;
import org.mmkit.kconfig.config.ConfigFile;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.LoadReport;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.macro.MacroShell;
import org.mmkit.kconfig.macro.ProcessShell;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.Dialect;
import org.mmkit.kconfig.model.KconfigException;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.Text;
import picocli.CommandLine.Option;

/** Which tree and configuration a command works on. */
final class TreeOptions {

    @Option(
            names = "--tree",
            paramLabel = "DIR",
            description = "The top of the tree: a Linux source tree or any folder with Kconfig files; here if not given.")
    private Path directory = Path.of("");

    @Option(names = "--kconfig", paramLabel = "FILE", description = "The first file, Kconfig if not given.")
    private String first = "Kconfig";

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            description = "The architecture of a Linux tree, as in make ARCH=…; this machine's if not given.")
    private Optional<String> architecture = Optional.empty();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration, plain or gzip, for example /proc/config.gz; .config in the tree if it is"
                    + " there, otherwise all defaults.")
    private Optional<Path> config = Optional.empty();

    @Option(names = "-D", paramLabel = "NAME=VALUE", description = "A variable that macros read; with --model a"
            + " symbol to set. Repeatable.")
    private Map<String, String> variables = new HashMap<>();

    @Option(
            names = "--no-shell",
            description = "Do not run the shell commands of macros; each answers n, so no compiler is needed.")
    private boolean noShell;

    @Option(
            names = "--classic",
            description = "Read the older language too: option env=, optional and named choices, $NAME, patterns in"
                    + " source, rsource.")
    private boolean classic;

    @Option(
            names = "--model",
            description = "Ask about the model's own tree, merged from the Kconfig files of all plugins, instead of files;"
                    + " --arch names its architecture.")
    private boolean model;

    private Optional<ResolvedConfiguration> resolvedModel = Optional.empty();

    private final List<Diagnostic> diagnostics = new ArrayList<>();

    /** What the parser reported. */
    List<Diagnostic> diagnostics() {
        return diagnostics;
    }

    /** The folder of the files. */
    Path directory() {
        return directory.toAbsolutePath().normalize();
    }

    KconfigTree parse() throws IOException {
        try {
            return parseOrThrow();
        } catch (KconfigException e) {
            throw CommandException.badInput(String.valueOf(e.getMessage()));
        }
    }

    /** As {@link #parse}, with all diagnostics in the exception. */
    KconfigTree parseOrThrow() throws IOException {
        if (model) {
            return model().tree();
        }
        if (!Files.isRegularFile(directory.resolve(first))) {
            throw CommandException.badInput(directory.resolve(first) + ": no such file. --tree DIR names the folder of"
                    + " the Kconfig files, --kconfig FILE the first of them; --model asks about the model's own");
        }
        Map<String, String> env = new HashMap<>(System.getenv());
        env.putAll(variables);
        Path absolute = directory.toAbsolutePath().normalize();
        MacroShell plain = noShell ? command -> "n" : new ProcessShell(env, absolute, null);
        MacroShell shell = plain;
        if (LinuxTree.isAt(directory)) {
            String arch = architecture.orElseGet(() -> variables.getOrDefault("ARCH",
                    LinuxTree.architectureOf(System.getProperty("os.arch"))));
            env = LinuxTree.environment(absolute, arch, env, noShell ? command -> "none" : plain);
            shell = noShell ? TreeOptions::plausible : new ProcessShell(env, absolute, null);
        }
        return Kconfig.below(absolute).environment(env).shell(shell).listener(diagnostics::add)
                .dialect(classic ? Dialect.CLASSIC : Dialect.LINUX).parse(first);
    }

    /** Answers without a toolchain that the kernel's own checks accept: a GNU toolchain without special abilities. */
    private static String plausible(String command) {
        if (command.contains("cc-version.sh")) {
            return "GCC 120200";
        }
        if (command.contains("as-version.sh")) {
            return "GNU 24000";
        }
        if (command.contains("ld-version.sh")) {
            return "BFD 24000";
        }
        return command.contains("version") || command.contains("print-file-name") ? "0" : "n";
    }

    /** What a machine with these options is wired by. */
    private ResolvedConfiguration model() throws IOException {
        if (resolvedModel.isEmpty()) {
            MachineBuilder builder = Machine.builder();
            if (architecture.isPresent()) {
                builder.arch(architecture.get());
            }
            if (config.isPresent()) {
                builder.config(config.get());
            }
            variables.forEach(builder::set);
            try (Machine machine = builder.build()) {
                resolvedModel = Optional.of((ResolvedConfiguration) machine.configuration());
            }
        }
        return resolvedModel.get();
    }

    ConfigurationEditor configuration(KconfigTree tree) throws IOException {
        ConfigurationEditor editor = new ConfigurationEditor(tree);
        if (model) {
            ResolvedConfiguration wired = model();
            ConfigurationEditor.Edit edit = editor.edit();
            for (Symbol s : tree.symbols()) {
                if (wired.isUserSet(s)) {
                    edit.set(s.name(), Text.decode(wired.userValue(s)));
                }
            }
            edit.commit();
            return editor;
        }
        Optional<Path> file = config;
        if (file.isEmpty() && Files.isRegularFile(directory.resolve(".config"))) {
            file = Optional.of(directory.resolve(".config"));
        }
        if (file.isPresent()) {
            LoadReport report = editor.load(file.get().toString(), ConfigFile.read(file.get()));
            diagnostics.addAll(report.diagnostics());
            if (report.settings() == 0) {
                throw CommandException.badInput(file.get() + " sets no symbol that " + directory.resolve(first)
                        + " defines");
            }
        }
        return editor;
    }

    /** The configuration file in use, {@code .config} in the tree if none was given. */
    Path configFile() {
        return config.orElseGet(() -> directory.resolve(".config"));
    }

    static String bareName(String name) {
        return name.startsWith("CONFIG_") ? name.substring(7) : name;
    }

    /** A line that names symbols much like {@code name}; empty when there are none. */
    static String similar(KconfigTree tree, String name) {
        Map<String, Integer> near = new HashMap<>();
        int most = Math.max(1, name.length() / 4);
        for (Symbol s : tree.symbols()) {
            if (s.isDefined() && !s.isChoice()) {
                int distance = SpellingDistance.between(s.name(), name, most);
                boolean part = s.name().contains(name) || s.name().length() > 3 && name.contains(s.name());
                if (distance <= most) {
                    near.put(s.name(), distance);
                } else if (part) {
                    near.put(s.name(), most + Math.abs(s.name().length() - name.length()));
                }
            }
        }
        List<String> names = near.entrySet().stream().sorted(Map.Entry.<String, Integer>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey())).limit(5).map(Map.Entry::getKey).toList();
        return names.isEmpty() ? "" : "similar: " + String.join(", ", names) + "\n";
    }
}
