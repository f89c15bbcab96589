package org.mmkit.testkit;

import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.memory.FrameTable;

class BuddyAllocatorContractTest extends FrameAllocatorContract {

    int maxOrder() {
        return FrameAllocator.MAX_ORDER;
    }

    @Override
    protected FrameAllocator allocator(long frames) {
        FrameTable table = new FrameTable(frames, 15);
        BuddyAllocator allocator =
                new BuddyAllocator(frames, 15, Math.min(9, maxOrder()), maxOrder(), new long[] {0, 0, frames}, 1, table);
        table.setAllocator(allocator);
        allocator.addMemory(1024, frames);
        allocator.start();
        return allocator;
    }

    @Override
    protected void verify(FrameAllocator allocator) {
        ((BuddyAllocator) allocator).verify();
    }

    /** As an architecture with large pages has it (arm64 with 64 KiB: 13). */
    static class UpToOrder13Test extends BuddyAllocatorContractTest {
        @Override
        int maxOrder() {
            return 13;
        }
    }

    static class UpToOrder6Test extends BuddyAllocatorContractTest {
        @Override
        int maxOrder() {
            return 6;
        }
    }
}
