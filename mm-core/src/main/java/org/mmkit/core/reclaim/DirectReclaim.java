package org.mmkit.core.reclaim;

import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.memory.Nodes;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.memory.Compaction;
import org.mmkit.core.memory.LruLists;
import org.mmkit.core.memory.MemoryPressure;
import org.mmkit.core.memory.Zone;
import org.mmkit.core.swap.SwapSpace;
import org.mmkit.core.time.VirtualClock;

/**
 * What an allocation asks of reclaim when memory is short: to wake kswapd, to free some pages at once, to kill (Linux:
 * try_to_free_pages). Called in the middle of an allocation: what its callers want to keep they hold a reference to. For calls that run alone, but for
 * {@link #relieve}, and for waking kswapd, which any thread may do.
 */
public final class DirectReclaim implements MemoryPressure, MemoryRelief {

    private final Engine engine;
    private final BuddyAllocator allocator;
    private final LruLists lru;
    private final NodeReclaim[] nodes;
    private final Kswapd[] kswapds;
    private final Kswapds background;
    private final SlabShrink shrinkers;
    private final ReclaimAccounts accounts;
    private final SwapSpace swap;
    /** What threads that have reclaimed beside others have left for the next ones. */
    private final ConcurrentLinkedQueue<NodeReclaim> spare = new ConcurrentLinkedQueue<>();
    private @Nullable OomKiller killer;
    private boolean running;

    /** Makes the reclaim of {@code engine}'s memory, kswapd included. */
    public DirectReclaim(Engine engine, SwapSpace swap) {
        this.engine = engine;
        allocator = engine.memory.allocator();
        lru = engine.frames.lru();
        shrinkers = new SlabShrink(engine);
        accounts = new ReclaimAccounts(engine.counters, engine.calls);
        this.swap = swap;
        nodes = new NodeReclaim[allocator.nodes().count()];
        kswapds = new Kswapd[nodes.length];
        for (int n = 0; n < nodes.length; n++) {
            nodes[n] = new NodeReclaim(engine, n, swap, shrinkers, accounts);
            kswapds[n] = new Kswapd(engine, n, nodes[n], accounts);
        }
        background = new Kswapds(kswapds);
    }

    /** Background reclaim of each node. */
    public Kswapds kswapds() {
        return background;
    }

    /** All kernel threads of the machine are registered with {@code clock}: those that have reclaim counters of their own get them. */
    public void setThreads(VirtualClock clock) {
        accounts.open(clock);
    }

    /** Who asks the shrinkers. */
    public SlabShrink shrinkers() {
        return shrinkers;
    }

    /** Who is asked to kill when nothing can be reclaimed. */
    public void setKiller(OomKiller oom) {
        killer = oom;
    }

    /** vm.swappiness: 0 to 200, the weight of anonymous memory beside that of files. */
    public int swappiness() {
        return nodes[0].swappiness();
    }

    /** Sets vm.swappiness. */
    public void setSwappiness(int value) {
        for (NodeReclaim node : nodes) {
            node.setSwappiness(value);
        }
    }

    @Override
    public void wakeReclaim(int node, int zone, int order, int gfp) {
        kswapds[node].wake(zone, order, gfp);
    }

    @Override
    public long reclaim(int order, int gfp, int node, long allowed) {
        if (running) {
            return 0;
        }
        running = true;
        try {
            return free(order, allocator.highestZone(gfp), node, allowed, nodes);
        } finally {
            running = false;
        }
    }

    @Override
    public boolean relieve(int order, int gfp, boolean again) {
        engine.calls.enter();
        try {
            if (engine.calls.isAlone() || engine.calls.isOneByOne() || !engine.extensions.anonFolioPolicy().runsBesideOthers()) {
                return false;
            }
            if (again) {
                allocator.drainOwn();
            }
            NodeReclaim own = spare.poll();
            if (own == null) {
                own = new NodeReclaim(engine, swap, accounts, nodes[0]);
            }
            long freed = free(order, allocator.highestZone(gfp), 0, Nodes.ALL, new NodeReclaim[] {own});
            spare.add(own);
            return freed > 0;
        } finally {
            engine.calls.leave();
        }
    }

    /** How much of reclaim ran beside other calls. */
    public ReclaimShares shares() {
        return accounts.shares();
    }

    /** Linux: do_try_to_free_pages. */
    private long free(int order, int highest, int from, long allowed, NodeReclaim[] by) {
        ScanControl control = new ScanControl(accounts.ofCaller(), order, highest);
        control.target = LruLists.CLUSTER;
        accounts.countRun(control.account);
        while (true) {
            allocator.countStall(highest);
            control.priority = ScanControl.DEFAULT_PRIORITY;
            do {
                engine.calls.letOthersBeAlone();
                control.scanned = 0;
                for (int i = 0; i < by.length; i++) {
                    int n = allocator.nodes().fallback(from, i);
                    if ((allowed >>> n & 1) != 0 && shouldShrink(n, control)) {
                        by[n].shrink(control);
                    }
                }
            } while (control.reclaimed < control.target && !control.compactionReady && --control.priority >= 0);
            for (int n = 0; n < by.length; n++) {
                if ((allowed >>> n & 1) != 0) {
                    by[n].snapshotRefaults();
                }
            }
            if (control.reclaimed > 0 || control.compactionReady) {
                return Math.max(1, control.reclaimed);
            }
            if (!control.skippedDeactivate) {
                return 0;
            }
            // Nothing inactive was to be had: active folios have to go.
            control.forceDeactivate = true;
            control.skippedDeactivate = false;
        }
    }

    /** Notes zones of node {@code n} where compaction will do instead; false when all are such (Linux: shrink_zones). */
    private boolean shouldShrink(int n, ScanControl control) {
        boolean wanted = false;
        for (int z = Zone.first(n) + control.highest; z >= Zone.first(n); z--) {
            Zone zone = allocator.zone(z);
            if (zone.managed() == 0) {
                continue;
            }
            if (control.order > NodeReclaim.COSTLY_ORDER && isCompactionReady(z, zone, control)) {
                control.compactionReady = true;
            } else {
                wanted = true;
            }
        }
        return wanted;
    }

    private boolean isCompactionReady(int z, Zone zone, ScanControl control) {
        if (allocator.compaction() == Compaction.NONE) {
            return false;
        }
        if (allocator.isAbove(z, control.order, control.highest, zone.watermark(Zone.MIN))) {
            return true;
        }
        return allocator.compaction().hasRoom(z, control.order, control.highest, zone.free())
                && allocator.isAbove(z, 0, control.highest, zone.watermark(Zone.HIGH) + (2L << control.order));
    }

    @Override
    public long reclaimable(int zone) {
        long pages = lru.pages(zone, LruLists.INACTIVE_FILE) + lru.pages(zone, LruLists.ACTIVE_FILE);
        if (nodes[0].canReclaimAnon()) {
            pages += lru.pages(zone, LruLists.INACTIVE_ANON) + lru.pages(zone, LruLists.ACTIVE_ANON);
        }
        return pages;
    }

    @Override
    public boolean outOfMemory(int order, int gfp) {
        return !running && killer != null && killer.kill(order, gfp);
    }

    @Override
    public boolean isVictim() {
        return engine.isRunningKilled();
    }
}
