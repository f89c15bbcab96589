package org.mmkit.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.mmkit.api.config.Reason;
import org.mmkit.core.PluginReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mm plugins}: what was found in which jar, what is enabled, and why the rest is not. */
@Command(
        name = "plugins",
        headerHeading = "Example: MM_PLUGIN_PATH=my-policy.jar mm plugins --set HUGETLBFS=n%n%n",
        header = "Show which plugins are found and which are enabled.",
        description = "%nBoots nothing: reads the Kconfig files of all plugins and the configuration. Exit status 1 says that a plugin was found and could not be loaded.")
final class PluginsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private MachineOptions machine;

    @Override
    public Integer call() {
        PluginReport report = machine.builder().report();
        PrintWriter out = spec.commandLine().getOut();
        int id = width(report.plugins().stream().map(PluginReport.Entry::id).toList());
        int symbol = width(report.plugins().stream().map(PluginReport.Entry::symbol).toList());
        for (PluginReport.Entry entry : report.plugins()) {
            out.printf("%-" + id + "s  %-12s  %-" + (symbol + 2) + "s  %s%n", entry.id(),
                    entry.kind().name().toLowerCase(Locale.ROOT), entry.symbol() + "=" + (entry.enabled() ? "y" : "n"),
                    entry.origin());
            if (!entry.enabled()) {
                out.println("    off: " + entry.reason().sentence());
                for (Reason.UnmetTerm term : entry.reason().unmet()) {
                    out.println("    unmet: " + term.expression() + " [=" + term.value().letter() + "], " + term.position());
                }
            }
        }
        report.problems().forEach(p -> spec.commandLine().getErr().println("mm: " + p));
        return report.problems().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(1);
    }
}
