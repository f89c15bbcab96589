package org.mmkit.llfree;

import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.ZoneAllocator;
import org.mmkit.api.memory.ZoneSpan;
import org.mmkit.testkit.FrameAllocatorContract;

class LlfreeContractTest extends FrameAllocatorContract {

    int maxOrder() {
        return FrameAllocator.MAX_ORDER;
    }

    @Override
    protected FrameAllocator allocator(long frames) {
        ZoneAllocator allocator = new Llfree().create(new ZoneSpan(0, frames, maxOrder(), Math.min(9, maxOrder()), 1, () -> 0));
        allocator.addFrames(1000, frames);
        return allocator;
    }

    @Override
    protected void verify(FrameAllocator allocator) {
        ((ZoneAllocator) allocator).verify();
    }

    static class UpToOrder13Test extends LlfreeContractTest {
        @Override
        int maxOrder() {
            return 13;
        }
    }

    static class UpToOrder6Test extends LlfreeContractTest {
        @Override
        int maxOrder() {
            return 6;
        }
    }
}
