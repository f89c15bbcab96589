package org.mmkit.replay.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.replay.cost.CostModel;
import org.mmkit.replay.model.Comparison;
import org.mmkit.replay.model.Policy;
import org.mmkit.replay.model.PolicyResult;
import org.mmkit.replay.reader.Recording;
import org.mmkit.replay.reader.RecordingReader;

/** Replays the recordings that come with the project and compares with what the kernel did. */
class RecordedProgramsTest {

    private static final List<String> MEASURED = List.of("never", "madvise", "always", "mthp16", "mthp64", "mthp256");

    static Path recordings() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(at.resolve("examples/recordings"))) {
            at = at.getParent();
        }
        return at.resolve("examples/recordings");
    }

    static Stream<String> all() throws java.io.IOException {
        try (Stream<Path> files = Files.list(recordings())) {
            return files.map(p -> p.getFileName().toString()).filter(n -> n.endsWith(".perf.txt.gz"))
                    .map(n -> n.replace(".perf.txt.gz", "")).sorted().toList().stream();
        }
    }

    private static Comparison compare(String name, List<String> policies) throws Exception {
        Recording r = new RecordingReader().read(recordings().resolve(name + ".perf.txt.gz"));
        Options options = new Options(CostModel.standard(), 1, Options.USUAL_TLB_ENTRIES, (n, d) -> {});
        return new PolicyComparison(options).compare(r, policies.stream().map(Policy::named).toList());
    }

    @ParameterizedTest
    @MethodSource("all")
    void every_recorded_fault_is_reproduced(String name) throws Exception {
        Comparison c = compare(name, List.of("never"));

        assertThat(c.recording().diagnostics().isMisleading()).isFalse();
        if (name.startsWith("java") || name.startsWith("node")) {
            assertThat(c.selfCheck().isSound()).isTrue();
        } else {
            assertThat(c.selfCheck().differences()).isEmpty();
            assertThat(c.selfCheck().reproduced()).isEqualTo(c.selfCheck().recorded());
            assertThat(c.selfCheck().kernelReproduced()).isEqualTo(c.selfCheck().kernelRecorded());
        }
        assertThat(c.results().get(0).warnings()).isEmpty();
    }

    /** Whether khugepaged, which runs beside the program, gets to a range in time is chance; so always has a wider margin where it can. */
    @ParameterizedTest
    @ValueSource(strings = {"gcc-parser", "gxx-templates", "xz-compress", "sort-lines", "git-repack", "perl-hash", "python-fork", "redis-snapshot", "sqlite-orders"})
    void programs_with_one_thread_are_predicted_to_half_a_percent_and_2M_folios_exactly(String name) throws Exception {
        Truth truth = Truth.read(recordings().resolve(name + ".truth.jsonl"));
        Comparison c = compare(name, MEASURED);

        for (PolicyResult r : c.results()) {
            Truth.Measured m = truth.of(r.policy().name()).orElseThrow();
            boolean chance = r.policy().name().equals("always") && r.work().collapses() > 0;
            assertThat((double) r.faults().user()).as(r.policy().name()).isCloseTo(m.userFaults(), within(m.userFaults() * (chance ? 0.02 : 0.005)));
            assertThat(r.folios(2048)).as(r.policy().name()).isEqualTo(m.allocations().getOrDefault(9, 0L));
            assertThat((double) r.memory().maxRss()).as(r.policy().name()).isCloseTo(m.maxRssKb(), within(m.maxRssKb() * 0.03));
        }
    }
}
