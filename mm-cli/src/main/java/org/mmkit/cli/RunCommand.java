package org.mmkit.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.mmkit.core.Machine;
import org.mmkit.scenario.ScenarioRunner;
import org.mmkit.scenario.record.Recording;
import org.mmkit.scenario.syntax.Scenario;
import org.mmkit.scenario.syntax.ScenarioException;
import org.mmkit.scenario.syntax.ScenarioParser;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm run}: runs one scenario. */
@Command(
        name = "run",
        headerHeading = "Example: mm run mm-scenario/src/test/scenarios/thp/small-steps.mm%n%n",
        header = "Run a scenario.",
        description = "%nRuns a scenario on a machine of its own and prints what each of its lines saw. The machine is the one that the project's"
                + " recordings were made on (x86-64, 24G, Linux 6.18) unless options say otherwise.")
final class RunCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private MachineOptions machine;

    @Parameters(paramLabel = "SCENARIO", description = "A file NAME.mm.")
    private Path file = Path.of("");

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the rows of a recording, one JSON object a line, to this file; - for the terminal.")
    private Optional<String> json = Optional.empty();

    @Mixin
    private TraceOptions trace = new TraceOptions();

    @Override
    public Integer call() throws IOException {
        if (Files.isDirectory(file)) {
            throw CommandException.badInput(file + ": a directory; name one scenario, or use mm verify");
        }
        try {
            Scenario scenario = ScenarioParser.parse(file);
            PrintWriter out = spec.commandLine().getOut();
            if (json.isEmpty()) {
                ScenarioPrinter printer = new ScenarioPrinter(scenario, out);
                run(scenario, printer::print);
            } else if (json.get().equals("-")) {
                run(scenario, row -> out.print(Recording.line(row) + "\n"));
                out.flush();
            } else {
                try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(Path.of(json.get())))) {
                    run(scenario, row -> writer.print(Recording.line(row) + "\n"));
                    if (writer.checkError()) {
                        throw new CommandException(ExitCode.FAILED, json.get() + ": could not be written");
                    }
                }
            }
            return ExitCode.DONE;
        } catch (ScenarioException e) {
            throw CommandException.badInput(e);
        }
    }

    private void run(Scenario scenario, Consumer<JsonObject> rows) throws ScenarioException, IOException {
        Machine booted = machine.applyTo(ScenarioRunner.machine()).build();
        booted.messages().forEach(message -> spec.commandLine().getErr().println("mm: " + message));
        boolean rowsOnly = json.isPresent() && json.get().equals("-");
        PrintWriter out = rowsOnly ? spec.commandLine().getErr() : spec.commandLine().getOut();
        trace.around(booted, out, () -> ScenarioRunner.run(scenario, booted, rows));
    }
}
