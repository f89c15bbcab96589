package org.mmkit.core.memory;

import java.util.Arrays;

/** Blocks of frames that somebody holds, in the order in which they were taken. Not thread-safe. */
final class BlockList {

    /** What is done with each block. */
    interface Visitor {

        /** Visits the block of 2^{@code order} frames at {@code pfn}. */
        void block(long pfn, int order);
    }

    private static final int FIRST_CAPACITY = 64;

    private long[] pfns = new long[FIRST_CAPACITY];
    private byte[] orders = new byte[FIRST_CAPACITY];
    private int size;
    private long pages;

    void add(long pfn, int order) {
        if (size == pfns.length) {
            pfns = Arrays.copyOf(pfns, 2 * size);
            orders = Arrays.copyOf(orders, 2 * size);
        }
        pfns[size] = pfn;
        orders[size++] = (byte) order;
        pages += 1L << order;
    }

    /** Frames of all blocks. */
    long pages() {
        return pages;
    }

    void forEach(Visitor visitor) {
        for (int i = 0; i < size; i++) {
            visitor.block(pfns[i], orders[i]);
        }
    }

    void clear() {
        size = 0;
        pages = 0;
    }
}
