package org.mmkit.core.compaction;

import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.MigrateType;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.memory.Isolation;
import org.mmkit.core.memory.SystemMemory;

/**
 * Looks from the start of a zone upwards for folios that can move, page block by page block (mm/compaction.c,
 * isolate_migratepages). Not thread-safe.
 */
final class MigrationScanner {

    private static final int COSTLY_ORDER = 3;

    private final FrameTable frames;
    private final SystemMemory memory;
    private final Isolation isolation;
    private final PageIsolation pages;
    private final int maxOrder;
    /** Whether locked pages may move (vm.compact_unevictable_allowed). */
    private boolean unevictableAllowed = true;

    MigrationScanner(SystemMemory memory, PageIsolation pages) {
        this.memory = memory;
        this.frames = memory.frames();
        this.isolation = memory.allocator().isolation();
        this.pages = pages;
        this.maxOrder = memory.allocator().maxOrder();
    }

    boolean isUnevictableAllowed() {
        return unevictableAllowed;
    }

    void setUnevictableAllowed(boolean allowed) {
        unevictableAllowed = allowed;
    }

    /** Isolates folios of the next page block that is worth it; whether {@code cc} holds any. */
    boolean isolate(CompactControl cc) {
        CompactedZone zone = cc.zone;
        long low = fastFind(cc);
        boolean found = low != cc.migrate && cc.fastSearchFailures == 0;
        for (long end = zone.blockEnd(low); end <= cc.free; end += zone.blockPages) {
            long start = end - zone.blockPages;
            if (isScanned(cc, Math.max(low, start), start, end, found)) {
                break;
            }
            found = false;
            cc.migrate = end;
            low = end;
        }
        return cc.migratePages > 0;
    }

    /** Scans the page block from {@code low} if it is worth it; otherwise the scanner goes on. */
    private boolean isScanned(CompactControl cc, long low, long start, long end, boolean found) {
        CompactedZone zone = cc.zone;
        if (!memory.isPresent(start)) {
            return false;
        }
        if (low == start && !found && !cc.ignoreSkips && zone.isSkipped(start)) {
            return false;
        }
        if (!isSource(cc, start)) {
            zone.scanned(end, cc.isSync());
            return false;
        }
        isolateBlock(cc, low, end);
        return true;
    }

    /** Whether pages of the page block shall move away (suitable_migration_source). */
    private boolean isSource(CompactControl cc, long start) {
        if (isWholeBlock(start, cc.zone.blockOrder)) {
            return false;
        }
        return cc.isSync() || !cc.direct || isolation.blockType(start) == cc.type;
    }

    /** A folio of a page block's size or more leaves nothing to gather (pageblock_skip_persistent). */
    private boolean isWholeBlock(long pfn, int blockOrder) {
        return frames.isLarge(pfn) && frames.order(frames.head(pfn)) >= blockOrder;
    }

    /** Larger folios than the block that is wanted, and such as fill a page block, stay (skip_isolation_on_order). */
    private static boolean isTooLarge(int order, CompactControl cc) {
        return cc.order != CompactControl.ALL && order >= cc.order || order >= cc.zone.blockOrder;
    }

    /**
     * Isolates folios of one page block from {@code start} on: {@link CompactControl#CLUSTER} pages, or all when the block is to be finished.
     * An asynchronous attempt for an allocation gives up on each aligned run of the wanted order as soon as a page of it
     * does not move (isolate_migratepages_block).
     */
    private void isolateBlock(CompactControl cc, long start, long end) {
        CompactedZone zone = cc.zone;
        boolean untouched = isolation.isUntouched(start);
        boolean skipOnFailure = cc.direct && !cc.isSync();
        long run = 1L << Math.max(0, cc.order);
        long nextRun = skipOnFailure ? (start & -run) + run : 0;
        boolean fromStart = false;
        boolean skipUpdated = false;
        long scanned = 0;
        long isolated = 0;
        cc.migrate = start;
        if (start == zone.blockStart(start)) {
            pages.examined();
        }
        long low = start;
        for (; low < end; low++) {
            if (skipOnFailure && low >= nextRun) {
                if (isolated > 0) {
                    break;
                }
                nextRun = (low & -run) + run;
            }
            scanned++;
            if (!fromStart && (low & zone.blockPages - 1) == 0) {
                if (!cc.ignoreSkips && zone.isSkipped(low)) {
                    low = end;
                    break;
                }
                fromStart = true;
            }
            int order = isolation.freeOrder(low);
            if (order >= 0) {
                low += (1L << order) - 1;
                scanned += (1L << order) - 1;
                continue;
            }
            if (untouched && !skipOnFailure) {
                // The rest of a block of the largest order: none of it is anybody's.
                scanned += end - low - 1;
                low = end - 1;
                continue;
            }
            long head = frames.head(low);
            long size = frames.pages(head);
            boolean whole = frames.test(head, FolioFlags.HUGETLB) || size > 1 && isTooLarge(frames.order(head), cc);
            if (whole || !pages.isMovable(low, unevictableAllowed, cc.mode)) {
                if (whole && frames.order(head) <= maxOrder) {
                    scanned += head + size - 1 - low;
                    low = head + size - 1;
                }
                if (skipOnFailure) {
                    if (isolated > 0) {
                        putBack(cc);
                        isolated = 0;
                    }
                    if (low < nextRun) {
                        low = nextRun - 1;
                        nextRun += run;
                    }
                }
                continue;
            }
            if (!skipUpdated && fromStart) {
                skipUpdated = true;
                if (!cc.ignoreSkips && testAndSkip(zone, end) && !cc.finishBlock) {
                    low = end;
                    break;
                }
            }
            pages.isolate(head);
            cc.addFolio(head, size);
            isolated += size;
            low += size - 1;
            scanned += size - 1;
            if (cc.migratePages >= CompactControl.CLUSTER && !cc.finishBlock) {
                low++;
                break;
            }
        }
        low = Math.min(low, end);
        if (low == end && (isolated == 0 || cc.finishBlock)) {
            if (fromStart && !skipUpdated) {
                zone.skip(end - 1);
            }
            zone.scanned(low, cc.isSync());
        }
        cc.migrateScanned += scanned;
        pages.isolated(start, low, scanned, isolated);
        cc.migrate = low;
    }

    private static boolean testAndSkip(CompactedZone zone, long end) {
        boolean skipped = zone.isSkipped(end - 1);
        zone.skip(end - 1);
        return skipped;
    }

    /** The folios that {@code cc} holds stay where they are (putback_movable_pages). */
    void putBack(CompactControl cc) {
        for (int i = cc.folioCount() - 1; i >= 0; i--) {
            pages.putBack(cc.folio(i));
        }
        cc.clearFolios();
    }

    /**
     * For large blocks of movable memory, a page block from the free lists that has much free memory already, in the first half of what is to be
     * scanned or later in its first eighth; otherwise where the scanner stands (fast_find_migrateblock).
     */
    private long fastFind(CompactControl cc) {
        CompactedZone zone = cc.zone;
        boolean continues = cc.migrate != zone.start && cc.migrate != zone.blockStart(cc.migrate);
        if (cc.ignoreSkips || cc.finishBlock || continues || cc.order <= COSTLY_ORDER
                || cc.direct && cc.type != MigrateType.MOVABLE) {
            return cc.migrate;
        }
        long distance = cc.free - cc.migrate >> 1;
        if (cc.migrate != zone.start) {
            distance >>= 2;
        }
        long high = zone.blockStart(cc.migrate + distance);
        int limit = FreeScanner.scanLimit(cc);
        int scanned = 0;
        long pfn = -1;
        for (int order = cc.order - 1; order >= COSTLY_ORDER && pfn < 0 && scanned < limit; order--) {
            int next;
            for (int block = isolation.first(zone.number, order); block != 0; block = next) {
                next = isolation.next(block);
                if (scanned++ >= limit) {
                    moveToEnd(zone.number, order, block);
                    break;
                }
                long at = isolation.pfn(block);
                if (at < high && !zone.isSkipped(at)) {
                    moveToEnd(zone.number, order, block);
                    noteStart(cc, at);
                    pfn = zone.blockStart(at);
                    cc.fastSearchFailures = 0;
                    break;
                }
            }
        }
        cc.migrateScanned += scanned;
        if (pfn >= 0) {
            return pfn;
        }
        cc.fastSearchFailures++;
        if (cc.fastStart > 0) {
            cc.migrate = cc.fastStart;
            cc.fastStart = -1;
        }
        return cc.migrate;
    }

    /** The blocks up to {@code block} are looked at last next time (move_freelist_tail). */
    private void moveToEnd(int zone, int order, int block) {
        int behind = isolation.next(block);
        if (behind != 0) {
            isolation.bringForward(zone, order, behind);
        }
    }

    private static void noteStart(CompactControl cc, long pfn) {
        if (cc.fastStart >= 0) {
            cc.fastStart = cc.fastStart == 0 ? pfn : Math.min(cc.fastStart, pfn);
        }
    }
}
