package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mmkit.core.Machine;

/** The counters of compaction in /proc/vmstat. */
class CompactionCountersTest {

    private final FragmentedMachine fragmented =
            new FragmentedMachine(Machine.builder().memory("512M").set("KERNEL_PROFILE_4_12", "y").build(), 7);
    private final Machine machine = fragmented.machine;

    private long moved() {
        return fragmented.kept.stream().filter(at -> fragmented.pfn(at) != before.get(at)).count();
    }

    private final Map<Long, Long> before = new HashMap<>();

    private void remember() {
        fragmented.kept.forEach(at -> before.put(at, fragmented.pfn(at)));
    }

    @Test
    void T14_compact_pages_moved_counts_each_page_that_moved() {
        remember();

        machine.write("/proc/sys/vm/compact_memory", "1");

        assertThat(machine.vmstat("compact_pages_moved")).isEqualTo(moved()).isEqualTo(machine.vmstat("pgmigrate_success"));
        // Where the scanners meet, the last page of a zone finds no frame to move to.
        assertThat(machine.vmstat("compact_pagemigrate_failed")).isLessThanOrEqualTo(2);
        assertThat(machine.vmstat("compact_stall")).as("nobody waited").isZero();
        fragmented.everyPageIsAsWritten();
        machine.verify();
    }

    @Test
    void T14_compact_pagemigrate_failed_counts_each_page_that_could_not_be_moved() {
        // Somebody looks at pages of shared memory: they are isolated, but their references do not add up.
        int pages = 8192;
        long area = fragmented.process.mmap(0, pages * FragmentedMachine.PAGE, 3, 0x21, null, 0);
        List<Long> shared = new ArrayList<>();
        for (int i = 0; i < pages; i++) {
            fragmented.process.store(area + i * FragmentedMachine.PAGE, 9);
            shared.add(sharedPfn(area, i));
        }
        Collections.sort(shared);
        List<Long> held = shared.subList(0, 64);
        held.forEach(pfn -> machine.memory().frames().get(pfn, 1));
        remember();

        machine.write("/proc/sys/vm/compact_memory", "1");

        long sharedMoved = 0;
        List<Long> now = new ArrayList<>();
        for (int i = 0; i < pages; i++) {
            assertThat(fragmented.process.load(area + i * FragmentedMachine.PAGE)).isEqualTo(9);
            now.add(sharedPfn(area, i));
        }
        for (long pfn : now) {
            sharedMoved += shared.contains(pfn) ? 0 : 1;
        }
        assertThat(now).containsAll(held);
        assertThat(machine.vmstat("compact_pages_moved")).isGreaterThanOrEqualTo(moved() + sharedMoved);
        assertThat(machine.vmstat("compact_pagemigrate_failed")).isBetween(64L, 66L).isEqualTo(machine.vmstat("pgmigrate_fail"));
        held.forEach(pfn -> machine.memory().frames().put(pfn, 1));
        machine.verify();
    }

    private long sharedPfn(long area, int page) {
        return machine.pagemap().word(fragmented.process.space(), area + page * FragmentedMachine.PAGE) & (1L << 55) - 1;
    }

    @Test
    void T14_compact_blocks_moved_counts_each_aligned_huge_page_range_that_was_examined() {
        machine.write("/proc/sys/vm/compact_memory", "1");

        long blocks = machine.vmstat("compact_blocks_moved");
        // The scanners meet in the middle of free and used memory: more than a third, and less than all of 512 MiB was examined.
        assertThat(blocks).isBetween(80L, 256L);
        assertThat(machine.vmstat("compact_migrate_scanned")).isGreaterThanOrEqualTo(blocks);
        machine.verify();
    }

    @Test
    void T14_every_stall_is_a_success_or_a_failure() {
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always");
        machine.write("/sys/kernel/mm/transparent_hugepage/defrag", "always");
        long area = fragmented.hugeArea(200, true);
        for (int i = 0; i < 200; i++) {
            fragmented.process.store(area + i * FragmentedMachine.HUGE, 1);
        }

        assertThat(machine.vmstat("compact_success")).isPositive();
        assertThat(machine.vmstat("compact_fail")).isPositive();
        assertThat(machine.vmstat("compact_stall")).isEqualTo(machine.vmstat("compact_success") + machine.vmstat("compact_fail"));
        assertThat(machine.vmstat("thp_fault_alloc") + machine.vmstat("thp_fault_fallback")).isGreaterThanOrEqualTo(200);
        fragmented.everyPageIsAsWritten();
        machine.verify();
    }

    @Test
    void T14_newer_kernels_have_not_the_names_of_4_12() {
        Machine newer = Machine.builder().memory("256M").build();

        assertThatThrownBy(() -> newer.vmstat("compact_pages_moved")).isInstanceOf(IllegalArgumentException.class);
        assertThat(newer.vmstat("compact_migrate_scanned")).isZero();
    }
}
