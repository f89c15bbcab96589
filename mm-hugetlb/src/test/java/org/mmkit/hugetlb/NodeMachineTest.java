package org.mmkit.hugetlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.BootException;
import org.mmkit.core.Machine;
import org.mmkit.core.gup.PinnedPages;
import org.mmkit.core.process.Process;

class NodeMachineTest {

    private static final String NODES = "/sys/devices/system/node/";
    private static final long MIB = 1 << 20;
    private static final long PAGE = 4096;
    private static final int BIND = 2;
    private static final int INTERLEAVE = 3;

    private static Machine machine(String memory) {
        return Machine.builder().arch("x86_64").contents(false).memory(memory).build();
    }

    private static long map(Process process, long bytes, int more) {
        return process.mmap(0, bytes, 3, MapFlags.MAP_ANONYMOUS | MapFlags.MAP_PRIVATE | more, null, 0);
    }

    private static long nodeValue(Machine machine, int node, String file, String name) {
        return machine.read(NODES + "node" + node + "/" + file).lines().map(line -> line.replaceFirst("^Node [0-9]+ ", "").split("[: ]+"))
                .filter(words -> words[0].equals(name)).mapToLong(words -> Long.parseLong(words[1])).findFirst().orElseThrow();
    }

    private static long kilobytes(Machine machine, String name) {
        return machine.read("/proc/meminfo").lines().map(line -> line.split("[: ]+")).filter(words -> words[0].equals(name))
                .mapToLong(words -> Long.parseLong(words[1])).findFirst().orElseThrow();
    }

    @Test
    void H07_each_node_has_zones_memory_and_files_of_its_own() {
        Machine machine = machine("2G,1G");

        assertThat(machine.read(NODES + "online")).isEqualTo("0-1\n");
        assertThat(machine.read(NODES + "node0/distance")).isEqualTo("10 20\n");
        assertThat(machine.read(NODES + "node1/distance")).isEqualTo("20 10\n");
        assertThat(nodeValue(machine, 0, "meminfo", "MemTotal") + nodeValue(machine, 1, "meminfo", "MemTotal"))
                .isEqualTo(kilobytes(machine, "MemTotal"));
        assertThat(nodeValue(machine, 1, "meminfo", "MemTotal")).isBetween(1000L << 10, 1L << 20);
        assertThat(machine.read("/proc/zoneinfo")).contains("Node 0, zone    DMA32", "Node 1, zone    DMA32");
        machine.verify();
    }

    @Test
    void H07_memory_comes_from_the_node_of_the_processor_until_that_is_short() {
        Machine machine = machine("1G,1G");
        Process process = machine.newProcess();
        process.runOn(1);
        long a = map(process, 1500 * MIB, MapFlags.MAP_POPULATE);

        assertThat(process.nodeOf(a)).isEqualTo(1);
        assertThat(process.nodeOf(a + 1400 * MIB)).isZero();
        assertThat(nodeValue(machine, 0, "numastat", "numa_miss")).isPositive().isEqualTo(nodeValue(machine, 1, "numastat", "numa_foreign"));
        assertThat(nodeValue(machine, 1, "numastat", "numa_hit")).isGreaterThan(100);
        assertThat(nodeValue(machine, 0, "numastat", "other_node")).isEqualTo(nodeValue(machine, 0, "numastat", "numa_miss"));
        machine.verify();
    }

    @Test
    void H07_interleaved_memory_takes_turns_and_bound_memory_stays_on_its_node() {
        Machine machine = machine("1G,1G,1G");
        Process process = machine.newProcess();
        long a = map(process, 16 * PAGE, 0);
        process.mbind(a, 16 * PAGE, INTERLEAVE, 0b111, 0);
        long b = map(process, MIB, 0);
        process.mbind(b, MIB, BIND, 0b100, 0);
        int first = -1;
        for (int i = 0; i < 16; i++) {
            process.store(a + i * PAGE, 1);
            first = i == 0 ? process.nodeOf(a) : first;
            assertThat(process.nodeOf(a + i * PAGE)).isEqualTo((first + i) % 3);
        }
        process.store(b, 1);

        assertThat(process.nodeOf(b)).isEqualTo(2);
        assertThat(machine.read("/proc/" + process.pid() + "/numa_maps")).contains(Long.toHexString(a) + " interleave:0-2 anon=16 dirty=16")
                .contains(Long.toHexString(b) + " bind:2 anon=1 dirty=1 active=0 N2=1 kernelpagesize_kB=4");
        assertThat(process.mbind(b + 1, MIB, BIND, 1, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(process.mbind(b, 64 * MIB, BIND, 0b1000, 0)).isEqualTo(-Errno.EINVAL);
        machine.verify();
    }

    @ParameterizedTest
    @ValueSource(strings = {"numa=fake=4 4", "numa=fake=512M 7", "numa=off 1"})
    void H07_the_boot_parameter_makes_nodes_where_the_kernel_can(String parameter) {
        String[] words = parameter.split(" ");
        Machine machine = Machine.builder().arch("x86_64").contents(false).memory(4L << 30).set("NUMA_EMU", "y").cmdline(words[0]).build();
        Machine plain = Machine.builder().arch("x86_64").contents(false).memory(4L << 30).cmdline(words[0]).build();

        int nodes = machine.memory().nodes().count();
        assertThat(nodes).isBetween(Integer.parseInt(words[1]), Integer.parseInt(words[1]) + 1);
        assertThat(plain.memory().nodes().count()).isEqualTo(1);
        for (int node = 0; node < nodes; node++) {
            assertThat(nodeValue(machine, node, "meminfo", "MemTotal")).isGreaterThan(256 << 10);
        }
        machine.verify();
    }

    @Test
    void H07_several_nodes_need_their_options() {
        assertThatThrownBy(() -> Machine.builder().arch("x86_64").memory("1G,1G").set("NUMA", "n").build())
                .isInstanceOf(BootException.class).hasMessageContaining("NUMA=y");
        assertThatThrownBy(() -> Machine.builder().arch("x86_64").memory("1G,1G").set("SMP", "y").build())
                .isInstanceOf(BootException.class).hasMessageContaining("SMP=n");
    }

    @Test
    void H07_a_pinned_page_stays_and_moves_when_it_is_let_go() throws ErrnoException {
        Machine machine = machine("1G,1G");
        machine.write("/proc/sys/vm/nr_hugepages", "4\n");
        Process process = machine.newProcess();
        long a = map(process, 4 * MIB, MapFlags.MAP_HUGETLB | MapFlags.MAP_POPULATE);
        int[] status = {-999, -999};
        PinnedPages pins = process.pin(a, PAGE);
        assertThat(process.movePages(new long[] {a, a + 2 * MIB}, new int[] {1, 1}, status, 2)).isEqualTo(1);
        assertThat(status).containsExactly(-999, -999);
        assertThat(new int[] {process.nodeOf(a), process.nodeOf(a + 2 * MIB)}).containsExactly(0, 1);
        assertThat(process.mbind(a, 4 * MIB, BIND, 0b10, 2)).isZero();
        assertThat(process.mbind(a, 4 * MIB, BIND, 0b10, 3)).isEqualTo(-Errno.EIO);
        assertThat(machine.vmstat("pgmigrate_fail")).isEqualTo(3 * 512);
        machine.verify();
        pins.release();
        assertThat(process.movePages(new long[] {a}, new int[] {1}, status, 2)).isZero();
        assertThat(status[0]).isEqualTo(1);
        machine.verify();
    }

    @Test
    void H07_memory_that_runs_out_in_the_middle_of_a_move_loses_no_page() {
        for (int n = 1; n < 40; n++) {
            Machine machine = Machine.builder().arch("x86_64").memory("256M,256M").set("FAULT_INJECTION", "y").set("FAIL_PAGE_ALLOC", "y")
                    .cmdline("hugetlb_free_vmemmap=on").build();
            machine.write("/proc/sys/vm/nr_hugepages", "6\n");
            Process process = machine.newProcess();
            long huge = map(process, 12 * MIB, MapFlags.MAP_HUGETLB | MapFlags.MAP_POPULATE);
            long small = map(process, MIB, 0);
            process.madvise(small, MIB, 15);
            process.store(huge, 7);
            process.store(small, 9);
            String faults = "/sys/kernel/debug/fail_page_alloc/";
            for (String line : new String[] {"times 1", "probability 100", "min-order 0", "ignore-gfp-wait N", "ignore-gfp-highmem N", "interval " + n}) {
                machine.write(faults + line.split(" ")[0], line.split(" ")[1] + "\n");
            }
            process.movePages(new long[] {huge, huge + 2 * MIB, small}, new int[] {1, 1, 1}, new int[3], 2);
            machine.verify();
            process.migratePages(1, 2);
            machine.verify();
            process.mbind(huge, 12 * MIB, BIND, 1, 2);
            machine.verify();

            assertThat(process.load(huge)).isEqualTo(7);
            assertThat(process.load(small)).isEqualTo(9);
            process.exit();
            machine.write(faults + "probability", "0\n");
            machine.write("/proc/sys/vm/nr_hugepages", "0\n");
            assertThat(machine.read("/proc/meminfo")).contains("HugePages_Total:       0");
            machine.verify();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void H07_random_work_on_several_nodes_leaves_every_count_right(long seed) {
        Random random = new Random(seed);
        Machine machine = machine(seed % 2 == 0 ? "256M,192M,160M" : "256M,256M");
        int nodes = machine.memory().nodes().count();
        machine.files().swapon(512 * MIB);
        machine.write("/proc/sys/vm/nr_overcommit_hugepages", "20\n");
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always\n");
        List<Process> processes = new ArrayList<>(List.of(machine.newProcess(), machine.newProcess()));
        List<long[]> areas = new ArrayList<>();
        for (int step = 0; step < 120; step++) {
            int who = random.nextInt(processes.size());
            Process process = processes.get(who);
            if (process.space().isDead()) {
                processes.set(who, machine.newProcess());
                areas.removeIf(area -> area[0] == who);
                continue;
            }
            long[] area = areas.isEmpty() ? null : areas.get(random.nextInt(areas.size()));
            int mode = random.nextInt(6);
            long mask = random.nextInt(1 << nodes);
            switch (random.nextInt(11)) {
                case 0 -> {
                    int huge = random.nextInt(3) == 0 ? MapFlags.MAP_HUGETLB : 0;
                    long bytes = (1 + random.nextInt(20)) * 2 * MIB;
                    long start = map(process, bytes, huge | (random.nextBoolean() ? MapFlags.MAP_NORESERVE : 0));
                    if (start > 0) {
                        areas.add(new long[] {who, start, bytes});
                    }
                }
                case 1 -> process.runOn(random.nextInt(nodes));
                case 2 -> process.setMempolicy(mode, mask);
                case 3 -> {
                    if (area != null) {
                        long from = random.nextInt((int) (area[2] / (2 * MIB))) * 2 * MIB;
                        processes.get((int) area[0]).mbind(area[1] + from, area[2] - from, mode, mask, 0);
                    }
                }
                case 4, 5 -> {
                    for (long at = 0; area != null && at < area[2]; at += random.nextBoolean() ? 2 * MIB : 64 << 10) {
                        if (processes.get((int) area[0]).store(area[1] + at, 1) < 0) {
                            break;
                        }
                    }
                }
                case 6 -> {
                    if (area != null) {
                        processes.get((int) area[0]).munmap(area[1], area[2]);
                        areas.remove(area);
                    }
                }
                case 8 -> {
                    if (area != null) {
                        int n = 1 + random.nextInt(4);
                        long[] addresses = new long[n];
                        int[] targets = new int[n];
                        for (int i = 0; i < n; i++) {
                            addresses[i] = area[1] + random.nextInt((int) (area[2] / PAGE)) * PAGE;
                            targets[i] = random.nextInt(nodes);
                        }
                        processes.get((int) area[0]).movePages(addresses, targets, new int[n], random.nextBoolean() ? 2 : 4);
                    }
                }
                case 9 -> {
                    if (random.nextBoolean()) {
                        process.migratePages(mask, random.nextInt(1 << nodes));
                    } else if (area != null) {
                        processes.get((int) area[0]).mbind(area[1], area[2], mode, mask, 2 + random.nextInt(2));
                    }
                }
                case 7 -> {
                    String number = random.nextInt(40) + "\n";
                    process.call(() -> machine.write("/proc/sys/vm/nr_hugepages_mempolicy", number));
                }
                default -> machine.write(NODES + "node" + random.nextInt(nodes) + "/hugepages/hugepages-2048kB/nr_hugepages",
                        random.nextInt(30) + "\n");
            }
            machine.clock().advance(50_000_000);
            machine.verify();
        }
        processes.forEach(Process::exit);
        machine.write("/proc/sys/vm/nr_hugepages", "0\n");
        machine.verify();
        assertThat(machine.read("/proc/meminfo")).contains("HugePages_Total:       0", "HugePages_Rsvd:        0", "HugePages_Surp:        0");
    }
}
