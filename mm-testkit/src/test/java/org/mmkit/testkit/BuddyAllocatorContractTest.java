package org.mmkit.testkit;

import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.memory.FrameTable;

class BuddyAllocatorContractTest extends FrameAllocatorContract {

    @Override
    protected FrameAllocator allocator(long frames) {
        FrameTable table = new FrameTable(frames, 15);
        BuddyAllocator allocator = new BuddyAllocator(frames, 15, 9, new long[] {0, 0, frames}, 1, table);
        table.setAllocator(allocator);
        allocator.addMemory(1024, frames);
        allocator.start();
        return allocator;
    }

    @Override
    protected void verify(FrameAllocator allocator) {
        ((BuddyAllocator) allocator).verify();
    }
}
