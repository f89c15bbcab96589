package org.mmkit.core.space;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.feature.HugeLeafOperations;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.pgtable.RadixPageTables;

/** Moves page-table entries from one address to another (Linux: move_page_tables). */
final class TableMover {

    private final UserAddressSpace space;
    private final Engine engine;
    private final EntryFormat format;

    TableMover(UserAddressSpace space) {
        this.space = space;
        this.engine = space.engine();
        this.format = engine.format;
    }

    /**
     * Moves what is mapped in {@code length} bytes of {@code source}. The address space and the roots of the areas are locked for writing, so that
     * nobody who comes by the reverse mapping finds a page in neither place (Linux: take_rmap_locks, always here).
     */
    void move(VmArea source, long from, VmArea target, long to, long length) {
        RadixPageTables tables = space.tables();
        long size = engine.layout.size(2);
        long end = from + length;
        long before = from & size - 1;
        if (engine.profile.movesFirstTableWhole() && before != 0 && before == (to & size - 1) && length >= size - before
                && isAloneBelow(source, from, before) && isAloneBelow(target, to, before)) {
            from -= before;
            to -= before;
        }
        long extent;
        for (; from != end; from += extent, to += extent) {
            extent = moveUpperTable(from, to, end);
            if (extent > 0) {
                continue;
            }
            extent = Math.min(untilBoundary(from, size, end - from), untilBoundary(to, size, end - from));
            long slot = tables.find(from, 2);
            if (slot == PageTables.NO_SLOT) {
                continue;
            }
            if (engine.layout.levels() > 3) {
                // Linux makes the tables of the new place from the top down, each before it looks what the level below has to move.
                tables.obtain(to, 3);
            }
            long entry = tables.read(slot);
            if (format.isNone(entry)) {
                continue;
            }
            tables.obtain(to, 2);
            // To get memory for the table reclaim may have split the leaf.
            entry = tables.read(slot);
            if (!format.isPresent(entry) || format.isLeaf(entry, 2)) {
                HugeLeafOperations huge = engine.extensions.hugeLeaf(2);
                if (extent == size) {
                    long newSlot = tables.obtain(to, 2);
                    if (newSlot != PageTables.NO_SLOT && moveLeaf(huge, source, slot, from, target, newSlot, to)) {
                        continue;
                    }
                }
                huge.split(source, slot, from & -size);
                if (format.isNone(tables.read(slot))) {
                    continue;
                }
            } else if (extent == size && engine.profile.movesTablesWhole() && moveTable(slot, to, 2)) {
                continue;
            }
            moveEntries(from, to, extent);
        }
    }

    /**
     * Hangs a whole level-2 table under the new address when all of its range moves to such a range (Linux: move_normal_pud).
     *
     * @return the bytes that are done then, or hold no table at all; 0 when the level below is to be looked at
     */
    private long moveUpperTable(long from, long to, long end) {
        PageTables tables = space.tables();
        if (engine.layout.levels() < 3) {
            return 0;
        }
        long size = engine.layout.size(3);
        long extent = Math.min(untilBoundary(from, size, end - from), untilBoundary(to, size, end - from));
        long slot = tables.find(from, 3);
        if (slot == PageTables.NO_SLOT || format.isNone(tables.read(slot))) {
            return extent;
        }
        boolean whole = extent == size && engine.profile.movesTablesWhole() && !format.isLeaf(tables.read(slot), 3);
        return whole && moveTable(slot, to, 3) ? extent : 0;
    }

    /** Whether {@code area} begins at {@code start}, with nothing mapped in the {@code bytes} below it (Linux: can_align_down). */
    private boolean isAloneBelow(VmArea area, long start, long bytes) {
        return area.start == start && space.findOrNext(start - bytes) == area;
    }

    private static long untilBoundary(long at, long size, long rest) {
        long extent = (at & -size) + size - at;
        return Math.min(extent, rest);
    }

    private boolean moveLeaf(HugeLeafOperations huge, VmArea source, long slot, long from, VmArea target, long newSlot, long to) {
        RadixPageTables tables = space.tables();
        tables.lockBoth(slot, newSlot);
        try {
            return format.isNone(tables.read(newSlot)) && huge.move(source, slot, from, target, newSlot, to);
        } finally {
            tables.unlockBoth(slot, newSlot);
        }
    }

    /** Hangs the table that the entry of {@code level} at {@code slot} leads to under the new address. */
    private boolean moveTable(long slot, long to, int level) {
        RadixPageTables tables = space.tables();
        long entry = tables.read(slot);
        long newSlot = tables.obtain(to, level);
        if (newSlot == PageTables.NO_SLOT || !format.isNone(tables.read(newSlot))) {
            return false;
        }
        tables.lockBoth(slot, newSlot);
        tables.write(slot, format.none());
        tables.write(newSlot, entry);
        tables.unlockBoth(slot, newSlot);
        return true;
    }

    private void moveEntries(long from, long to, long length) {
        RadixPageTables tables = space.tables();
        long newSlot = tables.obtain(to, 1);
        long slot = tables.find(from, 1);
        if (newSlot == PageTables.NO_SLOT || slot == PageTables.NO_SLOT) {
            throw new IllegalStateException("no table at " + Long.toHexString(from) + " or " + Long.toHexString(to));
        }
        tables.lockBoth(slot, newSlot);
        try {
            for (long i = 0; i < length >>> engine.pageShift; i++) {
                long entry = tables.read(slot + i);
                if (!format.isNone(entry)) {
                    tables.write(slot + i, format.none());
                    tables.write(newSlot + i, entry);
                }
            }
        } finally {
            tables.unlockBoth(slot, newSlot);
        }
    }

    /**
     * Sets the tables aside that a move of {@code length} bytes from {@code from} on may need at most, wherever it goes: it cannot stop
     * half-way to find memory.
     *
     * @return false when memory is short
     */
    boolean reserve(long from, long length) {
        PageTableLayout layout = engine.layout;
        int[] wanted = new int[layout.levels()];
        TableCursor cursor = new TableCursor(space.tables());
        for (cursor.begin(space.tables(), from, from + length); cursor.next(); ) {
            wanted[1] += 2; // one part may come to lie across the border of two tables
        }
        for (int level = 2; level < layout.levels(); level++) {
            wanted[level] = 2 + (int) (length >>> layout.shift(level + 1));
        }
        return space.tables().reserve(wanted);
    }
}
