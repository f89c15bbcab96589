package org.mmkit.hugetlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

class HugetlbMachineTest {

    private static final long MIB = 1 << 20;
    private static final int READ_WRITE = 3;
    private static final int PRIVATE = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_HUGETLB;
    private static final int SHARED = MapFlags.MAP_SHARED | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_HUGETLB;
    private static final String POOL = "/sys/kernel/mm/hugepages/hugepages-2048kB/";

    private static Machine machine(String cmdline) {
        return Machine.builder().arch("x86_64").kernel("6.18").memory(4L << 30).cmdline(cmdline).build();
    }

    private static long count(Machine machine, String name) {
        return Long.parseLong(machine.read(POOL + name).trim());
    }

    private static long meminfo(Machine machine, String name) {
        return machine.read("/proc/meminfo").lines().filter(l -> l.startsWith(name + ":"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", " ").trim().split(" ")[0])).findFirst().orElseThrow();
    }

    @Test
    void H05_a_page_whose_descriptors_cannot_be_restored_stays_in_the_pool() {
        Machine machine = machine("");
        machine.write("/proc/sys/vm/hugetlb_optimize_vmemmap", "1\n");
        machine.write(POOL + "nr_hugepages", "4\n");
        List<Long> taken = new ArrayList<>();
        FrameAllocator allocator = machine.memory().allocator();
        for (int order = FrameAllocator.MAX_ORDER; order >= 0; order--) {
            for (long pfn = allocator.allocate(order, Gfp.ATOMIC | Gfp.NOWARN); pfn != FrameAllocator.NONE; ) {
                taken.add(pfn << 8 | order);
                pfn = allocator.allocate(order, Gfp.ATOMIC | Gfp.NOWARN);
            }
        }

        machine.write(POOL + "nr_hugepages", "0\n");

        assertThat(count(machine, "nr_hugepages")).isEqualTo(4);
        assertThat(count(machine, "surplus_hugepages")).isEqualTo(4);
        assertThat(count(machine, "free_hugepages")).isEqualTo(4);
        taken.forEach(run -> allocator.free(run >>> 8, (int) (run & 0xff)));
        Process process = machine.newProcess();
        long a = process.mmap(0, 8 * MIB, READ_WRITE, PRIVATE, null, 0);
        process.munmap(a, 8 * MIB);
        assertThat(count(machine, "nr_hugepages")).isZero();
        machine.verify();
    }

    @Test
    void H07_boot_parameters_fill_the_pools_of_both_sizes() {
        Machine machine = machine("hugepagesz=1G hugepages=1 hugepagesz=2M hugepages=6");

        assertThat(machine.read("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages")).isEqualTo("1\n");
        assertThat(count(machine, "nr_hugepages")).isEqualTo(6);
        assertThat(meminfo(machine, "Hugetlb")).isEqualTo((1 << 20) + 6 * 2048);
        assertThat(machine.unknownParameters()).isEmpty();
    }

    @Test
    void H07_pages_of_the_pools_do_not_raise_the_limit_of_what_may_be_promised() {
        Machine machine = machine("hugepagesz=1G hugepages=1");
        machine.files().swapon(64 * MIB);
        long swap = meminfo(machine, "SwapTotal");
        long ordinary = meminfo(machine, "MemTotal") - (1 << 20);
        assertThat(meminfo(machine, "CommitLimit")).isEqualTo(ordinary / 4 * 50 / 100 * 4 + swap);

        machine.write(POOL + "nr_overcommit_hugepages", "3\n");
        Process process = machine.newProcess();
        long a = process.mmap(0, 4 * MIB, READ_WRITE, PRIVATE, null, 0);
        assertThat(count(machine, "surplus_hugepages")).isEqualTo(2);
        assertThat(meminfo(machine, "CommitLimit")).as("surplus pages too").isEqualTo((ordinary - 4096) / 4 * 50 / 100 * 4 + swap);

        process.munmap(a, 4 * MIB);
        machine.write("/proc/sys/vm/overcommit_ratio", "80");
        assertThat(meminfo(machine, "CommitLimit")).isEqualTo(ordinary / 4 * 80 / 100 * 4 + swap);
        machine.write("/proc/sys/vm/overcommit_kbytes", "4096");
        assertThat(meminfo(machine, "CommitLimit")).as("a number of kilobytes is taken as it is").isEqualTo(4096 + swap);
    }

    @Test
    void H07_the_default_size_is_that_of_the_command_line() {
        Machine machine = machine("default_hugepagesz=1G hugepages=2");

        assertThat(meminfo(machine, "Hugepagesize")).isEqualTo(1 << 20);
        assertThat(meminfo(machine, "HugePages_Total")).isEqualTo(2);
        assertThat(count(machine, "nr_hugepages")).isZero();
    }

    @Test
    void H07_without_the_feature_there_is_no_pool_and_no_line() {
        Machine machine = Machine.builder().arch("x86_64").memory(1L << 30).set("HUGETLBFS", "n").build();

        assertThat(machine.isDirectory("/sys/kernel/mm/hugepages")).isFalse();
        assertThat(machine.read("/proc/meminfo")).doesNotContain("HugePages_");
        assertThat(machine.newProcess().mmap(0, 2 * MIB, READ_WRITE, PRIVATE, null, 0)).isNegative();
    }

    @Test
    void H07_any_sequence_of_calls_leaves_the_pool_consistent() throws ErrnoException {
        for (long seed = 1; seed <= 12; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Machine machine = machine("hugepages=" + random.nextInt(12));
            machine.write(POOL + "nr_overcommit_hugepages", random.nextInt(4) + "\n");
            List<Process> processes = new ArrayList<>(List.of(machine.newProcess()));
            for (int step = 0; step < 120; step++) {
                Process process = processes.get(random.nextInt(processes.size()));
                call(machine, processes, process, random);
                check(machine, "seed " + seed + " step " + step);
            }
            processes.forEach(Process::exit);
            check(machine, "seed " + seed + " end");
            assertThat(count(machine, "free_hugepages")).as("seed %d", seed).isEqualTo(count(machine, "nr_hugepages"));
            assertThat(count(machine, "resv_hugepages")).as("seed %d", seed).isZero();
        }
    }

    private static void call(Machine machine, List<Process> processes, Process process, SplittableRandom random)
            throws ErrnoException {
        long base = 0x100000000000L;
        long at = base + random.nextInt(8) * 2 * MIB;
        long length = (1 + random.nextInt(3)) * 2 * MIB;
        switch (random.nextInt(10)) {
            case 0 -> process.mmap(at, length, READ_WRITE, MapFlags.MAP_FIXED | PRIVATE, null, 0);
            case 1 -> process.mmap(at, length, READ_WRITE, MapFlags.MAP_FIXED | SHARED, null, 0);
            case 2 -> process.mmap(at, length, READ_WRITE, MapFlags.MAP_FIXED | MapFlags.MAP_NORESERVE | PRIVATE, null, 0);
            case 3 -> process.munmap(at, length);
            case 4 -> process.madvise(at, length, Advice.MADV_DONTNEED);
            case 5 -> process.load(at);
            case 6 -> machine.write(POOL + "nr_hugepages", random.nextInt(12) + "\n");
            case 7 -> {
                if (processes.size() < 4) {
                    processes.add(process.fork());
                } else {
                    processes.remove(processes.size() - 1).exit();
                }
            }
            default -> process.store(at, 1 + random.nextInt(9));
        }
    }

    private static void check(Machine machine, String when) {
        machine.verify();
        long total = count(machine, "nr_hugepages");
        long free = count(machine, "free_hugepages");
        assertThat(count(machine, "resv_hugepages")).as(when).isBetween(0L, free);
        assertThat(free).as(when).isBetween(0L, total);
        assertThat(count(machine, "surplus_hugepages")).as(when).isBetween(0L, total);
    }

    @Test
    void H07_a_refused_mapping_leaves_nothing_behind() {
        Machine machine = machine("hugepages=2");
        Process process = machine.newProcess();

        assertThat(process.mmap(0, 6 * MIB, READ_WRITE, PRIVATE, null, 0)).isEqualTo(-Errno.ENOMEM);
        assertThat(process.mmap(0, 6 * MIB, READ_WRITE, SHARED, null, 0)).isEqualTo(-Errno.ENOMEM);

        assertThat(count(machine, "resv_hugepages")).isZero();
        assertThat(process.space().areas()).isEmpty();
        machine.verify();
    }
}
