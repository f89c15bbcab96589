package org.mmkit.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code mm} itself: names the subcommands. */
@Command(
        name = "mm",
        description = "%nThe memory management of an operating system kernel, as a model that runs programs' recordings.",
        versionProvider = VersionSource.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit status: 0 done, 1 a comparison or check failed, 2 wrong usage or bad input, 3 internal error.",
            "mm COMMAND --help shows an example of each."
        })
final class MmCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print the stack trace of an internal error.")
    @SuppressWarnings("unused") // declared for help; CommandLineRunner looks for the word, which must work where parsing fails
    private boolean debug;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
