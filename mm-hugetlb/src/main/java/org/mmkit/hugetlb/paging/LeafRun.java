package org.mmkit.hugetlb.paging;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.hugetlb.pool.HugePagePool;

/**
 * The leaves that map one huge page: one, or an aligned run that is marked contiguous (arm64) or as NAPOT (RISC-V). To its users a run
 * is one entry in the slot of the first (Linux: huge_ptep_get and set_huge_pte_at of arch/arm64/mm/hugetlbpage.c). Not thread-safe.
 */
final class LeafRun {

    private final int level;
    private final int count;
    private final long step;

    /** The leaves of the pages of {@code pool}. */
    LeafRun(PageTableLayout layout, HugePagePool pool) {
        this.level = pool.level();
        this.count = 1 << pool.order() - layout.order(level);
        this.step = 1L << layout.order(level);
    }

    /** The entry of the page whose first leaf is in {@code slot}; accessed or dirty when any of its leaves is. */
    long read(PageTables tables, long slot) {
        long first = tables.read(slot);
        EntryFormat format = tables.format();
        if (count == 1 || !format.isPresent(first)) {
            return first;
        }
        long entry = format.makeSingle(first, level, 0);
        for (int i = 1; i < count; i++) {
            long other = tables.read(slot + i);
            entry = format.isDirty(other) ? format.makeDirty(entry) : entry;
            entry = format.isYoung(other) ? format.makeYoung(entry) : entry;
        }
        return entry;
    }

    /** Makes {@code entry} that of the page whose first leaf is in {@code slot}. A live run is taken down as a whole first. */
    void write(PageTables tables, long slot, long entry) {
        EntryFormat format = tables.format();
        boolean present = format.isPresent(entry);
        if (count == 1) {
            tables.replace(slot, entry);
            return;
        }
        for (int i = 0; i < count; i++) {
            tables.write(slot + i, format.none());
        }
        for (int i = 0; i < count; i++) {
            tables.write(slot + i, present ? format.makeContiguous(format.advance(entry, level, i * step), level) : entry);
        }
    }
}
