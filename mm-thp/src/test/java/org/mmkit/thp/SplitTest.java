package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.VmFlags;

class SplitTest extends HugePageTest {

    private void dropSlab() {
        assertThat(machine.write("/proc/sys/vm/drop_caches", "2\n")).isPositive();
    }

    @Test
    void T01_a_border_inside_a_huge_page_splits_the_mapping_and_not_the_page() {
        long a = map(BASE, 2 * MIB);
        fill(a, 2 * MIB, 5);

        assertThat(process.mprotect(a + 4 * KIB, 4 * KIB, Protection.READ)).isZero();

        assertThat(machine.vmstat("thp_split_pmd")).isEqualTo(1);
        assertThat(machine.vmstat("thp_split_page")).isZero();
        assertThat(machine.vmstat("thp_deferred_split_page")).isZero();
        assertThat(stat("2048kB", "nr_anon")).isEqualTo(1);
        assertThat(process.load(a + MIB)).isEqualTo(5);
    }

    @Test
    void T01_a_split_of_a_pinned_huge_page_mapping_works_as_well() {
        long a = map(BASE, 2 * MIB);
        fill(a, 2 * MIB, 5);
        var pin = pin(a, 4 * KIB);

        process.mprotect(a + MIB, 4 * KIB, Protection.READ);

        assertThat(machine.vmstat("thp_split_pmd")).isEqualTo(1);
        assertThat(process.load(a + MIB)).isEqualTo(5);
        pin.release();
    }

    @Test
    void T23_a_partial_unmap_queues_the_page_once_and_frees_nothing_before_memory_is_short() {
        long a = map(BASE, 2 * MIB);
        fill(a, 2 * MIB, 5);
        long freed = machine.vmstat("pgfree");

        process.munmap(a, 4 * KIB);
        process.madvise(a + 64 * KIB, 64 * KIB, Advice.MADV_DONTNEED);

        assertThat(machine.vmstat("thp_deferred_split_page")).isEqualTo(1);
        assertThat(stat("2048kB", "split_deferred")).isEqualTo(1);
        assertThat(stat("2048kB", "nr_anon_partially_mapped")).isEqualTo(1);
        assertThat(machine.vmstat("pgfree")).isEqualTo(freed);

        dropSlab();

        assertThat(machine.vmstat("pgfree")).isEqualTo(freed + 17);
        assertThat(stat("2048kB", "nr_anon_partially_mapped")).isZero();
        assertThat(stat("2048kB", "nr_anon")).isZero();
        assertThat(machine.vmstat("thp_split_page")).isEqualTo(1);
        assertThat(process.load(a + 4 * KIB)).isEqualTo(5);
    }

    @Test
    void T22_a_pinned_page_cannot_be_split_and_stays_queued_until_it_can() {
        long a = map(BASE, 2 * MIB);
        fill(a, 2 * MIB, 5);
        process.madvise(a, 4 * KIB, Advice.MADV_DONTNEED);
        var pin = pin(a + MIB, 4 * KIB);

        dropSlab();
        assertThat(machine.vmstat("thp_split_page")).isZero();
        assertThat(machine.vmstat("thp_split_page_failed")).isPositive();
        assertThat(stat("2048kB", "nr_anon_partially_mapped")).isEqualTo(1);

        pin.release();
        dropSlab();
        assertThat(machine.vmstat("thp_split_page")).isEqualTo(1);
        assertThat(stat("2048kB", "nr_anon_partially_mapped")).isZero();
    }

    @Test
    void T22_both_sharers_keep_their_content_when_a_shared_page_is_split() {
        long a = map(BASE, 2 * MIB);
        fill(a, 2 * MIB, 5);
        var child = fork();
        process.munmap(a, 4 * KIB);
        child.munmap(a, 4 * KIB);
        assertThat(stat("2048kB", "nr_anon_partially_mapped")).isEqualTo(1);

        dropSlab();

        assertThat(machine.vmstat("thp_split_page")).isEqualTo(1);
        assertThat(child.store(a + 4 * KIB, 6)).isZero();
        assertThat(process.load(a + 4 * KIB)).isEqualTo(5);
        assertThat(child.load(a + 8 * KIB)).isEqualTo(5);
    }

    @Test
    void T23_a_page_with_more_zeroes_than_max_ptes_none_is_split_and_its_zeroes_leave_memory() {
        set("khugepaged/max_ptes_none", 409);
        long a = map(BASE, 4 * MIB);
        fill(a, 102 * 4 * KIB, 1);
        fill(a + 2 * MIB, 103 * 4 * KIB, 1);

        dropSlab();

        assertThat(machine.vmstat("thp_underused_split_page")).isEqualTo(1);
        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
        assertThat(smaps(a).rss()).isEqualTo(2 * MIB + 102 * 4 * KIB);
        assertThat(process.load(a + MIB)).isZero();
    }

    @Test
    void T23_MADV_FREE_of_a_part_splits_the_page_at_once() {
        long a = map(BASE, 2 * MIB);
        fill(a, 2 * MIB, 5);

        assertThat(process.madvise(a, 64 * KIB, Advice.MADV_FREE)).isZero();

        assertThat(machine.vmstat("thp_split_page")).isEqualTo(1);
        assertThat(anonHuge(a)).isZero();
    }

    @Test
    void T01_a_guard_in_a_huge_page_splits_its_mapping_and_marks_the_area_for_good() {
        long a = map(BASE, 2 * MIB);
        fill(a, 2 * MIB, 5);

        assertThat(process.madvise(a + 64 * KIB, 4 * KIB, Advice.MADV_GUARD_INSTALL)).isZero();
        assertThat(process.load(a + 64 * KIB)).isEqualTo(-11);
        assertThat(machine.vmstat("thp_split_pmd")).isEqualTo(1);
        assertThat(process.madvise(a, 2 * MIB, Advice.MADV_COLLAPSE)).isEqualTo(-22);
        process.madvise(a + 64 * KIB, 4 * KIB, Advice.MADV_GUARD_REMOVE);
        map(a + 2 * MIB, 2 * MIB);

        assertThat(area(a).end()).as("merged with its neighbour").isEqualTo(a + 4 * MIB);
        assertThat(area(a).flags() & VmFlags.MAYBE_GUARD).isNotZero();
        assertThat(process.madvise(a, 2 * MIB, Advice.MADV_COLLAPSE)).isZero();
    }

    @Test
    void T23_drop_caches_asks_again_while_enough_was_freed_so_a_pinned_page_may_refuse_more_than_once() {
        long a = mapAdvised(BASE, 8 * MIB);
        fill(a, 8 * MIB, 1);
        var pin = pin(a, 4 * KIB);
        assertThat(process.munmap(a + 64 * KIB, 64 * KIB)).isZero();

        dropSlab();
        assertThat(machine.vmstat("thp_split_page_failed")).as("nothing was freed: asked once").isEqualTo(1);

        for (int i = 1; i < 4; i++) {
            assertThat(process.munmap(a + i * 2 * MIB + 64 * KIB, 64 * KIB)).isZero();
        }
        dropSlab();
        assertThat(machine.vmstat("thp_split_page")).isEqualTo(3);
        assertThat(machine.vmstat("thp_split_page_failed")).as("three were split: asked a second time").isEqualTo(3);
        pin.release();
        dropSlab();
        assertThat(machine.vmstat("thp_split_page")).isEqualTo(4);
    }

    @Test
    void T23_a_queue_that_turns_out_empty_stops_the_shrinker() {
        set("khugepaged/max_ptes_none", 0);
        long a = mapAdvised(BASE, 2 * MIB);
        fill(a, 2 * MIB, 1);
        long scanned = machine.vmstat("slabs_scanned");

        dropSlab(); // the page is full, so it leaves the queue

        assertThat(machine.vmstat("thp_split_page")).isZero();
        assertThat(machine.vmstat("slabs_scanned")).isEqualTo(scanned);
    }
}
