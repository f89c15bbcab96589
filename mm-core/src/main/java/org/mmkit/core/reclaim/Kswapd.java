package org.mmkit.core.reclaim;

import java.util.List;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.feature.Shrinker;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.Vma;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.memory.MemoryPressure;
import org.mmkit.core.memory.Zone;
import org.mmkit.core.swap.SwapSpace;

/**
 * Takes pages back when memory runs short (Linux: kswapd and direct reclaim, mm/vmscan.c).
 *
 * <p>An allocation that falls below the low watermark only makes a note. The work is done where nobody holds a frame without a
 * reference: before a fault, before a page of populate or of a write to shared memory, until the high watermarks are reached again.
 * A fault that found no memory is tried again after that, as after direct reclaim.
 *
 * <p>In place of LRU lists a hand goes round over all frames: a folio that was used since the hand last came by is passed over once,
 * then it goes. Shrinkers are asked for a share of their objects each time.
 */
public final class Kswapd implements MemoryPressure {

    /** Folios that are unmapped together (SWAP_CLUSTER_MAX). */
    private static final int BATCH = 32;
    /** After so many runs that freed nothing it waits until a fault really fails (MAX_RECLAIM_RETRIES). */
    private static final int MOST_FAILURES = 16;
    /** Frames whose metadata come and go together are at least as many. */
    private static final long STRIDE = 1024;
    private static final int FIXED = FolioFlags.HUGETLB
            | FolioFlags.UNEVICTABLE
            | FolioFlags.MLOCKED
            | FolioFlags.RESERVED
            | FolioFlags.TABLE
            | FolioFlags.LOCKED;

    private final Engine engine;
    private final BuddyAllocator allocator;
    private final FrameTable frames;
    private final EntryFormat format;
    private final SwapSpace swap;
    private final FolioReclaimer reclaimer;
    private final int pgscanKswapd;
    private final int pgstealKswapd;
    private final int pgscanDirect;
    private final int pgstealDirect;
    private long hand;
    private boolean due;
    private boolean running;
    private boolean young;
    private int failures;

    /** Registers the counters. */
    public Kswapd(Engine engine, SwapSpace swap) {
        this.engine = engine;
        this.allocator = engine.memory.allocator();
        this.frames = engine.frames;
        this.format = engine.format;
        this.swap = swap;
        this.reclaimer = new FolioReclaimer(engine, swap);
        pgscanKswapd = engine.counters.register("pgscan_kswapd");
        pgstealKswapd = engine.counters.register("pgsteal_kswapd");
        pgscanDirect = engine.counters.register("pgscan_direct");
        pgstealDirect = engine.counters.register("pgsteal_direct");
    }

    @Override
    public void wakeReclaim(int zone, int order, int gfp) {
        due = true;
    }

    /** Whether {@link #balance} has something to do. */
    public boolean isDue() {
        return due;
    }

    /** Frees memory up to the high watermarks if an allocation fell below the low ones. Called only where no frame is in the caller's hands. */
    public void balance() {
        due = false;
        if (running || failures >= MOST_FAILURES) {
            return;
        }
        for (long need = shortage(); need > 0; need = shortage()) {
            if (shrink(Math.min(need, BATCH), pgscanKswapd, pgstealKswapd) == 0) {
                failures++;
                return;
            }
            failures = 0;
        }
    }

    /**
     * A fault got no memory: frees some.
     *
     * @return whether it makes sense to try again
     */
    public boolean relieve() {
        if (running) {
            return false;
        }
        boolean progress = shrink(BATCH, pgscanDirect, pgstealDirect) > 0;
        if (progress) {
            failures = 0;
        }
        return progress;
    }

    /** Pages that zones lack to their high watermark. */
    private long shortage() {
        long need = 0;
        for (int z = 0; z < Zone.ZONES; z++) {
            Zone zone = allocator.zone(z);
            if (zone.managed() > 0) {
                need += Math.max(0, zone.watermark(Zone.HIGH) - zone.free());
            }
        }
        return need;
    }

    private long shrink(long target, int scanCounter, int stealCounter) {
        running = true;
        try {
            long before = allocator.freePages();
            shrinkOthers();
            long freed = 0;
            // Twice round: once to forget that pages were used, once to take them.
            long left = 2 * engine.memory.spanned() + STRIDE;
            while (freed < target && left > 0) {
                int gathered = 0;
                while (gathered < BATCH && left > 0) {
                    long skipped = advance();
                    left -= skipped;
                    if (skipped == 1 && isCandidate(hand)) {
                        engine.counters.add(scanCounter, frames.pages(hand));
                        if (!wasUsed(hand)) {
                            reclaimer.add(hand);
                            gathered++;
                        }
                    }
                }
                freed += reclaimer.reclaim();
            }
            engine.counters.add(stealCounter, freed);
            allocator.drain();
            return Math.max(freed, allocator.freePages() - before);
        } finally {
            running = false;
        }
    }

    private void shrinkOthers() {
        List<Shrinker> shrinkers = engine.extensions.shrinkers();
        for (int i = 0; i < shrinkers.size(); i++) {
            Shrinker shrinker = shrinkers.get(i);
            long count = shrinker.count();
            if (count > 0) {
                shrinker.scan(Math.min(count, Math.max(BATCH, count >> 4)));
            }
        }
    }

    /** Moves the hand to the next frame, over stretches that hold nothing; how far. */
    private long advance() {
        long at = hand + 1 >= engine.memory.spanned() ? 0 : hand + 1;
        if ((at & STRIDE - 1) == 0 && !frames.isTouched(at)) {
            hand = at + STRIDE - 1;
            return STRIDE;
        }
        hand = at;
        return 1;
    }

    private boolean isCandidate(long pfn) {
        if (frames.refcount(pfn) == 0 || (frames.flags(pfn) & FIXED) != 0 || !frames.hasOwner(pfn)) {
            return false;
        }
        boolean toSwap = frames.test(pfn, FolioFlags.SWAPBACKED) && !frames.test(pfn, FolioFlags.SWAPCACHE);
        return !toSwap || swap.freePages() > 0;
    }

    /** Whether the folio was used since this was last asked. */
    private boolean wasUsed(long head) {
        young = frames.test(head, FolioFlags.REFERENCED);
        frames.clear(head, FolioFlags.REFERENCED);
        if (frames.isMapped(head)) {
            engine.rmap.walk(head, (vma, va) -> age(vma, va, head));
        }
        return young;
    }

    private boolean age(Vma vma, long va, long head) {
        PageTables tables = vma.space().tables();
        long pages = frames.pages(head);
        for (long i = 0; i < pages; ) {
            long at = va + (i << engine.pageShift);
            long step = 1;
            if (Long.compareUnsigned(at, vma.start()) >= 0 && Long.compareUnsigned(at, vma.end()) < 0) {
                for (int level = 1; level < engine.layout.levels(); level++) {
                    long slot = tables.find(at, level);
                    if (slot != PageTables.NO_SLOT) {
                        forget(tables, slot, level, head, pages);
                        step = 1L << engine.layout.order(level);
                        break;
                    }
                }
            }
            i += step;
        }
        return true;
    }

    private void forget(PageTables tables, long slot, int level, long head, long pages) {
        long entry = tables.read(slot);
        if (format.isPresent(entry)
                && format.isLeaf(entry, level)
                && format.pfn(entry, level) >= head
                && format.pfn(entry, level) < head + pages
                && format.isYoung(entry)) {
            tables.write(slot, format.makeOld(entry));
            young = true;
        }
    }
}
