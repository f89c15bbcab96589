package org.mmkit.core.compaction;

import org.mmkit.api.memory.FolioFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.FrameTable;

/**
 * Moves single anonymous frames (Linux: migrate_pages): mappings become migration entries, content and metadata go to the new frame,
 * mappings follow.
 */
final class FolioMover {

    /** A folio with one of these stays where it is. */
    private static final int FIXED = FolioFlags.SWAPCACHE
            | FolioFlags.LOCKED
            | FolioFlags.WRITEBACK
            | FolioFlags.MLOCKED
            | FolioFlags.UNEVICTABLE
            | FolioFlags.RESERVED
            | FolioFlags.TABLE
            | FolioFlags.HUGETLB;

    /** What the new frame takes over; exclusiveness goes with the mappings. */
    private static final int MOVED = FolioFlags.ANON
            | FolioFlags.SWAPBACKED
            | FolioFlags.UPTODATE
            | FolioFlags.DIRTY
            | FolioFlags.REFERENCED
            | FolioFlags.ACTIVE
            | FolioFlags.WORKINGSET;

    private final Engine engine;
    private final FrameTable frames;
    private final int succeeded;
    private final int failed;

    /** Registers the counters. */
    FolioMover(Engine engine) {
        this.engine = engine;
        this.frames = engine.frames;
        succeeded = engine.counters.register("pgmigrate_success");
        failed = engine.counters.register("pgmigrate_fail");
    }

    /** Whether {@code pfn} is a single anonymous frame that nothing but its mappings holds on to. */
    boolean isMovable(long pfn) {
        int flags = frames.flags(pfn);
        return (flags & (FolioFlags.ANON | FIXED)) == FolioFlags.ANON
                && !frames.isLarge(pfn)
                && frames.pageMapcount(pfn) > 0
                && frames.refcount(pfn) == frames.pageMapcount(pfn)
                && frames.pins(pfn) == 0;
    }

    /**
     * Moves the page in frame {@code from} to the free frame {@code to}; {@code from} goes back to the allocator.
     *
     * @return false when it could not be taken from its mappings; then nothing has changed and {@code to} is still free
     */
    boolean move(long from, long to) {
        frames.get(from, 1);
        if (!engine.rmap.migrateAway(from) || !frames.freeze(from, 1)) {
            engine.rmap.migrateBack(from, from, 1, false);
            frames.put(from, 1);
            engine.counters.add(failed, 1);
            return false;
        }
        frames.makeFolio(to, 0, false);
        engine.memory.contents().copy(from, to, 1);
        frames.set(to, frames.flags(from) & MOVED);
        frames.setOwner(to, frames.owner(from), frames.index(from));
        engine.rmap.migrateBack(from, to, 1, false);
        frames.lru().add(to);
        frames.put(to, 1);
        frames.unfreeze(from, 1);
        frames.put(from, 1);
        engine.counters.add(succeeded, 1);
        return true;
    }
}
