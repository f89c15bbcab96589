package org.mmkit.cli.kconfig;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.mmkit.cli.CommandException;
import org.mmkit.cli.ExitCode;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.model.Symbol;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm kconfig set}: changes symbols together and shows all that follows from it. */
@Command(
        name = "set",
        headerHeading = "Example: mm kconfig set HUGETLBFS=y --config .config -o .config%n%n",
        header = "Set symbols and show what changes with them.",
        description = "%nExit status 1 says that a wish does not hold; nothing is written then.")
final class SetCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private TreeOptions options = new TreeOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write the resulting .config; without it nothing is written.")
    private Optional<Path> output = Optional.empty();

    @Parameters(arity = "1..*", paramLabel = "SYMBOL=VALUE", description = "Symbols, with or without CONFIG_.")
    private Map<String, String> wishes = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException {
        ConfigurationEditor editor = options.configuration(options.parse());
        ResolvedConfiguration before = editor.current();
        ConfigurationEditor.Edit edit = editor.edit();
        Map<String, String> named = new LinkedHashMap<>();
        wishes.forEach((symbol, value) -> named.put(symbol.replaceFirst("^CONFIG_", ""), value));
        for (Map.Entry<String, String> wish : named.entrySet()) {
            try {
                edit.set(wish.getKey(), wish.getValue());
            } catch (IllegalArgumentException e) {
                throw CommandException.badInput(e.getMessage());
            }
        }
        ResolvedConfiguration after = edit.commit();
        PrintWriter out = spec.commandLine().getOut();
        for (Symbol symbol : editor.tree().symbols()) {
            String old = before.value(symbol.name());
            String now = after.value(symbol.name());
            if (!old.equals(now)) {
                out.println(symbol.name() + ": " + shown(old) + " -> " + shown(now));
            }
        }
        boolean held = true;
        for (Map.Entry<String, String> wish : named.entrySet()) {
            String now = shown(after.value(wish.getKey()));
            if (!now.equals(wish.getValue())) {
                held = false;
                spec.commandLine().getErr().println(wish.getKey() + "=" + wish.getValue() + " does not hold, it is " + now
                        + ": " + after.reason(wish.getKey()).sentence());
            }
        }
        if (held && output.isPresent()) {
            Files.write(output.get(), editor.toDotConfig());
        }
        return held ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static String shown(String value) {
        return value.isEmpty() ? "n" : value;
    }
}
