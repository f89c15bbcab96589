package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mmkit.api.space.Advice;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

class FaultTest extends HugePageTest {

    @Test
    void T17_the_first_touch_of_an_aligned_region_maps_a_huge_page() {
        long a = map(BASE, 4 * MIB);

        process.store(a + 5 * KIB, 1);

        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
        assertThat(machine.vmstat("thp_fault_alloc")).isEqualTo(1);
        assertThat(stat("2048kB", "anon_fault_alloc")).isEqualTo(1);
        assertThat(process.load(a + 5 * KIB)).isEqualTo(1);
        assertThat(process.load(a + 9 * KIB)).isZero();
    }

    @Test
    void T05_madvise_never_and_opting_out_keep_huge_pages_away() {
        set("enabled", "madvise");
        long a = map(BASE, 2 * MIB);
        process.store(a, 1);
        assertThat(anonHuge(a)).isZero();
        assertThat(isEligible(a)).isFalse();

        set("enabled", "always");
        long b = map(BASE + 4 * MIB, 2 * MIB);
        process.madvise(b, 2 * MIB, Advice.MADV_NOHUGEPAGE);
        process.store(b, 1);
        assertThat(anonHuge(b)).isZero();

        long c = map(BASE + 8 * MIB, 2 * MIB);
        assertThat(process.prctl(41, 1, 0, 0, 0)).isZero();
        process.store(c, 1);
        assertThat(anonHuge(c)).isZero();
        assertThat(process.prctl(42, 0, 0, 0, 0)).isEqualTo(1);
        assertThat(machine.read("/proc/" + process.pid() + "/status")).contains("THP_enabled:\t0");
    }

    @Test
    void T12_the_policy_is_asked_at_the_fault_and_what_is_huge_stays_huge() {
        set("enabled", "never");
        long a = map(BASE, 6 * MIB);
        process.store(a, 1);
        set("enabled", "always");
        process.store(a + 2 * MIB, 1);
        set("enabled", "never");
        process.store(a + 4 * MIB, 1);

        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
        assertThat(smaps(a).rss()).isEqualTo(2 * MIB + 8 * KIB);
    }

    @Test
    void T07_a_read_maps_the_huge_zero_page_and_counts_its_allocation_once() {
        long a = map(BASE, 4 * MIB);

        process.load(a);
        process.load(a + 2 * MIB);

        assertThat(process.faults()).isEqualTo(2);
        assertThat(smaps(a).rss()).isZero();
        assertThat(machine.vmstat("thp_zero_page_alloc")).isEqualTo(1);
        assertThat(machine.vmstat("thp_fault_alloc")).isZero();
    }

    @Test
    void T07_a_write_after_a_read_replaces_the_huge_zero_page_by_one_huge_page() {
        long a = map(BASE, 2 * MIB);

        process.load(a);
        process.store(a + 5 * KIB, 1);

        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
        assertThat(machine.vmstat("thp_fault_alloc")).isEqualTo(1);
        assertThat(machine.vmstat("thp_split_pmd")).isZero();
    }

    @Test
    void T07_without_use_zero_page_a_read_allocates_a_huge_page() {
        set("use_zero_page", 0);
        long a = map(BASE, 2 * MIB);

        process.load(a);

        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
    }

    @Test
    void T07_the_huge_zero_page_is_freed_under_pressure_when_no_process_uses_it() {
        long a = map(BASE, 2 * MIB);
        process.load(a);
        machine.write("/proc/sys/vm/drop_caches", "2\n");
        process.load(a + 4 * KIB);
        assertThat(machine.vmstat("thp_zero_page_alloc")).isEqualTo(1);

        process.exit();
        machine.write("/proc/sys/vm/drop_caches", "2\n");
        process = machine.newProcess();
        process.load(map(BASE, 2 * MIB));
        assertThat(machine.vmstat("thp_zero_page_alloc")).isEqualTo(2);
    }

    @Test
    void T02_without_a_free_huge_page_the_fault_falls_back_to_base_pages_and_counts_it() {
        machine = Machine.builder().memory("64M").build();
        machine.write("/proc/sys/vm/overcommit_memory", "1");
        process = machine.newProcess();
        set("enabled", "always");
        long a = map(BASE, 128 * MIB);
        long used = 0;
        while (machine.vmstat("thp_fault_fallback") == 0) {
            assertThat(process.store(a + used, 1)).as("at %d KiB", used >> 10).isZero();
            used += 2 * MIB;
        }

        assertThat(machine.vmstat("thp_fault_fallback")).isEqualTo(1);
        assertThat(stat("2048kB", "anon_fault_fallback")).isEqualTo(1);
        assertThat(smaps(a).rss()).isEqualTo(used - 2 * MIB + 4 * KIB);
    }

    @Test
    void T05_the_largest_enabled_size_that_fits_and_is_empty_is_taken() {
        set("enabled", "never");
        set("hugepages-64kB/enabled", "always");
        set("hugepages-16kB/enabled", "always");
        long a = map(BASE, 256 * KIB);

        process.store(a + 100 * KIB, 1);
        assertThat(smaps(a).rss()).isEqualTo(64 * KIB);
        process.load(a + 4 * KIB);
        process.store(a + 20 * KIB, 1);
        assertThat(smaps(a).rss()).isEqualTo(80 * KIB);
        assertThat(stat("64kB", "anon_fault_alloc")).isEqualTo(1);
        assertThat(stat("16kB", "nr_anon")).isEqualTo(1);
        assertThat(isEligible(a)).isTrue();
    }

    @Test
    void T19_a_write_after_fork_splits_the_writers_mapping_and_copies_one_page() {
        long a = map(BASE, 2 * MIB);
        fill(a, 2 * MIB, 7);
        Process child = fork();

        assertThat(child.store(a, 9)).isZero();

        assertThat(machine.vmstat("thp_split_pmd")).isEqualTo(1);
        assertThat(machine.vmstat("thp_fault_alloc")).isEqualTo(1);
        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
        assertThat(process.load(a)).isEqualTo(7);
        assertThat(child.load(a)).isEqualTo(9);
        assertThat(child.load(a + 4 * KIB)).isEqualTo(7);
        machine.verify();
        child.exit();
        assertThat(process.store(a, 1)).isZero();
        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
    }

    @Test
    void T19_a_write_after_fork_copies_the_whole_huge_page_on_4_12() {
        machine = Machine.builder().memory("2G").kernel("4.12").build();
        process = machine.newProcess();
        long a = map(BASE, 2 * MIB);
        fill(a, 2 * MIB, 7);
        Process child = fork();

        child.store(a, 9);

        assertThat(machine.vmstat("thp_split_pmd")).isZero();
        assertThat(machine.vmstat("thp_fault_alloc")).isEqualTo(2);
        assertThat(child.load(a + 2 * MIB - 1)).isZero();
        assertThat(child.load(a + 4 * KIB)).isEqualTo(7);
        assertThat(process.load(a)).isEqualTo(7);
    }

    @Test
    void T16_a_pinned_huge_page_stays_the_parents_at_fork() {
        long a = map(BASE, 2 * MIB);
        fill(a, 2 * MIB, 2);
        var pin = pin(a + 64 * KIB, 4 * KIB);
        long before = process.faults();
        Process child = fork();

        assertThat(machine.vmstat("thp_split_pmd")).isEqualTo(1);
        assertThat(child.load(a + 64 * KIB)).isEqualTo(2);
        assertThat(process.store(a + 64 * KIB, 4)).isZero();
        assertThat(process.faults()).isEqualTo(before);
        assertThat(child.load(a + 64 * KIB)).isEqualTo(2);
        pin.release();
    }

    @Test
    void T19_mremap_moves_a_huge_page_whole_when_both_sides_are_aligned_and_splits_it_otherwise() {
        long a = map(BASE, 4 * MIB);
        fill(a, 4 * MIB, 3);
        long to = 0x3000_0000_0000L;

        assertThat(process.mremap(a, 2 * MIB, 2 * MIB, 3, to)).isEqualTo(to);
        assertThat(anonHuge(to)).isEqualTo(2 * MIB);
        assertThat(machine.vmstat("thp_split_pmd")).isZero();
        assertThat(process.mremap(a + 2 * MIB, 2 * MIB, 2 * MIB, 3, to + 9 * MIB)).isEqualTo(to + 9 * MIB);
        assertThat(anonHuge(to + 9 * MIB)).isZero();
        assertThat(machine.vmstat("thp_split_pmd")).isEqualTo(1);
        assertThat(process.load(to + 9 * MIB)).isEqualTo(3);
    }

    @Test
    void T02_without_a_free_huge_page_a_4_12_kernel_copies_into_base_pages() {
        machine = Machine.builder().memory("64M").kernel("4.12").build();
        machine.write("/proc/sys/vm/overcommit_memory", "1");
        process = machine.newProcess();
        set("enabled", "always");
        long a = map(BASE, 2 * MIB);
        fill(a, 2 * MIB, 7);
        Process child = fork();
        process.madvise(map(BASE + 4 * MIB, 60 * MIB), 60 * MIB, Advice.MADV_NOHUGEPAGE);
        // Occupies memory page by page, then frees every other one: plenty is free, but no 2 MiB in one piece.
        long used = BASE + 4 * MIB;
        while (machine.memory().allocator().freePages() > 300) {
            assertThat(process.store(used, 1)).isZero();
            used += 4 * KIB;
        }
        for (long va = BASE + 4 * MIB; va < used; va += 8 * KIB) {
            process.madvise(va, 4 * KIB, Advice.MADV_DONTNEED);
        }

        assertThat(child.store(a + 4 * KIB, 9)).isZero();

        assertThat(machine.vmstat("thp_fault_fallback")).isEqualTo(1);
        assertThat(machine.vmstat("thp_split_pmd")).isZero();
        assertThat(machine.statistics(child.space().find(a)).privateDirty()).isEqualTo(2 * MIB);
        assertThat(child.load(a)).isEqualTo(7);
        assertThat(child.load(a + 4 * KIB)).isEqualTo(9);
        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
        machine.verify();
    }
}
