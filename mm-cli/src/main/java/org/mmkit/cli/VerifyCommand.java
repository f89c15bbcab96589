package org.mmkit.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.mmkit.scenario.ScenarioRunner;
import org.mmkit.scenario.ScenarioSuite;
import org.mmkit.scenario.record.Comparison.Difference;
import org.mmkit.scenario.record.LiveRecorder;
import org.mmkit.scenario.record.RecordingException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm verify}: compares the model with recordings of a kernel. */
@Command(
        name = "verify",
        headerHeading = "Example: mm verify mm-scenario/src/test/scenarios%n%n",
        header = "Compare the model with recordings of a kernel.",
        description = {
            "%nRuns every scenario (NAME.mm) below the directories that has the recording of a kernel (NAME.jsonl) beside it,"
                    + " and says which observations are identical and where the first others differ."
        })
final class VerifyCommand implements Callable<Integer> {

    private static final int LONGEST_LINE = 400;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "DIR", description = "Directories with scenarios, or single scenarios.")
    private List<Path> roots = List.of();

    @Mixin
    private MachineOptions machine;

    @Option(names = "--ignore", split = ",", paramLabel = "FIELD", description = "Fields to leave out wherever they occur: faults,VmPTE.")
    private Set<String> ignored = Set.of();

    @Option(names = "--show", paramLabel = "N", defaultValue = "20", description = "Differences to show; ${DEFAULT-VALUE} if not given.")
    private int show;

    @Option(names = "--live", paramLabel = "COMMAND",
            description = "Ask the running kernel instead of recordings: a program that runs a scenario and prints its rows.")
    private Optional<String> live = Optional.empty();

    @Option(names = "--keep", paramLabel = "DIR", description = "With --live: where scenarios that differ go, with the kernel's answers.")
    private Optional<Path> keep = Optional.empty();

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<ScenarioSuite.Result> results = new ArrayList<>();
        for (Path root : roots) {
            if (!Files.exists(root)) {
                throw CommandException.badInput(root + ": no such file or directory");
            }
            try {
                if (live.isPresent()) {
                    results.addAll(ScenarioSuite.live(root, ignored, new LiveRecorder(live.get()), keep.orElse(null), result -> {}));
                } else {
                    results.addAll(ScenarioSuite.run(root, ignored, Runtime.getRuntime().availableProcessors(),
                            () -> machine.applyTo(ScenarioRunner.machine())));
                }
            } catch (RecordingException e) {
                throw CommandException.badInput(e);
            }
        }
        if (results.isEmpty()) {
            throw CommandException.badInput(roots.get(0) + (live.isPresent()
                    ? ": no scenario (NAME.mm) below it to which the kernel gives the same answers each time"
                    : ": no recording (NAME.jsonl beside NAME.mm) below it"));
        }
        PrintWriter out = spec.commandLine().getOut();
        printTotals(out, results);
        printDifferences(out, results);
        if (results.stream().anyMatch(ScenarioSuite.Result::defect)) {
            return ExitCode.INTERNAL;
        }
        return results.stream().allMatch(ScenarioSuite.Result::isIdentical) ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static void printTotals(PrintWriter out, List<ScenarioSuite.Result> results) {
        Map<String, int[]> folders = new TreeMap<>();
        int[] all = new int[4];
        for (ScenarioSuite.Result result : results) {
            int[] folder = folders.computeIfAbsent(result.folder(), name -> new int[4]);
            int[] one = {result.isIdentical() ? 1 : 0, 1, result.comparison().identical(), result.comparison().observations()};
            for (int i = 0; i < one.length; i++) {
                folder[i] += one[i];
                all[i] += one[i];
            }
        }
        folders.forEach((name, n) ->
                out.printf("%-12s %4d of %4d scenarios, %5d of %5d observations%n", name, n[0], n[1], n[2], n[3]));
        out.printf("%d of %d scenarios identical, %d of %d observations identical%n", all[0], all[1], all[2], all[3]);
    }

    private void printDifferences(PrintWriter out, List<ScenarioSuite.Result> results) {
        List<String> lines = new ArrayList<>();
        for (ScenarioSuite.Result result : results) {
            result.stopped().ifPresent(why -> lines.add(result.scenario() + ": stopped " + why));
            for (Difference difference : result.comparison().differences()) {
                lines.add(result.scenario() + ":" + difference.line() + ": " + difference.kind() + ": " + difference.what());
            }
        }
        lines.stream().limit(show).forEach(line ->
                out.println("  " + (line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line)));
        if (lines.size() > show) {
            out.printf("  ... and %d more%n", lines.size() - show);
        }
    }
}
