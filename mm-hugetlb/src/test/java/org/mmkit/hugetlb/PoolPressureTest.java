package org.mmkit.hugetlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** A pool that grows while memory is full of pages that could go: __GFP_RETRY_MAYFAIL of mm/page_alloc.c. */
class PoolPressureTest {

    private static final long MIB = 1L << 20;
    private static final String TRACING = "/sys/kernel/tracing/";
    private static final String POOL = "/proc/sys/vm/nr_hugepages";

    private final Machine machine = Machine.builder().memory("256M").cmdline("transparent_hugepage=never").build();
    private final Process process = machine.newProcess();

    /** Fills memory with pages that swap has room for. */
    private void fill() {
        assertThat(machine.files().swapon(512 * MIB)).isZero();
        long area = process.mmap(0, 300 * MIB, 3, MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS, null, 0);
        for (long at = 0; at < 300 * MIB; at += 4096) {
            assertThat(process.store(area + at, 7)).isZero();
        }
    }

    private long pool() {
        return Long.parseLong(machine.read(POOL).strip());
    }

    private List<String> trace(String event) {
        return machine.read(TRACING + "trace").lines().filter(line -> line.contains(event + ":")).toList();
    }

    @Test
    void H07_a_growing_pool_reclaims_and_compacts_again_and_again_and_kills_nobody() {
        fill();
        machine.write(TRACING + "set_event", "compaction:mm_compaction_try_to_compact_pages vmscan:mm_vmscan_direct_reclaim_begin");

        machine.write(POOL, "40\n");

        assertThat(pool()).isEqualTo(40);
        assertThat(trace("mm_compaction_try_to_compact_pages")).isNotEmpty()
                .allMatch(line -> line.contains("__GFP_RETRY_MAYFAIL")).noneMatch(line -> line.endsWith("priority=0"));
        assertThat(trace("mm_vmscan_direct_reclaim_begin")).hasSizeGreaterThan(1);
        assertThat(machine.vmstat("oom_kill")).isZero();
        machine.verify();
    }

    @Test
    void H07_a_pool_that_asks_for_all_memory_gets_a_part_and_ends() {
        fill();
        machine.write(TRACING + "set_event", "vmscan:mm_vmscan_direct_reclaim_begin");

        machine.write(POOL, "1000\n");

        assertThat(pool()).isBetween(40L, 127L);
        assertThat(machine.vmstat("oom_kill")).isZero();
        assertThat(process.isKilled()).isFalse();
        machine.verify();
        machine.write(POOL, "0\n");
        assertThat(pool()).isZero();
    }

    @Test
    void T06_a_costly_request_that_may_not_fail_so_soon_goes_on_after_the_first_round() {
        fill();
        machine.write(TRACING + "set_event", "vmscan:mm_vmscan_direct_reclaim_begin");
        int rounds = 0;
        long got = 0;
        for (int i = 0; i < 20; i++) {
            machine.write(TRACING + "trace", "\n");
            got += machine.memory().allocateFolio(9, Gfp.TRANSHUGE) != Frames.NONE ? 1 : 0;
            rounds = Math.max(rounds, trace("mm_vmscan_direct_reclaim_begin").size());
        }
        assertThat(rounds).as("one round each on the own node and on all").isLessThanOrEqualTo(2);
        long patient = 0;
        for (int i = 0; i < 20; i++) {
            patient += machine.memory().allocateFolio(9, Gfp.TRANSHUGE | Gfp.KSWAPD_RECLAIM | Gfp.RETRY_MAYFAIL) != Frames.NONE ? 1 : 0;
        }
        assertThat(patient).isEqualTo(20).isGreaterThanOrEqualTo(got);
    }
}
