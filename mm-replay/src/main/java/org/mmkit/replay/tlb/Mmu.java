package org.mmkit.replay.tlb;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.pgtable.PageTables;

/**
 * The translation hardware of one processor: TLBs of one or two levels, paging-structure caches, the page walk, and the second
 * dimension of a virtual machine (Intel SDM vol. 3, chapter 4.10; AMD APM vol. 2, chapter 5).
 *
 * <pre>
 *   address ─► first-level arrays ─► second-level arrays ─► paging-structure caches ─► page tables
 *              hit: nothing to pay    hit: fills the first    spare the upper levels     one reference a level
 * </pre>
 *
 * <p>An entry is tagged with the level of its leaf and the address space (ASID, PCID); arrays of several page sizes are asked for each of
 * them. Arrays of one level do not exclude those of the other. In a virtual machine a TLB entry covers the smaller of the guest's and the
 * host's page, and each reference of the guest's walk is itself translated by the host's tables, whose upper levels have
 * paging-structure caches of the same sizes. Accessed and dirty bits are not written.
 *
 * <p>Allocates nothing while it translates. One thread.
 */
public final class Mmu {

    /** Greatest number of an address space. */
    public static final int MOST_SPACES = (1 << 12) - 1;

    private static final int NUMBER_BITS = 45;
    private static final int LEVEL_SHIFT = 1 + NUMBER_BITS;
    private static final int SPACE_SHIFT = LEVEL_SHIFT + 3;
    private static final long VALID = 1L << 62;
    private static final long SPACE_MASK = (long) MOST_SPACES << SPACE_SHIFT;
    private static final int WRITABLE = 1;

    /** Nothing maps the address. */
    public static final int ABSENT = 0;
    /** A mapping forbids the write. */
    public static final int READ_ONLY = -1;

    private final PageTableLayout layout;
    private final int pageShift;
    private final Probe[] first;
    private final Probe[] second;
    private final TlbArray[] walkCaches;
    private final TlbArray[] hostCaches;
    private final int hostLevels;
    private final int hostLeaf;
    private final int[] shifts;

    private PageTables tables;
    private EntryFormat format;
    private long space;
    private long lastPage = -1;
    private boolean lastWritable;
    private int lastLevel;

    private long accesses;
    private long firstMisses;
    private long walks;
    private long references;
    private long nestedReferences;
    private long skipped;
    private long invalidations;

    /** One array asked for one page size. */
    private record Probe(TlbArray array, int level, int shift) {}

    /**
     * A processor of {@code geometry} with empty caches, in address space 0 of {@code tables}.
     *
     * @param host the second dimension; empty on bare metal
     * @throws IllegalArgumentException when an array's entries are no multiple of its ways, or a level of TLBs is neither 1 nor 2
     */
    public Mmu(MmuGeometry geometry, PageTables tables, Optional<NestedPaging> host) {
        this.layout = tables.layout();
        this.pageShift = layout.pageShift();
        this.tables = tables;
        this.format = tables.format();
        shifts = new int[layout.levels() + 1];
        for (int level = 1; level <= layout.levels(); level++) {
            shifts[level] = layout.shift(level);
        }
        List<Probe> ofFirst = new ArrayList<>();
        List<Probe> ofSecond = new ArrayList<>();
        for (MmuGeometry.Tlb t : geometry.tlbs()) {
            if (t.cacheLevel() != 1 && t.cacheLevel() != 2) {
                throw new IllegalArgumentException(t.name() + " is of level " + t.cacheLevel() + "; TLBs have level 1 or 2");
            }
            TlbArray array = new TlbArray(t.entries(), t.ways());
            for (int level = 1; level <= layout.levels(); level++) {
                if ((t.levels() >>> level & 1) != 0) {
                    (t.cacheLevel() == 1 ? ofFirst : ofSecond).add(new Probe(array, level, shifts[level]));
                }
            }
        }
        first = ofFirst.toArray(Probe[]::new);
        second = ofSecond.toArray(Probe[]::new);
        walkCaches = walkCaches(geometry, layout.levels());
        hostLevels = host.map(NestedPaging::levels).orElse(0);
        hostLeaf = host.map(NestedPaging::leafLevel).orElse(Integer.MAX_VALUE);
        hostCaches = walkCaches(geometry, hostLevels);
    }

    /** A cache for entries of each level that point to tables; index 0 is for level 2. */
    private static TlbArray[] walkCaches(MmuGeometry geometry, int levels) {
        int n = Math.max(0, Math.min(geometry.walkCaches().size(), levels - 1));
        TlbArray[] caches = new TlbArray[n];
        for (int i = 0; i < n; i++) {
            int entries = geometry.walkCaches().get(i);
            caches[i] = new TlbArray(entries, entries);
        }
        return caches;
    }

    /**
     * Goes on in the address space {@code number} with {@code its} tables; what the caches hold of others stays, as with ASIDs.
     *
     * @param number 0 to {@link #MOST_SPACES}
     */
    public void switchTo(PageTables its, int number) {
        if (number < 0 || number > MOST_SPACES) {
            throw new IllegalArgumentException("address space " + number + " is not in 0 to " + MOST_SPACES);
        }
        tables = its;
        format = its.format();
        space = (long) number << SPACE_SHIFT;
        lastPage = -1;
    }

    /**
     * Translates {@code va} for a read or a write.
     *
     * @return the level of the leaf whose translation was used, or {@link #ABSENT} or {@link #READ_ONLY} when a page fault comes first; the
     *     access has then not been counted
     */
    public int translate(long va, boolean write) {
        long page = va >>> pageShift;
        if (page == lastPage && (lastWritable || !write)) {
            accesses++;
            return lastLevel;
        }
        return translateOther(va, page, write);
    }

    private int translateOther(long va, long page, boolean write) {
        for (Probe p : first) {
            long number = number(va, p.shift);
            long tag = p.array.lookup(number, key(number, p.level));
            if (tag != 0 && (!write || (tag & WRITABLE) != 0)) {
                accesses++;
                return remember(page, p.level, tag);
            }
        }
        for (Probe p : second) {
            long number = number(va, p.shift);
            long tag = p.array.lookup(number, key(number, p.level));
            if (tag != 0 && (!write || (tag & WRITABLE) != 0)) {
                accesses++;
                firstMisses++;
                fill(first, va, p.level, (int) tag & WRITABLE);
                return remember(page, p.level, tag);
            }
        }
        return walk(va, page, write);
    }

    private long number(long va, int shift) {
        return va >>> shift & (1L << NUMBER_BITS) - 1;
    }

    private long key(long number, int level) {
        return VALID | space | (long) level << LEVEL_SHIFT | number << 1;
    }

    private int remember(long page, int level, long tag) {
        lastPage = page;
        lastWritable = (tag & WRITABLE) != 0;
        lastLevel = level;
        return level;
    }

    private void fill(Probe[] arrays, long va, int level, int writable) {
        for (Probe p : arrays) {
            if (p.level == level) {
                long number = number(va, p.shift);
                p.array.insert(number, key(number, level) | writable);
            }
        }
    }

    private int walk(long va, long page, boolean write) {
        int leaf = 0;
        long entry = 0;
        for (int level = 1; level < shifts.length && leaf == 0; level++) {
            long slot = tables.find(va, level);
            if (slot != PageTables.NO_SLOT) {
                entry = tables.read(slot);
                leaf = level;
            }
        }
        if (leaf == 0 || !format.isPresent(entry) || leaf > 1 && !format.isLeaf(entry, leaf)) {
            return ABSENT;
        }
        boolean writable = format.isWritable(entry);
        if (write && !writable) {
            return READ_ONLY;
        }
        accesses++;
        firstMisses++;
        walks++;
        int start = startLevel(va, leaf);
        skipped += shifts.length - 1 - start;
        references += start - leaf + 1;
        if (hostLevels > 0) {
            walkHost(va, start, leaf, format.pfn(entry, leaf));
        }
        for (int level = leaf + 1; level <= start; level++) {
            if (level - 2 < walkCaches.length) {
                long number = number(va, shifts[level]);
                walkCaches[level - 2].insert(number, key(number, level));
            }
        }
        int covered = Math.min(leaf, hostLeaf);
        fill(second, va, covered, writable ? WRITABLE : 0);
        fill(first, va, covered, writable ? WRITABLE : 0);
        return remember(page, covered, writable ? WRITABLE : 0);
    }

    /** The level at which the walk begins: that of the lowest table that a cache knows. */
    private int startLevel(long va, int leaf) {
        for (int level = leaf + 1; level - 2 < walkCaches.length && level < shifts.length; level++) {
            long number = number(va, shifts[level]);
            if (walkCaches[level - 2].lookup(number, key(number, level)) != 0) {
                return level - 1;
            }
        }
        return shifts.length - 1;
    }

    /** The host's walks for each table that the guest's walk reads, and for the page itself. */
    private void walkHost(long va, int start, int leaf, long pfn) {
        for (int level = start; level >= leaf; level--) {
            long table = level == shifts.length - 1 ? 0 : format.tablePfn(tables.read(tables.find(va, level + 1)));
            translateGuest(table << pageShift | (long) layout.index(va, level) << 3);
        }
        translateGuest((pfn << pageShift) + (va & (1L << shifts[leaf]) - 1));
    }

    private void translateGuest(long physical) {
        int from = hostLevels;
        for (int level = hostLeaf + 1; level - 2 < hostCaches.length && level <= hostLevels; level++) {
            long number = number(physical, shifts[level]);
            if (hostCaches[level - 2].lookup(number, key(number, level)) != 0) {
                from = level - 1;
                break;
            }
        }
        int read = from - hostLeaf + 1;
        references += read;
        nestedReferences += read;
        skipped += hostLevels - from;
        for (int level = hostLeaf + 1; level <= from; level++) {
            if (level - 2 < hostCaches.length) {
                long number = number(physical, shifts[level]);
                hostCaches[level - 2].insert(number, key(number, level));
            }
        }
    }

    /** Drops what is known of {@code va} in this address space (INVLPG), with the paging-structure caches, as processors do. */
    public void invalidate(long va) {
        for (Probe[] arrays : List.of(first, second)) {
            for (Probe p : arrays) {
                long number = number(va, p.shift);
                p.array.remove(number, key(number, p.level));
            }
        }
        for (TlbArray cache : walkCaches) {
            cache.removeAll(SPACE_MASK, space);
        }
        lastPage = -1;
        invalidations++;
    }

    /** Drops everything of the address space {@code number}, as a shootdown of all of it does. */
    public void invalidateSpace(int number) {
        drop(SPACE_MASK, (long) number << SPACE_SHIFT);
    }

    /** Drops everything. */
    public void invalidateAll() {
        drop(0, 0);
    }

    private void drop(long mask, long value) {
        for (Probe[] arrays : List.of(first, second)) {
            for (Probe p : arrays) {
                p.array.removeAll(mask, value);
            }
        }
        for (TlbArray cache : walkCaches) {
            cache.removeAll(mask, value);
        }
        lastPage = -1;
        invalidations++;
    }

    /** What happened so far. */
    public TranslationCounts counts() {
        return new TranslationCounts(accesses, firstMisses, walks, references, nestedReferences, skipped, invalidations);
    }
}
