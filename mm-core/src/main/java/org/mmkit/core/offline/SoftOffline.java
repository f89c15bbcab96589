package org.mmkit.core.offline;

import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.feature.MadviseHandler;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.memory.Nodes;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.task.Capability;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.compaction.Mode;
import org.mmkit.core.compaction.PageMigrator;
import org.mmkit.core.gup.Foll;
import org.mmkit.core.gup.UserPages;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.memory.Isolation;
import org.mmkit.core.memory.Zone;
import org.mmkit.core.pagecache.PageCache;
import org.mmkit.core.space.UserAddressSpace;

/**
 * Takes single frames out of use for good, without anybody losing data (mm/memory-failure.c, soft_offline_page; mm/madvise.c,
 * madvise_inject_error): what is in them moves elsewhere, large folios are split before, free HugeTLB pages leave their pool. For calls that run
 * alone.
 */
public final class SoftOffline implements MadviseHandler {

    /** The reason in tracepoints (MR_MEMORY_FAILURE). */
    private static final int MEMORY_FAILURE = 1;

    private final Engine engine;
    private final FrameTable frames;
    private final Isolation isolation;
    private final PageMigrator.Batch batch = new PageMigrator.Batch();
    private boolean enabled = true;

    /** Of the memory of {@code engine}, whose free memory lies in page blocks. */
    public SoftOffline(Engine engine) {
        this.engine = engine;
        this.frames = engine.frames;
        this.isolation = engine.memory.allocator().isolation();
        batch.keepsMoved = true;
    }

    /** Whether pages may be taken out of use at all (vm.enable_soft_offline). */
    public boolean isEnabled() {
        return enabled;
    }

    /** Sets it. */
    public void setEnabled(boolean value) {
        enabled = value;
    }

    /** How many frames are out of use (HardwareCorrupted). */
    public long pages() {
        return engine.badFrames.count();
    }

    /** log2 of the base page size. */
    public int pageShift() {
        return engine.pageShift;
    }

    /** Whether the caller may do this. */
    public boolean isAllowed() {
        return engine.caller().isCapable(Capability.CAP_SYS_ADMIN);
    }

    @Override
    public long advise(AddressSpace space, long start, long end) {
        if (!isAllowed()) {
            return -Errno.EPERM;
        }
        long va = start;
        while (Long.compareUnsigned(va, end) < 0) {
            long pfn;
            try {
                UserPages page = UserPages.get((UserAddressSpace) space, va, 1, Foll.FAST);
                pfn = page.pfn(0);
                page.release();
            } catch (ErrnoException e) {
                return -e.errno();
            }
            // one frame of each folio, however large it is
            va += frames.pages(frames.head(pfn)) << engine.pageShift;
            int result = offline(pfn);
            if (result != 0) {
                return result;
            }
        }
        return 0;
    }

    /**
     * Takes the frame {@code pfn} out of use.
     *
     * @return 0; -ENXIO without such memory, -EOPNOTSUPP when switched off, -EIO for memory of the kernel, -EBUSY when somebody holds or needs it,
     *     -ENOMEM when there is nowhere to move to
     */
    public int offline(long pfn) {
        if (!engine.memory.isPresent(pfn)) {
            return -Errno.ENXIO;
        }
        if (!enabled) {
            return -Errno.EOPNOTSUPP;
        }
        if (engine.badFrames.contains(pfn)) {
            return 0;
        }
        int zone = frames.lru().zone(pfn);
        isolation.drain(zone);
        long head = frames.head(pfn);
        if (frames.test(head, FolioFlags.HUGETLB)) {
            return frames.refcount(head) == 0 ? takeFree(pfn) : moveHuge(pfn, head);
        }
        if (!isKnown(pfn)) {
            frames.batches().drain();
            isolation.drain(zone); // what the batches let go of; Linux has switched the lists of processors off
            if (!isKnown(pfn)) {
                return -Errno.EIO;
            }
        }
        return frames.refcount(frames.head(pfn)) == 0 ? takeFree(pfn) : takeUsed(pfn);
    }

    /** Whether the frame is free or a user's on a list (HWPoisonHandlable). */
    private boolean isKnown(long pfn) {
        return frames.test(frames.head(pfn), FolioFlags.LRU) || engine.memory.allocator().isFree(pfn);
    }

    /** A frame that nobody uses: its HugeTLB page leaves the pool, and it the free lists. */
    private int takeFree(long pfn) {
        long head = frames.head(pfn);
        boolean pooled = frames.test(head, FolioFlags.HUGETLB);
        if (pooled && engine.extensions.hugePageMover().dissolve(head) != 0 || !isolation.takeFrame(pfn)) {
            return -Errno.EBUSY;
        }
        frames.makeFolio(pfn, 0, false);
        engine.badFrames.add(pfn);
        return 0;
    }

    private int moveHuge(long pfn, long head) {
        int node = engine.memory.nodes().of(pfn);
        frames.get(head, 1);
        int result = engine.migrator().migrateHuge(head, new MemoryPolicy(MemoryPolicy.Mode.PREFERRED, 1L << node), node);
        if (result != 0) {
            frames.put(head, 1);
            return result == -Errno.ENOMEM ? result : -Errno.EBUSY;
        }
        return takeFree(pfn);
    }

    private int takeUsed(long pfn) {
        if (frames.isLarge(pfn)) {
            long head = frames.head(pfn);
            frames.get(head, 1);
            int result = engine.extensions.largeFolios().split(head, 0);
            frames.put(head, 1);
            if (result != 0) {
                return -Errno.EBUSY;
            }
            if (frames.refcount(pfn) == 0) {
                return takeFree(pfn); // nothing mapped this part any more
            }
        }
        if (isUnused(pfn)) {
            PageCache file = (PageCache) frames.owner(pfn);
            frames.get(pfn, 1);
            file.discard(pfn);
            return retire(pfn);
        }
        return move(pfn);
    }

    /** Whether the page is a clean one of a file that only the page cache holds (mapping_evict_folio). */
    private boolean isUnused(long pfn) {
        int flags = frames.flags(pfn);
        return (flags & (FolioFlags.ANON | FolioFlags.SWAPCACHE | FolioFlags.SWAPBACKED | FolioFlags.DIRTY | FolioFlags.WRITEBACK)) == 0
                && frames.hasOwner(pfn) && frames.owner(pfn) instanceof PageCache && frames.refcount(pfn) == 1;
    }

    private int move(long pfn) {
        if (!frames.lru().isolate(pfn)) {
            return -Errno.EBUSY;
        }
        frames.get(pfn, 1);
        batch.clear();
        batch.add(pfn);
        engine.migrator().migrate(batch, new Targets(pfn), Mode.SYNC, MEMORY_FAILURE);
        if (batch.left(0) == FrameAllocator.NONE) {
            return retire(pfn);
        }
        frames.batches().add(pfn);
        frames.put(pfn, 1);
        return batch.outOfMemory ? -Errno.ENOMEM : -Errno.EBUSY;
    }

    private int retire(long pfn) {
        frames.retire(pfn);
        engine.badFrames.add(pfn);
        return 0;
    }

    /** A frame near the one that is given up; the movable zone only takes what was in it. */
    private final class Targets implements PageMigrator.Targets {

        private final int gfp;
        private final int node;

        Targets(long pfn) {
            node = engine.memory.nodes().of(pfn);
            boolean movableZone = Zone.kind(frames.lru().zone(pfn)) == Zone.MOVABLE;
            // not at the price of a process (Linux: __GFP_RETRY_MAYFAIL)
            gfp = Gfp.RECLAIM | Gfp.NORETRY | Gfp.MOVABLE | (movableZone ? Gfp.HIGHMEM : 0);
        }

        @Override
        public long take(int order) {
            return engine.memory.allocator().allocate(order, gfp, node, Nodes.ALL);
        }

        @Override
        public void giveBack(long pfn, int order) {
            engine.memory.allocator().free(pfn, order);
        }
    }
}
