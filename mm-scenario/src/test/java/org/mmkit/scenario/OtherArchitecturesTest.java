package org.mmkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;
import org.mmkit.core.process.Process;

/** Machines of other architectures and page sizes: the features run on them unchanged (tables are checked after each step). */
class OtherArchitecturesTest {

    private static final int READ_WRITE = 3;
    private static final int PRIVATE = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS;
    private static final String HUGE = "/sys/kernel/mm/hugepages/";

    private static MachineBuilder machine(String configuration) {
        String[] words = configuration.split(" ");
        MachineBuilder builder = Machine.builder().arch(words[0]).memory("4G");
        for (int i = 1; i < words.length; i++) {
            builder.set(words[i], "y");
        }
        return builder;
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "arm64 ARM64_4K_PAGES ARM64_VA_BITS_48", "arm64 ARM64_4K_PAGES ARM64_VA_BITS_52",
        "riscv64 RISCV_SV48", "riscv64 RISCV_SV57", "x86_64 X86_5LEVEL"
    })
    void A01_scenarios_of_huge_pages_see_the_same_on_every_machine_with_4K_pages(String configuration) throws Exception {
        for (String name : List.of("split/cow-after-split.mm", "thp/fork-of-split.mm", "thp/grandchild.mm")) {
            Path scenario = RecordedScenariosTest.scenarios().resolve(name);
            for (ScenarioSuite.Result result : ScenarioSuite.run(scenario, Set.of(), 1, () -> machine(configuration))) {
                assertThat(result.stopped()).as(name).isEmpty();
                assertThat(result.comparison().differences()).as(name).isEmpty();
            }
        }
    }

    /** Where programs lie (ELF_ET_DYN_BASE) and where user space ends: docs/architectures.md. */
    private static final Set<String> PLACES =
            Set.of("thp/heap-huge", "vma/brk-areas", "vma/brk-heap", "vma/brk-twice", "vma/heap", "vma/mmap-arguments", "vma/mmap-errors",
                    "vma/mmap-refused", "vma/mremap-refused", "vma/munmap-mprotect-errors");

    /** Files that the architecture's kernel does not have: its memory map of huge pages is never given back; it has no NUMA. */
    private static final Map<String, String> ABSENT = Map.of("arm64", "hugetlb_optimize_vmemmap", "riscv64", "nr_hugepages_mempolicy");

    /** Entries of a run are dirty together (arm64: ARM64_CONTPTE). */
    private static final Map<String, Set<String>> RUNS = Map.of("arm64", Set.of("mthp/swap-sizes"), "riscv64", Set.of());

    /** Of the recordings of an x86-64 kernel only those differ that see what an architecture changes. */
    @Tag("heavy")
    @ParameterizedTest
    @ValueSource(strings = {"arm64", "riscv64"})
    void A01_recorded_scenarios_differ_only_in_what_the_architecture_changes(String architecture) throws Exception {
        Path root = RecordedScenariosTest.scenarios();
        List<String> unexpected = new ArrayList<>();
        for (ScenarioSuite.Result result : ScenarioSuite.run(root, Set.of(), 2, () -> Machine.builder().arch(architecture))) {
            String name = result.name().toString();
            assertThat(result.stopped()).as(name).isEmpty();
            boolean seesAbsent = Files.readString(root.resolve(name + ".mm")).contains(ABSENT.get(architecture));
            boolean mayDiffer = seesAbsent || PLACES.contains(name) || RUNS.get(architecture).contains(name);
            if (!mayDiffer && !result.comparison().differences().isEmpty()) {
                unexpected.add(name + " " + result.comparison().differences().get(0));
            }
        }
        assertThat(unexpected).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"arm64 ARM64_16K_PAGES/32768", "arm64 ARM64_64K_PAGES/524288", "arm64 ARM64_4K_PAGES/2048",
        "arm64 ARM64_4K_PAGES ARM64_VA_BITS_39/2048", "riscv64/2048", "riscv64 RISCV_SV39/2048"})
    void A01_a_huge_page_is_as_large_as_the_granule_makes_it(String text) {
        String[] parts = text.split("/");
        long size = Long.parseLong(parts[1]) << 10;
        Machine machine = machine(parts[0]).build();
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always");
        Process process = machine.newProcess();
        long start = process.mmap(0, 2 * size, READ_WRITE, PRIVATE, null, 0) + size - 1 & -size;

        process.store(start + 12345, 1);
        machine.verify();

        assertThat(machine.read("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size").strip()).isEqualTo(Long.toString(size));
        assertThat(machine.vmstat("thp_fault_alloc")).isEqualTo(1);
        assertThat(machine.read("/proc/meminfo")).containsPattern("AnonHugePages: +" + parts[1] + " kB");
        process.munmap(start, size / 2);
        machine.verify();
        assertThat(machine.vmstat("thp_split_pmd")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "arm64 ARM64_4K_PAGES/1048576 2048 32768 64", "arm64 ARM64_16K_PAGES/1048576 2048 32768",
        "arm64 ARM64_64K_PAGES/16777216 2048 524288", "riscv64/1048576 2048 64", "x86_64/1048576 2048"
    })
    void A01_HugeTLB_has_the_sizes_of_the_backend(String text) {
        String[] parts = text.split("/");
        Machine machine = machine(parts[0]).build();

        assertThat(machine.list("/sys/kernel/mm/hugepages")).containsExactlyInAnyOrder(
                java.util.Arrays.stream(parts[1].split(" ")).map(kb -> "hugepages-" + kb + "kB").toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"arm64 ARM64_4K_PAGES/64", "arm64 ARM64_4K_PAGES/32768", "arm64 ARM64_16K_PAGES/2048", "arm64 ARM64_64K_PAGES/2048", "riscv64/64"})
    void A01_a_HugeTLB_page_may_be_a_run_of_leaves(String text) {
        String[] parts = text.split("/");
        long kb = Long.parseLong(parts[1]);
        long size = kb << 10;
        Machine machine = machine(parts[0]).build();
        machine.write(HUGE + "hugepages-" + kb + "kB/nr_hugepages", "3");
        Process process = machine.newProcess();
        int shift = Long.numberOfTrailingZeros(size);
        long start = process.mmap(0, 2 * size, READ_WRITE, PRIVATE | MapFlags.MAP_HUGETLB | shift << MapFlags.MAP_HUGE_SHIFT, null, 0);
        assertThat(start).isPositive();

        process.store(start + size - 1, 7);
        process.store(start + size, 8);
        machine.verify();
        Process child = fork(process);
        child.store(start + 5, 9);
        machine.verify();

        assertThat(process.load(start + size - 1)).isEqualTo(7);
        assertThat(process.load(start + 5)).isZero();
        assertThat(child.load(start + size - 1)).isEqualTo(7);
        assertThat(child.load(start + 5)).isEqualTo(9);
        assertThat(machine.read(HUGE + "hugepages-" + kb + "kB/free_hugepages").strip()).isEqualTo("0");
        process.mprotect(start, size, 1);
        machine.verify();
        child.exit();
        process.munmap(start, 2 * size);
        machine.verify();
        assertThat(machine.read(HUGE + "hugepages-" + kb + "kB/free_hugepages").strip()).isEqualTo("3");
    }

    private static Process fork(Process process) {
        try {
            return process.fork();
        } catch (org.mmkit.api.ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    /** arch/arm64/Kconfig selects ARCH_WANTS_THP_SWAP with 4K pages only; mm/vmscan.c counts the fallback. */
    @ParameterizedTest
    @ValueSource(strings = {"arm64 ARM64_4K_PAGES/1 0", "riscv64/1 0", "x86_64/1 0", "arm64 ARM64_16K_PAGES/0 1"})
    void A02_a_huge_page_is_swapped_out_whole_where_the_architecture_wants_it_and_split_elsewhere(String text) {
        String[] parts = text.split("/");
        Machine machine = machine(parts[0]).build();
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always");
        long size = Long.parseLong(machine.read("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size").strip());
        assertThat(machine.files().swapon(4 * size)).isZero();
        Process process = machine.newProcess();
        long start = process.mmap(0, 2 * size, READ_WRITE, PRIVATE, null, 0) + size - 1 & -size;
        process.store(start, 1);
        process.store(start + size - 1, 2);

        process.madvise(start, size, org.mmkit.api.space.Advice.MADV_PAGEOUT);
        machine.verify();

        assertThat(machine.vmstat("thp_swpout") + " " + machine.vmstat("thp_swpout_fallback")).isEqualTo(parts[1]);
        assertThat(process.load(start)).isEqualTo(1);
        assertThat(process.load(start + size - 1)).isEqualTo(2);
        machine.verify();
    }

    @Test
    void A02_each_architecture_has_the_features_that_its_kernel_has() {
        Machine arm64 = machine("arm64").build();
        assertThat(arm64.configuration().isEnabled("TRANSPARENT_HUGEPAGE")).isTrue();
        assertThat(arm64.configuration().isEnabled("HUGETLB_PAGE_OPTIMIZE_VMEMMAP")).as("arm64 does not select it").isFalse();
        assertThat(arm64.configuration().value("PGTABLE_LEVELS")).isEqualTo("5");
        assertThat(arm64.configuration().value("PAGE_SHIFT")).isEqualTo("12");
        Machine large = machine("arm64 ARM64_64K_PAGES ARM64_VA_BITS_42").build();
        assertThat(large.configuration().value("PGTABLE_LEVELS")).isEqualTo("2");
        assertThat(large.configuration().value("ARCH_FORCE_MAX_ORDER")).isEqualTo("13");
        assertThat(large.configuration().value("PAGE_SHIFT")).isEqualTo("16");
        assertThat(machine("riscv64").build().configuration().isEnabled("HUGETLB_PAGE_OPTIMIZE_VMEMMAP")).isTrue();
        assertThat(machine("x86_64").build().configuration().isEnabled("HUGETLB_PAGE_OPTIMIZE_VMEMMAP")).isTrue();
    }
}
