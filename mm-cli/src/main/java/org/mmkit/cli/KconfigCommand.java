package org.mmkit.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.mmkit.kconfig.Kconfig;
import org.mmkit.kconfig.config.ConfigFile;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.LoadReport;
import org.mmkit.kconfig.macro.ProcessShell;
import org.mmkit.kconfig.model.KconfigException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mm kconfig}: questions about a configuration that {@code conf} does not answer. */
@Command(
        name = "kconfig",
        headerHeading = "Example: mm kconfig why HUGETLB_PAGE --kconfig Kconfig --config .config%n%n",
        header = "Explain or change a Kconfig configuration.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {KconfigWhyCommand.class, KconfigSetCommand.class})
final class KconfigCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: why or set");
    }

    /** Which files a subcommand works on. */
    static final class Input {

        @Option(
                names = "--kconfig",
                paramLabel = "FILE",
                defaultValue = "Kconfig",
                description = "The Kconfig file (${DEFAULT-VALUE}); what it sources is found from the current directory or"
                        + " $srctree. $(NAME) in it is read from the environment.")
        private Path kconfig = Path.of("Kconfig");

        @Option(
                names = "--config",
                paramLabel = "FILE",
                description = "A .config, plain or gzip such as /proc/config.gz; everything has its default without one.")
        private Optional<Path> config = Optional.empty();

        /** The configuration of the two files; whatever is wrong with a Kconfig file ends the command. */
        ConfigurationEditor open(CommandSpec spec) throws IOException {
            if (!Files.isReadable(kconfig)) {
                throw CommandException.badInput(kconfig + ": no such file; name one with --kconfig");
            }
            Path directory = Path.of(System.getenv().getOrDefault("srctree", ""));
            ConfigurationEditor editor;
            try {
                editor = new ConfigurationEditor(Kconfig.below(directory)
                        .environment(System.getenv())
                        .shell(new ProcessShell(System.getenv(), Path.of("").toAbsolutePath(), null))
                        .parse(kconfig.toString()));
            } catch (KconfigException e) {
                throw CommandException.badInput(e.getMessage());
            }
            if (config.isPresent()) {
                LoadReport report = editor.load(config.get().toString(), ConfigFile.read(config.get()));
                report.diagnostics().forEach(d -> spec.commandLine().getErr().println(d.rendered()));
                if (report.settings() == 0) {
                    throw CommandException.badInput(config.get() + " sets no symbol that " + kconfig + " defines");
                }
            }
            return editor;
        }
    }
}
