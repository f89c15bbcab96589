package org.mmkit.core.reclaim;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.stat.Counters;
import org.mmkit.api.time.KernelThread;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.time.VirtualClock;

/**
 * Who reclaims, for the lines pgscan_* and pgsteal_* of /proc/vmstat: a task in its own allocation, kswapd, or a kernel thread that has lines
 * of its own (Linux: reclaimer_offset). Thread-safe once all accounts are open.
 */
final class ReclaimAccounts {

    /** Of tasks. */
    static final int DIRECT = 0;

    /** Of background reclaim. */
    static final int KSWAPD = 1;

    private final Counters counters;
    private int[] scanned = new int[2];
    private int[] freed = new int[2];
    /** Whose the accounts from {@link #KSWAPD} + 1 on are. */
    private List<KernelThread> owners = List.of();
    private @Nullable VirtualClock threads;
    private final ReclaimShares shares = new ReclaimShares();
    private final StopMachine calls;

    ReclaimAccounts(Counters counters, StopMachine calls) {
        this.calls = calls;
        this.counters = counters;
        register(DIRECT, "direct");
        register(KSWAPD, "kswapd");
    }

    private void register(int account, String name) {
        scanned[account] = counters.register("pgscan_" + name);
        freed[account] = counters.register("pgsteal_" + name);
    }

    /** Opens accounts for the threads of {@code clock} that ask for one. */
    void open(VirtualClock clock) {
        threads = clock;
        owners = clock.threads().stream().filter(KernelThread::hasReclaimCounters).toList();
        scanned = Arrays.copyOf(scanned, KSWAPD + 1 + owners.size());
        freed = Arrays.copyOf(freed, scanned.length);
        for (int i = 0; i < owners.size(); i++) {
            register(KSWAPD + 1 + i, owners.get(i).name());
        }
    }

    /** The account of whoever calls this in the middle of an allocation. */
    int ofCaller() {
        KernelThread running = threads == null ? null : threads.running();
        int owner = running == null ? -1 : owners.indexOf(running);
        return owner < 0 ? DIRECT : KSWAPD + 1 + owner;
    }

    /** How much of all this ran beside other calls. */
    ReclaimShares shares() {
        return shares;
    }

    /** Reclaim for {@code account} begins, beside others or alone. */
    void countRun(int account) {
        shares.countRun(account == KSWAPD, calls.isAlone());
    }

    void addScanned(int account, long pages) {
        counters.add(scanned[account], pages);
    }

    void addFreed(int account, long pages) {
        counters.add(freed[account], pages);
        shares.addFreed(account == KSWAPD, calls.isAlone(), pages);
    }
}
