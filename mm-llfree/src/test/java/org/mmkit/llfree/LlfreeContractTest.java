package org.mmkit.llfree;

import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.ZoneAllocator;
import org.mmkit.api.memory.ZoneSpan;
import org.mmkit.testkit.FrameAllocatorContract;

class LlfreeContractTest extends FrameAllocatorContract {

    @Override
    protected FrameAllocator allocator(long frames) {
        ZoneAllocator allocator = new Llfree().create(new ZoneSpan(0, frames, FrameAllocator.MAX_ORDER, 9, 1, () -> 0));
        allocator.addFrames(1000, frames);
        return allocator;
    }

    @Override
    protected void verify(FrameAllocator allocator) {
        ((ZoneAllocator) allocator).verify();
    }
}
