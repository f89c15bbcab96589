package org.mmkit.core.compaction;

import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.MigrateType;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.Compaction.Result;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.memory.Isolation;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.memory.Zone;
import org.mmkit.core.time.WorkCosts;
import org.mmkit.core.trace.Events;
import org.mmkit.core.trace.TraceEvent;

/**
 * Compacts one zone: isolates folios at its start, moves them to frames at its end, until the block that is wanted has come up
 * or the scanners meet (mm/compaction.c, compact_zone). Not thread-safe.
 */
final class ZoneCompaction {

    private static final int COSTLY_ORDER = 3;

    private final SystemMemory memory;
    private final FrameTable frames;
    private final Isolation isolation;
    private final Fragmentation fragmentation;
    private final MigrationScanner migrationScanner;
    private final FreeScanner freeScanner;
    private final PageMigrator migrator;
    private final PageIsolation pages;
    private final PageMigrator.Batch batch = new PageMigrator.Batch();
    private final Engine engine;
    private final Events trace;
    private final int hugeOrder;
    private final int migrateScanned;
    private final int freeScanned;
    /** The names of 4.12's document, or -1. */
    private final int pagesMoved;

    private final int pagesFailed;

    ZoneCompaction(Engine engine, Fragmentation fragmentation) {
        this.engine = engine;
        this.trace = engine.tracing.events();
        this.memory = engine.memory;
        this.frames = engine.frames;
        this.isolation = memory.allocator().isolation();
        this.fragmentation = fragmentation;
        pages = new PageIsolation(engine);
        migrationScanner = new MigrationScanner(memory, pages);
        freeScanner = new FreeScanner(memory, pages);
        migrator = engine.migrator();
        boolean named = engine.profile.countsMovedBlocks();
        pagesMoved = named ? engine.counters.register("compact_pages_moved") : -1;
        pagesFailed = named ? engine.counters.register("compact_pagemigrate_failed") : -1;
        hugeOrder = engine.layout.order(2);
        migrateScanned = engine.counters.register("compact_migrate_scanned");
        freeScanned = engine.counters.register("compact_free_scanned");
    }

    MigrationScanner migrationScanner() {
        return migrationScanner;
    }

    /**
     * Whether compaction of the zone can help a request (compaction_suit_allocation_order): SUCCESS when it would be served as it is,
     * SKIPPED when memory is short rather than in pieces, else CONTINUE.
     */
    Result suits(CompactedZone zone, int order, int highest, int mark, int reserve) {
        if (isolation.serves(zone.number, order, highest, mark, reserve)) {
            return Result.SUCCESS;
        }
        if (!hasRoom(zone, order, highest, zone.zone.free())) {
            tell(trace.compactionSuitable, zone, order, Result.SKIPPED);
            return Result.SKIPPED;
        }
        if (order > COSTLY_ORDER) {
            int index = fragmentation.index(zone.number, order);
            if (index >= 0 && index <= fragmentation.threshold()) {
                tell(trace.compactionSuitable, zone, order, Result.NOT_SUITABLE_ZONE);
                return Result.SKIPPED;
            }
        }
        tell(trace.compactionSuitable, zone, order, Result.CONTINUE);
        return Result.CONTINUE;
    }

    /** Room for twice the block above the watermark: the pages that move have copies for a while (compact_gap). */
    static boolean hasRoom(CompactedZone zone, int order, int highest, long free) {
        long mark = zone.zone.watermark(order > COSTLY_ORDER ? Zone.LOW : Zone.MIN);
        return free > mark + (2L << order) + zone.zone.lowmemReserve(highest);
    }

    /** Compacts the zone as {@code cc} says. */
    Result run(CompactControl cc) {
        CompactedZone zone = cc.zone;
        if (cc.order != CompactControl.ALL) {
            Result suits = suits(zone, cc.order, cc.highest, cc.mark, cc.reserve);
            if (suits != Result.CONTINUE) {
                return suits;
            }
        }
        if (zone.isRestarting(cc.order)) {
            resetSkips(zone);
        }
        place(cc);
        tell(trace.compactionBegin, cc, Result.CONTINUE);
        Result result = scan(cc);
        if (cc.freePages > 0) {
            // Only back, not forward: it may have been reset to the end of the zone.
            zone.cachedFree = Math.max(zone.cachedFree, zone.blockStart(freeScanner.release(cc)));
        }
        engine.counters.add(migrateScanned, cc.migrateScanned);
        engine.counters.add(freeScanned, cc.freeScanned);
        tell(trace.compactionEnd, cc, result);
        return result;
    }

    private static void tell(TraceEvent event, CompactControl cc, Result result) {
        if (event.isOn()) {
            event.emit(cc.zone.start, cc.migrate, cc.free, cc.zone.end, cc.isSync() ? 1 : 0, result.ordinal());
        }
    }

    private static void tell(TraceEvent event, CompactedZone zone, int order, Result result) {
        if (event.isOn()) {
            event.emit(Zone.node(zone.number), Zone.kind(zone.number), order, result.ordinal());
        }
    }

    /** Puts the scanners where they stopped last, or at the ends of the zone. */
    private static void place(CompactControl cc) {
        CompactedZone zone = cc.zone;
        if (cc.wholeZone) {
            cc.migrate = zone.start;
            cc.free = zone.blockStart(zone.end - 1);
            return;
        }
        cc.migrate = zone.cachedMigrate(cc.isSync());
        cc.free = zone.cachedFree;
        if (cc.free < zone.start || cc.free >= zone.end) {
            cc.free = zone.blockStart(zone.end - 1);
            zone.cachedFree = cc.free;
        }
        if (cc.migrate < zone.start || cc.migrate >= zone.end) {
            cc.migrate = zone.start;
            zone.setCachedMigrate(zone.start);
        }
        cc.wholeZone = cc.migrate <= zone.initMigrate;
    }

    private Result scan(CompactControl cc) {
        CompactedZone zone = cc.zone;
        boolean follow = !cc.isSync() && zone.cachedMigrate(false) == zone.cachedMigrate(true);
        // The page block that pages were taken from last, -1 when all freed frames have joined their buddies since.
        long lastMigrated = -1;
        while (true) {
            Result result = finished(cc);
            tell(trace.compactionFinished, zone, cc.order, result);
            if (result != Result.CONTINUE && result != Result.NO_SUITABLE_PAGE) {
                return result;
            }
            cc.finishBlock = zone.blockStart(Math.max(0, lastMigrated)) == zone.blockStart(cc.migrate);
            boolean again;
            do {
                again = false;
                if (!migrationScanner.isolate(cc)) {
                    if (follow) {
                        zone.syncFollowsAsync();
                    }
                    break;
                }
                follow = false;
                lastMigrated = Math.max(zone.start, zone.blockStart(cc.migrate - 1));
                migrate(cc);
                if (batch.failed > 0) {
                    putBackRest();
                    if (batch.outOfMemory && !cc.haveMet()) {
                        return Result.CONTENDED;
                    }
                    again = !isAligned(zone, cc.migrate) && !cc.ignoreSkips && !cc.finishBlock && cc.mode != Mode.SYNC;
                    if (again) {
                        // The rest of the page block too: it is then not looked at again soon.
                        cc.finishBlock = true;
                        if (cc.order == hugeOrder) {
                            lastMigrated = -1;
                        }
                    }
                }
            } while (again);
            if (cc.direct && isolation.hasCaptured()) {
                return Result.SUCCESS;
            }
            if (cc.order > 0 && lastMigrated >= 0 && lastMigrated < (cc.migrate & -(1L << cc.order))) {
                frames.batches().drain();
                isolation.drain(zone.number);
                lastMigrated = -1;
            }
        }
    }

    private static boolean isAligned(CompactedZone zone, long pfn) {
        return (pfn & zone.blockPages - 1) == 0;
    }

    /** Moves what was isolated, the folio taken last first. */
    private void migrate(CompactControl cc) {
        batch.clear();
        long isolatedPages = cc.migratePages;
        for (int i = cc.folioCount() - 1; i >= 0; i--) {
            batch.add(cc.folio(i));
        }
        migrator.migrate(batch, new PageMigrator.Targets() {
            @Override
            public long take(int order) {
                return freeScanner.take(cc, order);
            }

            @Override
            public void giveBack(long pfn, int order) {
                freeScanner.giveBack(cc, pfn, order);
            }
        }, cc.mode, 0);
        cc.clearFolios();
        engine.tracing.charge(batch.succeeded * WorkCosts.MOVE_PAGE);
        if (trace.compactionMigratepages.isOn()) {
            trace.compactionMigratepages.emit(batch.succeeded, isolatedPages - batch.succeeded);
        }
        if (pagesMoved >= 0) {
            engine.counters.add(pagesMoved, batch.succeeded);
            engine.counters.add(pagesFailed, batch.failedPages);
        }
    }

    private void putBackRest() {
        for (int i = 0; i < batch.size(); i++) {
            long head = batch.left(i);
            if (head != FrameAllocator.NONE) {
                pages.putBack(head);
            }
        }
    }

    /** Whether the block is there, or the scanners have met (__compact_finished). */
    private Result finished(CompactControl cc) {
        CompactedZone zone = cc.zone;
        if (cc.haveMet()) {
            zone.resetPositions();
            if (cc.direct) {
                zone.flushDue = true;
            }
            return cc.wholeZone ? Result.COMPLETE : Result.PARTIAL_SKIPPED;
        }
        if (cc.proactive) {
            return fragmentation.unusablePercent(zone.number, hugeOrder) > cc.proactiveMark ? Result.CONTINUE : Result.SUCCESS;
        }
        if (cc.order == CompactControl.ALL || !isAligned(zone, cc.migrate)) {
            return Result.CONTINUE;
        }
        return isolation.hasBlockFor(zone.number, cc.order, cc.type) ? Result.SUCCESS : Result.NO_SUITABLE_PAGE;
    }

    /**
     * After an allocation's attempt has seen the whole zone: page blocks that have user pages or free frames by a sample are looked
     * at again, and the scanners start with the outermost of them (__reset_isolation_suitable).
     */
    void resetSkips(CompactedZone zone) {
        if (!zone.flushDue) {
            return;
        }
        zone.flushDue = false;
        long migrate = zone.start;
        long free = zone.end - 1;
        long resetMigrate = free;
        long resetFree = migrate;
        boolean sourceSet = false;
        boolean freeSet = false;
        for (; migrate < free; migrate += zone.blockPages, free -= zone.blockPages) {
            if (unskip(zone, migrate, true, sourceSet) && migrate < resetMigrate) {
                sourceSet = true;
                resetMigrate = migrate;
                zone.initMigrate = migrate;
                zone.setCachedMigrate(migrate);
            }
            if (unskip(zone, free, freeSet, true) && free > resetFree) {
                freeSet = true;
                resetFree = free;
                zone.initFree = free;
                zone.cachedFree = free;
            }
        }
        if (resetMigrate >= resetFree) {
            zone.setCachedMigrate(migrate);
            zone.cachedFree = free;
        }
    }

    /** Whether the page block of {@code pfn} may serve as a source, as a target, or both; it is no longer passed over then (__reset_isolation_pfn). */
    private boolean unskip(CompactedZone zone, long pfn, boolean source, boolean target) {
        if (!memory.isPresent(pfn) || frames.isLarge(pfn) && frames.order(frames.head(pfn)) >= zone.blockOrder) {
            return false;
        }
        if (source && target && !zone.isSkipped(pfn)) {
            return true;
        }
        if (!source && target && isolation.blockType(pfn) != MigrateType.MOVABLE) {
            return false;
        }
        long start = zone.blockStart(pfn);
        for (long at = start; at < start + zone.blockPages; at += 1L << COSTLY_ORDER) {
            boolean user = frames.test(frames.head(at), FolioFlags.LRU);
            if (source && user || target && isolation.freeOrder(at) >= 0) {
                zone.unskip(pfn);
                return true;
            }
        }
        return false;
    }
}
