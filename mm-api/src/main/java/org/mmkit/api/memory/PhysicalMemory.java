package org.mmkit.api.memory;

/** All memory of a machine: who hands it out, what is known of it, what is in it. */
public interface PhysicalMemory {

    /** The frame allocator. */
    FrameAllocator allocator();

    /** The nodes that the memory belongs to. */
    default Nodes nodes() {
        return Nodes.SINGLE;
    }

    /** The memory policy of the task that runs; {@link MemoryPolicy#NONE} on a machine with one node. */
    default MemoryPolicy taskPolicy() {
        return MemoryPolicy.NONE;
    }

    /** The metadata of all frames. */
    Frames frames();

    /** The lists by which reclaim goes. */
    Lru lru();

    /** The contents of all frames. */
    FrameContents contents();

    /**
     * Allocates one folio with one reference, its content not cleared.
     *
     * @param order 0 to {@link FrameAllocator#maxOrder}
     * @param gfp bits of {@link Gfp}
     * @return the head, or {@link Frames#NONE}
     */
    long allocateFolio(int order, int gfp);

    /**
     * The same for a user's area. On a machine with memory policies a huge page is first asked of this node alone, compacting but not
     * reclaiming much, and only then as hard as {@code gfp} says (Linux: vma_alloc_folio).
     */
    default long allocateUserFolio(int order, int gfp) {
        return allocateFolio(order, gfp);
    }

    /**
     * Allocations so far that were not served at once. Only these may have reclaimed or moved pages: while the number stays, what the caller
     * knew of page tables and folios before still holds, if nobody runs beside him.
     */
    long slowAllocations();

    /**
     * Whether the last allocation failed only because the call it belongs to runs beside others, where nothing may be reclaimed: the call is
     * to undo what it began, without counting a failure, and will be begun again alone. Never on a machine with one processor.
     */
    boolean isStalled();

    /**
     * The call under way cannot go on beside others: it is to undo what it began, and will be begun again alone. Does nothing in a call that
     * runs alone, and so never on a machine with one processor.
     */
    void stall();

    /**
     * The caller, who has a reference to the folio {@code head}, has removed a mapping of it for good: if it is in the swap cache and nobody else
     * needs it there, it leaves (Linux: free_swap_cache).
     */
    void freeSwapCache(long head);

    /**
     * The folio {@code head} leaves the swap cache if no entry refers to its slots any more, whoever maps it: its only user is about to write
     * to it (Linux: folio_free_swap).
     */
    void releaseSwap(long head);

    /** The head of the first folio of order above 0 that begins at {@code pfn} or behind it; {@link Frames#NONE} if there is none. */
    long nextLargeFolio(long pfn);

    /** The frame of the memory map that holds the metadata (struct page) of frame {@code pfn}. */
    long memmapFrame(long pfn);

    /**
     * Hands {@code pages} frames from {@code pfn} on, which were reserved at boot, to the allocator: pieces of the memory map that are no
     * longer needed (Linux: free_bootmem_page). The machine has that much more memory from now on.
     */
    void releaseReserved(long pfn, long pages);

    /**
     * Whether huge pages are wanted now: if so, more memory is kept free, so that page blocks of different types stay apart (Linux:
     * set_recommended_min_free_kbytes).
     */
    void setHugePagesWanted(boolean wanted);
}
