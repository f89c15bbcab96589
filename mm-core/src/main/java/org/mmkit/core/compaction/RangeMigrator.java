package org.mmkit.core.compaction;

import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.Nodes;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.memory.Isolation;
import org.mmkit.core.memory.RangeEvacuation;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.memory.Zone;

/**
 * Empties ranges for contiguous allocations by moving their folios to frames elsewhere (mm/page_alloc.c,
 * __alloc_contig_migrate_range). Large folios move whole; locked ones move too. Not thread-safe.
 */
public final class RangeMigrator implements RangeEvacuation {

    /** Reason of tracepoints (MR_CONTIG_RANGE). */
    private static final int CONTIG_RANGE = 6;

    /** How often the folios of one batch are tried. */
    private static final int TRIES = 5;

    private final SystemMemory memory;
    private final FrameTable frames;
    private final BuddyAllocator allocator;
    private final Isolation isolation;
    private final PageMigrator migrator;
    private final PageIsolation pages;

    /** Empties ranges of {@code engine}'s memory. */
    public RangeMigrator(Engine engine) {
        memory = engine.memory;
        frames = engine.frames;
        allocator = memory.allocator();
        isolation = allocator.isolation();
        migrator = engine.migrator();
        pages = new PageIsolation(engine);
    }

    @Override
    public boolean mayMove(long from, long to) {
        frames.batches().drain(); // what waits for its list looks unmovable
        for (long pfn = from; pfn < to; ) {
            if (!memory.isPresent(pfn)) {
                return false;
            }
            if (isolation.isUntouched(pfn)) {
                pfn = (pfn >>> memory.sectionOrder()) + 1 << memory.sectionOrder();
                continue;
            }
            int order = isolation.freeOrder(pfn);
            if (order >= 0) {
                pfn += 1L << order;
                continue;
            }
            long head = frames.head(pfn);
            int flags = frames.flags(head);
            if ((flags & (FolioFlags.RESERVED | FolioFlags.HUGETLB)) != 0 || (flags & FolioFlags.LRU) == 0) {
                return false;
            }
            pfn = head + frames.pages(head);
        }
        return true;
    }

    @Override
    public boolean evacuate(long from, long to, Progress progress) {
        frames.batches().drain();
        Targets targets = new Targets(Zone.kind(frames.lru().zone(from)) == Zone.MOVABLE, memory.nodes().of(from));
        boolean empty = true;
        long pfn = from;
        while (pfn < to) {
            PageMigrator.Batch batch = new PageMigrator.Batch();
            long first = pfn;
            long taken = 0;
            while (pfn < to && taken < CompactControl.CLUSTER) {
                if (!frames.isTouched(pfn)) {
                    pfn = (pfn >>> memory.sectionOrder()) + 1 << memory.sectionOrder();
                    continue;
                }
                if (frames.refcount(frames.head(pfn)) == 0) {
                    pfn++;
                    continue;
                }
                long size = frames.pages(pfn);
                if (pages.isMovable(pfn, true, Mode.SYNC)) {
                    pages.isolate(pfn);
                    batch.add(pfn);
                    taken += size;
                } else {
                    empty = false; // somebody holds it, but those behind it still move
                }
                pfn += size;
            }
            pfn = Math.min(pfn, to);
            pages.isolated(first, pfn, pfn - first, taken);
            boolean moved = migrate(batch, targets);
            progress.passed(first, pfn);
            if (!moved) {
                return false;
            }
        }
        return empty;
    }

    /** Moves the folios of {@code batch}; those that will not go after some tries stay, and false is returned. */
    private boolean migrate(PageMigrator.Batch batch, Targets targets) {
        PageMigrator.Batch left = batch;
        for (int i = 0; i < TRIES && left.size() > 0; i++) {
            migrator.migrate(left, targets, Mode.SYNC, CONTIG_RANGE);
            boolean outOfMemory = left.outOfMemory;
            left = rest(left);
            if (outOfMemory) {
                break;
            }
        }
        for (int i = 0; i < left.size(); i++) {
            pages.putBack(left.left(i));
        }
        return left.size() == 0;
    }

    private static PageMigrator.Batch rest(PageMigrator.Batch batch) {
        PageMigrator.Batch left = new PageMigrator.Batch();
        for (int i = 0; i < batch.size(); i++) {
            long head = batch.left(i);
            if (head != FrameAllocator.NONE) {
                left.add(head);
            }
        }
        return left;
    }

    /** Frames from anywhere that serves user memory; a movable zone only takes what was in one, and huge pages (alloc_migration_target). */
    private final class Targets implements PageMigrator.Targets {

        private final int gfp;
        private final int node;

        Targets(boolean ofMovableZone, int node) {
            this.node = node;
            // not at the price of a process (Linux: __GFP_RETRY_MAYFAIL)
            gfp = Gfp.RECLAIM | Gfp.NORETRY | Gfp.MOVABLE | Gfp.NOWARN | (ofMovableZone ? Gfp.HIGHMEM : 0);
        }

        @Override
        public long take(int order) {
            return allocator.allocate(order, order > 0 ? gfp & ~Gfp.RECLAIM | Gfp.TRANSHUGE : gfp, node, Nodes.ALL);
        }

        @Override
        public void giveBack(long pfn, int order) {
            allocator.free(pfn, order);
        }
    }
}
