package org.mmkit.core.compaction;

import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.MigrateType;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.memory.Isolation;
import org.mmkit.core.memory.SystemMemory;

/**
 * Looks from the end of a zone downwards for free frames that pages can move to: first on the free lists, then page block by
 * page block (mm/compaction.c, isolate_freepages). Not thread-safe.
 */
final class FreeScanner {

    private final FrameTable frames;
    private final SystemMemory memory;
    private final Isolation isolation;
    private final PageIsolation pages;

    FreeScanner(SystemMemory memory, PageIsolation pages) {
        this.memory = memory;
        this.frames = memory.frames();
        this.isolation = memory.allocator().isolation();
        this.pages = pages;
    }

    /** How many blocks of a free list are looked at: fewer after each search in vain (freelist_scan_limit). */
    static int scanLimit(CompactControl cc) {
        return (cc.fastSearchFailures > 31 ? 0 : CompactControl.CLUSTER >> cc.fastSearchFailures) + 1;
    }

    /**
     * A free run of 2^{@code order} frames out of what {@code cc} holds, after another scan if need be (compaction_alloc).
     *
     * @return its first frame, or {@link FrameAllocator#NONE} when the scanners have met
     */
    long take(CompactControl cc, int order) {
        for (int round = 0; ; round++) {
            for (int from = order; from <= cc.zone.maxOrder; from++) {
                long pfn = cc.takeFree(from);
                if (pfn != FrameAllocator.NONE) {
                    for (int o = from - 1; o >= order; o--) {
                        cc.addFreeFirst(pfn + (1L << o), o);
                    }
                    cc.migratePages -= 1 << order;
                    return pfn;
                }
            }
            if (round > 0) {
                return FrameAllocator.NONE;
            }
            isolate(cc);
        }
    }

    /** Takes back the frames of a folio that did not move (compaction_free). */
    void giveBack(CompactControl cc, long pfn, int order) {
        cc.addFreeFirst(pfn, order);
        cc.migratePages += 1 << order;
    }

    /** Gives all that is left back to the allocator; the highest frame of it, or -1 (release_free_list). */
    long release(CompactControl cc) {
        long highest = -1;
        for (int order = 0; order <= cc.zone.maxOrder; order++) {
            for (long pfn = cc.takeFree(order); pfn != FrameAllocator.NONE; pfn = cc.takeFree(order)) {
                memory.allocator().free(pfn, order);
                highest = Math.max(highest, pfn);
            }
        }
        return highest;
    }

    private void isolate(CompactControl cc) {
        fastIsolate(cc);
        if (cc.freePages > 0) {
            return;
        }
        CompactedZone zone = cc.zone;
        long at = cc.free;
        long start = zone.blockStart(at);
        long low = zone.blockEnd(cc.migrate);
        int stride = cc.isSync() ? 1 : CompactControl.CLUSTER;
        for (; start >= low; start -= zone.blockPages, at = start) {
            if (!memory.isPresent(start) || !isTarget(cc, start) || !cc.ignoreSkips && zone.isSkipped(start)) {
                continue;
            }
            long end = start + zone.blockPages;
            int before = cc.freePages;
            at = isolateBlock(cc, at, end, stride);
            if (at == end) {
                zone.skip(start);
                zone.cachedFree = Math.min(zone.cachedFree, start - zone.blockPages);
            }
            if (cc.freePages >= cc.migratePages) {
                if (at >= end) {
                    at = start - zone.blockPages;
                }
                break;
            }
            if (at < end) {
                break;
            }
            stride = cc.freePages > before ? 1 : Math.min(CompactControl.CLUSTER, stride << 1);
        }
        cc.free = at;
    }

    /** Whether pages may move into the page block: one of movable memory that is not free as a whole (suitable_migration_target). */
    private boolean isTarget(CompactControl cc, long start) {
        int order = cc.order > 0 ? cc.order : cc.zone.blockOrder;
        return isolation.freeOrder(start) < order && (cc.anyTarget || isolation.blockType(start) == MigrateType.MOVABLE);
    }

    /**
     * Takes free blocks from {@code from} to {@code end} until as many frames are held as pages are to move; looks at each
     * {@code stride}-th frame (isolate_freepages_block).
     *
     * @return where it stopped
     */
    private long isolateBlock(CompactControl cc, long from, long end, int stride) {
        long scanned = 0;
        long taken = 0;
        long pfn = from;
        for (; pfn < end; pfn += stride) {
            scanned++;
            int order = isolation.freeOrder(pfn);
            if (order < 0) {
                long size = frames.head(pfn) == pfn ? frames.pages(pfn) : 1;
                if (size > 1 && pfn + size <= end) {
                    pfn += size - 1;
                    scanned += size - 1;
                }
                continue;
            }
            if (!isolation.take(pfn)) {
                break;
            }
            scanned += (1L << order) - 1;
            taken += 1L << order;
            cc.addFree(pfn, order);
            if (cc.migratePages <= cc.freePages) {
                pfn += 1L << order;
                break;
            }
            pfn += (1L << order) - 1;
        }
        pfn = Math.min(pfn, end);
        cc.freeScanned += scanned;
        pages.freeIsolated(from, pfn, scanned, taken);
        return pfn;
    }

    /** Looks on the free lists of smaller blocks for one in the top quarter of what is to be scanned (fast_isolate_freepages). */
    private void fastIsolate(CompactControl cc) {
        if (cc.order <= 0) {
            return;
        }
        CompactedZone zone = cc.zone;
        boolean scanStart = cc.free >= zone.initFree;
        Search search = new Search(cc, scanStart ? (int) (zone.blockPages >> 1) : Math.max(1, scanLimit(cc) >> 1));
        long page = search.run();
        if (page < 0) {
            cc.fastSearchFailures++;
            if (scanStart) {
                page = pessimistic(cc, search);
            }
        }
        if (search.highest > 0 && search.highest >= zone.cachedFree) {
            zone.cachedFree = search.highest - zone.blockPages;
        }
        cc.freeScanned += search.scanned;
        if (page >= 0) {
            isolateAround(cc, page);
        }
    }

    /** Where to scan from when no list had a block high enough: the highest one seen, or halfway. */
    private long pessimistic(CompactControl cc, Search search) {
        if (search.highest >= search.least) {
            cc.free = search.highest;
            return search.highest;
        }
        if (!cc.direct) {
            return -1;
        }
        cc.free = search.least;
        return memory.isPresent(search.least) && isTarget(cc, search.least) ? search.least : -1;
    }

    /** Also takes what is free in the page block of {@code pfn} (fast_isolate_around). */
    private void isolateAround(CompactControl cc, long pfn) {
        if (cc.freePages >= cc.migratePages || cc.direct && !cc.isSync()) {
            return;
        }
        CompactedZone zone = cc.zone;
        long end = zone.blockEnd(pfn);
        if (isolateBlock(cc, zone.blockStart(pfn), end, 1) == end) {
            zone.skip(pfn);
        }
    }

    /** One search of the lists. */
    private final class Search {

        final CompactControl cc;
        /** Blocks of a list to look at. */
        int limit;
        /** What is preferred lies at or above; what will do lies at or above {@link #least}. */
        final long preferred;

        final long least;
        /** The highest page block seen. */
        long highest;

        long scanned;
        private long taken;

        Search(CompactControl cc, int limit) {
            this.cc = cc;
            this.limit = limit;
            long distance = cc.free - cc.migrate;
            preferred = cc.zone.blockStart(cc.free - (distance >> 2));
            least = cc.zone.blockStart(cc.free - (distance >> 1));
            cc.searchOrder = Math.min(cc.order - 1, cc.searchOrder);
        }

        /** The block that was taken, or -1. */
        long run() {
            long page = -1;
            for (int order = cc.searchOrder; page < 0 && order >= 0; order = nextOrder(order)) {
                if (isolation.first(cc.zone.number, order) == 0) {
                    continue;
                }
                int looked = look(order);
                page = found;
                if (page >= 0) {
                    if (isolation.take(page)) {
                        taken += 1L << order;
                        scanned += (1L << order) - 1;
                        cc.addFree(page, order);
                    } else {
                        page = -1;
                        order = cc.searchOrder + 1;
                    }
                }
                if (cc.freePages >= cc.migratePages) {
                    break;
                }
                if (looked >= limit) {
                    limit = Math.max(1, limit >> 1);
                }
            }
            pages.freeIsolatedFast(least, cc.free, scanned, taken);
            return page;
        }

        private long found;

        /** Looks through the list of {@code order} from its end; sets {@link #found}. How many blocks were looked at. */
        private int look(int order) {
            int zone = cc.zone.number;
            int looked = 0;
            int candidate = 0;
            int block = isolation.last(zone, order);
            found = -1;
            for (; block != 0; block = isolation.previous(block)) {
                looked++;
                scanned++;
                long pfn = isolation.pfn(block);
                if (pfn >= highest) {
                    highest = cc.zone.blockStart(pfn);
                }
                if (pfn >= preferred) {
                    cc.fastSearchFailures = 0;
                    cc.searchOrder = order;
                    found = pfn;
                    break;
                }
                if (pfn >= least && (candidate == 0 || pfn > isolation.pfn(candidate))) {
                    candidate = block;
                    limit >>= 1;
                }
                if (looked >= limit) {
                    break;
                }
            }
            if (found < 0 && candidate != 0) {
                found = isolation.pfn(candidate);
                block = candidate;
            }
            if (block != 0) {
                isolation.bringForward(zone, order, block);
            }
            return looked;
        }

        /** The next smaller order, round the corner to the largest; -1 when all were looked at (next_search_order). */
        private int nextOrder(int order) {
            int next = order - 1 < 0 ? cc.order - 1 : order - 1;
            if (next != cc.searchOrder) {
                return next;
            }
            cc.searchOrder = cc.searchOrder - 1 < 0 ? cc.order - 1 : cc.searchOrder - 1;
            return -1;
        }
    }
}
