package org.mmkit.core.reclaim;

import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.time.KernelThread;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.memory.LruLists;
import org.mmkit.core.memory.Zone;

/**
 * Background reclaim of a node: woken when an allocation finds no zone above its low watermark, it frees memory until one zone is above
 * its high watermark, naps a tenth of a second, and sleeps if that has lasted (Linux: kswapd, balance_pgdat).
 *
 * <p>With one processor it runs when the task that woke it goes back to user mode ({@link #runIfDue}), or when time moves. With several it is a
 * thread that runs beside others and frees anonymous memory; when that does not balance the node it goes on alone, with all else. It may be woken
 * by any thread.
 */
public final class Kswapd implements KernelThread {

    /** After so many runs that freed nothing it waits for direct reclaim to succeed (MAX_RECLAIM_RETRIES). */
    private static final int MOST_FAILURES = 16;
    private static final long NAP_NANOSECONDS = 100_000_000;
    /** Rounds in one run: it is to stop in the end even if a feature promises to free memory and does not. */
    private static final int MOST_ROUNDS = 64;

    private enum State {
        ASLEEP,
        NAPPING,
        RUNNING
    }

    private final Engine engine;
    private final BuddyAllocator allocator;
    private final NodeReclaim node;
    private final ReclaimAccounts accounts;
    /** The number of the node, and of its first zone. */
    private final int number;
    private final int base;
    private final int pageoutrun;
    private final int lowQuickly;
    private final int highQuickly;
    private final long[] boosts = new long[Zone.ZONES];
    private LongSupplier clock = () -> 0;
    private ObjLongConsumer<KernelThread> waker = (thread, when) -> {};
    private State state = State.ASLEEP;
    private boolean due;
    private long napEnd;
    /** What was asked for since it last began. */
    private int wantedOrder;
    private int wantedZone = -1;
    /** What it last worked for. */
    private int reclaimOrder;
    private int zone;

    Kswapd(Engine engine, int number, NodeReclaim node, ReclaimAccounts accounts) {
        this.accounts = accounts;
        this.number = number;
        this.base = Zone.first(number);
        this.engine = engine;
        this.allocator = engine.memory.allocator();
        this.node = node;
        pageoutrun = engine.counters.register("pageoutrun");
        lowQuickly = engine.counters.register("kswapd_low_wmark_hit_quickly");
        highQuickly = engine.counters.register("kswapd_high_wmark_hit_quickly");
    }

    /** Puts it under the clock of the machine: {@code now} is the time, {@code wake} makes a thread due. */
    public void schedule(LongSupplier now, ObjLongConsumer<KernelThread> wake) {
        clock = now;
        waker = wake;
    }

    @Override
    public String name() {
        return "kswapd" + number;
    }

    @Override
    public boolean runsBesideOthers() {
        return engine.extensions.anonFolioPolicy().runsBesideOthers();
    }

    /** See {@link org.mmkit.core.memory.MemoryPressure#wakeReclaim}. */
    synchronized void wake(int highest, int order, int gfp) {
        wantedZone = Math.max(wantedZone, highest);
        wantedOrder = Math.max(wantedOrder, order);
        if (state == State.RUNNING) {
            return;
        }
        if (node.failures() >= MOST_FAILURES || isBalanced(order, highest) && !isBoosted(highest)) {
            if ((gfp & Gfp.DIRECT_RECLAIM) == 0) {
                allocator.compaction().wake(number, order, highest);
            }
            return;
        }
        if (!due) {
            due = true;
            if (engine.tracing.events().wakeupKswapd.isOn()) {
                engine.tracing.events().wakeupKswapd.emit(number, highest, order, gfp);
            }
            waker.accept(this, clock.getAsLong());
        }
    }

    /** Whether it was woken and has not run yet. */
    public boolean isDue() {
        return due;
    }

    /**
     * Runs it if it was woken: the one processor is about to go back to user mode, or to sleep. Nobody may hold a frame without a reference. Where there are
     * several processors its thread runs by itself.
     */
    public void runIfDue() {
        if (due && state != State.RUNNING && !engine.calls.isSmp()) {
            engine.tracing.beginThread(name());
            long again = run(clock.getAsLong());
            engine.tracing.endThread();
            if (again != NEVER) {
                waker.accept(this, again);
            }
        }
    }

    @Override
    public long run(long now) {
        synchronized (this) {
            if (!due && state == State.ASLEEP) {
                return NEVER;
            }
            if (state == State.NAPPING && !wakeFromNap(now)) {
                return state == State.NAPPING ? napEnd : NEVER;
            }
            due = false;
            state = State.RUNNING;
        }
        accounts.countRun(ReclaimAccounts.KSWAPD);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            int order = takeWanted();
            if (engine.tracing.events().kswapdWake.isOn()) {
                engine.tracing.events().kswapdWake.emit(number, zone, order);
            }
            reclaimOrder = balance(order, zone);
            if (engine.calls.isStalled()) {
                return beginAgain(order);
            }
            synchronized (this) {
                if (reclaimOrder >= order) {
                    order = wantedOrder;
                    reclaimOrder = order;
                    zone = wantedZone < 0 ? zone : wantedZone;
                }
                if (maySleep()) {
                    allocator.compaction().forgetSkips(number);
                    allocator.compaction().wake(number, order, zone);
                    break;
                }
            }
            engine.counters.add(highQuickly, 1);
        }
        synchronized (this) {
            state = State.NAPPING;
            napEnd = now + NAP_NANOSECONDS;
            return napEnd;
        }
    }

    /** What was asked for since this was last asked: the order; the zone is noted. */
    private synchronized int takeWanted() {
        int order = wantedOrder;
        zone = wantedZone < 0 ? zone : wantedZone;
        wantedOrder = 0;
        wantedZone = -1;
        return order;
    }

    /** What can be freed beside others is not enough for {@code order}: the next run, which is alone, goes on. */
    private synchronized long beginAgain(int order) {
        wantedOrder = Math.max(wantedOrder, order);
        wantedZone = Math.max(wantedZone, zone);
        due = true;
        state = State.ASLEEP;
        return NEVER;
    }

    /** Whether the nap ends with work; if it ends without, it sleeps. */
    private boolean wakeFromNap(long now) {
        if (due) {
            engine.counters.add(lowQuickly, 1);
            wantedZone = Math.max(wantedZone, zone);
            wantedOrder = Math.max(wantedOrder, reclaimOrder);
            return true;
        }
        if (now < napEnd) {
            return false;
        }
        if (maySleep()) {
            state = State.ASLEEP;
            if (engine.tracing.events().kswapdSleep.isOn()) {
                engine.tracing.events().kswapdSleep.emit(number);
            }
            return false;
        }
        engine.counters.add(highQuickly, 1);
        return true;
    }

    private boolean maySleep() {
        return node.failures() >= MOST_FAILURES || isBalanced(reclaimOrder, zone);
    }

    /** Whether a zone up to {@code highest} has a block of {@code order} above its high watermark (Linux: pgdat_balanced). */
    private boolean isBalanced(int order, int highest) {
        boolean any = false;
        for (int z = 0; z <= highest; z++) {
            Zone candidate = allocator.zone(base + z);
            if (candidate.managed() > 0) {
                any = true;
                if (allocator.isAbove(base + z, order, highest, candidate.watermark(Zone.HIGH))) {
                    return true;
                }
            }
        }
        return !any;
    }

    private boolean isBoosted(int highest) {
        for (int z = 0; z <= highest; z++) {
            if (allocator.zone(base + z).boost() > 0) {
                return true;
            }
        }
        return false;
    }

    /** Frees memory until the node is balanced or nothing more can be had; the order it has worked for in the end (Linux: balance_pgdat). */
    private int balance(int order, int highest) {
        engine.counters.add(pageoutrun, 1);
        ScanControl control = new ScanControl(ReclaimAccounts.KSWAPD, order, highest);
        long boosted = 0;
        for (int z = 0; z <= highest; z++) {
            boosts[z] = allocator.zone(base + z).boost();
            boosted += boosts[z];
        }
        boolean wasBoosted = boosted > 0;
        boolean balanced = run(control, highest, boosted);
        if (!engine.calls.isAlone()) {
            // What it has met that cannot be done beside others matters only if the rest was not enough.
            if (balanced || wasBoosted && !node.hasFiles() && isBalanced(control.order, highest)) {
                engine.calls.goOn();
            } else {
                engine.calls.stall();
            }
        } else if (!balanced && control.reclaimed == 0) {
            node.countFailure();
        }
        if (wasBoosted) {
            for (int z = 0; z <= highest; z++) {
                allocator.zone(base + z).unboost(boosts[z]);
            }
            allocator.compaction().wake(number, allocator.blockOrder(), highest);
        }
        node.snapshotRefaults();
        return control.order;
    }

    /** Whether the node was found balanced. */
    private boolean run(ScanControl control, int highest, long boosted) {
        long boost = boosted;
        while (true) {
            boolean restart = false;
            control.priority = ScanControl.DEFAULT_PRIORITY;
            do {
                engine.calls.letOthersBeAlone();
                boolean balanced = isBalanced(control.order, highest);
                if (!balanced && boost > 0) {
                    boost = 0;
                    restart = true;
                    break;
                }
                if (boost == 0 && balanced) {
                    return true;
                }
                boolean raise = boost == 0 || control.priority != ScanControl.DEFAULT_PRIORITY - 2;
                // What fragmentation asks for is not worth writing to swap.
                control.maySwap = boost == 0;
                node.age(control);
                long before = control.reclaimed;
                control.scanned = 0;
                raise &= !shrink(control, highest);
                long freed = control.reclaimed - before;
                boolean done = boost > 0 && freed == 0;
                boost -= Math.min(boost, freed);
                if (done) {
                    break;
                }
                if (raise || freed == 0) {
                    control.priority--;
                }
            } while (control.priority >= 1);
            if (!restart && control.reclaimed == 0 && control.priority < 1 && !control.noCacheTrimMode && control.cacheTrimModeFailed) {
                control.noCacheTrimMode = true;
                restart = true;
            }
            if (!restart) {
                return false;
            }
        }
    }

    /** One pass; whether as much was scanned as was to be freed (Linux: kswapd_shrink_node). */
    private boolean shrink(ScanControl control, int highest) {
        control.target = 0;
        for (int z = 0; z <= highest; z++) {
            if (allocator.zone(base + z).managed() > 0) {
                control.target += Math.max(allocator.zone(base + z).watermark(Zone.HIGH), LruLists.CLUSTER);
            }
        }
        long before = control.reclaimed;
        node.shrink(control);
        // What was freed lies on the lists of the processor, where the watermarks do not see it.
        if (engine.calls.isAlone()) {
            allocator.drain();
        } else {
            allocator.drainOwn();
        }
        if (control.order > 0 && control.reclaimed >= 2L << control.order) {
            control.order = 0;
        }
        return Math.max(control.scanned, control.reclaimed - before) >= control.target;
    }
}
