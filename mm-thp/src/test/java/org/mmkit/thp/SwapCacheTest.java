package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** Huge pages that are in the swap cache, whole or in part, and give it up. */
class SwapCacheTest {

    private static final long PAGE = 4096;
    private static final long MIB = 1L << 20;
    private static final long HUGE = 2 * MIB;
    private static final long BASE = 0x10_0000_0000L;
    private static final int FIXED = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;

    private final Machine machine = Machine.builder().memory("1G").cmdline("transparent_hugepage=always").build();
    private final Process process = machine.newProcess();

    @BeforeEach
    void aHugePageIsInTheSwapCache() {
        machine.files().swapon(64 * MIB);
        process.mmap(BASE, HUGE, 3, FIXED, null, 0);
        for (long at = 0; at < HUGE; at += PAGE) {
            process.store(BASE + at, 7);
        }
        long head = machine.pagemap().word(process.space(), BASE) & (1L << 55) - 1;
        // As reclaim leaves it when somebody has a reference to it, and the pages have been faulted in again.
        assertThat(machine.files().swap().allocate(head)).isTrue();
        assertThat(machine.vmstat("nr_swapcached")).isEqualTo(512);
        machine.verify();
    }

    @AfterEach
    void nothingIsLeftInSwap() {
        process.exit();
        machine.verify();
        assertThat(machine.vmstat("nr_swapcached")).isZero();
        assertThat(machine.files().swap().freePages()).isEqualTo(machine.files().swap().totalPages());
    }

    @Test
    void T13_the_pages_that_nobody_maps_leave_the_swap_cache_when_the_folio_is_split() {
        process.madvise(BASE + 17 * PAGE, HUGE - 17 * PAGE, Advice.MADV_DONTNEED);
        assertThat(machine.vmstat("nr_swapcached")).isEqualTo(512);

        process.madvise(BASE, PAGE, Advice.MADV_COLD);

        assertThat(machine.vmstat("thp_split_page")).isOne();
        assertThat(machine.vmstat("nr_swapcached")).isEqualTo(17);
    }

    @Test
    void T13_the_pages_that_hold_only_zeroes_leave_the_swap_cache_when_the_folio_is_split() {
        for (long at = 17 * PAGE; at < HUGE; at += PAGE) {
            process.store(BASE + at, 0);
        }

        process.madvise(BASE, PAGE, Advice.MADV_COLD);

        assertThat(machine.vmstat("thp_split_page")).isOne();
        assertThat(machine.vmstat("nr_swapcached")).isEqualTo(17);
    }

    @Test
    void T13_a_huge_page_leaves_the_swap_cache_with_its_last_mapping() {
        process.munmap(BASE, HUGE);

        assertThat(machine.vmstat("nr_swapcached")).isZero();
    }

    @Test
    void T13_the_only_user_of_a_huge_page_in_the_swap_cache_writes_to_it_whole_and_it_leaves_the_cache() throws Exception {
        Process child = process.fork();
        child.exit();
        long splits = machine.vmstat("thp_split_pmd");
        long head = machine.pagemap().word(process.space(), BASE) & (1L << 55) - 1;

        process.store(BASE, 8);

        assertThat(machine.vmstat("thp_split_pmd")).as("shared no more, it is not copied").isEqualTo(splits);
        assertThat(machine.pagemap().word(process.space(), BASE) & (1L << 55) - 1).isEqualTo(head);
        assertThat(machine.vmstat("nr_swapcached")).isZero();
        assertThat(process.load(BASE + PAGE)).isEqualTo(7);
    }

    @Test
    void T13_a_huge_page_in_the_swap_cache_is_not_written_to_whole_while_somebody_else_needs_it() throws Exception {
        Process child = process.fork();

        process.store(BASE, 8);

        assertThat(machine.vmstat("thp_split_pmd")).isOne();
        assertThat(machine.vmstat("nr_swapcached")).isEqualTo(512);
        assertThat(child.load(BASE)).isEqualTo(7);
        child.exit();
    }
}
