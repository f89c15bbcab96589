package org.mmkit.core.compaction;

import java.util.Arrays;
import org.mmkit.api.feature.FolioEvent;
import org.mmkit.api.feature.HugePageMover;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.pagecache.PageCache;
import org.mmkit.core.trace.Events;

/**
 * Moves folios of any kind to other frames (mm/migrate.c, migrate_pages): mappings become migration entries; when nobody else
 * holds the folio, content, owner, page-cache or swap-cache place and flags go to the new frames, and the mappings follow.
 *
 * <p>The caller has taken each folio off its list and holds a reference on it. Not thread-safe.
 */
public final class PageMigrator {

    /** What the new folio takes over. Exclusiveness and locking in memory go with the mappings. */
    private static final int MOVED = FolioFlags.ANON
            | FolioFlags.SWAPBACKED
            | FolioFlags.UPTODATE
            | FolioFlags.DIRTY
            | FolioFlags.REFERENCED
            | FolioFlags.ACTIVE
            | FolioFlags.UNEVICTABLE
            | FolioFlags.WORKINGSET;

    /** Smaller anonymous folios are never split in parts, and have no place on the queue of those to be split. */
    private static final int LEAST_SPLIT_ORDER = 2;

    private final Engine engine;
    private final FrameTable frames;
    private final int success;
    private final int fail;
    private final int thpSuccess;
    private final int thpFail;
    private final int thpSplit;
    private final int hugeOrder;

    /** Where folios move to. */
    public interface Targets {

        /** 2^{@code order} frames, or {@link FrameAllocator#NONE}. */
        long take(int order);

        /** The frames of {@link #take} are not needed after all. */
        void giveBack(long pfn, int order);
    }

    /** Registers the counters. */
    public PageMigrator(Engine engine) {
        this.engine = engine;
        this.frames = engine.frames;
        success = engine.counters.register("pgmigrate_success");
        fail = engine.counters.register("pgmigrate_fail");
        thpSuccess = engine.counters.register("thp_migration_success");
        thpFail = engine.counters.register("thp_migration_fail");
        thpSplit = engine.counters.register("thp_migration_split");
        hugeOrder = engine.layout.order(2);
    }

    /** Folios to move, and what became of them. */
    public static final class Batch {

        private long[] from = new long[2 * CompactControl.CLUSTER];
        private long[] to = new long[2 * CompactControl.CLUSTER];
        private boolean[] freed = new boolean[2 * CompactControl.CLUSTER];
        private int size;

        /** Pages that moved. */
        public int succeeded;
        /** Folios that did not. */
        public int failed;
        /** Their pages. */
        public long failedPages;
        /** Huge pages that moved, that did not, and that were split; and all folios that were. */
        private int hugeSucceeded;

        private int hugeFailed;
        private int hugeSplit;
        private int splits;
        /** No frames were left to move to. */
        public boolean outOfMemory;
        /** Whether the caller keeps its references to what has moved (Linux does for MR_MEMORY_FAILURE); stays when the batch is cleared. */
        public boolean keepsMoved;

        /** An empty batch. */
        public Batch() {}

        /** Adds the folio {@code head}, on which the caller holds a reference. */
        public void add(long head) {
            if (size == from.length) {
                from = Arrays.copyOf(from, 2 * size);
                to = Arrays.copyOf(to, 2 * size);
                freed = Arrays.copyOf(freed, 2 * size);
            }
            to[size] = FrameAllocator.NONE;
            freed[size] = false;
            from[size++] = head;
        }

        /** Folios added, parts of split ones included. */
        public int size() {
            return size;
        }

        /** The {@code i}-th folio if it is still where it was and the caller's reference with it, else {@link FrameAllocator#NONE}. */
        public long left(int i) {
            return freed[i] ? FrameAllocator.NONE : from[i];
        }

        /** Forgets all. */
        public void clear() {
            size = 0;
            succeeded = 0;
            failed = 0;
            failedPages = 0;
            hugeSucceeded = 0;
            hugeFailed = 0;
            hugeSplit = 0;
            splits = 0;
            outOfMemory = false;
        }
    }

    /**
     * Moves the folios of {@code batch}; those that moved have dropped the caller's reference.
     *
     * @param reason as the tracepoint {@code mm_migrate_pages} has it
     */
    public void migrate(Batch batch, Targets targets, Mode mode, int reason) {
        Events trace = engine.tracing.events();
        if (trace.migratePagesStart.isOn()) {
            trace.migratePagesStart.emit(mode.ordinal(), reason);
        }
        long failedPages = 0;
        int first = 0;
        // Parts of folios that had to be split are added behind and make up another round.
        while (first < batch.size) {
            int end = batch.size;
            for (int i = first; i < end; i++) {
                failedPages += prepare(batch, i, targets);
            }
            for (int i = first; i < end; i++) {
                failedPages += finish(batch, i, targets);
            }
            first = end;
        }
        batch.failedPages = failedPages;
        engine.counters.add(success, batch.succeeded);
        engine.counters.add(fail, failedPages);
        if (trace.migratePages.isOn()) {
            trace.migratePages.emit(batch.succeeded, failedPages, batch.hugeSucceeded, batch.hugeFailed, batch.hugeSplit, batch.splits,
                    mode.ordinal(), reason);
        }
    }

    /** {@link HugePageMover#move} of one folio, counted as a migration. */
    public int migrateHuge(long head, MemoryPolicy policy, int node) {
        long pages = frames.pages(head);
        int result = engine.extensions.hugePageMover().move(head, policy, node);
        engine.counters.add(result == 0 ? success : fail, pages);
        return result;
    }

    private boolean isHuge(int order) {
        return order == hugeOrder;
    }

    /** Gets frames for the folio and takes its mappings away; how many pages failed. */
    private long prepare(Batch batch, int i, Targets targets) {
        long head = batch.from[i];
        int order = frames.order(head);
        if (batch.outOfMemory) {
            return 0; // not tried, so not failed
        }
        if (order >= LEAST_SPLIT_ORDER && frames.test(head, FolioFlags.PARTIALLY_MAPPED) && split(batch, head, order)) {
            // Its parts are tried one by one; that it has failed as a whole only shows in the result.
            failed(batch, order, 0);
            return 0;
        }
        long to = targets.take(order);
        if (to == FrameAllocator.NONE) {
            if (order > 0 && split(batch, head, order)) {
                failed(batch, order, 0);
                return 0;
            }
            batch.outOfMemory = true;
            return failed(batch, order, 1L << order);
        }
        if (frames.isMapped(head) && !engine.rmap.unmapForMove(head)) {
            engine.rmap.mapAfterMove(head, head);
            targets.giveBack(to, order);
            return failed(batch, order, 1L << order);
        }
        batch.to[i] = to;
        return 0;
    }

    private long failed(Batch batch, int order, long pages) {
        batch.failed++;
        if (isHuge(order)) {
            batch.hugeFailed++;
            engine.counters.add(thpFail, 1);
        }
        return pages;
    }

    /** Splits the folio {@code head}; the parts but for the first join the batch with a reference each. */
    private boolean split(Batch batch, long head, int order) {
        if (engine.extensions.largeFolios().split(head, 0) != 0) {
            return false;
        }
        batch.splits++;
        if (isHuge(order)) {
            batch.hugeSplit++;
            engine.counters.add(thpSplit, 1);
        }
        for (long i = 0; i < 1L << order; i++) {
            long part = head + i;
            if (i > 0) {
                if (frames.refcount(part) == 0) {
                    continue; // nobody needed it any more
                }
                frames.get(part, 1);
            }
            batch.add(part);
        }
        return true;
    }

    private long finish(Batch batch, int i, Targets targets) {
        long to = batch.to[i];
        long from = batch.from[i];
        if (to == FrameAllocator.NONE) {
            // Split folios stand again behind, under their parts.
            batch.freed[i] |= isInLaterRound(batch, i);
            return 0;
        }
        int order = frames.order(from);
        if (!move(from, to, batch.keepsMoved)) {
            engine.rmap.mapAfterMove(from, from);
            targets.giveBack(to, order);
            batch.to[i] = FrameAllocator.NONE;
            return failed(batch, order, 1L << order);
        }
        batch.freed[i] = true;
        batch.succeeded += 1 << order;
        if (isHuge(order)) {
            batch.hugeSucceeded++;
            engine.counters.add(thpSuccess, 1);
        }
        return 0;
    }

    private static boolean isInLaterRound(Batch batch, int i) {
        for (int j = i + 1; j < batch.size; j++) {
            if (batch.from[j] == batch.from[i]) {
                return true;
            }
        }
        return false;
    }

    /** Moves the unmapped folio to the free frames {@code to}; false, and nothing has changed, when somebody else holds it. */
    private boolean move(long from, long to, boolean keepsMoved) {
        int flags = frames.flags(from);
        int pages = (int) frames.pages(from);
        boolean swapCached = (flags & FolioFlags.SWAPCACHE) != 0;
        boolean cached = !swapCached && (flags & FolioFlags.ANON) == 0 && frames.hasOwner(from);
        if (!frames.freeze(from, 1 + (swapCached || cached ? pages : 0))) {
            return false;
        }
        int order = frames.order(from);
        if (order > 0 && (flags & FolioFlags.ANON) != 0) {
            engine.extensions.largeFolios().undefer(from);
        }
        frames.makeFolio(to, order, frames.test(from, FolioFlags.LARGE_RMAPPABLE));
        engine.memory.contents().copy(from, to, pages);
        frames.set(to, flags & MOVED | (frames.isToBeReclaimed(from) ? FolioFlags.RECLAIM : 0));
        if (frames.hasOwner(from)) {
            frames.setOwner(to, frames.owner(from), frames.index(from));
        }
        frames.unfreeze(from, 1 + (swapCached || cached ? pages : 0));
        if (swapCached) {
            engine.swapSpace().replace(from, to);
        } else if (cached) {
            ((PageCache) frames.owner(from)).replace(from, to);
        }
        if (order > 0 && (flags & FolioFlags.ANON) != 0) {
            engine.extensions.largeFolios().count(FolioEvent.ANON_NEW, order, 1);
        }
        frames.batches().add(to);
        if ((flags & FolioFlags.UNEVICTABLE) != 0) {
            // Who maps it counts a lock, for which it has to be on its list.
            frames.batches().drain();
        }
        engine.rmap.mapAfterMove(from, to);
        frames.put(to, 1);
        if (!keepsMoved) {
            frames.put(from, 1);
        }
        return true;
    }
}
