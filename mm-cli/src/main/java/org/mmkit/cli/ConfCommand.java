package org.mmkit.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.mmkit.kconfig.conf.Conf;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * {@code mm conf}: stands in for the kernel's {@code scripts/kconfig/conf}, so its options are that tool's and it is
 * run before picocli is loaded.
 */
@Command(
        name = "conf",
        header = "The kernel's scripts/kconfig/conf: same options, files and output.")
final class ConfCommand implements Callable<Integer> {

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        return run(arguments);
    }

    /** Runs the tool on the process's own streams and returns its exit status. */
    static int run(List<String> arguments) {
        return Conf.run(arguments.toArray(String[]::new), System.getenv(), Path.of(""), System.in, System.out, System.err);
    }
}
