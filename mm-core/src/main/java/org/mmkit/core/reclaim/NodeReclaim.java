package org.mmkit.core.reclaim;

import org.mmkit.core.boot.Engine;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.memory.Compaction;
import org.mmkit.core.memory.LruLists;
import org.mmkit.core.memory.Zone;
import org.mmkit.core.swap.SwapSpace;

/**
 * Reclaims from the lists of a node, and from shrinkers, at one priority (Linux: shrink_node, shrink_lruvec, get_scan_count, with the
 * lists of active and inactive folios, CONFIG_LRU_GEN=n). Not thread-safe. Beside other calls shrinkers are left for
 * whoever reclaims alone.
 */
final class NodeReclaim {

    /** Greatest vm.swappiness. */
    static final int MAX_SWAPPINESS = 200;

    /** Costly orders: memory for them is left to compaction rather than reclaimed (PAGE_ALLOC_COSTLY_ORDER). */
    static final int COSTLY_ORDER = 3;

    private final int node;
    private final BuddyAllocator allocator;
    private final LruLists lru;
    private final SwapSpace swap;
    private final ListScan scan;
    private final SlabShrink shrinkers;
    private final int pageShift;
    private final long[] left = new long[LruLists.UNEVICTABLE];
    private final long[] targets = new long[LruLists.UNEVICTABLE];
    private final State state;
    private final StopMachine calls;

    /** What is known of the node, whoever reclaims. Reclaimers side by side may overwrite what the other has noted, as in Linux. */
    private static final class State {

        /** Refaults that were made active up to the end of the last run: anonymous, of files. */
        final long[] refaults = new long[2];
        volatile int swappiness = 60;
        volatile int failures;
    }

    NodeReclaim(Engine engine, int node, SwapSpace swap, SlabShrink shrinkers, ReclaimAccounts accounts) {
        this(engine, node, swap, shrinkers, accounts, new State());
    }

    /** One more for the node of {@code other}: who reclaims beside others needs his own. */
    NodeReclaim(Engine engine, SwapSpace swap, ReclaimAccounts accounts, NodeReclaim other) {
        this(engine, other.node, swap, other.shrinkers, accounts, other.state);
    }

    private NodeReclaim(Engine engine, int node, SwapSpace swap, SlabShrink shrinkers, ReclaimAccounts accounts, State state) {
        this.node = node;
        this.state = state;
        this.calls = engine.calls;
        this.allocator = engine.memory.allocator();
        this.lru = engine.frames.lru();
        this.swap = swap;
        this.scan = new ListScan(engine, swap, accounts);
        this.shrinkers = shrinkers;
        this.pageShift = engine.pageShift;
    }

    int swappiness() {
        return state.swappiness;
    }

    void setSwappiness(int value) {
        state.swappiness = value;
    }

    /** Runs of background reclaim in a row that freed nothing. */
    int failures() {
        return state.failures;
    }

    void countFailure() {
        state.failures = state.failures + 1;
    }

    private long pages(int list) {
        return lru.pagesOfNode(node, list);
    }

    /** Whether there is page cache, which is reclaimed alone. */
    boolean hasFiles() {
        return pages(LruLists.INACTIVE_FILE) + pages(LruLists.ACTIVE_FILE) > 0;
    }

    boolean canReclaimAnon() {
        return swap.freePages() > 0;
    }

    /** Whether the inactive list is short beside the active one: equally long up to 1 GiB, a third of it at 10 GiB (Linux: inactive_is_low). */
    private boolean isInactiveLow(int inactiveList) {
        long inactive = pages(inactiveList);
        long active = pages(inactiveList + LruLists.ACTIVE);
        long gigabytes = inactive + active >>> 30 - pageShift;
        long ratio = gigabytes > 0 ? (long) Math.sqrt(10.0 * gigabytes) : 1;
        return inactive * ratio < active;
    }

    /** Remembers how many refaults there were: more of them by the next run mean that the working set is changing (Linux: snapshot_refaults). */
    void snapshotRefaults() {
        state.refaults[0] = lru.refaultActivated(node, 0);
        state.refaults[1] = lru.refaultActivated(node, 1);
    }

    /** Moves old active anonymous folios to the inactive list if that is short (Linux: kswapd_age_node). */
    void age(ScanControl control) {
        control.node = node;
        if (swap.totalPages() > 0 && isInactiveLow(LruLists.INACTIVE_ANON)) {
            scan.shrinkActive(LruLists.ACTIVE_ANON, LruLists.CLUSTER, control);
        }
    }

    /** Reclaims at {@code control.priority}; adds to {@code control.reclaimed} and {@code control.scanned}. */
    void shrink(ScanControl control) {
        control.node = node;
        boolean reclaimable = false;
        boolean again = true;
        while (again) {
            long before = control.reclaimed;
            prepare(control);
            shrinkLists(control);
            if (calls.isAlone()) {
                shrinkers.shrink(control.priority);
            }
            long freed = control.reclaimed - before;
            reclaimable |= freed > 0;
            again = shouldContinue(freed, control);
        }
        if (reclaimable) {
            state.failures = 0;
        } else if (control.cacheTrimMode) {
            control.cacheTrimModeFailed = true;
        }
    }

    private void prepare(ScanControl control) {
        control.anonCost = lru.anonCost(node);
        control.fileCost = lru.fileCost(node);
        boolean force = control.forceDeactivate;
        control.deactivateAnon =
                force || state.refaults[0] != lru.refaultActivated(node, 0) || isInactiveLow(LruLists.INACTIVE_ANON);
        control.deactivateFile =
                force || state.refaults[1] != lru.refaultActivated(node, 1) || isInactiveLow(LruLists.INACTIVE_FILE);
        control.cacheTrimMode = pages(LruLists.INACTIVE_FILE) >> control.priority != 0
                && !control.deactivateFile
                && !control.noCacheTrimMode;
        long high = 0;
        for (int z = Zone.first(node); z < Zone.first(node + 1); z++) {
            high += allocator.zone(z).managed() > 0 ? allocator.zone(z).watermark(Zone.HIGH) : 0;
        }
        long files = pages(LruLists.ACTIVE_FILE) + pages(LruLists.INACTIVE_FILE);
        control.fileIsTiny = files + allocator.counts().freePages(node) <= high
                && !control.deactivateAnon
                && pages(LruLists.INACTIVE_ANON) >> control.priority != 0;
    }

    /** How much of each list to scan (Linux: get_scan_count). */
    private void share(ScanControl control) {
        int swappiness = state.swappiness;
        boolean anonToo = control.maySwap && canReclaimAnon();
        boolean equal = anonToo && control.priority == 0 && swappiness > 0;
        boolean anonOnly = anonToo && !equal && control.fileIsTiny;
        boolean fileOnly = !anonToo || !equal && !anonOnly && control.cacheTrimMode;
        long total = control.anonCost + control.fileCost;
        long anonCost = total + control.anonCost;
        long fileCost = total + control.fileCost;
        total = anonCost + fileCost;
        long anonShare = swappiness * (total + 1) / (anonCost + 1);
        long fileShare = (MAX_SWAPPINESS - swappiness) * (total + 1) / (fileCost + 1);
        for (int list = 0; list < LruLists.UNEVICTABLE; list++) {
            boolean file = list >= LruLists.FILE;
            long pages = lru.pagesUpTo(node, control.highest, list) >> control.priority;
            if (fileOnly && !file || anonOnly && file) {
                pages = 0;
            } else if (!fileOnly && !anonOnly && !equal) {
                pages = pages * (file ? fileShare : anonShare) / (anonShare + fileShare);
            }
            left[list] = pages;
            targets[list] = pages;
        }
    }

    private void shrinkLists(ScanControl control) {
        share(control);
        long freed = 0;
        // Direct reclaim that has only just begun does its share even when it has got enough: background reclaim does not keep up.
        boolean proportional = !control.kswapd && control.priority == ScanControl.DEFAULT_PRIORITY;
        while (left[LruLists.INACTIVE_ANON] > 0 || left[LruLists.ACTIVE_FILE] > 0 || left[LruLists.INACTIVE_FILE] > 0) {
            for (int list = 0; list < LruLists.UNEVICTABLE; list++) {
                if (left[list] > 0) {
                    long pages = Math.min(left[list], LruLists.CLUSTER);
                    left[list] -= pages;
                    freed += scan.shrink(list, pages, control);
                }
            }
            if (freed >= control.target && !proportional && !narrow()) {
                break;
            }
        }
        control.reclaimed += freed;
        age(control);
    }

    /**
     * Enough was freed: the side of which less is left is done, and the other one is scanned in the proportion that the first one has
     * reached; false when one side is done already.
     */
    private boolean narrow() {
        long anon = left[LruLists.INACTIVE_ANON] + left[LruLists.ACTIVE_ANON];
        long file = left[LruLists.INACTIVE_FILE] + left[LruLists.ACTIVE_FILE];
        if (anon == 0 || file == 0) {
            return false;
        }
        int smaller = file > anon ? LruLists.INACTIVE_ANON : LruLists.INACTIVE_FILE;
        int larger = LruLists.FILE - smaller;
        long percent = Math.min(anon, file) * 100 / (targets[smaller] + targets[smaller + LruLists.ACTIVE] + 1);
        left[smaller] = 0;
        left[smaller + LruLists.ACTIVE] = 0;
        for (int list = larger; list <= larger + LruLists.ACTIVE; list++) {
            long done = targets[list] - left[list];
            long wanted = targets[list] * (100 - percent) / 100;
            left[list] = wanted - Math.min(wanted, done);
        }
        return true;
    }

    /** Whether more is to be freed so that compaction can make the block asked for (Linux: should_continue_reclaim). */
    private boolean shouldContinue(long freed, ScanControl control) {
        boolean forCompaction = control.order > 0
                && allocator.compaction() != Compaction.NONE
                && (control.order > COSTLY_ORDER || control.priority < ScanControl.DEFAULT_PRIORITY - 2);
        if (!forCompaction || freed == 0) {
            return false;
        }
        for (int z = Zone.first(node); z <= Zone.first(node) + control.highest; z++) {
            Zone zone = allocator.zone(z);
            if (zone.managed() > 0
                    && (allocator.isAbove(z, control.order, control.highest, zone.watermark(Zone.MIN))
                            || allocator.compaction().hasRoom(z, control.order, control.highest, zone.free()))) {
                return false;
            }
        }
        long inactive = pages(LruLists.INACTIVE_FILE) + (canReclaimAnon() ? pages(LruLists.INACTIVE_ANON) : 0);
        return inactive > 2L << control.order;
    }
}
