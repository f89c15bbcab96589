package org.mmkit.hugetlb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;
import org.mmkit.core.gup.PinnedPages;
import org.mmkit.core.process.Process;

/** Pages of 1G that are wanted when memory is in use already. */
class GiganticPagesTest {

    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;
    private static final int READ_WRITE = 3;
    private static final int ANON = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS;
    private static final String SMALL = "/sys/kernel/mm/hugepages/hugepages-2048kB/";
    private static final String LARGE = "/sys/kernel/mm/hugepages/hugepages-1048576kB/";
    private static final int PAGE = 4096;

    private static MachineBuilder machine() {
        return Machine.builder().arch("x86_64").kernel("6.18").memory(4 * GIB);
    }

    private static long count(Machine machine, String file) {
        return Long.parseLong(machine.read(file).trim());
    }

    /** A process that has written its number into each page of {@code bytes} and given every other page back. */
    private static long scattered(Process process, long bytes) {
        long a = process.mmap(0, bytes, READ_WRITE, ANON, null, 0);
        for (long i = 0; i < bytes; i += PAGE) {
            process.store(a + i, (int) (i / PAGE % 251));
        }
        for (long i = 0; i < bytes; i += 2 * PAGE) {
            process.madvise(a + i, PAGE, 4);
        }
        return a;
    }

    private static void checkContent(Process process, long a, long bytes) {
        for (long i = PAGE; i < bytes; i += 2 * PAGE) {
            assertThat(process.load(a + i)).isEqualTo((int) (i / PAGE % 251));
        }
    }

    @Test
    void H07_what_stands_in_the_way_of_a_gigantic_page_moves_and_keeps_its_content() {
        Machine machine = machine().build();
        Process process = machine.newProcess();
        long bytes = 2560 * MIB;
        long a = scattered(process, bytes);
        long shared = process.mmap(0, 16 * MIB, READ_WRITE, MapFlags.MAP_SHARED | MapFlags.MAP_ANONYMOUS, null, 0);
        for (long i = 0; i < 16 * MIB; i += PAGE) {
            process.store(shared + i, 7);
        }

        machine.write(LARGE + "nr_hugepages", "1\n");

        assertThat(count(machine, LARGE + "nr_hugepages")).isEqualTo(1);
        assertThat(machine.vmstat("pgmigrate_success")).isGreaterThan(1000);
        checkContent(process, a, bytes);
        assertThat(process.load(shared + 15 * MIB)).isEqualTo(7);
        machine.verify();
        machine.write(LARGE + "nr_hugepages", "0\n");
        process.exit();
        machine.verify();
        machine.write(LARGE + "nr_hugepages", "9\n");
        assertThat(count(machine, LARGE + "nr_hugepages")).isGreaterThanOrEqualTo(2);
    }

    @Test
    void H07_a_pinned_page_keeps_its_gigabyte_and_the_number_reads_back_lower() throws ErrnoException {
        Machine machine = machine().memory(2 * GIB).build();
        Process process = machine.newProcess();
        long bytes = 900 * MIB;
        long a = scattered(process, bytes);
        long[] pinned = {a + PAGE, a + bytes / 4 + PAGE, a + bytes / 2 + PAGE, a + bytes - PAGE};
        PinnedPages[] pins = new PinnedPages[pinned.length];
        for (int i = 0; i < pins.length; i++) {
            pins[i] = process.pin(pinned[i], PAGE);
        }

        assertThat(machine.write(LARGE + "nr_hugepages", "1\n")).isPositive();

        assertThat(count(machine, LARGE + "nr_hugepages")).isZero();
        assertThat(machine.memory().allocator().freePages()).as("what was gathered is free again").isGreaterThan(bytes / PAGE / 2);
        checkContent(process, a, bytes);
        machine.verify();
    }

    @Test
    void H07_huge_pages_in_the_range_are_not_moved_for_a_gigantic_one() {
        Machine machine = machine().memory(3 * GIB).build();
        machine.write(SMALL + "nr_hugepages", "1400\n");
        long small = count(machine, SMALL + "nr_hugepages");

        machine.write(LARGE + "nr_hugepages", "1\n");

        assertThat(count(machine, LARGE + "nr_hugepages")).isZero();
        assertThat(count(machine, SMALL + "nr_hugepages")).isEqualTo(small);
        machine.verify();
    }

    @Test
    void H07_gigantic_pages_never_lie_where_only_what_can_move_may() {
        Machine machine = machine().memory(6 * GIB).cmdline("kernelcore=2G").build();

        machine.write(LARGE + "nr_hugepages", "6\n");
        machine.write(SMALL + "nr_hugepages", "1200\n");

        assertThat(count(machine, LARGE + "nr_hugepages")).isLessThanOrEqualTo(2);
        assertThat(count(machine, SMALL + "nr_hugepages")).as("2M pages can move").isEqualTo(1200);
        machine.verify();
    }

    @Test
    void H07_without_contiguous_allocation_gigantic_pages_come_from_boot_or_not_at_all() {
        Machine machine = machine().set("MEMORY_HOTPLUG", "n").cmdline("hugepagesz=1G hugepages=1").build();

        assertThat(machine.configuration().isEnabled("CONTIG_ALLOC")).isFalse();
        assertThat(count(machine, LARGE + "nr_hugepages")).isEqualTo(1);
        assertThat(machine.write(LARGE + "nr_hugepages", "2\n")).isEqualTo(-Errno.EINVAL);
        assertThat(machine.write(LARGE + "nr_hugepages", "0\n")).isPositive();
        assertThat(count(machine, LARGE + "nr_hugepages")).isZero();
    }
}
