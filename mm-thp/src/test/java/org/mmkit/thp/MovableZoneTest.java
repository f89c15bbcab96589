package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.BootException;
import org.mmkit.core.Machine;
import org.mmkit.core.gup.PinnedPages;
import org.mmkit.core.process.Process;

/** The zone for movable pages that the boot parameters kernelcore and movablecore make. */
class MovableZoneTest {

    private static final long PAGE = 4096;
    private static final long HUGE = 2 << 20;
    private static final int ANON = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS;

    private static Machine machine(String cmdline) {
        return Machine.builder().memory("512M").cmdline(cmdline).build();
    }

    /** The number {@code name} of the zone {@code zone} in /proc/zoneinfo, 0 without such a zone. */
    private static long zone(Machine machine, String zone, String name) {
        return machine.read("/proc/zoneinfo").lines()
                .dropWhile(line -> !line.endsWith(" " + zone))
                .filter(line -> line.strip().startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.strip().split(" +")[1]))
                .findFirst()
                .orElse(0);
    }

    @Test
    void T04_memory_for_the_kernel_never_comes_from_the_movable_zone() {
        Machine machine = machine("movablecore=256M");
        long movable = zone(machine, "Movable", "managed");
        assertThat(movable * PAGE).isBetween(240L << 20, 256L << 20);
        long first = zone(machine, "DMA32", "spanned") + (16 << 20) / PAGE;

        long free = zone(machine, "Movable", "nr_free_pages");
        for (long pfn = 0; pfn != Frames.NONE; pfn = machine.memory().allocateFolio(0, Gfp.KERNEL | Gfp.NOWARN)) {
            assertThat(pfn).isLessThan(first);
        }

        assertThat(zone(machine, "Movable", "nr_free_pages")).isEqualTo(free);
        assertThat(machine.memory().allocateFolio(9, Gfp.TRANSHUGE_LIGHT)).as("a user's page").isGreaterThanOrEqualTo(first);
        machine.verify();
    }

    @Test
    void T04_the_movable_zone_can_always_be_made_whole_again() {
        Machine machine = machine("movablecore=256M");
        FragmentedMachine fragmented = new FragmentedMachine(machine, 3);

        machine.write("/proc/sys/vm/compact_memory", "1");

        String movable = machine.read("/proc/buddyinfo").lines().filter(line -> line.contains("Movable")).findFirst().orElseThrow();
        String[] blocks = movable.strip().split(" +");
        long large = 512 * Long.parseLong(blocks[blocks.length - 2]) + 1024 * Long.parseLong(blocks[blocks.length - 1]);
        assertThat(large).isGreaterThan(zone(machine, "Movable", "nr_free_pages") * 9 / 10);
        fragmented.everyPageIsAsWritten();
        machine.verify();
    }

    @Test
    void T04_pages_that_are_pinned_for_long_leave_the_movable_zone() throws Exception {
        Machine machine = machine("kernelcore=128M");
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always");
        Process process = machine.newProcess();
        long start = process.mmap(0, 4 * HUGE, 3, ANON, null, 0) + HUGE - 1 & -HUGE;
        process.store(start, 1);
        process.store(start + HUGE - PAGE, 2);
        long before = pfn(machine, process, start);
        long border = (512L << 20) / PAGE - zone(machine, "Movable", "spanned");
        assertThat(before).isGreaterThanOrEqualTo(border);
        assertThat(machine.statistics(process.space().find(start)).anonHugePages()).isEqualTo(HUGE);

        PinnedPages pin = process.pin(start, PAGE);

        assertThat(pfn(machine, process, start)).isLessThan(border);
        assertThat(machine.vmstat("thp_migration_success")).isEqualTo(1);
        assertThat(machine.vmstat("pgmigrate_success")).isEqualTo(512);
        assertThat(machine.vmstat("thp_split_pmd")).isZero();
        assertThat(machine.statistics(process.space().find(start)).anonHugePages()).as("still one huge page").isEqualTo(HUGE);
        assertThat(process.load(start)).isEqualTo(1);
        assertThat(process.load(start + HUGE - PAGE)).isEqualTo(2);
        machine.verify();
        pin.release();
        machine.verify();
    }

    private static long pfn(Machine machine, Process process, long va) {
        return machine.pagemap().word(process.space(), va) & (1L << 55) - 1;
    }

    @ParameterizedTest
    @CsvSource({
        "kernelcore=256M, 240, 256", "kernelcore=50%, 240, 256", "movablecore=128M, 110, 128", "movablecore=25%, 110, 128",
        "kernelcore=64M movablecore=128M, 110, 128", "kernelcore=384M movablecore=256M, 110, 128",
        "kernelcore=1G, 0, 0", "movablecore=1G, 0, 0", "kernelcore=mirror, 0, 0", "kernelcore=0, 0, 0"
    })
    void T04_kernelcore_and_movablecore_say_how_much_is_left_for_movable_pages(String cmdline, long least, long most) {
        Machine machine = machine(cmdline);

        assertThat(zone(machine, "Movable", "managed") * PAGE >> 20).isBetween(least, most);
        assertThat(machine.kernelLog().stream().anyMatch(line -> line.contains("no mirror memory")))
                .isEqualTo(cmdline.endsWith("mirror"));
        machine.verify();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernelcore=101%", "kernelcore=", "kernelcore=half", "kernelcore=5%%", "movablecore=mirror", "movablecore=-1%"})
    void T04_what_is_no_amount_of_memory_is_refused_with_the_forms_that_are(String cmdline) {
        assertThatThrownBy(() -> machine(cmdline)).isInstanceOf(BootException.class).hasMessageContaining("size");
    }

    @Test
    void T04_frames_of_the_movable_zone_are_never_page_tables() {
        Machine machine = machine("movablecore=384M");
        Process process = machine.newProcess();
        List<Long> areas = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            long at = process.mmap((long) i + 1 << 31, PAGE, 3, ANON, null, 0);
            process.store(at, i);
            areas.add(at);
        }
        long border = (512L << 20) / PAGE - zone(machine, "Movable", "spanned");

        for (long at : areas) {
            assertThat(pfn(machine, process, at)).isGreaterThanOrEqualTo(border);
        }
        assertThat(machine.vmstat("nr_page_table_pages")).isGreaterThan(200);
        assertThat(zone(machine, "Movable", "managed") - zone(machine, "Movable", "nr_free_pages")).isBetween(200L, 400L);
        machine.verify();
    }
}
