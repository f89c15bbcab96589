package org.mmkit.cli.kconfig;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.mmkit.cli.CommandException;
import org.mmkit.cli.ExitCode;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.repair.Repair;
import org.mmkit.kconfig.repair.RepairResult;
import org.mmkit.kconfig.repair.Repairer;
import org.mmkit.kconfig.repair.TreeRule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm kconfig set}: finds the fewest settings that give symbols wished values. */
@Command(
        name = "set",
        headerHeading = "Example: mm kconfig set HUGETLBFS=y --config .config -o .config%n%n",
        header = "Find the fewest settings that give symbols the values you want, and show what changes.",
        description = "%nExit status 1 says that the wishes are impossible; nothing is written then.")
final class SetCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private TreeOptions options = new TreeOptions();

    @Option(names = "--write", description = "Write the result over the configuration that was read; without --write"
            + " and -o nothing is written.")
    private boolean write;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write the result to another file.")
    private Optional<Path> output = Optional.empty();

    @Option(names = "--keep", split = ",", paramLabel = "SYMBOL", description = "Symbols whose values must not change."
            + " Repeatable.")
    private List<String> keep = new ArrayList<>();

    @Option(names = "--alternatives", paramLabel = "N", description = "How many ways to show; ${DEFAULT-VALUE} if not"
            + " given.", defaultValue = "3")
    private int alternatives = 3;

    @Option(names = "--take", paramLabel = "I", description = "Which of the ways to write; the first if not given.",
            defaultValue = "1")
    private int taken = 1;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "When to stop looking; ${DEFAULT-VALUE} if not"
            + " given.", defaultValue = "30")
    private int timeout = 30;

    @Parameters(arity = "1..*", paramLabel = "SYMBOL=VALUE", description = "Symbols, with or without CONFIG_.")
    private Map<String, String> wishes = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException {
        ConfigurationEditor editor = options.configuration(options.parse());
        Map<String, String> named = new LinkedHashMap<>();
        wishes.forEach((symbol, value) -> named.put(TreeOptions.bareName(symbol), value));
        RepairResult result;
        try {
            result = new Repairer(editor, timeout * 1000L).find(named,
                    keep.stream().map(TreeOptions::bareName).toList(), Math.max(alternatives, taken));
        } catch (IllegalArgumentException e) {
            throw CommandException.badInput(String.valueOf(e.getMessage()));
        }
        if (result.repairs().isEmpty()) {
            return refuse(result);
        }
        print(named, result.repairs());
        if (!result.complete()) {
            spec.commandLine().getErr().println("stopped after " + timeout + " s; there may be smaller ways");
        }
        if (write || output.isPresent()) {
            if (taken < 1 || taken > result.repairs().size()) {
                throw CommandException.badInput("--take " + taken + ": there are " + result.repairs().size() + " ways");
            }
            ConfigurationEditor.Edit edit = editor.edit();
            result.repairs().get(taken - 1).settings().forEach(s -> edit.set(s.symbol(), s.after()));
            edit.commit();
            OutputFile.replace(output.orElseGet(options::configFile), editor.toDotConfig());
        }
        return ExitCode.DONE;
    }

    private void print(Map<String, String> named, List<Repair> repairs) {
        PrintWriter out = spec.commandLine().getOut();
        boolean asWished = repairs.get(0).settings().stream()
                .allMatch(s -> s.after().equals(named.get(s.symbol())));
        if (asWished) {
            // What was asked for suffices, so other ways are of no interest.
            repairs.get(0).effects().forEach(out::println);
            if (repairs.get(0).effects().isEmpty()) {
                out.println("nothing to change: " + named.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue())
                        .collect(Collectors.joining(" ")) + (repairs.get(0).settings().isEmpty() ? " is so already" : " is so without being set"));
            }
            return;
        }
        for (int i = 0; i < repairs.size(); i++) {
            Repair repair = repairs.get(i);
            out.printf("%d. set %s%n", i + 1, repair.settings().stream().map(s -> s.symbol() + "=" + s.after())
                    .collect(Collectors.joining(" ")));
            repair.effects().forEach(e -> out.println("   " + e));
        }
    }

    private int refuse(RepairResult result) {
        PrintWriter err = spec.commandLine().getErr();
        if (result.complete() && result.contradiction().isEmpty()) {
            err.println("found no way, and no contradiction that is quickly told");
            return ExitCode.FAILED;
        }
        if (result.contradiction().isEmpty()) {
            err.println("found no way within " + timeout + " s; --timeout SECONDS gives more time");
            return ExitCode.FAILED;
        }
        err.println("impossible: " + result.contradiction().stream().filter(r -> r.kind() == TreeRule.Kind.WISH)
                .map(TreeRule::text).collect(Collectors.joining(" and ")) + "; these rules contradict it, and none of"
                + " them can be left out:");
        result.contradiction().stream().filter(r -> r.kind() != TreeRule.Kind.WISH).forEach(r -> err.println("  " + r));
        return ExitCode.FAILED;
    }
}
