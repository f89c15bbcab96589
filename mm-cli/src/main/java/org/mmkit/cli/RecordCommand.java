package org.mmkit.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm record}: runs a program under perf and writes what {@code mm replay} reads. */
@Command(
        name = "record",
        headerHeading = "Example: sudo ./mm record -o build.perf.txt.gz -- gcc -O2 -c big.c%n%n",
        header = "Run a program under perf and write its recording.",
        description = {
            "%nRecords the page faults and memory system calls of a program, and of all that it starts, with huge pages"
                    + " switched off for it. Ctrl-C ends the recording of a program that does not end by itself."
        })
final class RecordCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where the recording goes; PROGRAM.perf.txt.gz here if not given.")
    private Optional<Path> output = Optional.empty();

    @Option(names = "--print", description = "Print the commands to run on another host, and do nothing.")
    private boolean print;

    @Parameters(arity = "1..*", paramLabel = "CMD", description = "The program and its arguments.")
    private List<String> program = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path file = output.orElseGet(() -> Path.of(Path.of(program.get(0)).getFileName() + ".perf.txt.gz"));
        PrintWriter out = spec.commandLine().getOut();
        if (print) {
            PerfRecorder.shellLines(file, program).forEach(out::println);
            return ExitCode.DONE;
        }
        Optional<String> obstacle = PerfRecorder.obstacle();
        if (obstacle.isPresent()) {
            throw CommandException.badInput(obstacle.get() + ". To record on another host: mm record --print -- "
                    + String.join(" ", program));
        }
        if (!PerfRecorder.isProgram(program.get(0))) {
            throw CommandException.badInput(program.get(0) + ": no such program");
        }
        PerfRecorder.Outcome outcome = PerfRecorder.record(file, program);
        PrintWriter err = spec.commandLine().getErr();
        err.printf("%s: %,d lines, %,d KiB%s%n", file, outcome.lines(), (outcome.bytes() + 1023) >> 10,
                outcome.status() == 0 ? "" : "; the program ended with status " + outcome.status());
        if (outcome.lost() > 0) {
            err.printf("perf lost events %,d times: the replay will be wrong in places. Record again with less else"
                    + " running.%n", outcome.lost());
            return ExitCode.FAILED;
        }
        err.printf("Now: mm replay %s%n", file);
        return ExitCode.DONE;
    }
}
