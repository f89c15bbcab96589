package org.mmkit.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.mmkit.replay.compare.RecordedDemand;
import org.mmkit.replay.plan.HugetlbPlan;
import org.mmkit.replay.plan.MappingDemand;
import org.mmkit.replay.plan.Planner;
import org.mmkit.replay.reader.BadRecordingException;
import org.mmkit.replay.reader.Recording;
import org.mmkit.replay.reader.RecordingReader;
import org.mmkit.replay.report.PlanJson;
import org.mmkit.replay.report.PlanText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm hugetlb plan}: how many huge pages a workload needs, what they save, and what one page too few costs. */
@Command(
        name = "plan",
        headerHeading = "Example: mm hugetlb plan examples/recordings/redis-snapshot.perf.txt.gz%n"
                + "         mm hugetlb plan --size 32G,8G --page 1G --memory 64G%n%n",
        header = "Say how many huge pages a workload needs, what they save, and what one page too few costs.",
        description = {
            "%nThe mappings come from a recording, as they were when its resident memory was largest, or are given by --size. Each figure is"
                    + " what the model of that kernel did with a pool of that size."
        },
        footer = {
            "",
            "Exit status: 1 when the pool does not fit the machine, or no mapping is worth one.",
        })
final class HugetlbPlanCommand implements Callable<Integer> {

    private static final long LEAST_MEMORY = 64L << 20;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "RECORDING", description = "perf script text or strace log, plain or gzip.")
    private Optional<Path> recording = Optional.empty();

    @Option(names = "--size", paramLabel = "SIZE", split = ",", description = "The length of a mapping that is used whole; several by commas.")
    private List<String> sizes = List.of();

    @Option(names = "--arch", paramLabel = "ARCH", defaultValue = "x86_64", description = "The architecture; ${DEFAULT-VALUE} if not given.")
    private String arch = "x86_64";

    @Option(names = "--page", paramLabel = "SIZE", defaultValue = "2M", description = "The page size to set up: 2M (default) or 1G.")
    private String page = "2M";

    @Option(names = "--least", paramLabel = "SIZE", defaultValue = "4M",
            description = "The smallest mapping of a recording to look at; ${DEFAULT-VALUE} if not given.")
    private String least = "4M";

    @Option(names = "--kernel", paramLabel = "VERSION", split = ",", defaultValue = "5.14,6.18",
            description = "Kernels to plan for; ${DEFAULT-VALUE} if not given.")
    private List<String> kernels = List.of();

    @Option(names = "--memory", paramLabel = "SIZE", description = "Memory of the machine; the mappings' and a quarter more if not given.")
    private Optional<String> memory = Optional.empty();

    @Option(names = "--json", paramLabel = "FILE|-", description = "Write all figures as JSON; - is standard output, which then has nothing else.")
    private Optional<String> json = Optional.empty();

    @Mixin
    private HugetlbfsOption hugetlbfs = new HugetlbfsOption();

    @Override
    public Integer call() throws IOException {
        if (recording.isPresent() == !sizes.isEmpty()) {
            throw CommandException.badInput("a recording or --size is needed, one of them; --help shows examples");
        }
        long pageBytes = Sizes.parse(page);
        long memoryBytes = memory.map(Sizes::parse).orElse(0L);
        if (memory.isPresent() && memoryBytes < LEAST_MEMORY) {
            throw CommandException.badInput("--memory " + memory.get() + ": a machine has at least 64M");
        }
        for (String kernel : kernels) {
            if (!Planner.sizes(arch, kernel).contains(pageBytes)) {
                throw CommandException.badInput("--page " + page + ": the machine has huge pages of "
                        + Planner.sizes(arch, kernel).stream().map(HugetlbPlan::suffix).collect(Collectors.joining(" and ")));
            }
        }
        HugetlbPlan plan;
        try (ProgressLine progress = ProgressLine.onTerminal()) {
            Optional<Recording> read = recording.isPresent() ? Optional.of(read(recording.get(), progress)) : Optional.empty();
            List<MappingDemand> mappings = read.isPresent()
                    ? RecordedDemand.of(read.get(), Sizes.parse(least), done -> progress.show("replaying", done)) : asked();
            String title = recording.map(file -> file.getFileName().toString()).orElseGet(() -> String.join(" and ", sizes) + " of memory");
            plan = new Planner(arch, kernels, what -> progress.show(what, 0)).plan(title, mappings, pageBytes,
                    memoryBytes);
            if (read.isPresent()) {
                plan = RecordedDemand.oneShort(read.get(), mappings, pageBytes).map(plan::withShortNow).orElse(plan);
            }
            progress.clear();
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json.isEmpty() || !json.get().equals("-")) {
            new PlanText().print(plan, out);
        }
        writeJson(plan, out);
        out.flush();
        boolean fits = plan.pools().stream().noneMatch(pool -> pool.pageBytes() == pageBytes && pool.got() < pool.pages());
        return fits && !plan.sizes().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private List<MappingDemand> asked() {
        List<MappingDemand> mappings = new ArrayList<>();
        for (String size : sizes) {
            mappings.add(MappingDemand.whole("mapping " + (mappings.size() + 1), Sizes.parse(size)));
        }
        return mappings;
    }

    private Recording read(Path file, ProgressLine progress) throws IOException {
        try {
            RecordingReader reader = new RecordingReader().onProgress(done -> progress.show("reading", done));
            hugetlbfs.applyTo(reader);
            return reader.read(file);
        } catch (BadRecordingException e) {
            throw CommandException.badInput(e);
        }
    }

    private void writeJson(HugetlbPlan plan, PrintWriter out) throws IOException {
        if (json.isEmpty()) {
            return;
        }
        if (json.get().equals("-")) {
            new PlanJson().write(plan, out);
            return;
        }
        try (PrintWriter file = new PrintWriter(Files.newBufferedWriter(Path.of(json.get()), StandardCharsets.UTF_8))) {
            new PlanJson().write(plan, file);
        }
    }
}
