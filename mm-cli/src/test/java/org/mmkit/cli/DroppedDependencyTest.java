package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;

/** What is left of a machine when a symbol that HugeTLB's memory saving depends on is dropped. */
class DroppedDependencyTest {

    private static final String FEATURE = "HUGETLB_PAGE_FREE_VMEMMAP";
    private static final String PARAMETER = "hugetlb_free_vmemmap";

    private static MachineBuilder machine(String architecture, Map<String, String> settings) {
        MachineBuilder builder = Machine.builder().arch(architecture).memory("1G").kernel("5.14")
                .cmdline(PARAMETER + "=on hugepages=4");
        builder.set("MEMORY_HOTPLUG", "y").set("MEMORY_HOTREMOVE", "y");
        settings.forEach(builder::set);
        return builder;
    }

    static Stream<Arguments> dropped() {
        return Stream.of(Arguments.of("arm64", Map.of(), "X86_64"),
                Arguments.of("x86_64", Map.of("SPARSEMEM_VMEMMAP", "n"), "SPARSEMEM_VMEMMAP"),
                Arguments.of("x86_64", Map.of("MEMORY_HOTREMOVE", "n"), "HAVE_BOOTMEM_INFO_NODE"));
    }

    @ParameterizedTest
    @MethodSource("dropped")
    void H01_without_one_dependency_vmemmap_is_not_freed_and_why_says_which_one_is_missing(String architecture,
            Map<String, String> settings, String missing) {
        try (Machine machine = machine(architecture, settings).build()) {
            assertThat(machine.configuration().isEnabled(missing)).isFalse();
            assertThat(machine.configuration().isEnabled("HUGETLB_PAGE")).isTrue();
            assertThat(machine.configuration().isEnabled(FEATURE)).isFalse();
            assertThat(machine.unknownParameters()).anyMatch(p -> p.startsWith(PARAMETER));
        }
        Object[] arguments = Stream.concat(Stream.of("kconfig", "why", FEATURE, "--model", "--arch", architecture,
                "-D", "KERNEL_PROFILE_5_14=y", "-D", "MEMORY_HOTPLUG=y", "-D", "MEMORY_HOTREMOVE="
                + settings.getOrDefault("MEMORY_HOTREMOVE", "y")), settings.entrySet().stream().filter(e -> !e.getKey().equals("MEMORY_HOTREMOVE"))
                .flatMap(e -> Stream.of("-D",
                e.getKey() + "=" + e.getValue()))).toArray();
        assertThat(CommandRun.of(arguments).out()).startsWith(FEATURE + " is n because it depends on")
                .contains("needs " + missing + " [=n], which is n (META-INF/mm/hugetlb/Kconfig:");
    }

    @Test
    void H01_with_all_dependencies_the_boot_parameter_is_taken() {
        try (Machine machine = machine("x86_64", Map.of()).build()) {
            assertThat(machine.configuration().isEnabled(FEATURE)).isTrue();
            assertThat(machine.unknownParameters()).isEmpty();
            assertThat(machine.read("/proc/meminfo")).contains("HugePages_Total:       4");
        }
    }

    @Test
    void H02_without_hugetlb_page_its_counters_files_and_parameters_are_absent_and_why_leads_to_the_file_system() {
        try (Machine machine = machine("x86_64", Map.of("HUGETLBFS", "n")).build()) {
            assertThat(machine.configuration().isEnabled("HUGETLB_PAGE")).isFalse();
            assertThat(machine.configuration().isEnabled(FEATURE)).isFalse();
            assertThat(machine.read("/proc/meminfo")).doesNotContain("HugePages_").doesNotContain("Hugetlb");
            assertThat(machine.read("/proc/vmstat")).doesNotContain("htlb_");
            assertThat(machine.unknownParameters()).anyMatch(p -> p.startsWith(PARAMETER))
                    .anyMatch(p -> p.startsWith("hugepages"));
        }
        assertThat(CommandRun.of("kconfig", "why", "HUGETLB_PAGE", "--model", "--arch", "x86_64", "-D", "HUGETLBFS=n").out())
                .startsWith("HUGETLB_PAGE is n").contains("the configuration sets HUGETLBFS to n");
    }
}
