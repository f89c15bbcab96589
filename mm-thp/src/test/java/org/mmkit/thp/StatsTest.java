package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** The counters of huge pages, each moved by one thing alone and to the unit, on the document's kernel and on today's. */
class StatsTest extends HugePageTest {

    private static final String[] COUNTERS = {
        "thp_fault_alloc", "thp_collapse_alloc", "thp_fault_fallback", "thp_collapse_alloc_failed", "thp_file_alloc", "thp_file_mapped",
        "thp_split_page", "thp_split_page_failed", "thp_deferred_split_page", "thp_split_pmd", "thp_zero_page_alloc",
        "thp_zero_page_alloc_failed"
    };

    private Map<String, Long> before = Map.of();

    private void boot(String kernel, String memory) {
        machine = Machine.builder().memory(memory).kernel(kernel).build();
        process = machine.newProcess();
        set("enabled", "always");
        mark();
    }

    private Map<String, Long> counters() {
        Map<String, Long> values = new LinkedHashMap<>();
        for (String name : COUNTERS) {
            values.put(name, machine.vmstat(name));
        }
        return values;
    }

    private void mark() {
        before = counters();
    }

    /** What has moved since {@link #mark}, as {@code "name+n"}. */
    private String moved() {
        StringBuilder text = new StringBuilder();
        counters().forEach((name, value) -> {
            long change = value - before.get(name);
            if (change != 0) {
                text.append(text.isEmpty() ? "" : " ").append(name).append('+').append(change);
            }
        });
        mark();
        return text.toString();
    }

    private void takeAllHugePages() {
        Process hog = machine.newProcess();
        long at = BASE;
        long before = -1;
        while (machine.vmstat("thp_fault_fallback") == 0 && before != at) {
            hog.mmap(at, 2 * MIB, RW, MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED, null, 0);
            before = at;
            assertThat(hog.store(at, 1)).isZero();
            at += 2 * MIB;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.12", "6.18"})
    void T14_thp_fault_alloc_counts_huge_pages_got_at_faults_and_thp_fault_fallback_those_not_got(String kernel) {
        boot(kernel, "1G");
        set("defrag", "never");
        long a = map(BASE, 4 * MIB);
        process.store(a, 1);
        assertThat(moved()).isEqualTo("thp_fault_alloc+1");
        process.store(a + MIB, 1);
        assertThat(moved()).isEmpty();
        takeAllHugePages();
        mark();
        process.store(a + 2 * MIB, 1);
        assertThat(moved()).isEqualTo("thp_fault_fallback+1");
        process.store(a + 3 * MIB, 1);
        assertThat(moved()).as("not again: the block has a table now").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.12", "6.18"})
    void T14_thp_collapse_alloc_counts_huge_pages_for_collapses_and_thp_collapse_alloc_failed_those_not_got(String kernel) {
        boot(kernel, "1G");
        set("defrag", "never");
        set("khugepaged/defrag", 0);
        set("enabled", "never");
        long a = map(BASE, 4 * MIB);
        fill(a, 4 * MIB, 1);
        mark();
        set("khugepaged/pages_to_scan", 512);
        set("enabled", "madvise");
        process.madvise(a, 4 * MIB, Advice.MADV_HUGEPAGE);
        machine.clock().advanceTo(machine.clock().now() + 1_000_000);
        assertThat(moved()).isEqualTo("thp_collapse_alloc+1");

        set("enabled", "always");
        takeAllHugePages();
        mark();
        machine.clock().advanceTo(machine.clock().now() + 10_000_000_000L);
        assertThat(moved()).startsWith("thp_collapse_alloc_failed+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.12", "6.18"})
    void T14_thp_file_alloc_counts_huge_pages_of_files_and_thp_file_mapped_their_huge_mappings(String kernel) throws Exception {
        boot(kernel, "1G");
        set("shmem_enabled", "always");
        var file = machine.vfs().memfd("m", 0);
        assertThat(file.inode().truncate(4 * MIB)).isZero();
        process.mmap(BASE, 4 * MIB, RW, MapFlags.MAP_SHARED | MapFlags.MAP_FIXED, file, 0);
        process.store(BASE, 1);
        assertThat(moved()).isEqualTo("thp_file_alloc+1 thp_file_mapped+1");
        process.madvise(BASE, 2 * MIB, Advice.MADV_DONTNEED);
        process.load(BASE);
        assertThat(moved()).as("found in the cache, mapped again").isEqualTo("thp_file_mapped+1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.12", "6.18"})
    void T14_thp_split_pmd_counts_mappings_thp_deferred_split_page_queued_pages_and_thp_split_page_split_ones(String kernel) {
        boot(kernel, "1G");
        long a = map(BASE, 2 * MIB);
        fill(a, 2 * MIB, 1);
        mark();
        process.mprotect(a, 4 * KIB, Protection.READ);
        assertThat(moved()).isEqualTo("thp_split_pmd+1");
        process.madvise(a + MIB, 8 * KIB, Advice.MADV_DONTNEED);
        assertThat(moved()).isEqualTo("thp_deferred_split_page+1");
        var pin = pin(a + 64 * KIB, 4 * KIB);
        machine.write("/proc/sys/vm/drop_caches", "2\n");
        assertThat(moved()).startsWith("thp_split_page_failed+");
        pin.release();
        machine.write("/proc/sys/vm/drop_caches", "2\n");
        assertThat(moved()).isEqualTo("thp_split_page+1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.12", "6.18"})
    void T14_thp_zero_page_alloc_counts_zero_pages_made_and_thp_zero_page_alloc_failed_those_that_could_not_be(String kernel) {
        boot(kernel, "1G");
        set("defrag", "never");
        long a = map(BASE, 6 * MIB);
        process.load(a);
        process.load(a + 2 * MIB);
        assertThat(moved()).as("one page, mapped twice").isEqualTo("thp_zero_page_alloc+1");
        process.munmap(a, 6 * MIB);
        process.exit();
        machine.write("/proc/sys/vm/drop_caches", "2\n");
        process = machine.newProcess();
        map(a, 6 * MIB);
        process.load(a);
        assertThat(moved()).as("given back while nobody used it, made again").isEqualTo("thp_zero_page_alloc+1");
        process.exit();
        machine.write("/proc/sys/vm/drop_caches", "2\n");
        process = machine.newProcess();
        map(a, 6 * MIB);
        takeAllHugePages();
        mark();
        process.load(a);
        assertThat(moved()).isEqualTo("thp_fault_fallback+1 thp_zero_page_alloc_failed+1");
    }
}
