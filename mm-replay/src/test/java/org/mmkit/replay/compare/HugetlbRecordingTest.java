package org.mmkit.replay.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.replay.cost.CostModel;
import org.mmkit.replay.model.Comparison;
import org.mmkit.replay.model.Policy;
import org.mmkit.replay.model.PolicyResult;
import org.mmkit.replay.plan.MappingDemand;
import org.mmkit.replay.reader.Recording;
import org.mmkit.replay.reader.RecordingReader;

/**
 * A program with HugeTLB pages of every kind, recorded on Linux 6.18. There it ran to its end with 21 free pages, and with 20 its child was
 * killed by SIGBUS.
 */
class HugetlbRecordingTest {

    private static final long SIZE = 2 << 20;

    private static Recording recording() throws Exception {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(at.resolve("examples/recordings"))) {
            at = at.getParent();
        }
        return new RecordingReader().read(at.resolve("examples/recordings/hugetlb-areas.perf.txt.gz"));
    }

    private static PolicyResult replay(Recording recording, Map<Long, Long> pools) {
        Policy policy = Policy.named("never");
        Options options = new Options(CostModel.standard(), 1, Options.USUAL_TLB_ENTRIES, (n, d) -> {});
        Comparison c = new PolicyComparison(options).compare(recording, List.of(policy.withHost(policy.host().withPools(pools))));
        assertThat(c.selfCheck().differences()).isEmpty();
        assertThat(c.selfCheck().reproduced()).isEqualTo(c.selfCheck().recorded());
        return c.results().get(0);
    }

    @Test
    void H07_a_replay_needs_as_many_pages_as_the_kernel_did() throws Exception {
        PolicyResult result = replay(recording(), Map.of());

        assertThat(result.hugetlb().pool()).containsExactly(Map.entry(SIZE, 21L));
        assertThat(result.hugetlb().needed()).containsExactly(Map.entry(SIZE, 21L));
        assertThat(result.hugetlb().cleared()).isEqualTo(19);
        assertThat(result.hugetlb().copies()).isEqualTo(2);
        // the child's access to shared memory, which is there
        assertThat(result.hugetlb().faults()).isEqualTo(19 + 2 + 1);
        assertThat(result.hugetlb().refused() + result.hugetlb().signals()).isZero();
        assertThat(result.warnings()).isEmpty();
    }

    @Test
    void H07_with_one_page_less_one_access_is_a_bus_error_as_on_the_kernel() throws Exception {
        PolicyResult result = replay(recording(), Map.of(SIZE, 20L));

        assertThat(result.hugetlb().signals()).isEqualTo(1);
        assertThat(result.hugetlb().refused()).isZero();
        assertThat(result.warnings()).singleElement().asString().contains("SIGBUS");
    }

    @Test
    void H07_mappings_that_the_pool_is_too_small_for_become_ordinary_memory_and_are_told() throws Exception {
        PolicyResult result = replay(recording(), Map.of(SIZE, 8L));

        // the shared area, memfd, the segment and the file want reservations; the table took all eight pages
        assertThat(result.hugetlb().refused()).isEqualTo(4);
        assertThat(result.warnings()).anyMatch(w -> w.contains("ENOMEM") && w.contains("ordinary memory"));
    }

    @Test
    void a_plan_counts_what_uses_huge_pages_already() throws Exception {
        Recording recording = recording();
        List<MappingDemand> demand = RecordedDemand.of(recording, SIZE, done -> {});

        assertThat(demand).allMatch(MappingDemand::isExisting);
        assertThat(demand.stream().mapToLong(m -> m.pages(SIZE)).sum()).isEqualTo(21);
        assertThat(demand.stream().mapToLong(m -> m.pages(1L << 30)).sum()).isZero();
        assertThat(demand).anyMatch(m -> m.name().endsWith("copies since fork") && m.pages(SIZE) == 2);
        assertThat(RecordedDemand.oneShort(recording, demand, SIZE)).hasValueSatisfying(f -> assertThat(f.signals()).isEqualTo(1));
    }

    @Test
    void files_below_a_folder_that_is_named_are_huge_and_of_the_size_named(@TempDir Path dir) throws Exception {
        String text = """
                %sapp 7/7 1.000001: PERF_RECORD_COMM exec: app:7/7
                app 7/7 1.000002: syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x40000000, prot: 0x00000003, flags: 0x00000001, fd: 0x00000003, off: 0x00000000
                app 7/7 1.000003: PERF_RECORD_MMAP2 7/7: [0x7f0000000000(0x40000000) @ 0 00:33 12 0]: rw-s /big/file
                app 7/7 1.000004: syscalls:sys_exit_mmap: 0x7f0000000000
                app 7/7 1.000005: exceptions:page_fault_user: address=0x7f0000001000 ip=0x55 error_code=0x6
                app 7/7 1.000006: exceptions:page_fault_user: address=0x7f0010000000 ip=0x55 error_code=0x6
                """;
        Path plain = Files.writeString(dir.resolve("plain"), String.format(text, ""), StandardCharsets.US_ASCII);
        Path told = Files.writeString(dir.resolve("told"), String.format(text, "# hugetlbfs 00:33 1073741824 /big\n"), StandardCharsets.US_ASCII);

        assertThat(new RecordingReader().read(plain).files().get(0).hugePageBytes()).isZero();
        assertThat(new RecordingReader().hugetlbfs("/big", SIZE).read(plain).files().get(0).hugePageBytes()).isEqualTo(SIZE);
        Recording recording = new RecordingReader().read(told);
        assertThat(recording.files().get(0).hugePageBytes()).isEqualTo(1L << 30);
        PolicyResult result = PolicyReplay.prepare(recording, Policy.named("never")).run();
        assertThat(result.hugetlb().needed()).containsExactly(Map.entry(1L << 30, 1L));
        assertThat(result.faults().user()).as("the second address is in the same page").isEqualTo(1);
    }
}
