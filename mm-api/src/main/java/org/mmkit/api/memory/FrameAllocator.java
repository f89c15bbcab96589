package org.mmkit.api.memory;

/**
 * Hands out naturally aligned runs of 2^order frames.
 *
 * <p>Not thread-safe on a machine with {@code SMP=n}; the caller is the machine's one thread.
 */
public interface FrameAllocator {

    /** No frame. */
    long NONE = -1;

    /** The largest order that can be asked for unless the architecture has another (Linux: MAX_PAGE_ORDER). */
    int MAX_ORDER = 10;

    /** The largest order that can be asked for of this allocator. */
    default int maxOrder() {
        return MAX_ORDER;
    }

    /**
     * Allocates 2^{@code order} frames.
     *
     * @param order 0 to {@link #maxOrder}
     * @param gfp bits of {@link Gfp}
     * @return the first pfn, a multiple of 2^order, or {@link #NONE}
     */
    long allocate(int order, int gfp);

    /**
     * Allocates 2^{@code order} frames of certain nodes.
     *
     * @param node whose memory is wanted, or {@link Nodes#NONE} for that of the processor that runs; the others follow by distance
     * @param allowed the set of nodes that will do ({@link Nodes#ALL} for any)
     * @return the first pfn, or {@link #NONE}
     */
    default long allocate(int order, int gfp, int node, long allowed) {
        return allocate(order, gfp);
    }

    /** Gives back a run that {@link #allocate} handed out, or an aligned part of one. */
    void free(long pfn, int order);

    /**
     * Gives back {@code n} single frames one after the other: {@code pfn}, {@code pfn + direction} and so on, {@code direction} being 1
     * or -1.
     */
    default void freeSingles(long pfn, int n, int direction) {
        for (int i = 0; i < n; i++) {
            free(pfn + (long) i * direction, 0);
        }
    }

    /**
     * Allocates {@code pages} contiguous frames outside the order limit, by moving movable pages away where
     * needed (Linux: alloc_contig_pages); used for gigantic pages.
     *
     * @param pages a power of two
     * @return the first pfn, a multiple of {@code pages}, or {@link #NONE}
     */
    long allocateContiguous(long pages, int gfp);

    /** {@link #allocateContiguous} of certain nodes, as in {@link #allocate(int, int, int, long)}. */
    default long allocateContiguous(long pages, int gfp, int node, long allowed) {
        return allocateContiguous(pages, gfp);
    }

    /** Gives back a run of {@link #allocateContiguous}. */
    void freeContiguous(long pfn, long pages);

    /** Free frames of all zones (MemFree, in pages). */
    long freePages();

    /** Free blocks of exactly {@code order}. */
    long freeBlocks(int order);

    /** Frames that the allocator manages (MemTotal, in pages). */
    long managedPages();
}
