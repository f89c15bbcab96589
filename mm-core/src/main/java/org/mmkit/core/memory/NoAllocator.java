package org.mmkit.core.memory;

import org.mmkit.api.memory.FrameAllocator;

/** Stands in for the allocator until {@link FrameTable#setAllocator}; refuses everything. */
final class NoAllocator implements FrameAllocator {

    static final NoAllocator INSTANCE = new NoAllocator();

    private static IllegalStateException none() {
        return new IllegalStateException("the frame table has no allocator yet");
    }

    @Override
    public long allocate(int order, int gfp) {
        throw none();
    }

    @Override
    public void free(long pfn, int order) {
        throw none();
    }

    @Override
    public long allocateContiguous(long pages, int gfp) {
        throw none();
    }

    @Override
    public void freeContiguous(long pfn, long pages) {
        throw none();
    }

    @Override
    public long freePages() {
        throw none();
    }

    @Override
    public long freeBlocks(int order) {
        throw none();
    }

    @Override
    public long managedPages() {
        throw none();
    }
}
