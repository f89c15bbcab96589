package org.mmkit.core.memory;

import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.MigrateType;
import org.mmkit.api.memory.Nodes;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.time.WorkCosts;
import org.mmkit.core.trace.Tracing;

/**
 * What an allocation does when no zone serves it at the low watermark: wake background reclaim, take frames down to the min
 * watermark, and if it may stall compact, reclaim and try again (mm/page_alloc.c, __alloc_pages_slowpath).
 */
final class SlowPath {

    /** Rounds of reclaim without progress before an allocation gives up (MAX_RECLAIM_RETRIES). */
    private static final int MAX_RETRIES = 16;

    /** Retries after compaction made blocks that went elsewhere (MAX_COMPACT_RETRIES). */
    private static final int MAX_COMPACT_RETRIES = 16;

    /** Eighths of the min watermark that the OOM killer's victim may use up (ALLOC_OOM). */
    private static final int VICTIM_RESERVE = 4;

    private final BuddyAllocator allocator;
    private MemoryPressure pressure = MemoryPressure.NONE;
    private Compaction compaction = Compaction.NONE;
    private long requests;

    SlowPath(BuddyAllocator allocator) {
        this.allocator = allocator;
    }

    void setPressure(MemoryPressure reclaim) {
        pressure = reclaim;
    }

    void setCompaction(Compaction compactor) {
        compaction = compactor;
    }

    Compaction compaction() {
        return compaction;
    }

    /** Requests that came here so far. */
    long requests() {
        return requests;
    }

    /** Zone {@code zone} is to have more free memory for a while. */
    void wakeForBoost(int zone) {
        pressure.wakeReclaim(Zone.node(zone), Zone.kind(zone), 0, 0);
    }

    /** The first frame of a block, or {@link FrameAllocator#NONE}. */
    long allocate(int order, int gfp, int highest, int type, int node, long allowed) {
        requests++;
        long pfn = new Attempt(order, gfp, highest, type, node, allowed).run();
        if (pfn == FrameAllocator.NONE) {
            allocator.events().failures++;
        }
        return pfn;
    }

    /**
     * What a call beside others may do of this: wake background reclaim, and take frames down to the min watermark. Whoever may reclaim stalls, holding
     * what he holds, and reclaims when he has let go of it.
     */
    long allocateBeside(int order, int gfp, int highest, int type, StopMachine calls) {
        Attempt attempt = new Attempt(order, gfp, highest, type, 0, Nodes.ALL);
        attempt.wake();
        long pfn = attempt.take();
        if (pfn == FrameAllocator.NONE) {
            if ((gfp & Gfp.DIRECT_RECLAIM) == 0) {
                allocator.countFailure();
            } else if (order > PerCpuLists.COSTLY_ORDER) {
                calls.stall(); // compaction runs alone
            } else {
                calls.stallForMemory(order, gfp);
            }
        }
        return pfn;
    }

    /** Eighths of the min watermark that a request may use up: half for __GFP_HIGH, 5/8 when it also may not sleep (__zone_watermark_ok). */
    private static int reserve(int gfp) {
        return (gfp & Gfp.ATOMIC) == 0 ? 0 : (gfp & Gfp.DIRECT_RECLAIM) == 0 ? 5 : 4;
    }

    /** One request on its way through the slow path. */
    private final class Attempt {

        private final int order;
        private final int gfp;
        private final int highest;
        private final int type;
        private final int node;
        private final long allowed;
        private int reserve;
        private final boolean costly;
        private Compaction.Result compacted = Compaction.Result.SKIPPED;
        private Compaction.Priority priority = Compaction.Priority.LIGHT;
        private int compactRetries;
        private int fruitless;

        Attempt(int order, int gfp, int highest, int type, int node, long allowed) {
            this.node = node;
            this.allowed = allowed;
            this.order = order;
            this.gfp = gfp;
            this.highest = highest;
            this.type = type;
            this.reserve = reserve(gfp);
            this.costly = order > PerCpuLists.COSTLY_ORDER;
        }

        private boolean has(int flag) {
            return (gfp & flag) != 0;
        }

        private long take() {
            return allocator.fromNodes(order, highest, type, Zone.MIN, reserve, node, allowed);
        }

        private void wake() {
            if (has(Gfp.KSWAPD_RECLAIM)) {
                for (int i = 0; i < allocator.nodes().count(); i++) {
                    int n = allocator.nodes().fallback(node, i);
                    if ((allowed >>> n & 1) != 0) {
                        pressure.wakeReclaim(n, highest, order, gfp);
                    }
                }
            }
        }

        long run() {
            wake();
            long pfn = take();
            if (pfn != FrameAllocator.NONE || !has(Gfp.DIRECT_RECLAIM)) {
                return pfn;
            }
            // A costly block is more likely there, but in pieces; and kernel memory shall not spread over movable page blocks.
            if (order > 0 && (costly || type != BuddyAllocator.MOVABLE)) {
                pfn = compact(Compaction.Priority.ASYNC);
                if (pfn != FrameAllocator.NONE) {
                    return pfn;
                }
                if (costly && has(Gfp.NORETRY)) {
                    if (compacted == Compaction.Result.SKIPPED || compacted == Compaction.Result.DEFERRED) {
                        return FrameAllocator.NONE;
                    }
                    priority = Compaction.Priority.ASYNC;
                }
            }
            return stall();
        }

        private long stall() {
            while (true) {
                boolean victim = pressure.isVictim();
                if (victim) {
                    reserve = VICTIM_RESERVE;
                }
                wake();
                long pfn = take();
                if (pfn != FrameAllocator.NONE) {
                    return pfn;
                }
                long progress = reclaim();
                if (progress > 0 || pressure == MemoryPressure.NONE) {
                    pfn = takeReclaimed();
                }
                if (pfn == FrameAllocator.NONE) {
                    pfn = compact(priority);
                }
                if (pfn != FrameAllocator.NONE) {
                    return pfn;
                }
                if (has(Gfp.NORETRY) || costly && !(has(Gfp.RETRY_MAYFAIL) && compaction != Compaction.NONE)) {
                    return FrameAllocator.NONE;
                }
                if (shouldReclaimAgain(progress > 0) || progress > 0 && shouldCompactAgain()) {
                    continue;
                }
                if (costly || has(Gfp.RETRY_MAYFAIL) || has(Gfp.THISNODE)) {
                    return FrameAllocator.NONE; // nobody is killed for it (__alloc_pages_may_oom)
                }
                boolean freed = pressure.outOfMemory(order, gfp);
                if (victim || !freed && !pressure.isVictim()) {
                    return FrameAllocator.NONE;
                }
                fruitless = 0;
            }
        }

        /** What reclaim freed may lie on the lists of processors: they are drained before it is given up. */
        private long takeReclaimed() {
            long pfn = take();
            if (pfn == FrameAllocator.NONE) {
                allocator.drain();
                pfn = take();
            }
            return pfn;
        }

        private long reclaim() {
            if (pressure == MemoryPressure.NONE) {
                return 0;
            }
            Tracing tracing = allocator.tracing();
            if (tracing.events().directReclaimBegin.isOn()) {
                tracing.events().directReclaimBegin.emit(order, gfp);
            }
            long reclaimed = pressure.reclaim(order, gfp, node, allowed);
            tracing.charge(reclaimed * WorkCosts.RECLAIM_PAGE);
            if (tracing.events().directReclaimEnd.isOn()) {
                tracing.events().directReclaimEnd.emit(reclaimed);
            }
            return reclaimed;
        }

        private long compact(Compaction.Priority how) {
            if (order == 0) {
                return FrameAllocator.NONE;
            }
            MigrateType wanted = MigrateType.values()[type];
            compacted = compaction.compact(new Compaction.Request(order, gfp, highest, wanted, Zone.MIN, reserve, node, allowed), how);
            if (compacted == Compaction.Result.SKIPPED) {
                return FrameAllocator.NONE;
            }
            AllocationEvents events = allocator.events();
            events.compactStalls++;
            long pfn = compaction.takeCaptured();
            if (pfn == FrameAllocator.NONE) {
                pfn = take();
            }
            if (pfn != FrameAllocator.NONE) {
                compaction.succeeded(allocator.zoneOf(pfn).number, order);
                events.compactSuccesses++;
            } else {
                events.compactFailures++;
            }
            return pfn;
        }

        /** Whether the request could be met if all were reclaimed that can be (should_reclaim_retry). */
        private boolean shouldReclaimAgain(boolean progress) {
            fruitless = progress && !costly ? 0 : fruitless + 1;
            if (fruitless > MAX_RETRIES) {
                return false;
            }
            for (int z = 0; z < allocator.zoneCount(); z++) {
                Zone zone = allocator.zone(z);
                if (mayUse(zone)
                        && allocator.isAbove(zone, order, highest, Zone.MIN, reserve, zone.free + pressure.reclaimable(z))) {
                    return true;
                }
            }
            return false;
        }

        private boolean mayUse(Zone zone) {
            return zone.kind() <= highest && (allowed >>> zone.node() & 1) != 0 && zone.managed > 0;
        }

        /** Whether another compaction may help, a more thorough one if need be (should_compact_retry). */
        private boolean shouldCompactAgain() {
            if (order == 0) {
                return false;
            }
            if (compacted == Compaction.Result.SKIPPED) {
                for (int z = 0; z < allocator.zoneCount(); z++) {
                    Zone zone = allocator.zone(z);
                    if (mayUse(zone)
                            && compaction.hasRoom(z, order, highest, zone.free + pressure.reclaimable(z) / order)) {
                        return true;
                    }
                }
                return false;
            }
            int most = costly ? MAX_COMPACT_RETRIES / 4 : MAX_COMPACT_RETRIES;
            if (compacted == Compaction.Result.SUCCESS && ++compactRetries <= most) {
                return true;
            }
            Compaction.Priority hardest = costly ? Compaction.Priority.LIGHT : Compaction.Priority.FULL;
            if (priority.compareTo(hardest) > 0) {
                priority = Compaction.Priority.values()[priority.ordinal() - 1];
                compactRetries = 0;
                return true;
            }
            return false;
        }
    }
}
