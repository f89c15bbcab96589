package org.mmkit.api.memory;

import org.mmkit.api.Provider;

/**
 * Another frame allocator than the engine's own buddy system; a service found by {@link java.util.ServiceLoader}.
 *
 * <p>The engine keeps what is around an allocator: zones, watermarks, reclaim, counters. The provider whose symbol is y is asked for one
 * allocator for each zone with memory, which then hands out that zone's frames. Its Kconfig symbol selects {@code FRAME_ALLOCATOR_PLUGIN};
 * that takes away what only the buddy system has: page blocks of one migratetype ({@code PAGE_BLOCKS}), and with them compaction.
 */
public interface FrameAllocatorProvider extends Provider {

    /** Makes the allocator of one zone, which has no frames yet. */
    ZoneAllocator create(ZoneSpan zone);
}
