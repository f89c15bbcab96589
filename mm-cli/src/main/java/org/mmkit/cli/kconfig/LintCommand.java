package org.mmkit.cli.kconfig;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.mmkit.cli.CommandException;
import org.mmkit.cli.ExitCode;
import org.mmkit.kconfig.export.FindingReports;
import org.mmkit.kconfig.lint.Finding;
import org.mmkit.kconfig.lint.Linter;
import org.mmkit.kconfig.lint.Rule;
import org.mmkit.kconfig.model.KconfigTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mm kconfig lint}: mistakes in Kconfig files. */
@Command(
        name = "lint",
        headerHeading = "Example: mm kconfig lint --tree linux --rule dead-default,unmet-select%n%n",
        header = "Find mistakes in Kconfig files that the language allows.",
        description = "%nThe exit status is 1 when there are findings.")
final class LintCommand implements Callable<Integer> {

    private enum Format { text, json, sarif }

    @Spec
    private CommandSpec spec;

    @Mixin
    private TreeOptions options = new TreeOptions();

    @Option(names = "--rule", split = ",", paramLabel = "RULE", description = "Only these rules; all if not given.")
    private List<String> rules = new ArrayList<>();

    @Option(names = "--format", description = "One of ${COMPLETION-CANDIDATES}.")
    private Format format = Format.text;

    @Override
    public Integer call() throws IOException {
        for (String rule : rules) {
            if (Arrays.stream(Rule.values()).noneMatch(r -> r.id().equals(rule))) {
                throw CommandException.badInput(rule + " is not a rule; there are "
                        + Arrays.stream(Rule.values()).map(Rule::id).collect(Collectors.joining(", ")));
            }
        }
        KconfigTree tree = options.parse();
        List<Finding> findings = new Linter(tree).lint(options.diagnostics()).stream()
                .filter(f -> rules.isEmpty() || rules.contains(f.rule().id())).toList();
        PrintWriter out = spec.commandLine().getOut();
        switch (format) {
            case json -> FindingReports.json(findings, out);
            case sarif -> FindingReports.sarif(findings, out);
            default -> findings.forEach(out::println);
        }
        out.flush();
        return findings.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }
}
