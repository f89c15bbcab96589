package org.mmkit.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.mmkit.replay.compare.AccessReplay;
import org.mmkit.replay.compare.Options;
import org.mmkit.replay.compare.PolicyComparison;
import org.mmkit.replay.compare.Truth;
import org.mmkit.replay.cost.CostModel;
import org.mmkit.replay.model.AccessComparison;
import org.mmkit.replay.model.Comparison;
import org.mmkit.replay.model.Policy;
import org.mmkit.replay.reader.BadRecordingException;
import org.mmkit.replay.reader.Recording;
import org.mmkit.replay.reader.RecordingReader;
import org.mmkit.replay.report.AccessReport;
import org.mmkit.replay.report.AgainstReport;
import org.mmkit.replay.report.HtmlReport;
import org.mmkit.replay.report.JsonReport;
import org.mmkit.replay.report.TerminalReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm replay}: what a recorded program would have cost and gained under other huge-page settings. */
@Command(
        name = "replay",
        headerHeading =
                "Example: mm replay examples/recordings/redis-snapshot.perf.txt.gz --thp never,madvise,always,mthp64%n%n",
        header = "Say what a recorded program would cost and gain under other huge-page settings.",
        description = {
            "%nReplays a recording on a model of the kernel, once for each policy, and compares. A recording is made by `mm record`;"
                    + " perf script text and strace -f logs are read, plain or gzip."
        },
        footer = {
            "",
            "Exit status: 1 when the recording is too incomplete to decide by, or --against finds a difference.",
        })
final class ReplayCommand implements Callable<Integer> {

    private static final double TOLERANCE = 0.005;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "RECORDING", description = "perf script text or strace log, plain or gzip; with --tlb a trace of memory accesses.")
    private List<Path> recordings = List.of();

    @Mixin
    private PolicyOptions policies = new PolicyOptions();

    @Option(names = "--all", description = "Print every figure.")
    private boolean all;

    @Option(names = "--json", paramLabel = "FILE|-", description = "Write all figures as JSON; - is standard output, which then has nothing else.")
    private Optional<String> json = Optional.empty();

    @Option(names = "--report", paramLabel = "FILE|none", description = "The HTML page; NAME.html here if not given.")
    private Optional<String> report = Optional.empty();

    @Option(names = "--against", paramLabel = "TRUTH", description = "Compare with measurements, one JSON object per line and policy.")
    private Optional<Path> against = Optional.empty();

    @Option(names = "--costs", paramLabel = "FILE", description = "Cost constants that replace the standard ones: lines `name = low..high` in ns.")
    private Optional<Path> costs = Optional.empty();

    @Option(names = "--touches", paramLabel = "FILE", description = "Page faults that belong to a strace log: `pid address r|w`, or perf script lines.")
    private Optional<Path> touches = Optional.empty();

    @Option(names = "--threads", paramLabel = "N", description = "Policies replayed at the same time; as many as processors if not given.")
    private Optional<Integer> threads = Optional.empty();

    @Option(names = "--tlb-entries", paramLabel = "N", defaultValue = "" + Options.USUAL_TLB_ENTRIES,
            description = "Entries of the second-level TLB that the reach in a report is for; ${DEFAULT-VALUE} if not given.")
    private int tlbEntries;

    @Mixin
    private HugetlbfsOption hugetlbfs = new HugetlbfsOption();

    @Mixin
    private TlbOptions tlb = new TlbOptions();

    @Override
    public Integer call() throws IOException {
        List<Policy> matrix = policies.matrix();
        tlb.check();
        if (threads.isPresent() && threads.get() < 1 || tlbEntries < 1) {
            throw CommandException.badInput("--threads and --tlb-entries take numbers from 1 on");
        }
        checkPlace("--report", report.filter(name -> !name.equals("none")));
        checkPlace("--json", json.filter(name -> !name.equals("-")));
        if (tlb.isWanted()) {
            return replayAccesses(matrix);
        }
        CostModel model = costModel();
        Optional<Truth> truth = truth();
        boolean sound = true;
        boolean agrees = true;
        List<Comparison> comparisons = new ArrayList<>();
        boolean onlyJson = json.isPresent() && json.get().equals("-");
        PrintWriter out = spec.commandLine().getOut();
        try (ProgressLine progress = ProgressLine.onTerminal()) {
            for (Path file : recordings) {
                Recording recording = read(file, progress);
                int n = threads.orElseGet(() -> Runtime.getRuntime().availableProcessors());
                Options options = new Options(model, n, tlbEntries, progress::show);
                PolicyComparison replays = new PolicyComparison(options);
                if (truth.isPresent()) {
                    replays.asleepToo();
                }
                Comparison comparison = replays.compare(recording, matrix);
                progress.clear();
                comparisons.add(comparison);
                sound &= comparison.selfCheck().isSound() && !recording.diagnostics().isMisleading();
                if (!onlyJson) {
                    if (comparisons.size() > 1) {
                        out.println();
                    }
                    new TerminalReport(all).print(comparison, out);
                    if (truth.isPresent()) {
                        out.println();
                        agrees &= new AgainstReport().print(comparison, truth.get(), TOLERANCE, out);
                    }
                    writePage(comparison, model, out);
                    out.flush();
                }
            }
        }
        writeJson(out, to -> new JsonReport().write(comparisons, to));
        return sound && agrees ? ExitCode.DONE : ExitCode.FAILED;
    }

    private Integer replayAccesses(List<Policy> matrix) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        boolean onlyJson = json.isPresent() && json.get().equals("-");
        AccessReport accessReport = new AccessReport();
        List<AccessComparison> comparisons = new ArrayList<>();
        try (ProgressLine progress = ProgressLine.onTerminal()) {
            for (Path trace : recordings) {
                AccessReplay replay = new AccessReplay(tlb.geometry(), tlb.hostPage(), tlb.asids()).onProgress(done -> progress.show("translating", done));
                AccessComparison comparison;
                try {
                    comparison = replay.compare(trace, matrix);
                } catch (BadRecordingException | IllegalArgumentException e) {
                    throw CommandException.badInput(e);
                }
                progress.clear();
                if (!onlyJson) {
                    if (!comparisons.isEmpty()) {
                        out.println();
                    }
                    accessReport.print(comparison, out);
                    out.flush();
                }
                comparisons.add(comparison);
            }
        }
        writeJson(out, to -> accessReport.write(comparisons, to));
        return ExitCode.DONE;
    }

    private Recording read(Path file, ProgressLine progress) throws IOException {
        RecordingReader reader = new RecordingReader().onProgress(done -> progress.show("reading", done));
        touches.ifPresent(reader::touches);
        hugetlbfs.applyTo(reader);
        try {
            return reader.read(file);
        } catch (BadRecordingException e) {
            throw CommandException.badInput(e);
        }
    }

    private CostModel costModel() {
        if (costs.isEmpty()) {
            return CostModel.standard();
        }
        try {
            return CostModel.standard().withFile(costs.get());
        } catch (IllegalArgumentException e) {
            throw CommandException.badInput(e);
        } catch (IOException e) {
            throw CommandException.unreadable(costs.get(), e);
        }
    }

    private Optional<Truth> truth() {
        if (against.isEmpty()) {
            return Optional.empty();
        }
        if (recordings.size() > 1) {
            throw CommandException.badInput("--against compares one recording; there are " + recordings.size());
        }
        try {
            return Optional.of(Truth.read(against.get()));
        } catch (IllegalArgumentException e) {
            throw CommandException.badInput(e);
        } catch (IOException e) {
            throw CommandException.unreadable(against.get(), e);
        }
    }

    /** Says before a long replay, not after it, that its result could not be written. */
    private static void checkPlace(String option, Optional<String> name) {
        if (name.isEmpty()) {
            return;
        }
        Path file = Path.of(name.get()).toAbsolutePath();
        Path folder = file.getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw CommandException.badInput(option + " " + name.get() + ": is a directory; name a file");
        }
        if (!Files.isDirectory(folder)) {
            throw CommandException.badInput(option + " " + name.get() + ": there is no directory " + folder);
        }
        if (!Files.isWritable(Files.exists(file) ? file : folder)) {
            throw CommandException.badInput(option + " " + name.get() + ": no permission to write it");
        }
    }

    private void writePage(Comparison comparison, CostModel model, PrintWriter out) throws IOException {
        String name = report.orElse(comparison.recording().name() + ".html");
        if (name.equals("none")) {
            return;
        }
        if (report.isPresent() && recordings.size() > 1) {
            Path common = Path.of(name);
            name = common.resolveSibling(comparison.recording().name() + "-" + common.getFileName()).toString();
        }
        try (PrintWriter page = new PrintWriter(Files.newBufferedWriter(Path.of(name), StandardCharsets.UTF_8))) {
            new HtmlReport().write(comparison, model, page);
        }
        out.println("Report: " + name);
    }

    /** Writes to where {@code --json} says, if it does. */
    private void writeJson(PrintWriter out, JsonWriting writing) throws IOException {
        if (json.isEmpty()) {
            return;
        }
        if (json.get().equals("-")) {
            writing.write(out);
            out.flush();
            return;
        }
        try (OutputStream stream = Files.newOutputStream(Path.of(json.get()));
                PrintWriter file = new PrintWriter(stream, false, StandardCharsets.UTF_8)) {
            writing.write(file);
        }
    }

    /** Writes all figures. */
    @FunctionalInterface
    private interface JsonWriting {
        void write(PrintWriter to) throws IOException;
    }
}
