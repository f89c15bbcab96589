package org.mmkit.sample.tour;

import java.util.BitSet;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.memory.ZoneAllocator;
import org.mmkit.api.memory.ZoneSpan;

/** One bit for each frame, set while it is free; a run is searched from the bottom. Slow, and 100 lines. Thread-safe: one lock. */
final class FirstFitAllocator implements ZoneAllocator {

    private final long start;
    private final int maxOrder;
    /** Bit n: the frame {@code start + n} is free. */
    private final BitSet free;
    private long managed;
    /** The number of bits set. */
    private long freePages;

    FirstFitAllocator(ZoneSpan zone) {
        start = zone.start();
        maxOrder = zone.maxOrder();
        free = new BitSet(Math.toIntExact(zone.end() - start));
    }

    @Override
    public int maxOrder() {
        return maxOrder;
    }

    @Override
    public synchronized void addFrames(long from, long to) {
        free.set((int) (from - start), (int) (to - start));
        managed += to - from;
        freePages += to - from;
    }

    /** The lowest free run of {@code pages} at a multiple of {@code pages}, a power of two, or {@link #NONE}. */
    private long find(long pages) {
        for (int bit = free.nextSetBit(0); bit >= 0; bit = free.nextSetBit(bit)) {
            long pfn = start + bit + pages - 1 & -pages;
            bit = (int) (pfn - start);
            int used = free.nextClearBit(bit);
            if (used - bit >= pages) {
                return pfn;
            }
            bit = used;
        }
        return NONE;
    }

    @Override
    public long allocate(int order, int gfp) {
        if (order < 0 || order > maxOrder) {
            throw new IllegalArgumentException("order " + order + " is not one of 0 to " + maxOrder);
        }
        return allocateContiguous(1L << order, gfp);
    }

    @Override
    public synchronized long allocateContiguous(long pages, int gfp) {
        long pfn = find(pages);
        if (pfn != NONE) {
            free.clear((int) (pfn - start), (int) (pfn - start + pages));
            freePages -= pages;
        }
        return pfn;
    }

    @Override
    public void free(long pfn, int order) {
        freeContiguous(pfn, 1L << order);
    }

    @Override
    public synchronized void freeContiguous(long pfn, long pages) {
        int bit = (int) (pfn - start);
        int already = free.nextSetBit(bit);
        if (already >= 0 && already < bit + pages) {
            throw new InvariantViolation("frame " + (start + already) + " is free already");
        }
        free.set(bit, (int) (bit + pages));
        freePages += pages;
    }

    @Override
    public synchronized boolean isFree(long pfn) {
        return free.get((int) (pfn - start));
    }

    @Override
    public synchronized boolean hasFree(int order) {
        return find(1L << order) != NONE;
    }

    @Override
    public synchronized long freePages() {
        return freePages;
    }

    /** As a buddy system would cut the free runs: into the largest aligned blocks that fit. */
    @Override
    public synchronized long freeBlocks(int order) {
        long blocks = 0;
        for (int bit = free.nextSetBit(0); bit >= 0; bit = free.nextSetBit(bit)) {
            int end = free.nextClearBit(bit);
            while (bit < end) {
                int fits = 31 - Integer.numberOfLeadingZeros(end - bit);
                int block = Math.min(maxOrder, Math.min(Long.numberOfTrailingZeros(start + bit), fits));
                blocks += block == order ? 1 : 0;
                bit += 1 << block;
            }
        }
        return blocks;
    }

    @Override
    public synchronized long managedPages() {
        return managed;
    }

    @Override
    public synchronized void verify() {
        if (free.cardinality() != freePages) {
            throw new InvariantViolation(free.cardinality() + " frames are free, " + freePages + " were counted");
        }
    }
}
