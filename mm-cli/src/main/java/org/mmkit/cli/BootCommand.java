package org.mmkit.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;
import org.mmkit.core.PluginReport;
import org.mmkit.scenario.ScenarioSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm boot}: boots a machine and runs the lines that are typed, or piped in. */
@Command(
        name = "boot",
        headerHeading = "Example: mm boot --memory 4G 'a = mmap(NULL, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)'"
                + " 'madvise(a, 4M, MADV_HUGEPAGE)' 'store(a, 4M)' 'smaps(a, 4M)' 'cat /proc/meminfo'%n%n",
        header = "Boot a machine and type to it.",
        description = "%nRuns lines of the scenario language on a machine that lives on between them: those given, or those of"
                + " standard input. `help` lists what can be typed.")
final class BootCommand implements Callable<Integer> {

    /** A distribution's kernel has thousands of symbols, of which few concern memory management. */
    private static final int MOST_NAMED = 12;

    private static final String PROMPT = "mm> ";
    private static final String PROMPT_IN_BLOCK = "  > ";

    @Spec
    private CommandSpec spec;

    @Mixin
    private MachineOptions options;

    @Option(
            names = "--host",
            description = "Start from this computer: its memory, its kernel configuration, its huge-page settings.")
    private boolean host;

    @Option(names = "--unknown", description = "Name every symbol of the configuration that is not modelled, not only the first.")
    private boolean nameAll;

    @Mixin
    private TraceOptions trace = new TraceOptions();

    @Parameters(arity = "0..*", paramLabel = "LINE", description = "Lines to run; standard input if none is given.")
    private List<String> lines = List.of();

    @Override
    public Integer call() throws IOException {
        MachineBuilder builder = Machine.builder();
        HostSettings settings = new HostSettings(Path.of("/"));
        if (host) {
            settings.describe(builder);
        }
        Machine machine = options.applyTo(builder).build();
        PrintWriter err = spec.commandLine().getErr();
        if (host) {
            settings.apply(machine).forEach(f -> err.println("mm: the model does not take this computer's " + f));
        }
        machine.messages().forEach(message -> err.println("mm: " + message));
        machine.plugins().problems().forEach(problem -> err.println("mm: " + problem));
        reportUnknown(machine.unknownSymbols(), err);
        machine.unknownParameters().forEach(p -> err.println("mm: nothing in this machine asks for the parameter " + p));
        PrintWriter out = spec.commandLine().getOut();
        trace.around(machine, out, () -> run(machine, out));
        return ExitCode.DONE;
    }

    private void run(Machine machine, PrintWriter out) throws IOException {
        ScenarioSession session = new ScenarioSession(machine, row -> ScenarioPrinter.printAnswer(row, out));
        Shell shell = new Shell(machine, session, out);
        if (!lines.isEmpty()) {
            for (String line : lines) {
                if (!shell.line(line)) {
                    break;
                }
            }
            shell.end();
            return;
        }
        boolean terminal = Boolean.getBoolean("mm.interactive");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        if (terminal) {
            converse(in, shell, session, machine);
        } else {
            read(in, shell);
        }
    }

    private void reportUnknown(List<String> symbols, PrintWriter err) {
        if (!symbols.isEmpty()) {
            int shown = nameAll ? symbols.size() : Math.min(MOST_NAMED, symbols.size());
            err.println("mm: " + symbols.size() + " symbols of the configuration are not modelled: "
                    + String.join(", ", symbols.subList(0, shown)) + (shown < symbols.size() ? ", …; --unknown names all" : ""));
        }
    }

    private static void read(BufferedReader in, Shell shell) throws IOException {
        for (String line = in.readLine(); line != null && shell.line(line); line = in.readLine()) {
            continue;
        }
        shell.end();
    }

    // On a terminal a mistake is shown and the conversation goes on.
    private void converse(BufferedReader in, Shell shell, ScenarioSession session, Machine machine) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        int pageShift = machine.architecture().layout(machine.configuration()).pageShift();
        out.println(machine.architecture().name() + ", " + (machine.memory().allocator().managedPages() << pageShift >> 20) + " MB, "
                + machine.plugins().plugins().stream()
                        .filter(p -> p.enabled() && p.kind() == PluginReport.Kind.FEATURE)
                        .map(PluginReport.Entry::id)
                        .collect(Collectors.joining(", "))
                + ". Type help, or exit.");
        while (true) {
            out.print(session.isInsideBlock() ? PROMPT_IN_BLOCK : PROMPT);
            out.flush();
            String line = in.readLine();
            try {
                if (line == null || !shell.line(line)) {
                    return;
                }
            } catch (CommandException e) {
                out.println(e.getMessage());
            }
        }
    }
}
