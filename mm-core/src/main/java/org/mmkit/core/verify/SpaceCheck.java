package org.mmkit.core.verify;

import org.mmkit.api.InvariantViolation;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.observe.EntryVisitor;
import org.mmkit.core.observe.PageTableWalk;
import org.mmkit.core.pgtable.RadixPageTables;
import org.mmkit.core.space.UserAddressSpace;
import org.mmkit.core.space.VmArea;
import org.mmkit.core.swap.SwapCheck;

/** Checks one address space by itself, and counts what its page tables map. */
final class SpaceCheck implements EntryVisitor {

    private final Engine engine;
    private final UserAddressSpace space;
    private final MappingCounts counts;
    private final SwapCheck swap;
    private final EntryFormat format;
    private final PageTableLayout layout;
    private final Frames frames;
    private final long[] rss = new long[RssKind.values().length];
    private long areaEnd;
    private String areaName = "";
    private boolean hugetlb;
    private boolean writable;

    SpaceCheck(Engine engine, UserAddressSpace space, MappingCounts counts, SwapCheck swap) {
        this.swap = swap;
        this.engine = engine;
        this.space = space;
        this.counts = counts;
        this.format = engine.format;
        this.layout = engine.layout;
        this.frames = engine.frames;
    }

    void check() {
        long mapped = 0;
        long locked = 0;
        long last = 0;
        for (VmArea area : space.areas()) {
            if (area.start() < last || area.end() <= area.start() || ((area.start() | area.end()) & engine.pageSize - 1) != 0) {
                throw wrong("area " + area + " overlaps the one before it, which ends at " + Long.toHexString(last)
                        + ", or has no whole number of pages");
            }
            expectEmpty(last, area.start());
            areaEnd = area.end();
            areaName = area.toString();
            hugetlb = area.has(VmFlags.HUGETLB);
            writable = area.has(VmFlags.WRITE);
            PageTableWalk.walk(space.tables(), area.start(), area.end(), this);
            mapped += area.pages();
            locked += area.has(VmFlags.LOCKED) ? area.pages() : 0;
            last = area.end();
        }
        expectEmpty(last, engine.virtual.userEnd());
        expect("pages of areas", mapped, space.mappedPages());
        expect("locked pages", locked + space.lockedWithoutArea(), space.lockedPages());
        for (RssKind kind : RssKind.values()) {
            expect("resident pages of kind " + kind, rss[kind.ordinal()], space.rss(kind));
        }
        checkTables();
    }

    private void expectEmpty(long start, long end) {
        if (start < end) {
            PageTableWalk.walk(space.tables(), start, end, (va, entry, level) -> {
                throw wrong("an entry outside all areas at " + Long.toHexString(va) + ": " + format.describe(entry, level));
            });
        }
    }

    @Override
    public void entry(long va, long entry, int level) {
        if (va + layout.size(level) - 1 >= areaEnd) {
            throw wrong("the leaf at " + Long.toHexString(va) + " reaches beyond area " + areaName);
        }
        if (format.isPresent(entry)) {
            present(va, entry, level);
        } else if (format.isMigration(entry)) {
            throw wrong("a migration entry is left at " + Long.toHexString(va));
        } else if (format.isSwap(entry)) {
            rss[RssKind.SWAP.ordinal()]++;
            swap.add(format.swapType(entry), format.swapOffset(entry));
        } else if (format.markerKind(entry) == 0) {
            throw wrong("nobody knows the entry at " + Long.toHexString(va) + ": " + format.describe(entry, level));
        }
    }

    private void present(long va, long entry, int level) {
        long pfn = format.pfn(entry, level);
        if (format.isWritable(entry) && !writable) {
            throw wrong("writable entry at " + Long.toHexString(va) + " in area " + areaName + ", which is not");
        }
        if (format.isSpecial(entry)) {
            return;
        }
        long head = frames.head(pfn);
        if (frames.test(head, FolioFlags.HUGE_ZERO)) {
            return;
        }
        if (frames.refcount(head) == 0) {
            throw frame(pfn, "mapped at " + Long.toHexString(va) + " of address space " + space.id() + ", but without a reference");
        }
        if (hugetlb && format.isContiguous(entry, level)) {
            long bytes = layout.size(1) << frames.order(head);
            if (frames.order(head) != layout.order(level) + Integer.numberOfTrailingZeros(layout.contiguousEntries(level))) {
                throw frame(pfn, "mapped by one of a run of leaves at " + Long.toHexString(va) + ", but its folio has order " + frames.order(head));
            }
            // The run is one mapping; its first leaf counts.
            if ((va & bytes - 1) == 0) {
                counts.addWhole(head);
            }
        } else if (level == 1) {
            if (format.isValid(entry) && format.isContiguous(entry, 1)) {
                checkRun(va, entry, pfn, head);
            }
            counts.addPage(pfn);
        } else {
            if (pfn != head || layout.order(level) != frames.order(head)) {
                throw frame(pfn, "mapped by a leaf of level " + level + " at " + Long.toHexString(va)
                        + ", but no folio of that size starts there");
            }
            counts.addWhole(head);
        }
        if (!hugetlb) {
            rss[engine.rssKind(head).ordinal()] += 1L << layout.order(level);
        }
    }

    /** A leaf marked as one of a run: all of the aligned run are alike, and one folio is behind it. */
    private void checkRun(long va, long entry, long pfn, long head) {
        int run = layout.contiguousEntries(1);
        long place = va >>> layout.pageShift() & run - 1;
        if (run == 1 || (pfn & run - 1) != place || 1L << frames.order(head) < run) {
            throw frame(pfn, "mapped by one of a run of leaves at " + Long.toHexString(va) + ", but its folio of order " + frames.order(head)
                    + " lies otherwise or is smaller");
        }
        long first = entry - place * format.frameStep(entry);
        if (space.tables().matching(space.tables().find(va, 1) - place, run, first, format.frameStep(entry)) != run) {
            throw frame(pfn, "mapped by one of a run of leaves at " + Long.toHexString(va) + ", which are not alike");
        }
    }

    private void checkTables() {
        RadixPageTables tables = space.tables();
        long[] found = new long[layout.levels() + 1];
        count(tables.firstSlot(tables.rootPfn()), layout.levels(), found);
        found[1] += tables.deposits();
        for (int level = 1; level <= layout.levels(); level++) {
            expect("page tables of level " + level, found[level], tables.tables(level));
        }
    }

    private void count(long firstSlot, int level, long[] found) {
        found[level]++;
        for (int i = 0; level > 1 && i < layout.entries(level); i++) {
            long entry = space.tables().read(firstSlot + i);
            if (!format.isNone(entry) && format.isPresent(entry) && !format.isLeaf(entry, level)) {
                count(space.tables().firstSlot(format.tablePfn(entry)), level - 1, found);
            }
        }
    }

    private void expect(String what, long found, long counted) {
        if (found != counted) {
            throw wrong(what + ": " + counted + " are counted, but there are " + found);
        }
    }

    private InvariantViolation wrong(String what) {
        return new InvariantViolation("address space " + space.id() + ": " + what);
    }

    private static InvariantViolation frame(long pfn, String what) {
        return new InvariantViolation("frame 0x" + Long.toHexString(pfn) + ": " + what);
    }
}
