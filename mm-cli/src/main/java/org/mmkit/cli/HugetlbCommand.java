package org.mmkit.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mm hugetlb}: answers about pools of huge pages. */
@Command(
        name = "hugetlb",
        headerHeading = "Example: mm hugetlb plan --size 40G%n%n",
        header = "Plan pools of HugeTLB pages.",
        subcommands = HugetlbPlanCommand.class,
        synopsisSubcommandLabel = "COMMAND")
final class HugetlbCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing; there is plan");
    }
}
