package org.mmkit.hugetlb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.Errno;
import org.mmkit.api.file.FileFlags;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.memory.SystemMemory.BootInfo;
import org.mmkit.core.process.Process;
import org.mmkit.core.vfs.FileTable;

class BootParametersTest {

    private static final String POOLS = "/sys/kernel/mm/hugepages/hugepages-";
    private static final String NODE = "/sys/devices/system/node/node0/hugepages/hugepages-";

    private static Machine machine(String commandLine) {
        return Machine.builder().arch("x86_64").memory(3L << 30).contents(false).cmdline(commandLine).build();
    }

    private static String pages(Machine machine, String size) {
        return machine.read(POOLS + size + "/nr_hugepages").strip();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "hugepages=3 hugepagesz=1G hugepages=1                      | 3 | 1 | ",
        "hugepagesz=1G hugepages=1 hugepagesz=2M hugepages=6        | 6 | 1 | ",
        "default_hugepagesz=1G hugepages=1                          | 0 | 1 | ",
        "hugepages=1 default_hugepagesz=1G                          | 0 | 1 | ",
        "hugepagesz=2M hugepages=0:5                                | 5 | 0 | ",
        "hugepages=2 hugepagesz=2M hugepages=4                      | 2 | 0 | Ignoring hugepages=4 associated with 2.00 MiB page size",
        "hugepagesz=2M hugepages=2 hugepages=3                      | 2 | 0 | hugepages= specified twice without interleaving"
                + " hugepagesz=, ignoring hugepages=3",
        "hugepagesz=2M hugepages=2 hugepagesz=2M hugepages=3        | 2 | 0 | hugepages=3 does not follow a valid hugepagesz, ignoring",
        "hugepagesz=2M hugepages=2 hugepagesz=2M                    | 2 | 0 | hugepagesz=2M specified twice, ignoring",
        "hugepagesz=3M hugepages=2                                  | 0 | 0 | unsupported hugepagesz=3M",
        "default_hugepagesz=5M hugepages=2                          | 0 | 0 | unsupported default_hugepagesz=5M",
        "default_hugepagesz=2M default_hugepagesz=1G hugepages=2    | 0 | 0 | default_hugepagesz previously specified, ignoring 1G",
        "hugepages=x                                                | 0 | 0 | Invalid hugepages parameter x",
        "hugepagesz=2M hugepages=0:2,1:3                            | 0 | 0 | Invalid hugepages parameter 1:3",
        "hugepagesz=1G hugepages=9                                  | 0 | 1 | allocating 9 of page size 1.00 GiB failed.  Only allocated"
                + " 1 hugepages.",
    })
    void H07_what_a_boot_parameter_says_depends_on_those_before_it(String line, String small, String large, String message) {
        Machine machine = machine(line);

        assertThat(pages(machine, "2048kB")).isEqualTo(small);
        assertThat(pages(machine, "1048576kB")).isEqualTo(large);
        assertThat(machine.unknownParameters()).isEmpty();
        if (message == null) {
            assertThat(machine.kernelLog()).allMatch(l -> l.matches("HugeTLB: (registered .*|[0-9]+ KiB vmemmap can be freed .*)"));
        } else {
            assertThat(machine.kernelLog()).contains("HugeTLB: " + message);
        }
        machine.verify();
    }

    @Test
    void H07_the_kernel_log_says_what_each_size_has_and_can_save() {
        assertThat(machine("hugepages=3").kernelLog()).containsExactly(
                "HugeTLB: registered 1.00 GiB page size, pre-allocated 0 pages",
                "HugeTLB: 16380 KiB vmemmap can be freed for a 1.00 GiB page",
                "HugeTLB: registered 2.00 MiB page size, pre-allocated 3 pages",
                "HugeTLB: 28 KiB vmemmap can be freed for a 2.00 MiB page");
        assertThat(machine("hugepagesz=2M hugepages=1").kernelLog()).as("what is named comes first").startsWith(
                "HugeTLB: registered 2.00 MiB page size, pre-allocated 1 pages");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "5.14 | hugepages=3 hugepagesz=1G hugepages=1           | 3 | 1 | HugeTLB registered 2.00 MiB page size, pre-allocated 3 pages",
        "5.14 | hugepagesz=2M hugepages=0:5                     | 0 | 0 | HugeTLB registered 2.00 MiB page size, pre-allocated 0 pages",
        "5.14 | hugepages=x                                     | 0 | 0 | ",
        "5.14 | hugepagesz=3M hugepages=2                       | 0 | 0 | HugeTLB: unsupported hugepagesz=3M",
        "5.14 | default_hugepagesz=1G hugepages=1               | 0 | 1 | ",
        "5.14 | hugetlb_free_vmemmap=on hugepages=1             | 1 | 0 | HugeTLB: can free 6 vmemmap pages for hugepages-2048kB",
        "5.14 | hugetlb_free_vmemmap=1                          | 0 | 0 | Malformed early option 'hugetlb_free_vmemmap'",
        "6.18 | hugetlb_free_vmemmap=1 hugepages=1              | 1 | 0 | HugeTLB: registered 2.00 MiB page size, pre-allocated 1 pages",
        "6.18 | hugetlb_free_vmemmap=x                          | 0 | 0 | Booting kernel: `x' invalid for parameter `hugetlb_free_vmemmap'",
        "4.12 | hugepages=3 hugepagesz=1G hugepages=1           | 3 | 1 | HugeTLB registered 2 MB page size, pre-allocated 3 pages",
        "4.12 | default_hugepagesz=1G hugepages=1               | 0 | 0 | HugeTLB registered 1024 MB page size, pre-allocated 0 pages",
        "4.12 | hugepagesz=1G default_hugepagesz=1G hugepages=1 | 0 | 1 | ",
        "4.12 | default_hugepagesz=5M hugepages=2               | 2 | 0 | ",
        "4.12 | hugepagesz=3M hugepages=2                       | 0 | 0 | hugepages = 2 preceded by an unsupported hugepagesz, ignoring",
        "4.12 | hugepagesz=3M                                   | 0 | 0 | hugepagesz: Unsupported page size 3 M",
        "4.12 | hugepagesz=2M hugepages=2 hugepagesz=2M         | 2 | 0 | hugepagesz= specified twice, ignoring",
        "4.12 | hugepages=2 hugepages=3                         | 2 | 0 | hugepages= specified twice without interleaving hugepagesz=, ignoring",
        "4.12 | hugepages=2 hugepagesz=2M hugepages=4           | 4 | 0 | ",
    })
    void H07_each_kernel_reads_boot_parameters_its_own_way(String kernel, String line, String small, String large, String message) {
        Machine machine = Machine.builder().arch("x86_64").kernel(kernel).memory(3L << 30).contents(false)
                .set("MEMORY_HOTPLUG", "y").set("MEMORY_HOTREMOVE", "y").cmdline(line).build();

        assertThat(pages(machine, "2048kB")).isEqualTo(small);
        assertThat(pages(machine, "1048576kB")).isEqualTo(large);
        if (message == null) {
            assertThat(machine.kernelLog()).allMatch(l -> l.startsWith("HugeTLB registered "));
        } else {
            assertThat(machine.kernelLog()).contains(message);
        }
        machine.verify();
    }

    /** The minimum of a mount has one page left when a mapping of six fails for want of pages. */
    @ParameterizedTest
    @CsvSource({"5.14,1", "6.18,2"})
    void H07_until_6_16_a_failed_mapping_gave_a_mount_more_than_it_had_taken(String kernel, long promisedAfterwards) {
        Machine machine = Machine.builder().arch("x86_64").kernel(kernel).memory(1L << 30).contents(false).cmdline("hugepages=5").build();
        long huge = 2 << 20;
        assertThat(machine.vfs().mount("hugetlbfs", "size=32M,min_size=4M", "/mnt/h", false)).isZero();
        Process process = machine.newProcess();
        FileTable files = new FileTable(machine.vfs(), process);
        int first = files.open("/mnt/h/a", FileFlags.O_CREAT | FileFlags.O_RDWR);
        int second = files.open("/mnt/h/b", FileFlags.O_CREAT | FileFlags.O_RDWR);
        assertThat(files.fallocate(first, 0, 0, huge)).isZero();
        assertThat(machine.read(POOLS + "2048kB/resv_hugepages")).isEqualTo("1\n");

        assertThat(process.mmap(0, 6 * huge, 3, MapFlags.MAP_SHARED, files.get(second), 0)).isEqualTo(-Errno.ENOMEM);
        assertThat(machine.read(POOLS + "2048kB/resv_hugepages")).isEqualTo("1\n");
        machine.verify();

        assertThat(process.mmap(0, 2 * huge, 3, MapFlags.MAP_SHARED, files.get(second), 0)).isPositive();
        assertThat(machine.read(POOLS + "2048kB/resv_hugepages")).isEqualTo(promisedAfterwards + "\n");
        machine.verify();
    }

    @Test
    void H07_the_one_node_has_the_pools_of_the_machine() {
        Machine machine = machine("");

        assertThat(machine.write(NODE + "2048kB/nr_hugepages", "4\n")).isEqualTo(2);

        assertThat(pages(machine, "2048kB")).isEqualTo("4");
        assertThat(machine.list(NODE + "2048kB")).containsExactly("free_hugepages", "nr_hugepages", "surplus_hugepages");
        assertThat(machine.read(NODE + "2048kB/free_hugepages")).isEqualTo("4\n");
        assertThat(machine.write(NODE + "2048kB/nr_hugepages", "-1\n")).isEqualTo(-Errno.EINVAL);
        assertThat(machine.write(NODE + "2048kB/free_hugepages", "1\n")).isEqualTo(-Errno.EACCES);
        assertThat(machine.write(POOLS + "2048kB/nr_hugepages_mempolicy", "6\n")).isEqualTo(2);
        assertThat(machine.read("/proc/sys/vm/nr_hugepages_mempolicy")).isEqualTo("6\n");
        assertThat(machine.write(NODE + "1048576kB/nr_hugepages", "1\n")).isEqualTo(2);
        assertThat(machine.write(NODE + "1048576kB/demote", "1\n")).isEqualTo(2);
        assertThat(pages(machine, "2048kB")).isEqualTo("518");
        machine.verify();
    }

    @Test
    void H07_without_NUMA_there_are_no_files_by_node() {
        Machine machine = Machine.builder().arch("x86_64").memory(1L << 30).set("NUMA", "n").build();

        assertThat(machine.isDirectory("/sys/devices/system/node/node0/hugepages")).isFalse();
        assertThat(machine.list(POOLS + "2048kB")).doesNotContain("nr_hugepages_mempolicy");
    }

    @Test
    void H07_numbers_that_are_none_are_refused_and_change_nothing() {
        Machine machine = machine("hugepages=2");
        String pool = POOLS + "2048kB/";

        assertThat(machine.write(pool + "nr_hugepages", "x\n")).isEqualTo(-Errno.EINVAL);
        assertThat(machine.write(pool + "nr_hugepages", "\n")).isEqualTo(-Errno.EINVAL);
        assertThat(machine.write(pool + "nr_hugepages", "99999999999999999999\n")).isEqualTo(-Errno.ERANGE);
        assertThat(machine.write(pool + "nr_overcommit_hugepages", "1 2\n")).isEqualTo(-Errno.EINVAL);
        assertThat(machine.write(POOLS + "1048576kB/nr_overcommit_hugepages", "1\n")).isEqualTo(-Errno.EINVAL);
        assertThat(machine.write(POOLS + "1048576kB/demote_size", "4M\n")).isEqualTo(-Errno.EINVAL);
        assertThat(pages(machine, "2048kB")).isEqualTo("2");
    }

    /** H01, H02: what is off takes its files, lines, counters and parameters along. */
    @ParameterizedTest
    @CsvSource({"HUGETLBFS, 5.14, false", "SPARSEMEM_VMEMMAP, 5.14, true", "MEMORY_HOTREMOVE, 5.14, true", "HUGETLBFS, 6.18, false",
            "SPARSEMEM_VMEMMAP, 6.18, true"})
    void H01_without_one_of_its_conditions_vmemmap_is_not_freed_and_nothing_speaks_of_it(
            String off, String kernel, boolean pools) {
        Machine machine = Machine.builder().arch("x86_64").kernel(kernel).memory(1L << 30)
                .set("MEMORY_HOTPLUG", "y").set("MEMORY_HOTREMOVE", "y").set(off, "n").cmdline("hugetlb_free_vmemmap=on").build();

        assertThat(machine.configuration().isEnabled("HUGETLB_PAGE_FREE_VMEMMAP")).isFalse();
        assertThat(machine.configuration().isEnabled("HUGETLB_PAGE_OPTIMIZE_VMEMMAP")).isFalse();
        assertThat(machine.unknownParameters()).containsExactly("hugetlb_free_vmemmap=on");
        assertThat(machine.read("/proc/vmstat")).doesNotContain("nr_memmap");
        assertThat(machine.list("/proc/sys/vm")).doesNotContain("hugetlb_optimize_vmemmap");
        assertThat(machine.isDirectory("/sys/kernel/mm/hugepages")).isEqualTo(pools);
        assertThat(machine.read("/proc/meminfo").contains("HugePages_Total")).isEqualTo(pools);
    }

    @ParameterizedTest
    @CsvSource({"5.14, HUGETLB_PAGE_FREE_VMEMMAP", "6.18, HUGETLB_PAGE_OPTIMIZE_VMEMMAP"})
    void H01_with_all_of_them_the_symbol_derives_without_anybody_setting_it(String kernel, String symbol) {
        Machine machine = Machine.builder().arch("x86_64").kernel(kernel).memory(1L << 30)
                .set("MEMORY_HOTPLUG", "y").set("MEMORY_HOTREMOVE", "y").cmdline("hugetlb_free_vmemmap=on").build();

        assertThat(machine.configuration().isEnabled(symbol)).isTrue();
        assertThat(machine.unknownParameters()).isEmpty();
        assertThat(machine.vmstat("nr_memmap_boot_pages")).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"y, y, y", "y, n, y", "n, y, y", "n, n, n"})
    void H02_memfd_follows_either_file_system(String tmpfs, String hugetlbfs, String memfd) {
        for (String kernel : new String[] {"5.14", "6.18"}) {
            Machine machine = Machine.builder().arch("x86_64").kernel(kernel).memory(1L << 30)
                    .set("TMPFS", tmpfs).set("HUGETLBFS", hugetlbfs).build();
            assertThat(machine.configuration().isEnabled("HUGETLB_PAGE")).isEqualTo(hugetlbfs.equals("y"));
            assertThat(machine.configuration().isEnabled("MEMFD_CREATE")).isEqualTo(memfd.equals("y"));
        }
    }

    /** Since 6.x nothing of the vmemmap asks for it, so that without NUMA nobody does; freeing does not need it. */
    @ParameterizedTest
    @CsvSource({"5.14, y, true", "5.14, n, true", "6.18, y, true", "6.18, n, false"})
    void H03_without_NUMA_only_5_14_registers_the_boot_information_and_both_free_vmemmap(String kernel, String numa, boolean registered) {
        Machine machine = Machine.builder().arch("x86_64").kernel(kernel).memory(2L << 30).contents(false).set("NUMA", numa)
                .set("MEMORY_HOTPLUG", "y").set("MEMORY_HOTREMOVE", "y").cmdline("hugetlb_free_vmemmap=on").build();
        SystemMemory memory = (SystemMemory) machine.memory();
        long descriptor = memory.memmapFrame(0x8000);

        assertThat(memory.bootInfo(descriptor)).isEqualTo(registered ? BootInfo.SECTION : BootInfo.NONE);
        assertThat(memory.describedSection(descriptor)).isEqualTo(registered ? 1 : -1);

        long before = machine.vmstat("nr_memmap_boot_pages") + machine.vmstat("nr_memmap_pages");
        machine.write(POOLS + "2048kB/nr_hugepages", "4\n");
        assertThat(before - machine.vmstat("nr_memmap_boot_pages") - machine.vmstat("nr_memmap_pages"))
                .isEqualTo(4 * (kernel.equals("5.14") ? 6 : 7));
        machine.verify();
    }

    @ParameterizedTest
    @CsvSource({"5.14, false, 24, 16376", "6.18, true, 28, 16380"})
    void H07_each_kernel_has_its_own_switches_and_says_what_it_can_save(String kernel, boolean atRunTime, int small, int large) {
        Machine machine = Machine.builder().arch("x86_64").kernel(kernel).memory(2L << 30)
                .set("MEMORY_HOTPLUG", "y").set("MEMORY_HOTREMOVE", "y").cmdline("hugetlb_free_vmemmap=on").build();

        assertThat(machine.list("/proc/sys/vm").contains("hugetlb_optimize_vmemmap")).isEqualTo(atRunTime);
        assertThat(machine.unknownParameters()).isEmpty();
        assertThat(machine.kernelLog()).contains(kernel.equals("5.14")
                ? new String[] {"HugeTLB: can free " + small / 4 + " vmemmap pages for hugepages-2048kB",
                        "HugeTLB: can free " + large / 4 + " vmemmap pages for hugepages-1048576kB"}
                : new String[] {"HugeTLB: " + small + " KiB vmemmap can be freed for a 2.00 MiB page",
                        "HugeTLB: " + large + " KiB vmemmap can be freed for a 1.00 GiB page"});
    }

    /** Pools, promises and the fault beyond the pool are the same in both kernels; the call that needs one page more is refused. */
    @ParameterizedTest
    @ValueSource(strings = {"5.14", "6.18"})
    void H07_promises_are_counted_at_mmap_and_consumed_at_the_fault_in_either_kernel(String kernel) {
        Machine machine = Machine.builder().arch("x86_64").kernel(kernel).memory(1L << 30).contents(false).cmdline("hugepages=2").build();
        Process process = machine.newProcess();
        int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_HUGETLB;
        String reserved = POOLS + "2048kB/resv_hugepages";

        long a = process.mmap(0, 4 << 20, 3, flags, null, 0);
        assertThat(machine.read(reserved)).isEqualTo("2\n");
        assertThat(process.mmap(0, 2 << 20, 3, flags, null, 0)).isEqualTo(-Errno.ENOMEM);
        assertThat(process.store(a, 1)).isZero();
        assertThat(machine.read(reserved)).isEqualTo("1\n");
        long beyond = process.mmap(0, 4 << 20, 3, flags | MapFlags.MAP_NORESERVE, null, 0);
        assertThat(process.store(beyond, 1)).as("the one free page is promised").isEqualTo(-Process.SIGBUS);
        process.munmap(a, 4 << 20);
        assertThat(machine.read(reserved)).isEqualTo("0\n");
        assertThat(process.store(beyond, 1)).isZero();
        assertThat(process.store(beyond + (2 << 20), 1)).isZero();
        machine.verify();
    }
}
