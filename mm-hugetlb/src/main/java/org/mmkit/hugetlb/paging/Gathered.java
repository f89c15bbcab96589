package org.mmkit.hugetlb.paging;

import java.util.Arrays;
import org.mmkit.api.memory.Frames;

/**
 * Pages whose mappings a call has removed. Their references are dropped together when all areas of the call are unmapped (Linux: struct
 * mmu_gather), so that what the pool looks like does not change while the call still decides what to do with promises. Not
 * thread-safe.
 */
public final class Gathered {

    private static final int FIRST_CAPACITY = 16;

    private final Frames frames;
    private long[] heads = new long[FIRST_CAPACITY];
    private int count;

    /** None yet. */
    public Gathered(Frames frames) {
        this.frames = frames;
    }

    /** Takes over the mapping's reference on the page {@code head}. */
    void add(long head) {
        if (count == heads.length) {
            heads = Arrays.copyOf(heads, 2 * count);
        }
        heads[count++] = head;
    }

    /** Drops the references. */
    void release() {
        int n = count;
        count = 0;
        for (int i = 0; i < n; i++) {
            frames.put(heads[i], 1);
        }
    }
}
