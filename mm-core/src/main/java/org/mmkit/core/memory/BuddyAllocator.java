package org.mmkit.core.memory;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.FrameAllocatorProvider;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.memory.MigrateType;
import org.mmkit.api.memory.Nodes;
import org.mmkit.api.memory.ZoneSpan;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.trace.Events;
import org.mmkit.core.trace.Tracing;

/**
 * The binary buddy allocator of Linux: zones with watermarks, free lists by order and migratetype, page blocks that
 * change hands when a type runs dry, and lists per processor in front.
 *
 * <p>A request takes the highest zone it may use whose free frames stay above the low watermark, then lower zones. If all
 * fail, {@link SlowPath} goes on (mm/page_alloc.c, get_page_from_freelist).
 *
 * <p>With {@code SMP=y} {@link #allocate} and {@link #free} are thread-safe: lists of processors under a lock each, free lists under
 * that of their zone. All else is for calls that run alone.
 */
public final class BuddyAllocator implements FrameAllocator {

    static final int UNMOVABLE = MigrateType.UNMOVABLE.ordinal();
    static final int MOVABLE = MigrateType.MOVABLE.ordinal();
    static final int RECLAIMABLE = MigrateType.RECLAIMABLE.ordinal();

    /** Free frames beyond the low watermark below which calls no longer run side by side: enough for what each processor has under way. */
    private static final long ROOM = 1024;

    private final NodeMap nodes;
    private final Zone[] zones;
    private final NodeRequests requests;
    private final FreeBlocks blocks;
    private final FreeRuns runs;
    private final int blockOrder;
    private final int maxOrder;
    private final AllocationEvents events = new AllocationEvents();

    /** By node and the highest zone that a request may use: the first of these that has memory. */
    private final int[] firstZone;

    /** Where the zones of the running processor's node begin. */
    private int home;

    private final Watermarks watermarks;
    private int perCpuFraction;
    private @Nullable AllocationFaults faults;
    private final SlowPath slowPath = new SlowPath(this);
    private final BlockChoice choice;
    private final ProcessorLists processors;
    private final ZoneCounts counts;
    private boolean smp;
    private StopMachine calls = new StopMachine();
    private Tracing tracing = new Tracing();
    private Events trace = tracing.events();

    /**
     * An allocator without memory; {@link #addMemory} gives it some, {@link #start} makes it ready.
     *
     * @param spanned frames from 0 to the last one
     * @param sectionOrder log2 of the frames of a section
     * @param blockOrder log2 of the frames of a page block: the order of a huge page, at most {@link #maxOrder}
     * @param zoneEnds first frame above each of the zones DMA, DMA32 and NORMAL, multiples of 2^{@link #maxOrder} or
     *     {@code spanned}; equal to the end before it for a zone that does not exist
     * @param processors how many processors keep lists
     * @param frames tells which frames of a page block are movable
     */
    public BuddyAllocator(
            long spanned, int sectionOrder, int blockOrder, long[] zoneEnds, int processors, Frames frames) {
        this(spanned, sectionOrder, blockOrder, MAX_ORDER, zoneEnds, processors, frames);
    }

    /** As above, with largest blocks of 2^{@code maxOrder} frames instead of 2^{@link FrameAllocator#MAX_ORDER}. */
    public BuddyAllocator(
            long spanned, int sectionOrder, int blockOrder, int maxOrder, long[] zoneEnds, int processors, Frames frames) {
        this(spanned, sectionOrder, blockOrder, maxOrder, NodeMap.single(), new long[][] {zoneEnds}, processors, frames);
    }

    /** As above, for memory of several nodes, each with zone ends of its own. */
    BuddyAllocator(
            long spanned, int sectionOrder, int blockOrder, int maxOrder, NodeMap nodes, long[][] zoneEnds, int processors,
            Frames frames) {
        this.nodes = nodes;
        zones = new Zone[nodes.count() * Zone.ZONES];
        firstZone = new int[zones.length];
        requests = new NodeRequests(this, nodes, zones);
        this.blockOrder = blockOrder;
        this.maxOrder = maxOrder;
        long sections = spanned + (1L << sectionOrder) - 1 >>> sectionOrder;
        blocks = new FreeBlocks(Math.toIntExact(sections), sectionOrder, blockOrder, maxOrder);
        runs = new FreeRuns(blocks);
        long start = 0;
        for (int z = 0; z < zones.length; z++) {
            long nodeEnd = Math.min(nodes.end(Zone.node(z)), spanned);
            long end = Zone.kind(z) < Zone.MOVABLE ? Math.max(start, Math.min(zoneEnds[Zone.node(z)][Zone.kind(z)], nodeEnd)) : nodeEnd;
            if (end < start || end != spanned && (end & (1L << maxOrder) - 1) != 0) {
                throw new IllegalArgumentException("zone " + Zone.name(z) + " cannot end at frame 0x" + Long.toHexString(end));
            }
            zones[z] = new Zone(z, start, end, maxOrder);
            start = end;
        }
        watermarks = new Watermarks(zones, blockOrder);
        choice = new BlockChoice(blocks, frames, watermarks, events, slowPath::wakeForBoost);
        this.processors = new ProcessorLists(zones, blocks, choice, events, processors);
        counts = new ZoneCounts(zones, blocks, this.processors);
        watermarks.whenChanged(this::sizeLists);
    }

    /** Makes the allocator one for several processors, if {@code locks} are for some; before anything is allocated. */
    void setLocks(Locks locks) {
        smp = locks.isSmp();
        calls = StopMachine.of(locks);
        for (Zone zone : zones) {
            zone.lock = locks.spinLock(LockClass.ZONE);
        }
        processors.setLocks(locks);
    }

    /** Lets a plugin keep the free frames of all zones; before memory is added. */
    void setPlugin(FrameAllocatorProvider provider, int hugeOrder) {
        for (Zone zone : zones) {
            if (zone.start < zone.end) {
                ZoneSpan span = new ZoneSpan(zone.start, zone.end, maxOrder, hugeOrder, processors.number(), processors::current);
                zone.plugin = new PluginFrames(zone, provider.create(span));
            }
        }
    }

    /** Whether free memory lies in page blocks of one migratetype each: unless a plugin keeps it. */
    public boolean hasPageBlocks() {
        for (Zone zone : zones) {
            if (zone.plugin != null) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int maxOrder() {
        return maxOrder;
    }

    Zone zoneOf(long pfn) {
        if (zones.length > Zone.ZONES) {
            int z = Zone.first(nodes.of(pfn));
            while (Zone.kind(z) < Zone.MOVABLE && pfn >= zones[z].end) {
                z++;
            }
            return zones[z];
        }
        if (pfn >= zones[Zone.NORMAL].start) {
            return pfn < zones[Zone.NORMAL].end ? zones[Zone.NORMAL] : zones[Zone.MOVABLE];
        }
        return pfn < zones[Zone.DMA].end ? zones[Zone.DMA] : zones[Zone.DMA32];
    }

    /** Adds the usable frames [{@code from}, {@code to}), none of which was added before. */
    public void addMemory(long from, long to) {
        for (Zone zone : zones) {
            long start = Math.max(from, zone.start);
            long end = Math.min(to, zone.end);
            if (start < end) {
                zone.present += end - start;
                addFrames(zone, start, end);
            }
        }
    }

    /** Counts the frames [{@code from}, {@code to}) as present, but not to be handed out. */
    public void addReserved(long from, long to) {
        for (Zone zone : zones) {
            zone.present += Math.max(0, Math.min(to, zone.end) - Math.max(from, zone.start));
        }
    }

    /** Hands reserved frames [{@code from}, {@code to}) over to the allocator (Linux: free_reserved_page). */
    public void releaseReserved(long from, long to) {
        for (Zone zone : zones) {
            long start = Math.max(from, zone.start);
            long end = Math.min(to, zone.end);
            if (start < end) {
                addFrames(zone, start, end);
            }
        }
        start();
    }

    private void addFrames(Zone zone, long start, long end) {
        zone.managed += end - start;
        if (zone.plugin != null) {
            zone.plugin.add(start, end);
        } else {
            runs.free(zone, start, end);
        }
    }

    /** Computes watermarks, reserves and the sizes of the per-CPU lists from the memory that was added. */
    public void start() {
        watermarks.recompute();
        sizeLists();
    }

    /** vm.percpu_pagelist_high_fraction: the part of a zone that lies on per-CPU lists at most is one of so many; 0 follows the watermarks. */
    public int perCpuFraction() {
        return perCpuFraction;
    }

    /** Sets it: 0, or at least 8. */
    public void setPerCpuFraction(int fraction) {
        perCpuFraction = fraction;
        sizeLists();
    }

    private void sizeLists() {
        for (int z = 0; z < zones.length; z++) {
            firstZone[z] = requests.firstWithMemory(z);
        }
        processors.resize(perCpuFraction);
    }

    /** Names who reclaims. */
    public void setPressure(MemoryPressure pressure) {
        slowPath.setPressure(pressure);
    }

    /** Names the tracepoints. */
    void setTracing(Tracing to) {
        tracing = to;
        trace = to.events();
        choice.setTrace(trace);
        processors.setTrace(trace);
    }

    Tracing tracing() {
        return tracing;
    }

    /** Names who compacts. */
    public void setCompaction(Compaction compaction) {
        slowPath.setCompaction(compaction);
    }

    /** Names who moves away what stands in the way of a run. */
    public void setEvacuation(RangeEvacuation evacuation) {
        runs.setEvacuation(evacuation);
    }

    /** Who compacts: background reclaim wakes it and tells it when it goes to sleep. */
    public Compaction compaction() {
        return slowPath.compaction();
    }

    /** Requests so far that were not served at once, and may have reclaimed or moved pages. */
    long slowRequests() {
        return slowPath.requests();
    }

    /** Chooses whose lists serve the requests that follow. */
    public void setProcessor(int processor) {
        processors.select(processor);
    }

    /** The requests that follow come from {@code node}, which has one processor of the same number. */
    public void setNode(int node) {
        nodes.setCurrent(node);
        home = Zone.first(node);
        processors.select(node);
    }

    /** The nodes that the zones belong to. */
    public NodeMap nodes() {
        return nodes;
    }

    /** Where requests were served, by node. */
    public NodeEvents nodeEvents() {
        return requests.events();
    }

    /** Zones of all nodes together. */
    public int zoneCount() {
        return zones.length;
    }

    /** Lets {@code injected} make requests fail from now on. */
    public void setFaults(AllocationFaults injected) {
        faults = injected;
    }

    /** Event counters; with {@code SMP=y} to be asked by a call that runs alone. */
    public AllocationEvents events() {
        processors.gather();
        return events;
    }

    /** A call beside others entered direct reclaim for memory of zone {@code highest} and those below (allocstall_*). */
    public void countStall(int highest) {
        events.stall(highest);
    }

    /** An allocation of a call beside others failed. */
    void countFailure() {
        events.failure();
    }

    /** Moves the frames at hand of the calling thread, which stands for a processor, to the zones (Linux: drain_local_pages). */
    public void drainOwn() {
        processors.drainOwn();
    }

    /** Watermark settings (vm.min_free_kbytes and its kin). */
    public Watermarks watermarks() {
        return watermarks;
    }

    /** The zone {@code number}; it may be empty. */
    public Zone zone(int number) {
        return zones[number];
    }

    /** log2 of the frames of a page block. */
    public int blockOrder() {
        return blockOrder;
    }

    // ---- allocation -------------------------------------------------------------------------------------------

    /** The highest zone that a request may use; zones that a machine lacks are no limit (include/linux/gfp.h, gfp_zone). */
    public int highestZone(int gfp) {
        if ((gfp & (Gfp.DMA | Gfp.DMA32)) != 0) {
            if ((gfp & Gfp.DMA) != 0 && hasMemory(Zone.DMA)) {
                return Zone.DMA;
            }
            return hasMemory(Zone.DMA32) ? Zone.DMA32 : Zone.NORMAL;
        }
        return (gfp & (Gfp.HIGHMEM | Gfp.MOVABLE)) == (Gfp.HIGHMEM | Gfp.MOVABLE) ? Zone.MOVABLE : Zone.NORMAL;
    }

    private boolean hasMemory(int kind) {
        for (int z = kind; z < zones.length; z += Zone.ZONES) {
            if (zones[z].managed > 0) {
                return true;
            }
        }
        return false;
    }

    private static int type(int gfp) {
        return (gfp & Gfp.MOVABLE) != 0 ? MOVABLE : (gfp & Gfp.RECLAIMABLE) != 0 ? RECLAIMABLE : UNMOVABLE;
    }

    @Override
    public long allocate(int order, int gfp) {
        if (zones.length > Zone.ZONES) {
            return requests.allocateByPolicy(order, gfp);
        }
        return trace.pageAlloc.isOn() ? allocateTraced(order, gfp, home, Nodes.ALL) : serve(order, gfp, home, Nodes.ALL);
    }

    /** Allocates by {@code policy}, of which {@code node} is the one asked first. */
    long allocate(MemoryPolicy policy, int order, int gfp, int node) {
        return requests.allocate(policy, order, gfp, node);
    }

    /** The task that runs from now on, on a processor of {@code node}, has this policy; with several nodes. */
    public void setTask(int node, MemoryPolicy policy) {
        setNode(node);
        requests.setTaskPolicy(policy);
    }

    /** The policy of the task that runs. */
    public MemoryPolicy taskPolicy() {
        return requests.taskPolicy();
    }

    @Override
    public long allocate(int order, int gfp, int node, long allowed) {
        int from = node == Nodes.NONE ? home : Zone.first(node);
        return trace.pageAlloc.isOn() ? allocateTraced(order, gfp, from, allowed) : serve(order, gfp, from, allowed);
    }

    private long allocateTraced(int order, int gfp, int from, long allowed) {
        long start = tracing.time();
        long pfn = serve(order, gfp, from, allowed);
        trace.pageAlloc.emit(pfn, order, type(gfp), gfp, tracing.time() - start, 0);
        return pfn;
    }

    /** Serves a request of the node whose zones begin at {@code from}; with several nodes {@code allowed} names those that will do. */
    private long serve(int order, int gfp, int from, long allowed) {
        if (zones.length > Zone.ZONES) {
            return serveOfNodes(order, gfp, from, allowed);
        }
        if (order < 0 || order > maxOrder) {
            throw new IllegalArgumentException("order " + order + " is not in 0 to " + maxOrder);
        }
        if (faults != null && !calls.isAlone() && faults.probability() != 0) {
            calls.stall(); // which request fails depends on those before it
            return NONE;
        }
        if (faults != null && faults.fails(order, gfp)) {
            events.failures++;
            return NONE;
        }
        int highest = highestZone(gfp);
        int type = type(gfp);
        Zone first = zones[firstZone[highest]];
        // Beside others the watermark is looked at when the list is filled, so that processors do not share the zone's line of memory.
        boolean beside = smp && !calls.isStopped();
        if (order == 0 && (beside || first.free > first.lowLimits[highest] + first.boost)) {
            int place = processors.pop(first, type);
            if (place != 0) {
                return blocks.pfn(place);
            }
        }
        long pfn = fromZones(order, highest, type, Zone.LOW, 0);
        if (pfn == NONE && !calls.isAlone()) {
            return slowPath.allocateBeside(order, gfp, highest, type, calls);
        }
        return pfn != NONE ? pfn : slowPath.allocate(order, gfp, highest, type, 0, Nodes.ALL);
    }

    /** {@link #serve} on a machine with several nodes, which has one processor at a time. */
    private long serveOfNodes(int order, int gfp, int from, long allowed) {
        if (order < 0 || order > maxOrder) {
            throw new IllegalArgumentException("order " + order + " is not in 0 to " + maxOrder);
        }
        if (faults != null && faults.fails(order, gfp)) {
            events.failures++;
            return NONE;
        }
        int node = Zone.node(from);
        long set = (gfp & Gfp.THISNODE) != 0 ? allowed & 1L << node : allowed;
        int highest = highestZone(gfp);
        int type = type(gfp);
        long pfn = requests.fromNodes(order, highest, type, Zone.LOW, 0, node, set);
        if (pfn == NONE) {
            pfn = slowPath.allocate(order, gfp, highest, type, node, set);
        }
        if (pfn != NONE) {
            requests.count(pfn, node, highest, set);
        }
        return pfn;
    }

    /** {@link #fromZones} for a request of {@code node}, from the nodes of {@code allowed}, the nearest first. */
    long fromNodes(int order, int highest, int type, int mark, int reserve, int node, long allowed) {
        return zones.length == Zone.ZONES
                ? fromZones(order, highest, type, mark, reserve) : requests.fromNodes(order, highest, type, mark, reserve, node, allowed);
    }

    /**
     * Whether an allocation would very likely be served at once, without waking anybody: what a call that runs beside others asks before it
     * begins what it would have to undo.
     */
    public boolean isAtHand(int order, int gfp) {
        int highest = highestZone(gfp);
        for (int z = zones.length - 1; z >= 0; z--) {
            if (Zone.kind(z) <= highest && zones[z].managed > 0 && isAbove(zones[z], order, highest, Zone.LOW, 0, zones[z].free - ROOM)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Tries the zones from {@code highest} down.
     *
     * @param mark the watermark that must hold afterwards
     * @param reserve eighths of the watermark that the request may use up
     */
    long fromZones(int order, int highest, int type, int mark, int reserve) {
        // Where ZONE_NORMAL is preferred, the first attempt spares blocks of other types in all zones (alloc_flags_nofragment).
        boolean spare = mark == Zone.LOW && firstZone[highest] == Zone.NORMAL;
        while (true) {
            long pfn = fromZonesAt(0, order, highest, type, mark, reserve, spare);
            if (pfn != NONE || !spare) {
                return pfn;
            }
            spare = false;
        }
    }

    /** Tries the zones of one node, which begin at {@code first}, from {@code highest} down. */
    long fromZonesAt(int first, int order, int highest, int type, int mark, int reserve, boolean spare) {
        for (int z = first + highest; z >= first; z--) {
            Zone zone = zones[z];
            if (zone.managed == 0 || !isAbove(zone, order, highest, mark, reserve, zone.free)) {
                continue;
            }
            PluginFrames plugin = zone.plugin;
            long pfn = plugin != null ? plugin.take(order, type) : pfn(processors.take(zone, order, type, spare));
            if (pfn != NONE) {
                processors.countAllocated(z, 1L << order);
                return pfn;
            }
        }
        return NONE;
    }

    private long pfn(int place) {
        return place != 0 ? blocks.pfn(place) : NONE;
    }

    /**
     * Whether a request of {@code order} and {@code type} would find a block of at least that order, of its own type or by taking a page
     * block over (__compact_finished, find_suitable_fallback); watermarks aside.
     */
    boolean hasBlockFor(Zone zone, int order, int type) {
        return choice.hasBlockFor(zone, order, type);
    }

    /** Moves the frames on the per-CPU lists of {@code zone} to its free lists (Linux: drain_local_pages). */
    void drain(Zone zone) {
        processors.drain(zone);
    }

    /** The zone that a request is first served from. */
    int preferredZone(int highest) {
        return firstZone[highest];
    }

    /** Whether zone {@code z} would keep {@code mark} frames after it has served a request of {@code order} (zone_watermark_ok). */
    public boolean isAbove(int z, int order, int highest, long mark) {
        Zone zone = zones[z];
        return zone.free >= mark + zone.lowmemReserve[highest] + (1L << order) && (order == 0 || zone.hasBlock(order));
    }

    /** Whether {@code zone} may serve a request of {@code order} when {@code free} frames were free (__zone_watermark_ok). */
    boolean isAbove(Zone zone, int order, int highest, int mark, int reserve, long free) {
        // Who may use reserves is not kept from them by a boost.
        long limit = zone.watermark[mark] - (zone.watermark[mark] * reserve >>> 3) + (reserve == 0 ? zone.boost : 0);
        return free >= limit + zone.lowmemReserve[highest] + (1L << order) && (order == 0 || zone.hasBlock(order));
    }

    // ---- freeing ----------------------------------------------------------------------------------------------

    @Override
    public void free(long pfn, int order) {
        PluginFrames plugin = zoneOf(pfn).plugin;
        if (plugin != null) {
            plugin.free(pfn, order);
            processors.countFreed(zoneOf(pfn), 1L << order);
            return;
        }
        int place = blocks.placeOrZero(pfn);
        if (place == 0) {
            place = firstFreed(pfn);
        }
        if (blocks.freeOrder(place) >= 0 || (pfn & (1L << order) - 1) != 0) {
            throw new InvariantViolation("frame 0x" + Long.toHexString(pfn) + " freed with order " + order
                    + ", but it is free or not aligned");
        }
        if (trace.pageFree.isOn()) {
            trace.pageFree.emit(pfn, order);
        }
        processors.free(zoneOf(pfn), place, order);
    }

    @Override
    public void freeSingles(long pfn, int n, int direction) {
        long low = direction > 0 ? pfn : pfn - n + 1;
        Zone zone = zoneOf(low);
        int place = blocks.placeOrZero(low);
        boolean together = !smp
                && zone.plugin == null
                && !trace.pageFree.isOn()
                && place != 0
                && blocks.section(low) == blocks.section(low + n - 1)
                && low + n <= zone.end;
        if (!together) {
            FrameAllocator.super.freeSingles(pfn, n, direction);
            return;
        }
        blocks.checkTaken(place, n);
        int at = direction > 0 ? place : place + n - 1;
        for (int left = n; left > 0; ) {
            // Frames of one page block are of one type.
            int rest = at & (1 << blockOrder) - 1;
            int some = Math.min(left, direction > 0 ? (1 << blockOrder) - rest : rest + 1);
            processors.freeSingles(zone, at, some, direction);
            at += some * direction;
            left -= some;
        }
    }

    /** The place of {@code pfn}, which is the first frame of its section to come back. */
    private int firstFreed(long pfn) {
        int section = blocks.section(pfn);
        if (!blocks.isTaken(section)) {
            throw new InvariantViolation(
                    "frame 0x" + Long.toHexString(pfn) + " freed, but nothing of its section was handed out");
        }
        blocks.touch(section);
        return blocks.place(pfn);
    }

    /** Moves the frames on all per-CPU lists to the free lists (Linux: drain_all_pages). */
    public void drain() {
        processors.drain();
    }

    // ---- contiguous ranges ------------------------------------------------------------------------------------

    @Override
    public long allocateContiguous(long pages, int gfp) {
        return allocateContiguous(pages, gfp, Nodes.NONE, Nodes.ALL);
    }

    @Override
    public long allocateContiguous(long pages, int gfp, int node, long allowed) {
        if (Long.bitCount(pages) != 1) {
            throw new IllegalArgumentException(pages + " pages are no power of two");
        }
        if (pages <= 1L << maxOrder) {
            return allocate(Long.numberOfTrailingZeros(pages), gfp, node, allowed);
        }
        drain();
        int from = node == Nodes.NONE ? Zone.node(home) : node;
        long set = (gfp & Gfp.THISNODE) != 0 ? allowed & 1L << from : allowed;
        for (int i = 0; i < nodes.count(); i++) {
            int n = nodes.fallback(from, i);
            long start = (set >>> n & 1) != 0 ? takeRun(n, pages, gfp) : NONE;
            if (start != NONE) {
                return start;
            }
        }
        return NONE;
    }

    private long takeRun(int node, long pages, int gfp) {
        for (int z = Zone.first(node) + highestZone(gfp); z >= Zone.first(node); z--) {
            PluginFrames plugin = zones[z].plugin;
            long start = plugin != null ? plugin.takeRun(pages, gfp) : runs.take(zones[z], pages, this::drain);
            if (start != NONE) {
                events.allocated[Zone.kind(z)] += pages;
                return start;
            }
        }
        return NONE;
    }

    @Override
    public void freeContiguous(long pfn, long pages) {
        Zone zone = zoneOf(pfn);
        events.freed += pages;
        if (zone.plugin != null) {
            zone.plugin.freeRun(pfn, pages);
        } else {
            runs.free(zone, pfn, pfn + pages);
        }
    }

    // ---- what is known ----------------------------------------------------------------------------------------

    @Override
    public long freePages() {
        long n = 0;
        for (Zone zone : zones) {
            n += zone.free;
        }
        return n;
    }

    @Override
    public long freeBlocks(int order) {
        long n = 0;
        for (int z = 0; z < zones.length; z++) {
            n += counts.freeBlocks(z, order);
        }
        return n;
    }

    @Override
    public long managedPages() {
        long n = 0;
        for (Zone zone : zones) {
            n += zone.managed;
        }
        return n;
    }

    /** What each zone has, by order, type and processor. */
    public ZoneCounts counts() {
        return counts;
    }

    /**
     * The parts of the allocator that compaction works with.
     *
     * @throws IllegalStateException without page blocks; whoever may run on such a machine asks {@link #hasPageBlocks} first
     */
    public Isolation isolation() {
        if (!hasPageBlocks()) {
            throw new IllegalStateException("the frame allocator of this machine keeps no page blocks, so nothing can be isolated; "
                    + "the Kconfig symbol PAGE_BLOCKS says so");
        }
        return new Isolation(this, blocks);
    }

    /** Whether {@code pfn} lies in a free block or an untouched section; false for frames on per-CPU lists. */
    public boolean isFree(long pfn) {
        PluginFrames plugin = zoneOf(pfn).plugin;
        if (plugin != null) {
            return plugin.isFree(pfn);
        }
        int section = blocks.section(pfn);
        if (!blocks.isTouched(section)) {
            return blocks.isUntouched(section);
        }
        return blocks.isCovered(blocks.place(pfn));
    }

    /** Checks lists, totals and per-CPU lists; throws {@link InvariantViolation} naming the first frame that is wrong. */
    public void verify() {
        counts.verify();
    }
}
