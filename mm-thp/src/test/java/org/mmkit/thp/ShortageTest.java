package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** Huge pages when memory runs short. */
class ShortageTest {

    private static final long MIB = 1L << 20;
    private static final String THP = "/sys/kernel/mm/transparent_hugepage/enabled";
    private static final int ANON = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS;

    private final Machine machine = Machine.builder().memory("512M").build();
    private final Process process = machine.newProcess();

    @Test
    void T23_the_unmapped_halves_of_huge_pages_are_freed_when_memory_runs_short() {
        machine.write(THP, "always\n");
        long first = process.mmap(0, 300 * MIB, 3, ANON, null, 0);
        for (long at = 0; at < 300 * MIB; at += 2 * MIB) {
            process.store(first + at + MIB, 7);
            process.munmap(first + at, MIB);
        }
        assertThat(machine.vmstat("thp_deferred_split_page")).isPositive();
        assertThat(machine.vmstat("thp_split_page")).isZero();

        long second = process.mmap(0, 180 * MIB, 3, ANON, null, 0);
        for (long at = 0; at < 180 * MIB; at += 4096) {
            assertThat(process.store(second + at, 1)).as("offset %d", at).isZero();
        }

        assertThat(machine.vmstat("thp_split_page")).isPositive();
        for (long at = MIB; at < 300 * MIB; at += 2 * MIB) {
            assertThat(process.load(first + at)).isEqualTo(7);
        }
        machine.verify();
    }

    @Test
    void T13_huge_pages_go_to_swap_and_nothing_is_lost() {
        machine.write(THP, "always\n");
        assertThat(machine.files().swapon(1024 * MIB)).isZero();
        long pages = 700 * MIB >> 12;
        long area = process.mmap(0, pages << 12, 3, ANON, null, 0);
        Random random = new Random(1);
        for (long i = 0; i < pages; i++) {
            assertThat(process.store(area + (i << 12), (int) i & 0xff)).isZero();
        }
        assertThat(machine.vmstat("thp_swpout")).isPositive();
        machine.verify();
        for (int i = 0; i < 20_000; i++) {
            long page = random.nextLong(pages);
            assertThat(process.load(area + (page << 12))).as("page %d", page).isEqualTo((int) page & 0xff);
        }
        machine.verify();
    }

    /** Fills most of memory with small pages; one page in each of {@code blocks} further blocks waits for khugepaged, from the address returned on. Swap is there. */
    private long fillWithSmallPages(int blocks) {
        machine.write(THP, "never\n");
        assertThat(machine.files().swapon(1024 * MIB)).isZero();
        long bytes = machine.memory().allocator().freePages() * 4096 - 20 * MIB;
        long area = process.mmap(0, bytes, 3, ANON, null, 0);
        assertThat(process.madvise(area, bytes, Advice.MADV_NOHUGEPAGE)).isZero();
        for (long at = 0; at < bytes; at += 4096) {
            assertThat(process.store(area + at, 5)).isZero();
        }
        long sparse = process.mmap(0, (blocks + 1L) * 2 * MIB, 3, ANON, null, 0);
        for (int i = 0; i <= blocks; i++) {
            assertThat(process.store(sparse + i * 2 * MIB, 6)).isZero();
        }
        return sparse;
    }

    @Test
    void T09_what_is_reclaimed_for_khugepaged_counts_as_its_own() {
        long sparse = fillWithSmallPages(40);
        long direct = machine.vmstat("pgscan_direct");
        long freed = machine.vmstat("pgsteal_direct");
        assertThat(machine.vmstat("pgscan_khugepaged")).isZero();

        machine.write("/sys/kernel/mm/transparent_hugepage/khugepaged/defrag", "1\n"); // a small machine boots with 0
        machine.write("/sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan", "100000\n");
        machine.write(THP, "always\n");
        assertThat(process.madvise(sparse, 2 * MIB, Advice.MADV_HUGEPAGE)).isZero();
        machine.clock().advance(1_000_000_000L);

        assertThat(machine.vmstat("pgscan_khugepaged")).isPositive();
        assertThat(machine.vmstat("pgsteal_khugepaged")).isBetween(1L, machine.vmstat("pgscan_khugepaged"));
        assertThat(machine.vmstat("pgscan_direct")).isEqualTo(direct);
        assertThat(machine.vmstat("pgsteal_direct")).isEqualTo(freed);
        long all = machine.vmstat("pgsteal_khugepaged") + machine.vmstat("pgsteal_kswapd") + freed;
        assertThat(machine.vmstat("pgsteal_anon") + machine.vmstat("pgsteal_file")).isEqualTo(all);
        machine.verify();
    }

    @Test
    void T09_an_older_kernel_counts_what_is_reclaimed_for_khugepaged_as_direct() {
        Machine old = Machine.builder().memory("64M").kernel("5.14").build();

        assertThat(old.read("/proc/vmstat")).contains("\npgscan_direct ").doesNotContain("pgscan_khugepaged");
    }
}
