package org.mmkit.core.compaction;

import org.mmkit.api.memory.FolioFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.time.WorkCosts;
import org.mmkit.core.trace.TraceEvent;

/**
 * Which folios may move, and how they are kept from changing meanwhile: by a reference (mm/compaction.c,
 * isolate_migratepages_block). Not thread-safe.
 */
final class PageIsolation {

    private final Engine engine;
    private final FrameTable frames;
    private final int isolated;
    /** Counter of page blocks examined, or -1 where the kernel has none. */
    private final int blocksExamined;

    PageIsolation(Engine engine) {
        this.engine = engine;
        this.frames = engine.frames;
        isolated = engine.counters.register("compact_isolated");
        blocksExamined = engine.profile.countsMovedBlocks() ? engine.counters.register("compact_blocks_moved") : -1;
    }

    /** Whether the folio that begins at {@code pfn} can be taken off its list in order to be moved. */
    boolean isMovable(long pfn, boolean unevictableToo, Mode mode) {
        int flags = frames.flags(pfn);
        if ((flags & FolioFlags.LRU) == 0 || frames.refcount(pfn) == 0) {
            return false;
        }
        boolean swapCached = (flags & FolioFlags.SWAPCACHE) != 0;
        if (!swapCached && (flags & FolioFlags.ANON) != 0 && frames.refcount(pfn) > frames.largeMapcount(pfn)) {
            return false; // somebody else holds on to it
        }
        if (!unevictableToo && (flags & FolioFlags.UNEVICTABLE) != 0) {
            return false;
        }
        return mode == Mode.SYNC || (flags & FolioFlags.WRITEBACK) == 0;
    }

    /** Takes the folio {@code head} off its list. */
    void isolate(long head) {
        frames.get(head, 1);
        frames.lru().isolate(head);
    }

    /** It stays where it is, the youngest of its list. */
    void putBack(long head) {
        frames.batches().add(head);
        frames.put(head, 1);
    }

    /** The migration scanner begins with a page block. */
    void examined() {
        if (blocksExamined >= 0) {
            engine.counters.add(blocksExamined, 1);
        }
    }

    /** The migration scanner went from {@code start} to {@code end} and took {@code taken} pages. */
    void isolated(long start, long end, long scanned, long taken) {
        if (taken > 0) {
            engine.counters.add(isolated, taken);
        }
        tell(engine.tracing.events().compactionIsolateMigratepages, start, end, scanned, taken);
    }

    private void tell(TraceEvent event, long start, long end, long scanned, long taken) {
        engine.tracing.charge(scanned * WorkCosts.SCAN_PAGE);
        if (event.isOn()) {
            event.emit(start, end, scanned, taken);
        }
    }

    /** The free scanner went from {@code start} to {@code end} and took {@code taken} frames. */
    void freeIsolated(long start, long end, long scanned, long taken) {
        if (taken > 0) {
            engine.counters.add(isolated, taken);
        }
        tell(engine.tracing.events().compactionIsolateFreepages, start, end, scanned, taken);
    }

    /** The free scanner has searched the lists of blocks between {@code least} and {@code free}. */
    void freeIsolatedFast(long least, long free, long scanned, long taken) {
        if (taken > 0) {
            engine.counters.add(isolated, taken);
        }
        tell(engine.tracing.events().compactionFastIsolateFreepages, least, free, scanned, taken);
    }
}
