package org.mmkit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Gfp;

/**
 * What the engine relies on in a {@link FrameAllocator}. An allocator's whole test is one method.
 *
 * <p>Random tests print their seed in each failure.
 */
public abstract class FrameAllocatorContract {

    private static final int[] KINDS = {Gfp.KERNEL, Gfp.HIGHUSER_MOVABLE, Gfp.KERNEL | Gfp.RECLAIMABLE, Gfp.ATOMIC};

    /** For subclasses. */
    protected FrameAllocatorContract() {}

    /**
     * A fresh allocator for the frames 0 to {@code frames} - 1; it may keep some for itself or exclude some.
     *
     * @param frames a multiple of 2^15 and of the largest block
     */
    protected abstract FrameAllocator allocator(long frames);

    /** Checks the allocator's own invariants after each step; nothing unless overridden. */
    protected void verify(FrameAllocator allocator) {}

    /** Whether the allocator has {@code behavior}; overridden by one that lacks something. */
    protected boolean has(AllocatorBehavior behavior) {
        return true;
    }

    /** Enough frames for some dozens of the largest blocks. */
    private long frames() {
        return Math.max(1 << 16, 64L << allocator(1 << 15).maxOrder());
    }

    private FrameAllocator allocator() {
        return allocator(frames());
    }

    private record Block(long pfn, int order) {}

    /** Allocates blocks of {@code order} until there are no more. */
    private static List<Long> exhaust(FrameAllocator allocator, int order) {
        List<Long> all = new ArrayList<>();
        long pfn;
        while ((pfn = allocator.allocate(order, Gfp.HIGHUSER_MOVABLE)) != FrameAllocator.NONE) {
            all.add(pfn);
            assertTrue(
                    (long) all.size() << order <= allocator.managedPages(),
                    "more than all memory handed out in blocks of order " + order);
        }
        return all;
    }

    @Test
    void a_new_allocator_has_all_its_memory_free() {
        FrameAllocator allocator = allocator();

        assertEquals(allocator.managedPages(), allocator.freePages());
        long frames = frames();
        assertTrue(allocator.managedPages() <= frames && allocator.managedPages() > frames / 2);
        long blocks = 0;
        for (int order = 0; order <= allocator.maxOrder(); order++) {
            blocks += allocator.freeBlocks(order) << order;
        }
        assertEquals(allocator.freePages(), blocks);
        verify(allocator);
    }

    @Test
    void blocks_are_aligned_in_range_and_never_overlap() {
        long frames = frames();
        for (long seed = 1; seed <= 5; seed++) {
            FrameAllocator allocator = allocator(frames);
            Random random = new Random(seed);
            BitSet used = new BitSet();
            List<Block> held = new ArrayList<>();
            for (int step = 0; step < 4000; step++) {
                String where = "seed " + seed + " step " + step;
                if (held.isEmpty() || random.nextInt(100) < (step / 1000 % 2 == 0 ? 70 : 30)) {
                    int order = random.nextInt(3) > 0 ? random.nextInt(Math.min(4, allocator.maxOrder() + 1)) : random.nextInt(allocator.maxOrder() + 1);
                    long pfn = allocator.allocate(order, KINDS[random.nextInt(KINDS.length)]);
                    if (pfn == FrameAllocator.NONE) {
                        continue;
                    }
                    int end = (int) pfn + (1 << order);
                    assertEquals(0, pfn & (1L << order) - 1, where + ": frame " + pfn + " of order " + order);
                    assertTrue(pfn >= 0 && end <= frames, where + ": frame " + pfn + " out of range");
                    int next = used.nextSetBit((int) pfn);
                    assertTrue(next < 0 || next >= end, where + ": frame " + next + " handed out twice");
                    used.set((int) pfn, end);
                    held.add(new Block(pfn, order));
                } else {
                    Block block = held.remove(random.nextInt(held.size()));
                    allocator.free(block.pfn, block.order);
                    used.clear((int) block.pfn, (int) block.pfn + (1 << block.order));
                }
                assertTrue(
                        allocator.freePages() <= allocator.managedPages() - used.cardinality(),
                        where + ": free and used frames are more than all");
                if (step % 100 == 0) {
                    verify(allocator);
                }
            }
        }
    }

    @Test
    void when_memory_is_gone_the_answer_is_NONE_and_what_comes_back_can_be_had_again() {
        FrameAllocator allocator = allocator();
        List<Long> first = exhaust(allocator, 0);
        assertTrue(first.size() > allocator.managedPages() / 2, first.size() + " frames of " + allocator.managedPages());
        verify(allocator);
        for (long pfn : first) {
            allocator.free(pfn, 0);
        }
        verify(allocator);

        assertEquals(first.size(), exhaust(allocator, 0).size());
    }

    @Test
    void free_frames_become_large_blocks_again() {
        FrameAllocator allocator = allocator();
        int before = exhaustAndFree(allocator, allocator.maxOrder());
        List<Long> frames = exhaust(allocator, 0);
        Random random = new Random(7);
        while (!frames.isEmpty()) {
            int i = random.nextInt(frames.size());
            allocator.free(frames.get(i), 0);
            frames.set(i, frames.get(frames.size() - 1));
            frames.remove(frames.size() - 1);
        }
        verify(allocator);
        if (has(AllocatorBehavior.MERGES)) {
            assertEquals(before, exhaustAndFree(allocator, allocator.maxOrder()));
        }
    }

    private static int exhaustAndFree(FrameAllocator allocator, int order) {
        List<Long> all = exhaust(allocator, order);
        for (long pfn : all) {
            allocator.free(pfn, order);
        }
        return all.size();
    }

    @Test
    void a_block_may_come_back_in_parts() {
        FrameAllocator allocator = allocator();
        int order = Math.min(9, allocator.maxOrder());
        long pfn = allocator.allocate(order, Gfp.HIGHUSER_MOVABLE);
        assertNotEquals(FrameAllocator.NONE, pfn);
        if (!has(AllocatorBehavior.PARTIAL_FREE)) {
            assertThrows(RuntimeException.class, () -> allocator.free(pfn + 1, 0));
            return;
        }
        for (int i = (1 << order) - 1; i >= 0; i--) {
            allocator.free(pfn + i, 0);
            verify(allocator);
        }
        List<Long> all = exhaust(allocator, 0);
        assertFalse(all.isEmpty());
    }

    @Test
    void runs_above_the_largest_order_are_aligned_and_come_back() {
        FrameAllocator allocator = allocator(8 * frames());
        int order = allocator.maxOrder();
        long before = allocator.freePages();
        long pages = 16L << order;
        long pfn = allocator.allocateContiguous(pages, Gfp.HIGHUSER_MOVABLE);
        if (!has(AllocatorBehavior.CONTIGUOUS_RUNS)) {
            assertEquals(FrameAllocator.NONE, pfn);
            return;
        }
        assertNotEquals(FrameAllocator.NONE, pfn);
        assertEquals(0, pfn & pages - 1);
        assertEquals(before - pages, allocator.freePages());
        for (long other : exhaust(allocator, order)) {
            assertTrue(other + (1L << order) <= pfn || other >= pfn + pages, "block " + other + " inside the run at " + pfn);
        }
        allocator.freeContiguous(pfn, pages);
        verify(allocator);
        assertNotEquals(FrameAllocator.NONE, allocator.allocate(order, Gfp.HIGHUSER_MOVABLE));
    }

    @Test
    void the_same_requests_get_the_same_frames() {
        List<Long> first = trace(allocator());
        List<Long> second = trace(allocator());

        assertEquals(first, second);
    }

    private static List<Long> trace(FrameAllocator allocator) {
        Random random = new Random(99);
        List<Long> frames = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            frames.add(allocator.allocate(0, KINDS[random.nextInt(KINDS.length)]));
            if (i % 3 == 2) {
                allocator.free(frames.get(i - 1), 0);
            }
        }
        return frames;
    }

    @Test
    void blocks_of_every_order_up_to_the_largest_can_be_had() {
        FrameAllocator allocator = allocator();
        for (int order = 0; order <= allocator.maxOrder(); order++) {
            long before = allocator.freePages();
            long pfn = allocator.allocate(order, Gfp.HIGHUSER_MOVABLE);

            assertNotEquals(FrameAllocator.NONE, pfn, "no block of order " + order + " in a new allocator");
            assertEquals(0, pfn & (1L << order) - 1, "frame " + pfn + " of order " + order);
            assertTrue(before - allocator.freePages() >= 1L << order, "free pages after a block of order " + order);
        }
    }

    @Test
    void orders_out_of_range_are_refused() {
        FrameAllocator allocator = allocator();

        assertThrows(IllegalArgumentException.class, () -> allocator.allocate(-1, Gfp.KERNEL));
        assertThrows(IllegalArgumentException.class, () -> allocator.allocate(allocator.maxOrder() + 1, Gfp.KERNEL));
    }
}
