package org.mmkit.core.compaction;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.MigrateType;
import org.mmkit.api.memory.Nodes;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.memory.Compaction;
import org.mmkit.core.memory.Isolation;
import org.mmkit.core.memory.FolioBatches;
import org.mmkit.core.memory.Zone;
import org.mmkit.core.trace.Events;
import org.mmkit.core.trace.TraceEvent;

/**
 * Memory compaction of a machine: on behalf of allocations, of background reclaim, and by order of the user (mm/compaction.c,
 * try_to_compact_pages, compact_nodes).
 *
 * <p>Nothing that somebody holds a reference on moves, so whoever keeps the number of a frame over an allocation holds one or looks
 * it up again. Not thread-safe.
 */
public final class Compactor implements Compaction {

    private final @Nullable CompactedZone[] zones;
    private final Nodes nodes;
    private final Isolation isolation;
    private final Fragmentation fragmentation;
    private final ZoneCompaction compaction;
    private Kcompactd[] kcompactds = {};
    private final Events trace;
    private final FolioBatches lru;
    private long captured = FrameAllocator.NONE;
    private boolean running;

    /** Compaction of all zones of {@code engine}'s memory. */
    public Compactor(Engine engine) {
        lru = engine.frames.batches();
        BuddyAllocator allocator = engine.memory.allocator();
        nodes = allocator.nodes();
        zones = new CompactedZone[allocator.zoneCount()];
        isolation = allocator.isolation();
        trace = engine.tracing.events();
        fragmentation = new Fragmentation(allocator);
        compaction = new ZoneCompaction(engine, fragmentation);
        for (int z = 0; z < zones.length; z++) {
            if (allocator.zone(z).managed() > 0) {
                zones[z] = new CompactedZone(allocator.zone(z), allocator.blockOrder(), allocator.maxOrder());
            }
        }
    }

    /** Names the threads that compact in the background, by node. */
    public void setBackground(Kcompactd[] threads) {
        kcompactds = threads;
    }

    /** How far memory is in pieces, and vm.extfrag_threshold. */
    public Fragmentation fragmentation() {
        return fragmentation;
    }

    /** Whether pages that are locked in memory move too (vm.compact_unevictable_allowed). */
    public boolean isUnevictableAllowed() {
        return compaction.migrationScanner().isUnevictableAllowed();
    }

    /** Sets it. */
    public void setUnevictableAllowed(boolean allowed) {
        compaction.migrationScanner().setUnevictableAllowed(allowed);
    }

    @Override
    public Result compact(Request request, Priority priority) {
        if (running) {
            return Result.SKIPPED;
        }
        running = true;
        captured = FrameAllocator.NONE;
        try {
            return compactZones(request, priority);
        } finally {
            running = false;
        }
    }

    private Result compactZones(Request request, Priority priority) {
        Result best = Result.SKIPPED;
        int order = request.order();
        if (trace.compactionTryToCompactPages.isOn()) {
            trace.compactionTryToCompactPages.emit(order, request.gfp(), priority.ordinal());
        }
        for (int i = 0; i < nodes.count() && best != Result.SUCCESS; i++) {
            int node = nodes.fallback(request.node(), i);
            if ((request.allowed() >>> node & 1) != 0) {
                best = compactZonesOf(node, request, priority, best);
            }
        }
        return best;
    }

    private Result compactZonesOf(int node, Request request, Priority priority, Result before) {
        Result best = before;
        int order = request.order();
        for (int z = Zone.first(node) + request.highest(); z >= Zone.first(node); z--) {
            CompactedZone zone = zones[z];
            if (zone == null) {
                continue;
            }
            if (priority != Priority.FULL && isDeferred(zone, order)) {
                best = later(Result.DEFERRED, best);
                continue;
            }
            Result result = compactZone(zone, request, priority);
            best = later(result, best);
            if (result == Result.SUCCESS) {
                reset(zone, order, false);
                break;
            }
            if (priority != Priority.ASYNC && (result == Result.COMPLETE || result == Result.PARTIAL_SKIPPED)) {
                defer(zone, order);
            }
        }
        return best;
    }

    private boolean isDeferred(CompactedZone zone, int order) {
        boolean deferred = zone.isDeferred(order);
        if (deferred) {
            tell(trace.compactionDeferred, zone, order);
        }
        return deferred;
    }

    private void defer(CompactedZone zone, int order) {
        zone.defer(order);
        tell(trace.compactionDeferCompaction, zone, order);
    }

    private void reset(CompactedZone zone, int order, boolean allocated) {
        zone.resetDeferral(order, allocated);
        tell(trace.compactionDeferReset, zone, order);
    }

    private static void tell(TraceEvent event, CompactedZone zone, int order) {
        if (event.isOn()) {
            event.emit(Zone.node(zone.number), Zone.kind(zone.number), order, zone.failedOrder(), zone.considered(), zone.deferShift());
        }
    }

    /** The tracepoints. */
    Events trace() {
        return trace;
    }

    private static Result later(Result a, Result b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private Result compactZone(CompactedZone zone, Request request, Priority priority) {
        CompactControl cc = new CompactControl(
                zone, request.order(), request.type(), priority == Priority.ASYNC ? Mode.ASYNC : Mode.SYNC_LIGHT);
        cc.highest = request.highest();
        cc.mark = request.mark();
        cc.reserve = request.reserve();
        cc.direct = true;
        cc.wholeZone = priority == Priority.FULL;
        cc.ignoreSkips = priority == Priority.FULL;
        cc.anyTarget = priority == Priority.FULL;
        isolation.capture(zone.number, request.order(), request.type());
        Result result = Result.SKIPPED;
        try {
            result = compaction.run(cc);
        } finally {
            captured = isolation.endCapture();
        }
        return captured == FrameAllocator.NONE ? result : Result.SUCCESS;
    }

    @Override
    public long takeCaptured() {
        long pfn = captured;
        captured = FrameAllocator.NONE;
        return pfn;
    }

    @Override
    public void succeeded(int z, int order) {
        CompactedZone zone = zones[z];
        if (zone != null) {
            zone.flushDue = false;
            reset(zone, order, true);
        }
    }

    @Override
    public boolean hasRoom(int z, int order, int highest, long free) {
        CompactedZone zone = zones[z];
        return zone != null && ZoneCompaction.hasRoom(zone, order, highest, free);
    }

    @Override
    public void wake(int node, int order, int highest) {
        if (node < kcompactds.length) {
            kcompactds[node].wake(order, highest);
        }
    }

    @Override
    public void forgetSkips(int node) {
        for (int z = Zone.first(node); z < Zone.first(node + 1); z++) {
            CompactedZone zone = zones[z];
            if (zone != null) {
                compaction.resetSkips(zone);
            }
        }
    }

    /** Compacts all zones as far as pages move (/proc/sys/vm/compact_memory). */
    public void compactAll() {
        lru.drain();
        for (int node = 0; node < nodes.count(); node++) {
            compactNode(node, CompactControl.ALL);
        }
    }

    /**
     * Compacts all zones of {@code node}.
     *
     * @param proactiveMark the fragmentation, in percent, below which a zone is left alone; {@link CompactControl#ALL} for none
     * @return pages that the migration scanners looked at in the high half, frames that the free scanners did in the low half
     */
    Scanned compactNode(int node, int proactiveMark) {
        Scanned total = new Scanned();
        for (int z = Zone.first(node); z < Zone.first(node + 1); z++) {
            CompactedZone zone = zones[z];
            if (zone == null) {
                continue;
            }
            boolean proactive = proactiveMark >= 0;
            CompactControl cc = new CompactControl(
                    zone, CompactControl.ALL, MigrateType.UNMOVABLE, proactive ? Mode.SYNC_LIGHT : Mode.SYNC);
            cc.ignoreSkips = true;
            cc.wholeZone = true;
            cc.proactive = proactive;
            cc.proactiveMark = proactiveMark;
            compaction.run(cc);
            total.add(cc);
        }
        return total;
    }

    /** Whether a zone of {@code node} up to {@code highest} may get a block of {@code order} by compaction (kcompactd_node_suitable). */
    boolean isNodeSuitable(int node, int order, int highest) {
        for (int z = Zone.first(node); z <= Zone.first(node) + highest; z++) {
            CompactedZone zone = zones[z];
            if (zone != null && compaction.suits(zone, order, highest, Zone.MIN, 0) == Result.CONTINUE) {
                return true;
            }
        }
        return false;
    }

    /** Background compaction towards a block of {@code order} in each zone of {@code node} up to {@code highest} (kcompactd_do_work). */
    Scanned compactInBackground(int node, int order, int highest) {
        Scanned total = new Scanned();
        for (int z = Zone.first(node); z <= Zone.first(node) + highest; z++) {
            CompactedZone zone = zones[z];
            if (zone == null || isDeferred(zone, order) || compaction.suits(zone, order, Zone.kind(z), Zone.MIN, 0) != Result.CONTINUE) {
                continue;
            }
            // Allocations of the kernel ask for unmovable memory, and so does kcompactd.
            CompactControl cc = new CompactControl(zone, order, MigrateType.UNMOVABLE, Mode.SYNC_LIGHT);
            cc.highest = highest;
            Result result = compaction.run(cc);
            if (result == Result.SUCCESS) {
                reset(zone, order, false);
            } else if (result == Result.PARTIAL_SKIPPED || result == Result.COMPLETE) {
                isolation.drain(z);
                defer(zone, order);
            }
            total.add(cc);
        }
        return total;
    }

    /** What scanners looked at. */
    static final class Scanned {

        long migrate;
        long free;

        private void add(CompactControl cc) {
            migrate += cc.migrateScanned;
            free += cc.freeScanned;
        }
    }
}
