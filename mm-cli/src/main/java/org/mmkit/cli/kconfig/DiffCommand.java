package org.mmkit.cli.kconfig;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.mmkit.cli.CommandException;
import org.mmkit.cli.ExitCode;
import org.mmkit.kconfig.config.ConfigFile;
import org.mmkit.kconfig.config.DotConfigDiff;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm kconfig diff}: two configurations, symbol by symbol. */
@Command(
        name = "diff",
        headerHeading = "Example: mm kconfig diff /boot/config-6.1 /proc/config.gz%n%n",
        header = "Show the symbols whose values differ between two configuration files.",
        description = "%nThe exit status is 1 when they differ.")
final class DiffCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "BEFORE", description = "A .config file, plain or gzip.")
    private Path before = Path.of("");

    @Parameters(index = "1", paramLabel = "AFTER", description = "Another one.")
    private Path after = Path.of("");

    @Override
    public Integer call() {
        List<DotConfigDiff.Change> changes = DotConfigDiff.between(read(before), read(after));
        PrintWriter out = spec.commandLine().getOut();
        changes.forEach(out::println);
        return changes.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static byte[] read(Path file) {
        byte[] content;
        try {
            content = ConfigFile.read(file);
        } catch (IOException e) {
            throw CommandException.unreadable(file, e);
        }
        for (byte b : content) {
            if (b == 0) {
                throw CommandException.badInput(file + " is no .config: it is a binary file");
            }
        }
        return content;
    }
}
