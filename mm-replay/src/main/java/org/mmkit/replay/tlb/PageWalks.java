package org.mmkit.replay.tlb;

import java.util.Optional;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.pgtable.PageTables;

/**
 * The page walks of an {@link Mmu}: paging-structure caches, the references to each level, and the host's walks for them. One thread.
 */
final class PageWalks {

    private final PageTableLayout layout;
    private final int[] shifts;
    private final int top;
    private final TlbArray[] caches;
    private final TlbArray[] hostCaches;
    private final int hostLevels;
    private final int hostLeaf;

    private long references;
    private long nestedReferences;
    private long skipped;

    PageWalks(MmuGeometry geometry, PageTableLayout layout, int[] shifts, Optional<NestedPaging> host) {
        this.layout = layout;
        this.shifts = shifts;
        top = layout.levels();
        caches = caches(geometry, top);
        hostLevels = host.map(NestedPaging::levels).orElse(0);
        hostLeaf = host.map(NestedPaging::leafLevel).orElse(Integer.MAX_VALUE);
        hostCaches = caches(geometry, hostLevels);
    }

    /** A cache for entries of each level that point to tables; index 0 is for level 2. */
    private static TlbArray[] caches(MmuGeometry geometry, int levels) {
        TlbArray[] caches = new TlbArray[Math.max(0, Math.min(geometry.walkCaches().size(), levels - 1))];
        for (int i = 0; i < caches.length; i++) {
            caches[i] = TlbArray.fullyAssociative(geometry.walkCaches().get(i));
        }
        return caches;
    }

    boolean isNested() {
        return hostLevels > 0;
    }

    /** The level of the translation that a TLB keeps for a leaf of level {@code leaf}. */
    int covered(int leaf) {
        return Math.min(leaf, hostLeaf);
    }

    /** Entries read; those of the host among them; levels that the caches spared. */
    long references() {
        return references;
    }

    long nestedReferences() {
        return nestedReferences;
    }

    long skipped() {
        return skipped;
    }

    /** Walks {@code tables} to the leaf of {@code va}, which holds {@code entry}. */
    void walk(PageTables tables, long va, int leaf, long entry, long keyBits) {
        int start = startLevel(va, leaf, keyBits);
        skipped += top - start;
        references += start - leaf + 1;
        if (isNested()) {
            walkHost(tables, va, start, leaf, tables.format().pfn(entry, leaf));
        }
    }

    /** Walks for what the block misses. */
    void walkBlock(PageTables tables, AddressBlock block, long keyBits) {
        if (isNested()) {
            for (int j = 0; j < block.missed; j++) {
                int i = block.missing[j];
                long va = block.addresses[i];
                int leaf = block.leaves[i];
                walk(tables, va, leaf, tables.read(tables.find(va, leaf)), keyBits);
            }
            return;
        }
        for (int j = 0; j < block.missed; j++) {
            references += top - block.leaves[block.missing[j]] + 1;
        }
        for (int level = 2; level - 2 < caches.length; level++) {
            int asked = block.missed;
            caches[level - 2].touchAllAbove(block, level, shifts[level], keyBits);
            long spared = (long) (asked - block.missed) * (top - level + 1);
            references -= spared;
            skipped += spared;
        }
    }

    /**
     * The level at which the walk begins: that of the lowest table that a paging-structure cache knows. The caches know the tables that the
     * walk reads then.
     */
    private int startLevel(long va, int leaf, long keyBits) {
        for (int level = leaf + 1; level - 2 < caches.length; level++) {
            if (caches[level - 2].touch(keyBits | (long) level << TlbArray.LEVEL_SHIFT | TlbArray.number(va, shifts[level]) << 1) == 0) {
                return level - 1;
            }
        }
        return top;
    }

    /** The host's walks for each table that the guest's walk reads, and for the page itself. */
    private void walkHost(PageTables tables, long va, int start, int leaf, long pfn) {
        int pageShift = layout.pageShift();
        for (int level = start; level >= leaf; level--) {
            long table = level == top ? 0 : tables.format().tablePfn(tables.read(tables.find(va, level + 1)));
            translateGuest(table << pageShift | (long) layout.index(va, level) << 3);
        }
        translateGuest((pfn << pageShift) + (va & (1L << shifts[leaf]) - 1));
    }

    private void translateGuest(long physical) {
        int from = hostLevels;
        for (int level = hostLeaf + 1; level - 2 < hostCaches.length; level++) {
            if (hostCaches[level - 2].touch(TlbArray.VALID | (long) level << TlbArray.LEVEL_SHIFT | TlbArray.number(physical, shifts[level]) << 1) == 0) {
                from = level - 1;
                break;
            }
        }
        int read = from - hostLeaf + 1;
        references += read;
        nestedReferences += read;
        skipped += hostLevels - from;
    }

    /** Drops the entries of the guest whose tag has {@code value} in the bits of {@code mask}; all with a mask of 0. */
    void removeAll(long mask, long value) {
        for (TlbArray cache : caches) {
            cache.removeAll(mask, value);
        }
    }

    /** Drops the host's entries. */
    void removeHost() {
        for (TlbArray cache : hostCaches) {
            cache.removeAll(0, 0);
        }
    }
}
