package org.mmkit.hugetlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** Random calls that move, protect and punch areas of huge pages while pool and vmemmap change under them. */
class MovedAreasTest {

    private static final long HUGE = 2 << 20;
    private static final long BASE = 0x100000000000L;
    private static final int FIXED = MapFlags.MAP_ANONYMOUS | MapFlags.MAP_HUGETLB | MapFlags.MAP_FIXED;
    private static final String POOL = "/sys/kernel/mm/hugepages/hugepages-2048kB/";

    @Test
    void H07_the_counters_agree_with_the_region_maps_whatever_is_moved() throws ErrnoException {
        for (long seed = 1; seed <= 8; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Machine machine = Machine.builder().arch("x86_64").memory(96L << 20).contents(false)
                    .cmdline("hugepages=" + random.nextInt(12) + " hugetlb_free_vmemmap=on").build();
            machine.write(POOL + "nr_overcommit_hugepages", random.nextInt(4) + "\n");
            List<Process> processes = new ArrayList<>(List.of(machine.newProcess()));
            for (int step = 0; step < 80; step++) {
                call(machine, processes, random);
                machine.verify(); // compares them
            }
            processes.forEach(Process::exit);
            machine.verify();
            assertThat(machine.read(POOL + "free_hugepages")).as("seed %d", seed).isEqualTo(machine.read(POOL + "nr_hugepages"));
        }
    }

    private static void call(Machine machine, List<Process> processes, SplittableRandom random) throws ErrnoException {
        Process process = processes.get(random.nextInt(processes.size()));
        long at = BASE + random.nextInt(8) * HUGE;
        long to = BASE + random.nextInt(8) * HUGE;
        long length = (1 + random.nextInt(3)) * HUGE;
        switch (random.nextInt(14)) {
            case 0 -> process.mmap(at, length, 3, FIXED | MapFlags.MAP_PRIVATE, null, 0);
            case 1 -> process.mmap(at, length, 3, FIXED | MapFlags.MAP_SHARED, null, 0);
            case 2 -> process.mmap(at, length, 3, FIXED | MapFlags.MAP_PRIVATE | MapFlags.MAP_NORESERVE, null, 0);
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
            case 8 -> process.mremap(at, length, length, MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED, to);
            case 9 -> process.mprotect(at, length, random.nextBoolean() ? 1 : 3);
            case 10 -> process.madvise(at, length, Advice.MADV_REMOVE);
            case 11 -> machine.write("/proc/sys/vm/hugetlb_optimize_vmemmap", random.nextInt(2) + "\n");
            default -> process.store(at, 1 + random.nextInt(9));
        }
    }
}
