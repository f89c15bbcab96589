package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
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
}
