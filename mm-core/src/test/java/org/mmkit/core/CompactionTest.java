package org.mmkit.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.core.boot.Bootstrap;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.process.Process;
import org.mmkit.core.toy.ToyMachines;

/** Fragmentation here is honest: a process fills memory and gives every other page back, by the toss of a coin. */
class CompactionTest {

    private static final int RW = 3;
    private static final int PRIVATE_ANON = 0x22;
    private static final long PAGE = 4096;
    private static final int MADV_DONTNEED = 4;
    private static final long AREA = 360L << 20;

    private final Bootstrap parts = ToyMachines.boot("");
    private final Machine machine = new Machine(parts);
    private final Process process = machine.newProcess();
    private final BuddyAllocator allocator = parts.engine.memory.allocator();
    private final List<Long> kept = new ArrayList<>();
    private long area;

    @BeforeEach
    void fragment() {
        area = process.mmap(0, AREA, RW, PRIVATE_ANON, null, 0);
        for (long at = 0; at < AREA; at += PAGE) {
            process.store(area + at, value(at));
        }
        Random coin = new Random(42);
        for (long at = 0; at < AREA; at += PAGE) {
            if (coin.nextBoolean()) {
                process.madvise(area + at, PAGE, MADV_DONTNEED);
            } else {
                kept.add(at);
            }
        }
        machine.memory().lru().drain();
        // What was free from the start is taken.
        allocator.drain();
        while (allocator.freeBlocks(10) + allocator.freeBlocks(9) > 0) {
            assertThat(allocator.allocate(9, Gfp.ATOMIC)).isNotEqualTo(Frames.NONE);
            allocator.drain();
        }
    }

    private static int value(long at) {
        return (int) (at / PAGE % 251) + 1;
    }

    private void everyPageIsAsWritten() {
        for (long at : kept) {
            assertThat(process.load(area + at)).as("page at 0x%x", at).isEqualTo(value(at));
        }
    }

    @Test
    void a_huge_request_that_may_stall_gets_its_block_and_no_page_changes() {
        assertThat(allocator.allocate(9, Gfp.TRANSHUGE_LIGHT)).as("without a stall").isEqualTo(Frames.NONE);
        assertThat(machine.vmstat("compact_stall")).isZero();

        long block = allocator.allocate(9, Gfp.TRANSHUGE);

        assertThat(block).isNotEqualTo(Frames.NONE);
        assertThat(machine.vmstat("compact_stall")).isEqualTo(1);
        assertThat(machine.vmstat("compact_success")).isEqualTo(1);
        assertThat(machine.vmstat("pgmigrate_success")).isBetween(200L, 3000L);
        assertThat(machine.vmstat("pgmigrate_fail")).isZero();
        machine.verify();
        everyPageIsAsWritten();
        allocator.free(block, 9);
        machine.verify();
    }

    @Test
    void compact_memory_gathers_what_moves() {
        long before = allocator.freePages();
        assertThat(allocator.freeBlocks(9)).isZero();

        machine.write("/proc/sys/vm/compact_memory", "1");

        assertThat(allocator.freePages() + allocator.counts().perCpuPages(2)).isEqualTo(before);
        long large = allocator.freeBlocks(9) * 512 + allocator.freeBlocks(10) * 1024;
        assertThat(large).isGreaterThan(before * 9 / 10);
        machine.verify();
        everyPageIsAsWritten();
    }

    @Test
    void pages_that_are_shared_after_fork_move_with_all_their_mappings() throws Exception {
        Process child = process.fork();

        machine.write("/proc/sys/vm/compact_memory", "1");

        machine.verify();
        everyPageIsAsWritten();
        long at = kept.get(0);
        child.store(area + at, 77);
        assertThat(process.load(area + at)).isEqualTo(value(at));
        assertThat(child.load(area + at)).isEqualTo(77);
        child.exit();
        process.exit();
        machine.verify();
    }

    @Test
    void pinned_pages_stay_where_they_are() {
        long[] pinned = new long[64];
        Random random = new Random(5);
        for (int i = 0; i < pinned.length; i++) {
            pinned[i] = pfn(kept.get(random.nextInt(kept.size())));
            parts.engine.frames.get(pinned[i], 1);
        }

        machine.write("/proc/sys/vm/compact_memory", "1");

        for (long pfn : pinned) {
            assertThat(parts.engine.frames.pageMapcount(pfn)).isEqualTo(1);
            parts.engine.frames.put(pfn, 1);
        }
        machine.verify();
        everyPageIsAsWritten();
    }

    @Test
    void T06_after_failures_requests_are_turned_away_for_a_while() {
        // Somebody holds on to a page or two of each page block: none can be emptied.
        for (int i = 0; i < kept.size(); i += 64) {
            parts.engine.frames.get(pfn(kept.get(i)), 1);
        }
        for (int i = 0; i < 40; i++) {
            assertThat(allocator.allocate(9, Gfp.TRANSHUGE)).isEqualTo(Frames.NONE);
        }
        // Requests that are turned away count as stalls too: one before reclaim and one after it.
        assertThat(machine.vmstat("compact_stall")).isEqualTo(80);
        assertThat(machine.vmstat("compact_fail")).isEqualTo(80);
        for (int i = 0; i < kept.size(); i += 64) {
            parts.engine.frames.put(pfn(kept.get(i)), 1);
        }

        // Now there would be blocks to be had, but nobody looks before 64 requests were turned away (COMPACT_MAX_DEFER_SHIFT).
        long scanned = machine.vmstat("compact_migrate_scanned");
        int refused = 0;
        long block = allocator.allocate(9, Gfp.TRANSHUGE);
        while (block == Frames.NONE) {
            refused++;
            assertThat(refused).isLessThan(200);
            block = allocator.allocate(9, Gfp.TRANSHUGE);
        }

        assertThat(refused).isBetween(8, 128);
        assertThat(machine.vmstat("compact_migrate_scanned")).isGreaterThan(scanned);
        assertThat(machine.vmstat("compact_success")).isEqualTo(1);
        allocator.free(block, 9);
        machine.verify();
    }

    private long pfn(long at) {
        return machine.pagemap().word(process.space(), area + at) & (1L << 55) - 1;
    }
}
