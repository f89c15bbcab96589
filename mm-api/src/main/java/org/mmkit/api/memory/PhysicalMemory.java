package org.mmkit.api.memory;

/** All memory of a machine: who hands it out, what is known of it, what is in it. */
public interface PhysicalMemory {

    /** The frame allocator. */
    FrameAllocator allocator();

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

    /** The frame of the memory map that holds the metadata (struct page) of frame {@code pfn}. */
    long memmapFrame(long pfn);

    /**
     * Hands {@code pages} frames from {@code pfn} on, which were reserved at boot, to the allocator: pieces of the memory map that are no
     * longer needed (Linux: free_bootmem_page). The machine has that much more memory from now on.
     */
    void releaseReserved(long pfn, long pages);
}
