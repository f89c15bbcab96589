package org.mmkit.core.memory;

import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.MigrateType;

/**
 * Memory compaction as the allocator and background reclaim ask for it (include/linux/compaction.h). A machine without
 * CONFIG_COMPACTION has {@link #NONE}.
 */
public interface Compaction {

    /** No compaction: nothing moves, nothing is woken. */
    Compaction NONE = new Compaction() {};

    /** What became of an attempt, the more promising the later (enum compact_result). */
    enum Result {
        /** Only in a trace: a zone short of memory rather than fragmented. */
        NOT_SUITABLE_ZONE,
        /** Not begun: no zone has enough free frames to move pages to. */
        SKIPPED,
        /** Not begun: it failed of late. */
        DEFERRED,
        /** Only in a trace: no block has come up yet. */
        NO_SUITABLE_PAGE,
        /** To be gone on with. */
        CONTINUE,
        /** The scanners have met, the whole zone was looked at. */
        COMPLETE,
        /** The scanners have met, part of the zone was passed over. */
        PARTIAL_SKIPPED,
        /** Given up halfway. */
        CONTENDED,
        /** A block of the order asked for is there. */
        SUCCESS
    }

    /** How hard to try (enum compact_priority). */
    enum Priority {
        /** The whole zone, whatever is known of its page blocks; waits for pages under writeback. */
        FULL,
        /** As an allocation's second attempt: all page blocks that may be worth it. */
        LIGHT,
        /** As its first one: only page blocks of the migratetype asked for, and only pages that can be moved at once. */
        ASYNC
    }

    /**
     * The allocation that needs a block.
     *
     * @param order of the block, at least 1
     * @param gfp bits of {@link org.mmkit.api.memory.Gfp}
     * @param highest the highest zone that will do
     * @param type the migratetype of the request
     * @param mark the watermark that must hold: {@link Zone#MIN} or {@link Zone#LOW}
     * @param reserve eighths of the watermark that the request may use up
     * @param node whose memory is wanted most
     * @param allowed the nodes that will do
     */
    record Request(int order, int gfp, int highest, MigrateType type, int mark, int reserve, int node, long allowed) {}

    /**
     * Direct compaction on behalf of {@code request} (try_to_compact_pages). A block that was made for it may be kept aside; it is then to be
     * had from {@link #takeCaptured}.
     */
    default Result compact(Request request, Priority priority) {
        return Result.SKIPPED;
    }

    /** The block that the last {@link #compact} kept aside for its caller, who now owns it; or {@link FrameAllocator#NONE}. */
    default long takeCaptured() {
        return FrameAllocator.NONE;
    }

    /** The allocation got its block of {@code order} from {@code zone}: recent failures there are forgotten. */
    default void succeeded(int zone, int order) {}

    /** Whether {@code zone} has, or with {@code free} free frames would have, room for the pages that move (__compaction_suitable). */
    default boolean hasRoom(int zone, int order, int highest, long free) {
        return false;
    }

    /** Wakes the background compaction of {@code node}, if that is worth it (wakeup_kcompactd); order 0 does nothing. */
    default void wake(int node, int order, int highest) {}

    /** Background reclaim of {@code node} goes to sleep: page blocks that were found hopeless may be tried again (reset_isolation_suitable). */
    default void forgetSkips(int node) {}
}
