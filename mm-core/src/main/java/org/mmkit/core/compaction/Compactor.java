package org.mmkit.core.compaction;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.MigrateType;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.memory.Compaction;
import org.mmkit.core.memory.Isolation;
import org.mmkit.core.memory.Zone;

/**
 * Direct compaction: what an allocation of order 1 and more asks for before it gives up (mm/compaction.c, try_to_compact_pages).
 *
 * <p>A zone is left alone when it would serve the request, when it is short of memory rather than fragmented, and for a while after
 * failures. Nothing that the caller of the allocation holds a reference to moves.
 */
public final class Compactor implements Compaction {

    /** Fragmentation below this, in thousandths, is want of memory (vm.extfrag_threshold). */
    private static final int DEFAULT_THRESHOLD = 500;

    private static final int COSTLY_ORDER = 3;

    private final BuddyAllocator allocator;
    private final Isolation isolation;
    private final @Nullable ZoneCompaction[] zones = new ZoneCompaction[Zone.ZONES];
    private int threshold = DEFAULT_THRESHOLD;
    private boolean running;

    /** Compaction of all zones of {@code engine}'s memory. */
    public Compactor(Engine engine) {
        allocator = engine.memory.allocator();
        isolation = allocator.isolation();
        FolioMover mover = new FolioMover(engine);
        for (int z = 0; z < Zone.ZONES; z++) {
            if (allocator.zone(z).managed() > 0) {
                zones[z] = new ZoneCompaction(engine, mover, allocator.zone(z));
            }
        }
    }

    /** vm.extfrag_threshold: 0 compacts for want of memory too, 1000 never for a costly order. */
    public int threshold() {
        return threshold;
    }

    /** Sets vm.extfrag_threshold, 0 to 1000. */
    public void setThreshold(int thousandths) {
        threshold = thousandths;
    }

    @Override
    public Result compact(Request request, Priority priority) {
        if (running) {
            return Result.SKIPPED;
        }
        running = true;
        try {
            return compactZones(request.order(), request.gfp()) ? Result.COMPLETE : Result.SKIPPED;
        } finally {
            running = false;
        }
    }

    private boolean compactZones(int order, int gfp) {
        int highest = (gfp & (Gfp.HIGHMEM | Gfp.MOVABLE)) == (Gfp.HIGHMEM | Gfp.MOVABLE) ? Zone.MOVABLE : Zone.NORMAL;
        MigrateType type = (gfp & Gfp.MOVABLE) != 0
                ? MigrateType.MOVABLE
                : (gfp & Gfp.RECLAIMABLE) != 0 ? MigrateType.RECLAIMABLE : MigrateType.UNMOVABLE;
        boolean tried = false;
        for (int z = highest; z >= 0; z--) {
            ZoneCompaction zone = zones[z];
            if (zone == null || !isSuitable(z, order, highest) || zone.isDeferred(order)) {
                continue;
            }
            tried = true;
            if (zone.run(order, type, (gfp & Gfp.NORETRY) == 0)) {
                break;
            }
        }
        return tried;
    }

    /** Whether compaction can help (compaction_suit_allocation_order): there is memory, but in pieces. */
    private boolean isSuitable(int z, int order, int highest) {
        Zone zone = allocator.zone(z);
        if (isolation.serves(z, order, highest)) {
            return false;
        }
        long mark = zone.watermark(order > COSTLY_ORDER ? Zone.LOW : Zone.MIN) + zone.lowmemReserve(highest);
        // Room for twice the block: the pages that move have copies for a while (compact_gap).
        if (zone.free() <= mark + (2L << order)) {
            return false;
        }
        int index = isolation.fragmentationIndex(z, order);
        return order <= COSTLY_ORDER || index < 0 || index > threshold;
    }

    /** Compacts all zones as far as pages move (/proc/sys/vm/compact_memory). */
    public void compactAll() {
        for (ZoneCompaction zone : zones) {
            if (zone != null) {
                zone.run(-1, MigrateType.MOVABLE, true);
            }
        }
    }
}
