package org.mmkit.core.space;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.core.lock.Backoff;

/**
 * Goes over the populated parts of a range of page tables, one entry of level 2 (Linux: PMD) at a time: tables of base pages and
 * huge leaves come up, empty stretches are skipped at the highest level that is empty.
 *
 * <pre>
 *   for (cursor.begin(tables, start, end); cursor.next(); )
 *       if (cursor.isLeaf()) … cursor.slot(), cursor.entry(), cursor.leafLevel()
 *       else … entries of level 1 for [cursor.start(), cursor.end()) from cursor.firstSlot()
 * </pre>
 */
public final class TableCursor {

    /** Rounds of waiting for a table, after which the tables are taken to be damaged: seconds. */
    private static final int LONGEST_WAIT = 5_000;

    private final EntryFormat format;
    private final PageTableLayout layout;
    private PageTables tables;
    private long at;
    private long limit;
    private long start;
    private long end;
    private long slot;
    private long entry;
    private int level;
    private long firstSlot;

    /** A cursor over {@code tables}, nowhere yet. */
    public TableCursor(PageTables tables) {
        this.tables = tables;
        this.format = tables.format();
        this.layout = tables.layout();
    }

    /** Starts before {@code from}. */
    public void begin(PageTables over, long from, long to) {
        tables = over;
        at = from;
        limit = to;
    }

    /** Goes to the next populated part; false when there is none below {@code to}. */
    public boolean next() {
        while (Long.compareUnsigned(at, limit) < 0) {
            int top = layout.levels();
            long stride = 0;
            int round = 0;
            for (int l = 2; l <= top; l++) {
                long s = tables.find(at, l);
                if (s == PageTables.NO_SLOT) {
                    continue;
                }
                long e = tables.read(s);
                stride = layout.size(l);
                if (format.isNone(e)) {
                    break;
                }
                boolean table = format.isPresent(e) && !format.isLeaf(e, l);
                if (table && l > 2) {
                    // A fault beside this walk writes the entry a moment before the table can be found.
                    if (tables.find(at, l - 1) == PageTables.NO_SLOT && (round = Backoff.pause(round)) > LONGEST_WAIT) {
                        throw new IllegalStateException("a table of level " + (l - 1) + " that cannot be found");
                    }
                    // It has just been made: look again from below.
                    l = 1;
                    continue;
                }
                level = l;
                slot = s;
                entry = e;
                start = at;
                end = boundary(stride);
                firstSlot = PageTables.NO_SLOT;
                if (table) {
                    level = 1;
                    firstSlot = tables.find(start, 1);
                }
                at = end;
                return true;
            }
            if (stride == 0) {
                stride = layout.size(top);
            }
            at = boundary(stride);
        }
        return false;
    }

    private long boundary(long stride) {
        long next = (at & -stride) + stride;
        return next == 0 || Long.compareUnsigned(next, limit) > 0 ? limit : next;
    }

    /** Whether the place is a leaf (or another non-table entry) above level 1. */
    public boolean isLeaf() {
        return level > 1;
    }

    /** Level of the leaf, or 1. */
    public int level() {
        return level;
    }

    /** Slot of the entry above level 1. */
    public long slot() {
        return slot;
    }

    /** That entry. */
    public long entry() {
        return entry;
    }

    /** First address of the range that lies under the entry. */
    public long start() {
        return start;
    }

    /** End of that part. */
    public long end() {
        return end;
    }

    /** Whether the part is all that the entry covers. */
    public boolean isWhole() {
        return end - start == layout.size(Math.max(level, 2));
    }

    /** The slot of level 1 of {@link #start}. */
    public long firstSlot() {
        return firstSlot;
    }

    /** First address that the entry covers. */
    public long base() {
        return start & -layout.size(Math.max(level, 2));
    }

    /** Looks at the same place again, after it changed. */
    public void again() {
        at = start;
    }

    /** How many level-1 entries from {@code slot}, which maps {@code pfn}, map frames that follow on; at most {@code limit}. */
    long run(long slot, long pfn, long limit) {
        long run = 1;
        while (run < limit) {
            long next = tables.read(slot + run);
            if (!format.isPresent(next) || format.isSpecial(next) || format.pfn(next, 1) != pfn + run) {
                break;
            }
            run++;
        }
        return run;
    }
}
