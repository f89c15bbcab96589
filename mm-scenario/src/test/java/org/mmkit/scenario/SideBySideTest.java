package org.mmkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.api.space.Vma;
import org.mmkit.core.Machine;
import org.mmkit.core.observe.AreaStatistics;
import org.mmkit.core.process.Process;

/** Two features on one machine. */
class SideBySideTest {

    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final int RW = Protection.READ | Protection.WRITE;
    private static final long BASE = 0x1001_0000_0000L;

    private final Machine machine = Machine.builder().arch("x86_64").memory("1G").build();
    private final Process process = machine.newProcess();

    private AreaStatistics smaps(long address) {
        Vma vma = process.area(address);
        assertThat(vma).isNotNull();
        return machine.statistics(vma);
    }

    @Test
    void T18_hugetlbfs_and_transparent_huge_pages_work_side_by_side() {
        machine.write("/proc/sys/vm/nr_hugepages", "2\n");
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always\n");
        int anonymous = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;
        long thp = process.mmap(BASE, 2 * MIB, RW, anonymous, null, 0);
        int flags = anonymous | MapFlags.MAP_HUGETLB;
        long pool = BASE + 8 * MIB;
        assertThat(process.mmap(pool, 2 * MIB, RW, flags, null, 0)).isEqualTo(pool);

        process.store(thp, 1);
        process.store(pool, 2);

        assertThat(smaps(thp).anonHugePages()).isEqualTo(2 * MIB);
        assertThat(smaps(pool).privateHugetlb()).isEqualTo(2 * MIB);
        assertThat(machine.vmstat("thp_fault_alloc")).as("the pool's page is none of it").isEqualTo(1);
        assertThat(process.madvise(pool, 2 * MIB, Advice.MADV_COLLAPSE)).isNegative();
        process.munmap(thp, 4 * KIB);
        machine.write("/proc/sys/vm/drop_caches", "2\n");
        assertThat(machine.vmstat("thp_split_page")).isEqualTo(1);
        assertThat(smaps(pool).privateHugetlb()).isEqualTo(2 * MIB);
        assertThat(process.load(pool)).isEqualTo(2);
        assertThat(process.load(thp + MIB)).isZero();
        process.munmap(pool, 2 * MIB);
        machine.verify();
        assertThat(machine.read("/proc/meminfo")).containsPattern("HugePages_Free: +2\n");
    }
}
