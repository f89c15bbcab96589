package org.mmkit.replay.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    @Test
    void a_strace_log_with_touches_is_replayed_and_checks_itself(@TempDir Path dir) throws Exception {
        Path log = Files.writeString(dir.resolve("app.strace"), """
                900 execve("/usr/bin/app", ["app"], 0x7ffd /* 20 vars */) = 0
                900 mmap(NULL, 8388608, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000
                900 madvise(0x7f0000000000, 4194304, MADV_HUGEPAGE) = 0
                900 +++ exited with 0 +++
                """);
        StringBuilder touches = new StringBuilder();
        for (int i = 0; i < 2048; i++) {
            touches.append("900 ").append(Long.toHexString(0x7f0000000000L + i * 4096L)).append(" w\n");
        }
        Recording r = new RecordingReader().touches(Files.writeString(dir.resolve("t"), touches)).read(log);

        Comparison c = new PolicyComparison(Options.standard()).compare(r, Stream.of("never", "madvise", "always", "mthp64").map(Policy::named).toList());

        assertThat(c.selfCheck().reproduced()).isEqualTo(2048);
        assertThat(c.results()).extracting(p -> p.faults().user()).containsExactly(2048L, 1024L + 2, 4L, 128L);
        assertThat(c.results()).extracting(p -> p.folios(2048)).containsExactly(0L, 2L, 4L, 0L);
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
