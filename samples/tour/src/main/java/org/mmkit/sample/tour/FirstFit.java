package org.mmkit.sample.tour;

import com.google.auto.service.AutoService;
import org.mmkit.api.memory.FrameAllocatorProvider;
import org.mmkit.api.memory.ZoneAllocator;
import org.mmkit.api.memory.ZoneSpan;

/** The plugin {@code firstfit}: of all free runs the lowest. */
@AutoService(FrameAllocatorProvider.class)
public final class FirstFit implements FrameAllocatorProvider {

    /** For ServiceLoader. */
    public FirstFit() {}

    @Override
    public String id() {
        return "firstfit";
    }

    @Override
    public String configSymbol() {
        return "FRAME_ALLOCATOR_FIRSTFIT";
    }

    @Override
    public ZoneAllocator create(ZoneSpan zone) {
        return new FirstFitAllocator(zone);
    }
}
