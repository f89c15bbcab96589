package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mmkit.core.Machine;

/** What a huge-page fault does when free memory is in pieces, in each mode of {@code defrag}. */
class DefragModesTest {

    private static final String THP = "/sys/kernel/mm/transparent_hugepage/";

    private FragmentedMachine fragmented = new FragmentedMachine(Machine.builder().memory("512M").build(), 42);
    private Machine machine = fragmented.machine;

    private void set(String defrag) {
        assertThat(machine.write(THP + "enabled", "always")).isPositive();
        assertThat(machine.write(THP + "defrag", defrag)).isPositive();
        assertThat(machine.memory().allocator().freeBlocks(9) + machine.memory().allocator().freeBlocks(10)).isZero();
    }

    /** Writes to a fresh area; whether it got a huge page. */
    private boolean fault(boolean advised) {
        long before = machine.vmstat("thp_fault_alloc");
        assertThat(fragmented.process.store(fragmented.hugeArea(1, advised), 1)).isZero();
        return machine.vmstat("thp_fault_alloc") > before;
    }

    private void assertStalls(long compactions, long reclaims) {
        assertThat(machine.vmstat("compact_stall")).as("compact_stall").isEqualTo(compactions);
        long stalls = machine.vmstat("allocstall_dma32") + machine.vmstat("allocstall_normal") + machine.vmstat("allocstall_movable");
        assertThat(stalls).as("allocstall").isEqualTo(reclaims);
    }

    @AfterEach
    void nothingIsLost() {
        fragmented.everyPageIsAsWritten();
        machine.verify();
    }

    @Test
    void T06_never_falls_back_at_once_and_wakes_nobody() {
        set("never");

        assertThat(fault(true)).isFalse();
        machine.clock().advance(100_000_000L);

        assertThat(machine.vmstat("thp_fault_fallback")).isEqualTo(1);
        assertStalls(0, 0);
        assertThat(machine.vmstat("compact_daemon_wake")).isZero();
        assertThat(machine.vmstat("pgmigrate_success")).isZero();
    }

    @Test
    void T06_madvise_stalls_for_advised_memory_only() {
        set("madvise");

        assertThat(fault(false)).isFalse();
        assertStalls(0, 0);
        assertThat(machine.vmstat("thp_fault_fallback")).isEqualTo(1);

        assertThat(fault(true)).isTrue();
        assertStalls(1, 0);
        assertThat(machine.vmstat("compact_success")).isEqualTo(1);
        assertThat(machine.vmstat("pgmigrate_success")).isBetween(100L, 1000L);
        machine.clock().advance(100_000_000L);
        assertThat(machine.vmstat("compact_daemon_wake")).isZero();
    }

    @Test
    void T06_always_stalls_for_all_memory() {
        set("always");

        assertThat(fault(false)).isTrue();
        assertStalls(1, 0);
        assertThat(fault(true)).isTrue();
        assertStalls(2, 0);
        assertThat(machine.vmstat("compact_success")).isEqualTo(2);
        assertThat(machine.vmstat("thp_fault_fallback")).isZero();
    }

    /** Faults until one gets its huge page, with time for kernel threads after each; how many fell back. */
    private int faultsUntilHuge(boolean advised) {
        // Only what was asked for shall be compacted.
        assertThat(machine.write("/proc/sys/vm/compaction_proactiveness", "0")).isPositive();
        int fallbacks = 0;
        while (!fault(advised)) {
            fallbacks++;
            assertThat(fallbacks).isLessThan(60);
            machine.clock().advance(200_000_000L);
        }
        return fallbacks;
    }

    @Test
    void T06_defer_falls_back_now_and_gets_its_page_from_background_compaction_later() {
        set("defer");
        // kswapd hands over to kcompactd once it has freed room for the copies.
        assertThat(machine.files().swapon(256 << 20)).isZero();

        int fallbacks = faultsUntilHuge(true);

        assertThat(fallbacks).isPositive();
        assertThat(machine.vmstat("thp_fault_fallback")).isEqualTo(fallbacks);
        assertThat(machine.vmstat("pgscan_kswapd")).isPositive();
        assertThat(machine.vmstat("compact_daemon_wake")).isPositive();
        assertThat(machine.vmstat("compact_daemon_migrate_scanned")).isPositive();
        assertThat(machine.vmstat("compact_daemon_free_scanned")).isPositive();
        assertStalls(0, 0);
    }

    @Test
    void T06_defer_wakes_background_compaction_directly_when_reclaim_has_given_up() {
        set("defer");

        int fallbacks = faultsUntilHuge(true);

        // Nothing can be reclaimed here: after 16 runs in vain kswapd is left alone and kcompactd woken in its place.
        assertThat(fallbacks).isBetween(16, 20);
        assertThat(machine.vmstat("compact_daemon_wake")).isPositive();
        assertStalls(0, 0);
    }

    @Test
    void T06_defer_and_madvise_stalls_for_advised_memory_and_defers_for_the_rest() {
        set("defer+madvise");

        assertThat(fault(true)).isTrue();
        assertStalls(1, 0);
        assertThat(machine.vmstat("compact_daemon_wake")).isZero();

        assertThat(faultsUntilHuge(false)).isPositive();
        assertThat(machine.vmstat("compact_daemon_wake")).isPositive();
        assertStalls(1, 0);
    }

    @Test
    void T06_a_machine_with_memory_policies_compacts_for_its_own_node_first() {
        // Pages that are held block every run of 2 MiB: what is tried, is tried in vain.
        fragmented = new FragmentedMachine(Machine.builder().memory("512M").set("NUMA", "y").build(), 42);
        machine = fragmented.machine;
        set("madvise");
        for (int i = 0; i < fragmented.kept.size(); i += 64) {
            machine.memory().frames().get(fragmented.pfn(fragmented.kept.get(i)), 1);
        }

        assertThat(fault(true)).isFalse();

        // This node only: two attempts without waiting, one reclaim; any node: one without waiting, one that may wait, one reclaim.
        assertStalls(4, 2);
        assertThat(machine.vmstat("compact_fail")).isEqualTo(4);
        for (int i = 0; i < fragmented.kept.size(); i += 64) {
            machine.memory().frames().put(fragmented.pfn(fragmented.kept.get(i)), 1);
        }
    }
}
