package org.mmkit.core.compaction;

import org.mmkit.api.stat.Counters;
import org.mmkit.api.time.KernelThread;
import org.mmkit.core.memory.Zone;
import org.mmkit.core.time.VirtualClock;

/**
 * Background compaction: woken for a block that an allocation could not get, and of its own accord where free memory is in
 * pieces (mm/compaction.c, kcompactd). Not thread-safe, but any thread may wake it.
 */
public final class Kcompactd implements KernelThread {

    /** How often the node's fragmentation is looked at (HPAGE_FRAG_CHECK_INTERVAL_MSEC). */
    private static final long CHECK_INTERVAL = 500_000_000L;
    /** Default of vm.compaction_proactiveness. */
    private static final int DEFAULT_PROACTIVENESS = 20;
    /** The mark below which proactive compaction stops is at least so much, in percent. */
    private static final int LEAST_MARK = 5;
    /** It begins so much above that mark. */
    private static final int MARK_DISTANCE = 10;

    private final Compactor compactor;
    private final int node;
    private final VirtualClock clock;
    private final Counters counters;
    private final int hugeOrder;
    private final int wakes;
    private final int migrateScanned;
    private final int freeScanned;
    private int proactiveness = DEFAULT_PROACTIVENESS;
    private boolean triggered;
    private int order;
    private int highest = Zone.MOVABLE;
    /** When the node's fragmentation is looked at next. */
    private long nextCheck = CHECK_INTERVAL;

    /** Registers the counters. */
    public Kcompactd(Compactor compactor, int node, VirtualClock clock, Counters counters, int hugeOrder) {
        this.compactor = compactor;
        this.node = node;
        this.clock = clock;
        this.counters = counters;
        this.hugeOrder = hugeOrder;
        wakes = counters.register("compact_daemon_wake");
        migrateScanned = counters.register("compact_daemon_migrate_scanned");
        freeScanned = counters.register("compact_daemon_free_scanned");
    }

    @Override
    public String name() {
        return "kcompactd" + node;
    }

    /** vm.compaction_proactiveness, 0 to 100. */
    public int proactiveness() {
        return proactiveness;
    }

    /** Sets it; any value but 0 makes the thread look at once. */
    public void setProactiveness(int value) {
        proactiveness = value;
        if (value != 0) {
            triggered = true;
            clock.wake(this, clock.now());
        }
    }

    /** Asks for a block of {@code order} in a zone up to {@code highestZone}; nothing happens when compaction cannot make one (wakeup_kcompactd). */
    synchronized void wake(int wanted, int highestZone) {
        if (wanted == 0) {
            return;
        }
        order = Math.max(order, wanted);
        highest = Math.min(highest, highestZone);
        if (compactor.isNodeSuitable(node, order, highest)) {
            if (compactor.trace().wakeupKcompactd.isOn()) {
                compactor.trace().wakeupKcompactd.emit(node, wanted, highestZone);
            }
            clock.wake(this, clock.now());
        }
    }

    @Override
    public long run(long now) {
        if (order > 0 && !triggered) {
            work();
            nextCheck = now + CHECK_INTERVAL;
        } else if (triggered || now >= nextCheck) {
            nextCheck = now + check();
            triggered = false;
        }
        if (compactor.trace().kcompactdSleep.isOn()) {
            compactor.trace().kcompactdSleep.emit(node);
        }
        return proactiveness == 0 ? NEVER : nextCheck;
    }

    private void work() {
        int wanted = order;
        int zone = highest;
        counters.add(wakes, 1);
        if (compactor.trace().kcompactdWake.isOn()) {
            compactor.trace().kcompactdWake.emit(node, wanted, zone);
        }
        count(compactor.compactInBackground(node, wanted, zone));
        // A request that came meanwhile and wants more is left for the next time.
        if (order <= wanted) {
            order = 0;
        }
        if (highest >= zone) {
            highest = Zone.MOVABLE;
        }
    }

    /** Compacts if free memory is in pieces beyond the mark; how long until the next look: longer when it was in vain. */
    private long check() {
        int low = Math.max(100 - proactiveness, LEAST_MARK);
        int before = compactor.fragmentation().score(node, hugeOrder);
        if (proactiveness == 0 || before <= Math.min(low + MARK_DISTANCE, 100)) {
            return CHECK_INTERVAL;
        }
        count(compactor.compactNode(node, low));
        boolean vain = compactor.fragmentation().score(node, hugeOrder) >= before;
        return vain ? CHECK_INTERVAL << CompactedZone.MOST_DEFERRALS : CHECK_INTERVAL;
    }

    private void count(Compactor.Scanned scanned) {
        counters.add(migrateScanned, scanned.migrate);
        counters.add(freeScanned, scanned.free);
    }
}
