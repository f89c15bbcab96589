package org.mmkit.llfree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.ZoneAllocator;
import org.mmkit.api.memory.ZoneSpan;

class LlfreeStressTest {

    private static final int FRAMES = 1 << 16;
    private static final int THREADS = 4;
    private static final ThreadLocal<Integer> PROCESSOR = ThreadLocal.withInitial(() -> 0);

    private static ZoneAllocator allocator(int processors) {
        ZoneAllocator allocator = new Llfree().create(new ZoneSpan(0, FRAMES, FrameAllocator.MAX_ORDER, 9, processors, PROCESSOR::get));
        allocator.addFrames(300, FRAMES - 77);
        return allocator;
    }

    /** One thread's random calls; each frame is marked while it is held, and must not be marked already. */
    private static void work(ZoneAllocator allocator, AtomicIntegerArray owner, int thread, long seed) {
        PROCESSOR.set(thread);
        Random random = new Random(seed);
        List<long[]> held = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            if (held.isEmpty() || random.nextInt(100) < (step / 4000 % 2 == 0 ? 65 : 35)) {
                int order = random.nextInt(4) == 0 ? 9 : random.nextInt(3) == 0 ? random.nextInt(11) : 0;
                long pfn = allocator.allocate(order, random.nextBoolean() ? Gfp.KERNEL : Gfp.HIGHUSER_MOVABLE);
                if (pfn == FrameAllocator.NONE) {
                    continue;
                }
                for (long i = pfn; i < pfn + (1L << order); i++) {
                    if (!owner.compareAndSet((int) i, 0, thread + 1)) {
                        throw new AssertionError("seed " + seed + " step " + step + ": frame " + i + " belongs to thread " + owner.get((int) i));
                    }
                }
                held.add(new long[] {pfn, order});
            } else {
                long[] block = held.remove(random.nextInt(held.size()));
                int part = random.nextInt(4) == 0 ? random.nextInt((int) block[1] + 1) : (int) block[1];
                for (long i = block[0]; i < block[0] + (1L << block[1]); i++) {
                    owner.set((int) i, 0);
                    if ((i & (1L << part) - 1) == (1L << part) - 1) {
                        allocator.free(i & -(1L << part), part);
                    }
                }
            }
        }
        for (long[] block : held) {
            for (long i = block[0]; i < block[0] + (1L << block[1]); i++) {
                owner.set((int) i, 0);
            }
            allocator.free(block[0], (int) block[1]);
        }
    }

    private static void run(int processors, long seed) throws Exception {
        ZoneAllocator allocator = allocator(processors);
        long all = allocator.freePages();
        AtomicIntegerArray owner = new AtomicIntegerArray(FRAMES);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                running.add(threads.submit(() -> work(allocator, owner, thread, seed * 100 + thread)));
            }
            for (Future<?> f : running) {
                f.get();
            }
        } finally {
            threads.shutdownNow();
        }
        allocator.verify();
        assertThat(allocator.freePages()).as("seed %d", seed).isEqualTo(all);
        assertThat(allocator.hasFree(FrameAllocator.MAX_ORDER)).isTrue();
    }

    @Test
    void threads_with_a_processor_each_never_get_the_same_frame_and_give_all_back() throws Exception {
        for (long seed = 1; seed <= 4; seed++) {
            run(THREADS, seed);
        }
    }

    @Test
    void threads_that_share_a_processor_never_get_the_same_frame_and_give_all_back() throws Exception {
        for (long seed = 11; seed <= 14; seed++) {
            run(1, seed);
        }
    }

    @Test
    void the_parts_of_one_huge_block_may_come_back_from_all_threads_at_once() throws Exception {
        for (int round = 0; round < 200; round++) {
            ZoneAllocator allocator = allocator(1);
            long all = allocator.freePages();
            long pfn = allocator.allocate(9, Gfp.HIGHUSER_MOVABLE);
            ExecutorService threads = Executors.newFixedThreadPool(2);
            try {
                Future<?> even = threads.submit(() -> freeEverySecond(allocator, pfn));
                Future<?> odd = threads.submit(() -> freeEverySecond(allocator, pfn + 1));
                even.get();
                odd.get();
            } finally {
                threads.shutdownNow();
            }
            allocator.verify();
            assertThat(allocator.freePages()).isEqualTo(all);
        }
    }

    private static void freeEverySecond(ZoneAllocator allocator, long from) {
        for (long pfn = from; pfn < from + 511; pfn += 2) {
            allocator.free(pfn, 0);
        }
    }

    @Test
    void a_frame_freed_twice_is_named() {
        ZoneAllocator allocator = allocator(1);
        long pfn = allocator.allocate(0, Gfp.KERNEL);
        allocator.free(pfn, 0);

        assertThatThrownBy(() -> allocator.free(pfn, 0))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("0x" + Long.toHexString(pfn));
    }

    @Test
    void small_blocks_of_two_kinds_and_huge_ones_come_from_trees_of_their_own() {
        ZoneAllocator allocator = allocator(1);
        long treeFrames = 32 * 512;

        long fixed = allocator.allocate(0, Gfp.KERNEL);
        long movable = allocator.allocate(0, Gfp.HIGHUSER_MOVABLE);
        long huge = allocator.allocate(9, Gfp.HIGHUSER_MOVABLE);

        assertThat(new long[] {fixed / treeFrames, movable / treeFrames, huge / treeFrames}).doesNotHaveDuplicates();
    }

    @Test
    void a_zone_of_sixteen_tebibytes_needs_no_bitmaps_before_it_is_used() {
        ZoneAllocator allocator = new Llfree().create(new ZoneSpan(1 << 20, 1L << 32, FrameAllocator.MAX_ORDER, 9, 1, () -> 0));
        allocator.addFrames(1 << 20, 1L << 32);

        assertThat(allocator.freePages()).isEqualTo((1L << 32) - (1 << 20));
        assertThat(allocator.freeBlocks(10)).isEqualTo(allocator.freePages() >> 10);
        long pfn = allocator.allocateContiguous(1 << 18, Gfp.HIGHUSER_MOVABLE);
        assertThat(pfn & (1 << 18) - 1).isZero();
        allocator.freeContiguous(pfn, 1 << 18);
        allocator.verify();
    }
}
