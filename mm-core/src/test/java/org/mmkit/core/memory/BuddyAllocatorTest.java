package org.mmkit.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.MigrateType;

class BuddyAllocatorTest {

    private static final int SECTION_ORDER = 15;
    private static final int BLOCK_ORDER = 9;
    private static final int MIB = 256;

    /** One zone NORMAL with all memory but frame 0 to 1023. */
    private static BuddyAllocator oneZone(long frames) {
        FrameTable table = new FrameTable(frames, SECTION_ORDER);
        BuddyAllocator allocator = new BuddyAllocator(frames, SECTION_ORDER, BLOCK_ORDER, new long[] {0, 0, frames}, 1, table);
        table.setAllocator(allocator);
        allocator.addMemory(1024, frames);
        allocator.start();
        return allocator;
    }

    private record Block(long pfn, int order) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void random_requests_never_overlap_and_all_memory_comes_back(long seed) {
        Random random = new Random(seed);
        BuddyAllocator allocator = oneZone(128 * MIB);
        long before = allocator.freePages();
        int[] kinds = {Gfp.KERNEL, Gfp.HIGHUSER_MOVABLE, Gfp.KERNEL | Gfp.RECLAIMABLE};
        BitSet used = new BitSet();
        List<Block> held = new ArrayList<>();

        for (int step = 0; step < 6000; step++) {
            boolean allocate = held.isEmpty() || random.nextInt(100) < (step / 1500 % 2 == 0 ? 65 : 35);
            if (allocate) {
                int order = random.nextInt(100) < 60 ? 0 : random.nextInt(11);
                long pfn = allocator.allocate(order, kinds[random.nextInt(3)]);
                if (pfn == FrameAllocator.NONE) {
                    continue;
                }
                assertThat(pfn & (1L << order) - 1).as("alignment, seed %d step %d", seed, step).isZero();
                int next = used.nextSetBit((int) pfn);
                assertThat(next < 0 || next >= pfn + (1 << order)).as("overlap, seed %d step %d", seed, step).isTrue();
                used.set((int) pfn, (int) pfn + (1 << order));
                held.add(new Block(pfn, order));
            } else {
                Block block = held.remove(random.nextInt(held.size()));
                // Part of the time as two halves, as a split folio comes back.
                if (block.order > 0 && random.nextInt(4) == 0) {
                    allocator.free(block.pfn, block.order - 1);
                    allocator.free(block.pfn + (1L << block.order - 1), block.order - 1);
                } else {
                    allocator.free(block.pfn, block.order);
                }
                used.clear((int) block.pfn, (int) block.pfn + (1 << block.order));
            }
            if (step % 200 == 0) {
                allocator.verify();
                assertThat(allocator.freePages() + allocator.counts().perCpuPages(Zone.NORMAL)).as("seed %d", seed)
                        .isEqualTo(before - used.cardinality());
                int probe = 1024 + random.nextInt(128 * MIB - 1024);
                assertThat(allocator.isFree(probe) && used.get(probe)).as("seed %d frame %d", seed, probe).isFalse();
            }
        }
        for (Block block : held) {
            allocator.free(block.pfn, block.order);
        }
        allocator.drain();
        allocator.verify();
        assertThat(allocator.freePages()).isEqualTo(before);
        assertThat(allocator.freeBlocks(10)).isEqualTo(128 * MIB / 1024 - 1);
    }

    @Test
    void a_batch_of_frames_comes_in_ascending_order_and_the_frame_freed_last_goes_first() {
        BuddyAllocator allocator = oneZone(128 * MIB);

        long first = allocator.allocate(0, Gfp.HIGHUSER_MOVABLE);
        long second = allocator.allocate(0, Gfp.HIGHUSER_MOVABLE);
        allocator.free(first, 0);

        assertThat(second).isEqualTo(first + 1);
        assertThat(allocator.allocate(0, Gfp.HIGHUSER_MOVABLE)).isEqualTo(first);
        assertThat(allocator.counts().perCpuPages(Zone.NORMAL)).isPositive();
    }

    @Test
    void a_kernel_request_takes_a_whole_page_block_over_rather_than_a_frame_of_a_movable_one() {
        BuddyAllocator allocator = oneZone(128 * MIB);

        allocator.allocate(0, Gfp.KERNEL);

        assertThat(allocator.counts().pageBlocks(Zone.NORMAL, MigrateType.UNMOVABLE)).isEqualTo(2);
        assertThat(allocator.events().fallbacks).isEqualTo(1);
        assertThat(allocator.events().claimedBlocks).isEqualTo(1);
        allocator.verify();
    }

    @Test
    void movable_requests_steal_single_blocks_when_nothing_else_is_left() {
        BuddyAllocator allocator = oneZone(16 * MIB);
        List<Long> kernel = new ArrayList<>();
        long pfn;
        while ((pfn = allocator.allocate(0, Gfp.KERNEL | Gfp.ATOMIC)) != FrameAllocator.NONE) {
            kernel.add(pfn);
        }
        assertThat(allocator.counts().pageBlocks(Zone.NORMAL, MigrateType.MOVABLE)).isLessThanOrEqualTo(2);
        // Every fourth frame comes back: no page block is half free, so none changes its type.
        for (int i = 0; i < kernel.size(); i += 4) {
            allocator.free(kernel.get(i), 0);
        }
        allocator.drain();
        long unmovable = allocator.counts().pageBlocks(Zone.NORMAL, MigrateType.UNMOVABLE);

        assertThat(allocator.allocate(0, Gfp.HIGHUSER_MOVABLE)).isNotEqualTo(FrameAllocator.NONE);

        assertThat(allocator.counts().pageBlocks(Zone.NORMAL, MigrateType.UNMOVABLE)).isEqualTo(unmovable);
        allocator.verify();
    }

    @Test
    void the_low_watermark_stops_ordinary_requests_and_wakes_reclaim() {
        BuddyAllocator allocator = oneZone(64 * MIB);
        List<String> calls = new ArrayList<>();
        allocator.setPressure(new MemoryPressure() {
            @Override
            public void wakeReclaim(int node, int zone, int order, int gfp) {
                calls.add("wake");
            }

            @Override
            public long reclaim(int order, int gfp, int node, long allowed) {
                calls.add("reclaim");
                return 0;
            }
        });
        Zone zone = allocator.zone(Zone.NORMAL);
        while (calls.isEmpty()) {
            assertThat(allocator.allocate(0, Gfp.HIGHUSER_MOVABLE)).isNotEqualTo(FrameAllocator.NONE);
        }
        assertThat(zone.free()).isBetween(zone.watermark(Zone.MIN), zone.watermark(Zone.LOW) + 64);
        while (allocator.allocate(0, Gfp.HIGHUSER_MOVABLE) != FrameAllocator.NONE) {
            assertThat(zone.free()).isGreaterThanOrEqualTo(zone.watermark(Zone.MIN) - 64);
        }
        assertThat(calls).contains("reclaim");
        assertThat(allocator.allocate(0, Gfp.ATOMIC)).as("reserves").isNotEqualTo(FrameAllocator.NONE);
        allocator.verify();
    }

    @Test
    void a_huge_request_without_stall_fails_on_fragmented_memory_and_counts_no_stall() {
        BuddyAllocator allocator = oneZone(64 * MIB);
        List<Long> all = new ArrayList<>();
        long pfn;
        while ((pfn = allocator.allocate(0, Gfp.HIGHUSER_MOVABLE | Gfp.ATOMIC)) != FrameAllocator.NONE) {
            all.add(pfn);
        }
        for (int i = 0; i < all.size(); i += 2) {
            allocator.free(all.get(i), 0);
        }
        allocator.drain();

        assertThat(allocator.freePages()).isGreaterThan(20 * MIB);
        assertThat(allocator.allocate(9, Gfp.TRANSHUGE_LIGHT)).isEqualTo(FrameAllocator.NONE);
        assertThat(allocator.events().stalls[Zone.NORMAL]).isZero();
        assertThat(allocator.events().compactStalls).isZero();
    }

    @Test
    void watermarks_are_those_of_a_real_machine_with_the_same_zones() {
        // Linux 6.18, 24 GB machine whose balloon left these managed pages; vm.min_free_kbytes = 67584 set by khugepaged.
        Zone[] zones = {new Zone(0, 0, 4096, 10), new Zone(1, 4096, 1 << 20, 10), new Zone(2, 1 << 20, 6 << 20, 10), new Zone(3, 0, 0, 10)};
        zones[0].managed = 3840;
        zones[1].managed = 772_915;
        zones[2].managed = 720_896;
        Watermarks watermarks = new Watermarks(zones, 9);

        watermarks.setMinFreeKilobytes(67_584);

        assertThat(zones[0].watermark).containsExactly(43, 53, 63, 73);
        assertThat(zones[1].watermark).containsExactly(8719, 10_898, 13_077, 15_256);
        assertThat(zones[2].watermark).containsExactly(8132, 10_165, 12_198, 14_231);
        assertThat(zones[3].watermark).containsExactly(32, 32, 32, 32);
        assertThat(zones[1].lowmemReserve).containsExactly(0, 0, 2816, 2816);
        assertThat(zones[2].lowmemReserve).containsExactly(0, 0, 0, 0);
    }

    @Test
    void contiguous_runs_take_untouched_sections_whole_and_come_back() {
        BuddyAllocator allocator = oneZone(4096L * MIB);
        long before = allocator.freePages();

        long gigantic = allocator.allocateContiguous(1 << 18, Gfp.KERNEL);
        long half = allocator.allocateContiguous(1 << 14, Gfp.KERNEL);

        assertThat(gigantic & (1 << 18) - 1).isZero();
        assertThat(half & (1 << 14) - 1).isZero();
        assertThat(allocator.freePages()).isEqualTo(before - (1 << 18) - (1 << 14));
        allocator.verify();
        allocator.freeContiguous(half, 1 << 14);
        allocator.freeContiguous(gigantic, 1 << 18);
        allocator.verify();
        assertThat(allocator.freePages()).isEqualTo(before);
        assertThat(allocator.allocateContiguous(1 << 18, Gfp.KERNEL)).isEqualTo(gigantic);
    }

    @Test
    void a_frame_of_a_gigantic_run_may_be_freed_alone() {
        BuddyAllocator allocator = oneZone(4096L * MIB);
        long before = allocator.freePages();
        long gigantic = allocator.allocateContiguous(1 << 18, Gfp.KERNEL);

        for (long pfn = gigantic; pfn < gigantic + (1 << 18); pfn += 512) {
            allocator.free(pfn, 9);
        }

        allocator.drain();
        allocator.verify();
        assertThat(allocator.freePages()).isEqualTo(before);
    }

    @Test
    void freeing_a_free_frame_names_it() {
        BuddyAllocator allocator = oneZone(64 * MIB);
        long pfn = allocator.allocate(10, Gfp.KERNEL);
        allocator.free(pfn, 10);

        assertThatThrownBy(() -> allocator.free(pfn, 10))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("0x" + Long.toHexString(pfn));
    }

    @Test
    void requests_stay_in_the_zones_they_may_use() {
        long frames = 6L << 18;
        FrameTable table = new FrameTable(frames, SECTION_ORDER);
        BuddyAllocator allocator = new BuddyAllocator(
                frames, SECTION_ORDER, BLOCK_ORDER, new long[] {4096, 1 << 20, 5L << 18}, 2, table);
        allocator.addMemory(256, 3L << 18);
        allocator.addMemory(4L << 18, frames);
        allocator.start();

        assertThat(allocator.allocate(0, Gfp.KERNEL)).isBetween(4L << 18, (5L << 18) - 1);
        assertThat(allocator.allocate(0, Gfp.HIGHUSER_MOVABLE)).isGreaterThanOrEqualTo(5L << 18);
        assertThat(allocator.allocate(9, Gfp.KERNEL | Gfp.DMA32)).isBetween(4096L, (3L << 18) - 1);
        assertThat(allocator.allocate(3, Gfp.KERNEL | Gfp.DMA)).isLessThan(4096);
        assertThat(allocator.zone(Zone.DMA).present()).isEqualTo(4096 - 256);
        allocator.setProcessor(1);
        assertThat(allocator.allocate(0, Gfp.KERNEL)).isBetween(4L << 18, (5L << 18) - 1);
        allocator.verify();
    }
}
