package org.mmkit.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.mmkit.scenario.generate.ScenarioGenerator;
import org.mmkit.scenario.generate.ScenarioGenerator.Family;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm generate}: writes random scenarios, to be recorded on a real kernel and compared. */
@Command(
        name = "generate",
        headerHeading = "Example: mm generate --family thp,vma --count 20 random%n%n",
        header = "Write random scenarios.",
        description = "%nWrites DIR/FAMILY/rSEED.mm. The same seed gives the same scenario. Recorded on a real kernel, they find"
                + " with `mm verify` what nobody thought of looking at.")
final class GenerateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "Where to write them.")
    private Path directory = Path.of("");

    @Option(
            names = "--family",
            split = ",",
            paramLabel = "FAMILY",
            description = "What they are about: ${COMPLETION-CANDIDATES}; all if not given.")
    private List<Family> families = List.of(Family.values());

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "The first seed; ${DEFAULT-VALUE} if not given.")
    private long seed;

    @Option(names = "--count", paramLabel = "N", defaultValue = "10", description = "How many of each; ${DEFAULT-VALUE} if not given.")
    private int count;

    @Option(
            names = "--operations",
            paramLabel = "N",
            defaultValue = "15",
            description = "About how long they are; ${DEFAULT-VALUE} if not given.")
    private int operations;

    @Override
    public Integer call() throws IOException {
        if (count < 1 || operations < 1) {
            throw CommandException.badInput("--count and --operations take numbers from 1 on");
        }
        for (Family family : families) {
            Path folder = directory.resolve(family.name().toLowerCase(Locale.ROOT));
            Files.createDirectories(folder);
            for (long s = seed; s < seed + count; s++) {
                Path file = folder.resolve(String.format(Locale.ROOT, "r%04d.mm", s));
                try {
                    Files.writeString(
                            file, ScenarioGenerator.generate(family, s, operations), StandardOpenOption.CREATE_NEW);
                } catch (FileAlreadyExistsException e) {
                    throw CommandException.badInput(file + " exists already; name another directory or --seed");
                }
            }
        }
        spec.commandLine().getOut().println(families.size() * (long) count + " scenarios in " + directory);
        return ExitCode.DONE;
    }
}
