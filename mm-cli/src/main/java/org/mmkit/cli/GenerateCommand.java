package org.mmkit.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.mmkit.scenario.generate.ScenarioGenerator;
import org.mmkit.scenario.generate.ScenarioGenerator.Family;
import org.mmkit.scenario.generate.ScenarioVariation;
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

    @Option(
            names = "--vary",
            split = ",",
            paramLabel = "FILE",
            description = "Write variations of these scenarios (or of all below a directory) instead: other sizes, flags, limits, order;"
                    + " about a fifth of --operations changes each.")
    private List<Path> originals = List.of();

    @Override
    public Integer call() throws IOException {
        if (count < 1 || operations < 1) {
            throw CommandException.badInput("--count and --operations take numbers from 1 on");
        }
        if (!originals.isEmpty()) {
            return vary();
        }
        for (Family family : families) {
            Path folder = directory.resolve(family.name().toLowerCase(Locale.ROOT));
            Files.createDirectories(folder);
            for (long s = seed; s < seed + count; s++) {
                Path file = folder.resolve(String.format(Locale.ROOT, "r%04d.mm", s));
                write(file, ScenarioGenerator.generate(family, s, operations));
            }
        }
        say(families.size() * (long) count);
        return ExitCode.DONE;
    }

    private void say(long written) {
        spec.commandLine().getOut().println(written + (written == 1 ? " scenario in " : " scenarios in ") + directory);
    }

    /** Variations of each original, in folders as theirs. */
    private int vary() throws IOException {
        int written = 0;
        for (Path original : originals) {
            List<Path> files;
            try (Stream<Path> below = Files.walk(original)) {
                files = below.filter(file -> file.toString().endsWith(".mm")).sorted().toList();
            }
            if (files.isEmpty()) {
                throw CommandException.badInput(original + ": no scenario (NAME.mm)");
            }
            for (Path file : files) {
                Path parent = file.toAbsolutePath().getParent();
                Path folder = parent == null || parent.getFileName() == null ? directory : directory.resolve(parent.getFileName());
                Files.createDirectories(folder);
                String name = String.valueOf(file.getFileName());
                String text = text(file);
                for (long s = seed; s < seed + count; s++) {
                    write(
                            folder.resolve(name.substring(0, name.length() - 3) + String.format(Locale.ROOT, "-v%04d.mm", s)),
                            ScenarioVariation.vary(text, s * 31 + name.hashCode(), 1 + operations / 5));
                    written++;
                }
            }
        }
        say(written);
        return ExitCode.DONE;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw CommandException.unreadable(file, e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw CommandException.badInput(file + " exists already; name another directory or --seed");
        }
    }
}
