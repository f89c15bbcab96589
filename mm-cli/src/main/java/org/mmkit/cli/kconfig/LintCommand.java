package org.mmkit.cli.kconfig;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.mmkit.cli.CommandException;
import org.mmkit.cli.ExitCode;
import org.mmkit.kconfig.export.FindingReports;
import org.mmkit.kconfig.lint.Finding;
import org.mmkit.kconfig.lint.Linter;
import org.mmkit.kconfig.lint.Rule;
import org.mmkit.kconfig.lint.SymbolsElsewhere;
import org.mmkit.kconfig.model.KconfigException;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.parser.SourceFiles;
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
        description = "%nThe exit status is 1 when there are errors or warnings; notes do not count. What only files of"
                + " other architectures define is a note.")
final class LintCommand implements Callable<Integer> {

    private enum Format { text, json, sarif }

    @Spec
    private CommandSpec spec;

    @Mixin
    private TreeOptions options = new TreeOptions();

    @Option(names = "--rule", split = ",", paramLabel = "RULE", description = "Only these rules; all if not given.")
    private List<String> only = new ArrayList<>();

    @Option(names = "--no-rule", split = ",", paramLabel = "RULE", description = "Not these rules.")
    private List<String> without = new ArrayList<>();

    @Option(names = "--notes", description = "Print notes as text too; JSON and SARIF always have them.")
    private boolean notes;

    @Option(names = "--format", description = "One of ${COMPLETION-CANDIDATES}.")
    private Format format = Format.text;

    @Override
    public Integer call() throws IOException {
        Set<Rule> rules = only.isEmpty() ? EnumSet.allOf(Rule.class) : named(only);
        rules.removeAll(named(without));
        List<Finding> findings;
        try {
            KconfigTree tree = options.parseOrThrow();
            findings = new Linter(tree, rules, SymbolsElsewhere.below(options.directory(), tree.files()),
                    SourceFiles.directories(options.directory(), null)).lint(options.diagnostics());
        } catch (KconfigException e) {
            findings = Linter.ofDiagnostics(e.diagnostics()).stream().filter(f -> f.level() == Finding.Level.ERROR
                    || rules.contains(f.rule())).toList();
        }
        PrintWriter out = spec.commandLine().getOut();
        switch (format) {
            case json -> FindingReports.json(findings, out);
            case sarif -> FindingReports.sarif(findings, out);
            default -> text(findings, out);
        }
        out.flush();
        return findings.stream().allMatch(f -> f.level() == Finding.Level.NOTE) ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void text(List<Finding> findings, PrintWriter out) {
        findings.stream().filter(f -> notes || f.level() != Finding.Level.NOTE).forEach(out::println);
        long hidden = notes ? 0 : findings.stream().filter(f -> f.level() == Finding.Level.NOTE).count();
        if (hidden > 0) {
            spec.commandLine().getErr().println(hidden + " notes are not shown; --notes shows them");
        }
    }

    private static Set<Rule> named(List<String> ids) {
        Set<Rule> result = EnumSet.noneOf(Rule.class);
        for (String id : ids) {
            result.add(Arrays.stream(Rule.values()).filter(r -> r.id().equals(id)).findFirst()
                    .orElseThrow(() -> CommandException.badInput(id + " is not a rule; there are "
                            + Arrays.stream(Rule.values()).map(Rule::id).collect(Collectors.joining(", ")))));
        }
        return result;
    }
}
