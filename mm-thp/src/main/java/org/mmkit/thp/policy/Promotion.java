package org.mmkit.thp.policy;

import org.mmkit.api.feature.FeatureContext;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.policy.PolicyHost;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.thp.Eligibility.Asker;
import org.mmkit.thp.Thp;
import org.mmkit.thp.collapse.Collapser;
import org.mmkit.thp.split.DeferredSplitQueue;

/** What policies may do: look at a block, and make it huge, in place where one folio holds all of it, else by a copy. */
public final class Promotion implements PolicyHost {

    private final Thp thp;
    private final DeferredSplitQueue queue;
    private final Collapser collapser;

    /** Made once per machine. */
    public Promotion(Thp thp, DeferredSplitQueue queue, Collapser collapser) {
        this.thp = thp;
        this.queue = queue;
        this.collapser = collapser;
    }

    @Override
    public FeatureContext context() {
        return thp.context;
    }

    @Override
    public int order() {
        return thp.order;
    }

    @Override
    public long size() {
        return thp.size;
    }

    @Override
    public int mappedPages(Vma vma, long va) {
        PageTables tables = vma.space().tables();
        long slot = tables.find(thp.block(va), Thp.LEVEL);
        long pmd = slot == PageTables.NO_SLOT ? thp.format.none() : tables.read(slot);
        if (!thp.format.isPresent(pmd)) {
            return 0;
        }
        if (thp.format.isLeaf(pmd, Thp.LEVEL)) {
            return thp.frames.test(thp.format.pfn(pmd, Thp.LEVEL), FolioFlags.HUGE_ZERO) ? 0 : thp.pages;
        }
        long entries = tables.firstSlot(thp.format.tablePfn(pmd));
        int mapped = 0;
        for (int i = 0; i < thp.pages; i++) {
            long entry = tables.read(entries + i);
            if (thp.format.isPresent(entry) && !thp.format.isSpecial(entry)) {
                mapped++;
            }
        }
        return mapped;
    }

    @Override
    public boolean promote(Vma vma, long va) {
        long block = thp.block(va);
        if (!vma.isAnonymous()
                || !thp.eligibility.allows(vma, Asker.KHUGEPAGED)
                || !thp.eligibility.isSuitable(vma, block, thp.order)) {
            return false;
        }
        return promoteInPlace(vma, block) || collapser.collapseNow(vma, block);
    }

    /** Replaces the table by a leaf if its entries map all of one folio, which then has no other user. */
    private boolean promoteInPlace(Vma vma, long va) {
        PageTables tables = vma.space().tables();
        long slot = tables.find(va, Thp.LEVEL);
        if (slot == PageTables.NO_SLOT) {
            return false;
        }
        long pmd = tables.read(slot);
        if (!thp.format.isPresent(pmd) || thp.format.isLeaf(pmd, Thp.LEVEL)) {
            return false;
        }
        long table = thp.format.tablePfn(pmd);
        long entries = tables.firstSlot(table);
        long head = wholeFolio(tables, entries);
        if (head < 0) {
            return false;
        }
        tables.write(slot, thp.format.none());
        for (int i = 0; i < thp.pages; i++) {
            tables.write(entries + i, thp.format.none());
        }
        thp.frames.clearRange(head, thp.pages, FolioFlags.ANON_EXCLUSIVE);
        thp.rmap.addAnon(head, thp.pages, vma, va, Thp.LEVEL, true);
        thp.rmap.remove(head, thp.pages, vma, 1);
        thp.frames.put(head, thp.pages - 1);
        if (vma.has(VmFlags.LOCKED)) {
            thp.frames.set(head, FolioFlags.MLOCKED | FolioFlags.UNEVICTABLE);
        }
        long leaf = thp.format.makeYoung(
                thp.format.makeDirty(thp.format.leaf(head, Thp.LEVEL, thp.entryProtection(vma))));
        tables.write(slot, thp.writableIfAllowed(leaf, vma));
        tables.deposit(slot, table);
        queue.remove(head);
        queue.add(head, false);
        // A line that Linux has not: it appears with the first promotion.
        thp.context.counters().add(thp.context.counters().register("thp_promote_in_place"), 1);
        return true;
    }

    /** The head of the folio that all of the entries map, page by page, for this table alone; -1 if there is none. */
    private long wholeFolio(PageTables tables, long entries) {
        long first = tables.read(entries);
        if (!thp.format.isPresent(first) || thp.format.isSpecial(first)) {
            return -1;
        }
        long head = thp.format.pfn(first, 1);
        if (thp.frames.head(head) != head
                || thp.frames.order(head) != thp.order
                || !thp.frames.test(head, FolioFlags.ANON)
                || thp.frames.test(head, FolioFlags.SWAPCACHE)
                || thp.frames.entireMapcount(head) != 0
                || thp.frames.refcount(head) != thp.pages) {
            return -1;
        }
        for (int i = 0; i < thp.pages; i++) {
            long entry = tables.read(entries + i);
            if (!thp.format.isPresent(entry)
                    || thp.format.isSpecial(entry)
                    || thp.format.pfn(entry, 1) != head + i
                    || !thp.frames.test(head + i, FolioFlags.ANON_EXCLUSIVE)) {
                return -1;
            }
        }
        return head;
    }
}
