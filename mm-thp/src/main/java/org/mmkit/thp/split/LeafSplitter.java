package org.mmkit.thp.split;

import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.Vma;
import org.mmkit.thp.Thp;

/**
 * Replaces a huge leaf by a table of small ones (Linux: __split_huge_pmd_locked). The table was deposited when the leaf was made, so this
 * cannot fail; the folio stays whole.
 */
public final class LeafSplitter {

    private final Thp thp;

    /** Made once per machine. */
    public LeafSplitter(Thp thp) {
        this.thp = thp;
    }

    /** Replaces the leaf by one entry per base page; a page-cache leaf by nothing, its pages are found again by faults. */
    public void split(Vma vma, long slot, long va) {
        PageTables tables = vma.space().tables();
        tables.lock(slot);
        try {
            if (thp.isLeaf(tables.read(slot))) {
                replace(vma, slot, va, false);
            }
        } finally {
            tables.unlock(slot);
        }
    }

    /** {@link #split} by a caller who has locked the table of {@code slot} and seen the leaf. */
    public void splitLocked(Vma vma, long slot, long va) {
        replace(vma, slot, va, false);
    }

    /** Replaces the leaf of the anonymous folio {@code head} by migration entries, unless it may be pinned: then the leaf is split as usual. */
    public void freeze(Vma vma, long slot, long va, long head) {
        PageTables tables = vma.space().tables();
        tables.lock(slot);
        try {
            long entry = tables.read(slot);
            if (thp.isLeaf(entry) && thp.format.pfn(entry, Thp.LEVEL) == head) {
                replace(vma, slot, va, true);
            }
        } finally {
            tables.unlock(slot);
        }
    }

    private void replace(Vma vma, long slot, long va, boolean freeze) {
        PageTables tables = vma.space().tables();
        long entry = tables.read(slot);
        long head = thp.format.pfn(entry, Thp.LEVEL);
        thp.stats.splitPmd();
        if (thp.frames.test(head, FolioFlags.HUGE_ZERO)) {
            splitZero(vma, slot, tables);
        } else if (thp.frames.test(head, FolioFlags.ANON)) {
            splitAnon(vma, slot, va, entry, head, freeze);
        } else {
            dropFile(vma, slot, entry, head);
        }
    }

    private void splitZero(Vma vma, long slot, PageTables tables) {
        long table = withdraw(tables, slot);
        long first = tables.firstSlot(table);
        long zero = thp.format.makeSpecial(
                thp.format.leaf(thp.context.zeroPage(), 1, thp.entryProtection(vma)));
        tables.fill(first, thp.pages, zero, 0);
        tables.replace(slot, thp.format.table(table, Thp.LEVEL));
    }

    private void splitAnon(Vma vma, long slot, long va, long entry, long head, boolean freeze) {
        PageTables tables = vma.space().tables();
        boolean exclusive = thp.frames.test(head, FolioFlags.ANON_EXCLUSIVE);
        boolean dirty = thp.format.isDirty(entry);
        if (dirty) {
            thp.frames.set(head, FolioFlags.DIRTY);
        }
        boolean migrate = freeze && (!exclusive || thp.rmap.tryShareAnon(head, thp.pages, Thp.LEVEL));
        long table = withdraw(tables, slot);
        long first = tables.firstSlot(table);
        if (migrate) {
            boolean writable = thp.format.isWritable(entry);
            boolean young = thp.format.isYoung(entry);
            for (int i = 0; i < thp.pages; i++) {
                tables.write(first + i, thp.format.migration(head + i, writable, exclusive, dirty, young));
            }
        } else {
            thp.frames.get(head, thp.pages - 1);
            thp.rmap.addAnon(head, thp.pages, vma, va, 1, exclusive);
            long child = thp.format.childLeaf(entry, Thp.LEVEL, 0);
            long step = thp.format.frameStep(child);
            if (step != 0) {
                tables.fill(first, thp.pages, child, step);
            }
            for (int i = 0; step == 0 && i < thp.pages; i++) {
                tables.write(first + i, thp.format.childLeaf(entry, Thp.LEVEL, i));
            }
        }
        tables.replace(slot, thp.format.table(table, Thp.LEVEL));
        if (thp.profile.hasDoubleMap() && thp.frames.entireMapcount(head) > 1) {
            // Others go on mapping it whole (Linux 4.12: __split_huge_pmd_locked).
            thp.frames.set(head, FolioFlags.DOUBLE_MAP);
        }
        thp.rmap.remove(head, thp.pages, vma, Thp.LEVEL);
        if (migrate) {
            thp.frames.put(head, 1);
        }
    }

    private void dropFile(Vma vma, long slot, long entry, long head) {
        AddressSpace space = vma.space();
        space.tables().write(slot, thp.format.none());
        if (thp.format.isDirty(entry)) {
            thp.frames.set(head, FolioFlags.DIRTY);
        }
        if (thp.format.isYoung(entry)) {
            thp.frames.set(head, FolioFlags.REFERENCED);
        }
        RssKind kind = thp.fileKind(head);
        thp.rmap.remove(head, thp.pages, vma, Thp.LEVEL);
        space.addRss(kind, -thp.pages);
        thp.frames.put(head, 1);
    }

    private static long withdraw(PageTables tables, long slot) {
        long table = tables.withdraw(slot);
        if (table == Frames.NONE) {
            throw new IllegalStateException("a huge leaf of anonymous memory without a deposited table");
        }
        return table;
    }
}
