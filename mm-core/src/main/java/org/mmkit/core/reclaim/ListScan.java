package org.mmkit.core.reclaim;

import java.util.Arrays;
import java.util.Locale;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.stat.Counters;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.FolioBatches;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.memory.LruLists;
import org.mmkit.core.memory.Zone;
import org.mmkit.core.swap.SwapSpace;

/**
 * Takes folios from the old ends of the lists: from the active ones to the inactive ones, from the inactive ones out of memory (Linux:
 * shrink_active_list, shrink_inactive_list). Not thread-safe.
 */
final class ListScan {

    /** Folios that are looked at under one hold of the lock of the lists. */
    private static final int MOST_LOOKS = 4 * LruLists.CLUSTER;

    private final FrameTable frames;
    private final LruLists lru;
    private final FolioBatches batches;
    private final SwapSpace swap;
    private final Counters counters;
    private final FolioReclaimer reclaimer;
    private final FolioReferences references;
    private final int pgrefill;
    private final ReclaimAccounts accounts;
    private final int[] scannedOf = new int[2];
    private final int[] freedOf = new int[2];
    private final int[] skippedIn = new int[Zone.ZONES];
    private long totalScanned;
    private long[] taken = new long[2 * LruLists.CLUSTER];
    private int takenCount;

    ListScan(Engine engine, SwapSpace swap, ReclaimAccounts accounts) {
        this.accounts = accounts;
        frames = engine.frames;
        lru = frames.lru();
        batches = frames.batches();
        counters = engine.counters;
        this.swap = swap;
        reclaimer = new FolioReclaimer(engine, swap);
        references = new FolioReferences(engine);
        pgrefill = counters.register("pgrefill");
        String[] kinds = {"anon", "file"};
        for (int i = 0; i < 2; i++) {
            scannedOf[i] = counters.register("pgscan_" + kinds[i]);
            freedOf[i] = counters.register("pgsteal_" + kinds[i]);
        }
        for (int z = 0; z < Zone.ZONES; z++) {
            skippedIn[z] = counters.register("pgskip_" + Zone.name(z).toLowerCase(Locale.ROOT));
        }
    }

    /**
     * Looks at {@code pages} pages of {@code list} (Linux: shrink_list).
     *
     * @return pages freed
     */
    long shrink(int list, long pages, ScanControl control) {
        boolean file = list >= LruLists.FILE;
        if ((list & LruLists.ACTIVE) == 0) {
            return shrinkInactive(list, pages, control);
        }
        if (file ? control.deactivateFile : control.deactivateAnon) {
            shrinkActive(list, pages, control);
        } else {
            control.skippedDeactivate = true;
        }
        return 0;
    }

    /** Takes folios of about {@code pages} pages off the old end; those of zones that are of no use move to the young end (Linux: isolate_lru_folios). */
    private void isolate(int list, long pages, ScanControl control) {
        if (lru.isShared()) {
            isolateBeside(list, pages, control);
            return;
        }
        long scan = 0;
        long left = lru.pagesOfNode(control.node, list);
        totalScanned = 0;
        takenCount = 0;
        for (long head = lru.oldest(control.node, list); scan < pages && left > 0 && head != 0; ) {
            long next = lru.younger(head);
            long n = frames.pages(head);
            left -= n;
            totalScanned += n;
            int zone = Zone.kind(lru.zone(head));
            if (zone > control.highest) {
                counters.add(skippedIn[zone], n);
                lru.rotateToYoungest(head);
            } else {
                scan += n;
                lru.isolate(head);
                frames.get(head, 1);
                if (takenCount == taken.length) {
                    taken = Arrays.copyOf(taken, 2 * takenCount);
                }
                taken[takenCount++] = head;
            }
            head = next;
        }
    }

    /** The same beside other calls: only anonymous folios. */
    private void isolateBeside(int list, long pages, ScanControl control) {
        lru.gather();
        takenCount = lru.isolateOldest(control.node, list, Math.min(pages, LruLists.CLUSTER), MOST_LOOKS, control.highest, taken);
        totalScanned = 0;
        for (int i = 0; i < takenCount; i++) {
            totalScanned += frames.pages(taken[i]);
        }
    }

    private long shrinkInactive(int list, long pages, ScanControl control) {
        int file = list >= LruLists.FILE ? 1 : 0;
        batches.drain();
        isolate(list, pages, control);
        accounts.addScanned(control.account, totalScanned);
        counters.add(scannedOf[file], totalScanned);
        if (takenCount == 0) {
            return 0;
        }
        for (int i = 0; i < takenCount; i++) {
            reclaimer.take(taken[i]);
        }
        long freed = reclaimer.reclaim(false);
        control.scanned += reclaimer.scanned();
        accounts.addFreed(control.account, freed);
        counters.add(freedOf[file], freed);
        lru.noteCost(control.node, file == 1, reclaimer.written(), Math.max(0, totalScanned - freed));
        return freed;
    }

    /** Moves folios to the inactive list; executable files in use have another round (Linux: shrink_active_list). */
    void shrinkActive(int list, long pages, ScanControl control) {
        boolean file = list >= LruLists.FILE;
        batches.drain();
        isolate(list, pages, control);
        counters.add(pgrefill, totalScanned);
        long rotated = 0;
        long activated = 0;
        // What stays active is put back first; the rest waits at the front of the array.
        int inactive = 0;
        for (int i = 0; i < takenCount; i++) {
            long head = taken[i];
            if (frames.test(head, FolioFlags.MLOCKED)) {
                batches.add(head);
                frames.put(head, 1);
                continue;
            }
            if (!frames.tryLockFolio(head)) {
                putBack(head); // somebody works on it
                continue;
            }
            boolean used = references.count(head) != 0 || references.isLocked();
            frames.unlockFolio(head);
            swap.releaseIfUnused(head);
            if (used && references.isExecutable() && file) {
                rotated += frames.pages(head);
                activated += frames.pages(head);
                putBack(head);
                continue;
            }
            frames.clear(head, FolioFlags.ACTIVE);
            frames.set(head, FolioFlags.WORKINGSET);
            taken[inactive++] = head;
        }
        lru.age(control.node, activated);
        for (int i = 0; i < inactive; i++) {
            lru.countDeactivated(frames.test(taken[i], FolioFlags.MLOCKED) ? 0 : frames.pages(taken[i]));
            putBack(taken[i]);
        }
        if (rotated > 0) {
            lru.noteCost(control.node, file, 0, rotated);
        }
    }

    private void putBack(long head) {
        lru.putBack(head);
        frames.put(head, 1);
    }
}
