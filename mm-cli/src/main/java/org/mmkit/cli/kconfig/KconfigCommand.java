package org.mmkit.cli.kconfig;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mm kconfig}: answers about Kconfig trees and configurations. */
@Command(
        name = "kconfig",
        headerHeading = "Example: mm kconfig why CONFIG_TRANSPARENT_HUGEPAGE --tree linux --config /proc/config.gz%n%n",
        header = "Explain, search, compare, check and repair kernel configurations.",
        subcommands = {WhyCommand.class, SetCommand.class, SearchCommand.class, DiffCommand.class, LintCommand.class,
            ExportCommand.class, MenuconfigCommand.class},
        synopsisSubcommandLabel = "COMMAND")
public final class KconfigCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing; there are "
                + String.join(", ", spec.subcommands().keySet()));
    }
}
