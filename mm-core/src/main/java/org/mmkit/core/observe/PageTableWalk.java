package org.mmkit.core.observe;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.pgtable.PageTables;

/** Goes over the page tables of a range, in address order, skipping what is empty at the highest level that is (Linux: walk_page_range). */
public final class PageTableWalk {

    private PageTableWalk() {}

    /** Shows {@code visitor} every entry of {@code tables} that covers a part of [{@code start}, {@code end}); nothing may change meanwhile. */
    public static void walk(PageTables tables, long start, long end, EntryVisitor visitor) {
        PageTableLayout layout = tables.layout();
        long at = start;
        while (Long.compareUnsigned(at, end) < 0) {
            long slot = tables.find(at, 1);
            at = slot != PageTables.NO_SLOT ? table(tables, slot, at, end, visitor) : above(tables, layout, at, end, visitor);
        }
    }

    /** One table of level 1 from {@code at} on; returns where to go on. */
    private static long table(PageTables tables, long slot, long at, long end, EntryVisitor visitor) {
        PageTableLayout layout = tables.layout();
        EntryFormat format = tables.format();
        long size = layout.size(1);
        long limit = boundary(at, layout.size(2), end);
        long hole = at;
        long va = at;
        for (; Long.compareUnsigned(va, limit) < 0; va += size, slot++) {
            long entry = tables.read(slot);
            if (format.isNone(entry)) {
                continue;
            }
            if (hole != va) {
                visitor.hole(hole, va);
            }
            hole = va + size;
            visitor.entry(va, entry, 1);
        }
        if (hole != va) {
            visitor.hole(hole, va);
        }
        return va;
    }

    /** The lowest entry above level 1 that covers {@code at}: a leaf, or nothing; returns where to go on. */
    private static long above(PageTables tables, PageTableLayout layout, long at, long end, EntryVisitor visitor) {
        EntryFormat format = tables.format();
        for (int level = 2; level <= layout.levels(); level++) {
            long slot = tables.find(at, level);
            if (slot == PageTables.NO_SLOT) {
                continue;
            }
            long next = boundary(at, layout.size(level), end);
            long entry = tables.read(slot);
            if (format.isNone(entry)) {
                visitor.hole(at, next);
            } else {
                visitor.entry(at & -layout.size(level), entry, level);
            }
            return next;
        }
        visitor.hole(at, end);
        return end;
    }

    private static long boundary(long at, long size, long end) {
        long next = (at & -size) + size;
        return next == 0 || Long.compareUnsigned(next, end) > 0 ? end : next;
    }
}
