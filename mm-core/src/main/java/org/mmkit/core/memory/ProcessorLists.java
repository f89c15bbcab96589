package org.mmkit.core.memory;

import static org.mmkit.core.memory.BuddyAllocator.MOVABLE;

import org.mmkit.api.InvariantViolation;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.memory.MigrateType;
import org.mmkit.core.lock.Stripes;
import org.mmkit.core.trace.Events;

/**
 * The lists in front of the zones, by processor and zone, and what is counted where they are used.
 *
 * <p>With {@code SMP=n} one processor at a time is the one that runs; with {@code SMP=y} each stripe of threads has lists of its own, under
 * a lock where several threads share them.
 */
final class ProcessorLists {

    private final Zone[] zones;
    private final FreeBlocks blocks;
    private final BlockChoice choice;
    private final AllocationEvents events;
    private final PerCpuLists[][] cpus;
    private boolean smp;

    /** The lists of the processor that runs now, by zone. */
    private PerCpuLists[] cpu;

    private int number;

    ProcessorLists(Zone[] zones, FreeBlocks blocks, BlockChoice choice, AllocationEvents events, int processors) {
        this.zones = zones;
        this.blocks = blocks;
        this.choice = choice;
        this.events = events;
        cpus = new PerCpuLists[processors][zones.length];
        for (PerCpuLists[] lists : cpus) {
            for (int z = 0; z < zones.length; z++) {
                lists[z] = new PerCpuLists();
            }
        }
        cpu = cpus[0];
    }

    void setLocks(Locks locks) {
        smp = locks.isSmp();
        // The lists of a stripe that one thread has to itself need no lock.
        for (int i = Stripes.OWNED; smp && i < cpus.length; i++) {
            for (PerCpuLists lists : cpus[i]) {
                lists.lock = locks.spinLock(LockClass.PER_CPU_PAGES);
            }
        }
    }

    void setTrace(Events to) {
        for (PerCpuLists[] lists : cpus) {
            for (PerCpuLists one : lists) {
                one.setTrace(to);
            }
        }
    }

    /** How many processors have lists. */
    int number() {
        return cpus.length;
    }

    /** The number of the processor that the calling thread stands for. */
    int current() {
        return smp ? Stripes.number() % cpus.length : number;
    }

    /** Chooses whose lists serve the requests that follow; with {@code SMP=n}. */
    void select(int processor) {
        cpu = cpus[processor];
        number = processor;
    }

    /** The lists of the processor that the calling thread stands for. */
    private PerCpuLists lists(int zone) {
        return smp ? cpus[Stripes.number()][zone] : cpu[zone];
    }

    /** Sets how much may lie on the lists: one {@code fraction}-th of a zone for all processors, or what the low watermark says when that is 0. */
    void resize(int fraction) {
        // There are more lists than processors where threads have lists.
        int sharing = smp ? Runtime.getRuntime().availableProcessors() : Math.max(1, cpus.length * Zone.ZONES / zones.length);
        for (int z = 0; z < zones.length; z++) {
            for (PerCpuLists[] lists : cpus) {
                lists[z].batch = Watermarks.batch(zones[z]);
                lists[z].high = (int) Math.min(
                        Integer.MAX_VALUE,
                        Math.max(
                                (fraction == 0 ? zones[z].watermark(Zone.LOW) : zones[z].managed / fraction) / sharing,
                                4L * lists[z].batch));
            }
        }
    }

    /** Adds what the lists have counted to the counters of the allocator. */
    void gather() {
        for (int i = 0; smp && i < cpus.length; i++) {
            for (int z = 0; z < zones.length; z++) {
                events.allocated[Zone.kind(z)] += cpus[i][z].allocated;
                cpus[i][z].allocated = 0;
                events.freed += cpus[i][z].freed;
                cpus[i][z].freed = 0;
            }
        }
    }

    void countAllocated(int zone, long frames) {
        if (smp) {
            PerCpuLists lists = lists(zone);
            lists.lock.lock();
            lists.allocated += frames;
            lists.lock.unlock();
        } else {
            events.allocated[Zone.kind(zone)] += frames;
        }
    }

    void countFreed(Zone zone, long frames) {
        if (smp) {
            PerCpuLists lists = lists(zone.number);
            lists.lock.lock();
            lists.freed += frames;
            lists.lock.unlock();
        } else {
            events.freed += frames;
        }
    }

    // ---- allocation -------------------------------------------------------------------------------------------

    /** Takes and counts a frame of {@code type} that is at hand; 0 when none is. */
    int pop(Zone zone, int type) {
        PerCpuLists lists = lists(zone.number);
        if (!smp) {
            if (lists.isEmpty(type)) {
                return 0;
            }
            events.allocated[zone.kind()]++;
            return lists.pop(type, 0);
        }
        lists.lock.lock();
        try {
            if (lists.isEmpty(type)) {
                return 0;
            }
            lists.allocated++;
            return lists.pop(type, 0);
        } finally {
            lists.lock.unlock();
        }
    }

    /** Takes a block, which the caller counts, from the lists or, a batch at a time, from the zone; 0 when there is none. */
    int take(Zone zone, int order, int type, boolean spare) {
        if (order > PerCpuLists.COSTLY_ORDER && order != blocks.blockOrder) {
            zone.lock.lock();
            try {
                return choice.take(zone, order, type, spare);
            } finally {
                zone.lock.unlock();
            }
        }
        PerCpuLists lists = lists(zone.number);
        if (!smp) {
            return take(lists, zone, order, type, spare);
        }
        lists.lock.lock();
        try {
            return take(lists, zone, order, type, spare);
        } finally {
            lists.lock.unlock();
        }
    }

    private int take(PerCpuLists lists, Zone zone, int order, int type, boolean spare) {
        int list = PerCpuLists.list(order, type);
        if (lists.isEmpty(list)) {
            lists.freedOfLate >>= 1;
            int n = order > 0 ? Math.max(lists.batch >> order, lists.batch > 1 ? 2 : 1) : smp ? lists.growingBatch() : lists.batch;
            zone.lock.lock();
            try {
                for (int i = order == 0 ? choice.takeSingles(zone, type, n, lists, list) : 0; i < n; i++) {
                    int place = choice.take(zone, order, type, spare);
                    if (place == 0) {
                        break;
                    }
                    lists.addLast(list, order, place);
                }
            } finally {
                zone.lock.unlock();
            }
            if (lists.isEmpty(list)) {
                return 0;
            }
        }
        return lists.pop(list, order);
    }

    // ---- freeing ----------------------------------------------------------------------------------------------

    /** Counts a block that comes back, and keeps it at hand or gives it to the zone. */
    void free(Zone zone, int place, int order) {
        int type = blocks.type(place);
        if (smp) {
            freeLocked(zone, place, order, type);
            return;
        }
        events.freed += 1L << order;
        if (isDirect(order, type)) {
            blocks.free(zone, place, order);
            return;
        }
        PerCpuLists lists = cpu[zone.number];
        int list = PerCpuLists.list(order, type < Zone.PCP_TYPES ? type : MOVABLE);
        lists.push(list, order, place);
        if (lists.count >= lists.high) {
            lists.drain(lists.excess(), list, zone, blocks);
        }
    }

    /** {@link #free} for {@code n} single frames of one page block, one after the other in {@code direction}; with {@code SMP=n}. */
    void freeSingles(Zone zone, int place, int n, int direction) {
        int type = blocks.type(place);
        events.freed += n;
        if (isDirect(0, type)) {
            for (int i = 0; i < n; i++) {
                blocks.free(zone, place + i * direction, 0);
            }
            return;
        }
        PerCpuLists lists = cpu[zone.number];
        int list = PerCpuLists.list(0, type < Zone.PCP_TYPES ? type : MOVABLE);
        for (int done = 0; done < n; ) {
            int some = Math.max(1, Math.min(n - done, lists.high - lists.count));
            lists.pushSingles(list, place + done * direction, some, direction);
            done += some;
            if (lists.count >= lists.high) {
                lists.drain(lists.excess(), list, zone, blocks);
            }
        }
    }

    /** Whether a block goes past the lists. */
    private boolean isDirect(int order, int type) {
        return order > PerCpuLists.COSTLY_ORDER && order != blocks.blockOrder || type == MigrateType.ISOLATE.ordinal();
    }

    private void freeLocked(Zone zone, int place, int order, int type) {
        PerCpuLists lists = lists(zone.number);
        lists.lock.lock();
        try {
            lists.freed += 1L << order;
            boolean direct = isDirect(order, type);
            int list = direct ? 0 : PerCpuLists.list(order, type < Zone.PCP_TYPES ? type : MOVABLE);
            if (!direct) {
                lists.push(list, order, place);
                if (lists.count < lists.high) {
                    return;
                }
            }
            zone.lock.lock();
            try {
                if (direct) {
                    blocks.free(zone, place, order);
                } else {
                    lists.drain(lists.excess(), list, zone, blocks);
                }
            } finally {
                zone.lock.unlock();
            }
        } finally {
            lists.lock.unlock();
        }
    }

    /** Moves the frames of {@code zone} on all lists to the zone. */
    void drain(Zone zone) {
        for (PerCpuLists[] lists : cpus) {
            lists[zone.number].drain(lists[zone.number].count, 0, zone, blocks);
        }
    }

    /** Moves all frames on the lists to the zones. */
    void drain() {
        for (PerCpuLists[] lists : cpus) {
            for (int z = 0; z < zones.length; z++) {
                lists[z].drain(lists[z].count, 0, zones[z], blocks);
            }
        }
    }

    /** Moves the frames on the lists that the calling thread uses to the zones. */
    void drainOwn() {
        for (int z = 0; z < zones.length; z++) {
            PerCpuLists lists = lists(z);
            lists.lock.lock();
            zones[z].lock.lock();
            try {
                lists.drain(lists.count, 0, zones[z], blocks);
            } finally {
                zones[z].lock.unlock();
                lists.lock.unlock();
            }
        }
    }

    // ---- what is known ----------------------------------------------------------------------------------------

    /** Frames of zone {@code z} on the lists. */
    long pages(int z) {
        long n = 0;
        for (PerCpuLists[] lists : cpus) {
            n += lists[z].count;
        }
        return n;
    }

    /** Frames of zone {@code z} on the lists of {@code processor}. */
    long pages(int z, int processor) {
        return cpus[processor][z].count;
    }

    /** Checks that what is on the lists of {@code zone} is the zone's, and neither free nor too much. */
    void verify(Zone zone) {
        long perCpu = 0;
        for (PerCpuLists[] lists : cpus) {
            perCpu += verify(lists[zone.number], zone);
        }
        if (zone.free + perCpu > zone.managed) {
            throw new InvariantViolation(zone + ": free frames and " + perCpu + " on per-CPU lists are more than all");
        }
    }

    private long verify(PerCpuLists lists, Zone zone) {
        int[] pairs = lists.snapshot(blocks.blockOrder);
        long frameCount = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            long pfn = blocks.pfn(pairs[i]);
            frameCount += 1L << pairs[i + 1];
            if (blocks.isCovered(pairs[i]) || pfn < zone.start || pfn >= zone.end) {
                throw new InvariantViolation("frame 0x" + Long.toHexString(pfn) + ": on a per-CPU list of " + zone
                        + ", but free or of another zone");
            }
        }
        if (frameCount != lists.count) {
            throw new InvariantViolation(zone + ": per-CPU lists hold " + frameCount + " frames, counted " + lists.count);
        }
        return frameCount;
    }
}
