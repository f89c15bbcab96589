package org.mmkit.llfree;

import com.google.auto.service.AutoService;
import org.mmkit.api.memory.FrameAllocatorProvider;
import org.mmkit.api.memory.ZoneAllocator;
import org.mmkit.api.memory.ZoneSpan;

/** The plugin {@code llfree}: the symbol {@code FRAME_ALLOCATOR_LLFREE} puts it in the place of the buddy system. */
@AutoService(FrameAllocatorProvider.class)
public final class Llfree implements FrameAllocatorProvider {

    /** For ServiceLoader. */
    public Llfree() {}

    @Override
    public String id() {
        return "llfree";
    }

    @Override
    public String configSymbol() {
        return "FRAME_ALLOCATOR_LLFREE";
    }

    @Override
    public ZoneAllocator create(ZoneSpan zone) {
        return new LlfreeAllocator(zone);
    }
}
