package org.mmkit.replay.tlb;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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

    private static final int LEVEL_SHIFT = TlbArray.LEVEL_SHIFT;
    private static final int SPACE_SHIFT = LEVEL_SHIFT + 3;
    private static final long VALID = 1L << 62;
    private static final long LEVEL_MASK = 7L << LEVEL_SHIFT;
    private static final long SPACE_MASK = (long) MOST_SPACES << SPACE_SHIFT;
    private static final int WRITABLE = 1;
    private static final int BLOCK = 256;

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

    private final Stage[] firstStages;
    private final Stage[] secondStages;
    private final AddressBlock block;
    /** Whether no two arrays hold translations of one size: what has several is not translated in blocks. */
    private final boolean inBlocks;

    private boolean walksOften;
    /** Translations of other pages than the one before. */
    private long searches;

    private PageTables tables;
    private EntryFormat format;
    private long space;
    /** The page translated last, whose entry is the newest of its set in the first level; -1 for none. */
    private long readable = -1;
    /** The same page when it may be written, or -1. */
    private long writable = -1;

    private int lastLevel;
    /** Levels of leaves that the first level has arrays for, one bit each. */
    private int firstLevels;

    private long accesses;
    private long firstMisses;
    private long walks;
    private long references;
    private long nestedReferences;
    private long skipped;
    private long invalidations;

    /** One array asked for one page size. */
    private record Probe(TlbArray array, int level, int shift) {}

    /** One array and the levels, one bit each, of the leaves whose translations it holds. */
    private record Stage(TlbArray array, int levels) {}

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
                    firstLevels |= t.cacheLevel() == 1 ? 1 << level : 0;
                }
            }
        }
        first = ofFirst.toArray(Probe[]::new);
        second = ofSecond.toArray(Probe[]::new);
        firstStages = stages(first);
        secondStages = stages(second);
        block = new AddressBlock(shifts);
        inBlocks = isAlone(first) && isAlone(second);
        walkCaches = walkCaches(geometry, layout.levels());
        hostLevels = host.map(NestedPaging::levels).orElse(0);
        hostLeaf = host.map(NestedPaging::leafLevel).orElse(Integer.MAX_VALUE);
        hostCaches = walkCaches(geometry, hostLevels);
    }

    /** The arrays that {@code probes} ask, each once. */
    private static Stage[] stages(Probe[] probes) {
        Map<TlbArray, Integer> levels = new LinkedHashMap<>();
        for (Probe p : probes) {
            levels.merge(p.array, 1 << p.level, (x, y) -> x | y);
        }
        return levels.entrySet().stream().map(e -> new Stage(e.getKey(), e.getValue())).toArray(Stage[]::new);
    }

    /** Whether no two arrays hold leaves of one level. */
    private static boolean isAlone(Probe[] probes) {
        return Stream.of(probes).map(Probe::level).distinct().count() == probes.length;
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
        forgetLast();
    }

    /** An access as {@link #translate(long[], int, int)} takes it. */
    public static long access(long va, boolean write) {
        return va << 1 | (write ? 1 : 0);
    }

    /** The address of an {@link #access}. */
    public static long addressOf(long access) {
        return access >> 1;
    }

    /** Whether an {@link #access} writes. */
    public static boolean isWrite(long access) {
        return (access & 1) != 0;
    }

    /**
     * Translates {@code trace[from]} to {@code trace[to - 1]}, addresses shifted left by one and 1 added for a write; bits 63 and 62 of
     * an address are the same, as in all that processors accept.
     *
     * @return {@code to}, or the index of the access that needs a page fault first, which {@link #translate(long, boolean)} tells more of
     */
    public int translate(long[] trace, int from, int to) {
        int at = from;
        while (at < to) {
            long walksBefore = walks;
            long searchesBefore = searches;
            if (!walksOften) {
                int end = Math.min(to, at + BLOCK);
                at = translateEach(trace, at, end);
                if (at < end) {
                    return at;
                }
            } else {
                block.take(trace, at, to);
                at = translateBlock(trace, at);
                if (at < block.end) {
                    return at;
                }
            }
            walksOften = inBlocks && 4 * (walks - walksBefore) > searches - searchesBefore;
        }
        return to;
    }

    private int translateEach(long[] trace, int from, int to) {
        int shift = pageShift + 1;
        int i = from;
        while (i < to) {
            int start = i;
            long toRead = readable;
            long toWrite = writable;
            while (i < to && trace[i] >> shift == ((trace[i] & 1) == 0 ? toRead : toWrite)) {
                i++;
            }
            accesses += i - start;
            if (i < to) {
                long access = trace[i];
                if (search(access >> 1, access >> shift, (access & 1) != 0) <= 0) {
                    return i;
                }
                i++;
            }
        }
        return to;
    }

    /**
     * The same where many accesses walk: each cache takes all accesses of the block that those before it did not have, so that a processor
     * works at many of them at once. What an access fills is known from the page tables, which are read for the whole block first; the
     * caches hold nothing else than these say.
     */
    private int translateBlock(long[] trace, int from) {
        AddressBlock b = block;
        tables.readLowest(b.addresses, b.runs, b.entries, b.levels);
        int n = 0;
        int seen = 0;
        for (; n < b.runs; n++) {
            int leaf = b.levels[n];
            long entry = b.entries[n];
            boolean isWritable = format.isWritable(entry);
            if (!format.isPresent(entry) || leaf > 1 && !format.isLeaf(entry, leaf) || b.writes[n] && !isWritable) {
                break;
            }
            int covered = Math.min(leaf, hostLeaf);
            b.covered[n] = (byte) covered;
            b.permissions[n] = (byte) (isWritable ? WRITABLE : 0);
            seen |= 1 << covered;
        }
        if ((seen & ~firstLevels) != 0) {
            return translateEach(trace, from, b.end);
        }
        int stop = n == b.runs ? b.end : b.starts[n];
        accesses += stop - from;
        searches += n;
        b.missAll(n);
        ask(firstStages, seen);
        firstMisses += b.missed;
        ask(secondStages, seen);
        walks += b.missed;
        walkBlock();
        if (n > 0) {
            remember(b.addresses[n - 1] >> pageShift, b.covered[n - 1], b.permissions[n - 1]);
        }
        // What is left needs a page fault, at once or after some reads.
        return stop == b.end ? stop : translateEach(trace, stop, b.end);
    }

    /** Asks the arrays of one level of TLBs for what the block misses. */
    private void ask(Stage[] stages, int seen) {
        for (Stage stage : stages) {
            if ((stage.levels & seen) != 0) {
                stage.array.touchAll(block, stage.levels, VALID | space);
            }
        }
        block.keepMissing();
    }

    /** Walks for what the block misses. */
    private void walkBlock() {
        AddressBlock b = block;
        int top = shifts.length - 1;
        if (hostLevels > 0) {
            for (int j = 0; j < b.missed; j++) {
                int i = b.missing[j];
                countWalk(b.addresses[i], b.levels[i], b.entries[i]);
            }
            return;
        }
        for (int j = 0; j < b.missed; j++) {
            references += top - b.levels[b.missing[j]] + 1;
        }
        for (int level = 2; level - 2 < walkCaches.length && level <= top; level++) {
            int asked = b.missed;
            walkCaches[level - 2].touchAllAbove(b, level, VALID | space);
            b.keepMissing();
            long spared = (long) (asked - b.missed) * (top - level + 1);
            references -= spared;
            skipped += spared;
        }
    }

    /**
     * Translates {@code va} for a read or a write.
     *
     * @return the level of the leaf whose translation was used, or {@link #ABSENT} or {@link #READ_ONLY} when a page fault comes first; the
     *     access has then not been counted
     */
    public int translate(long va, boolean write) {
        long page = va >> pageShift;
        if (page == (write ? writable : readable)) {
            accesses++;
            return lastLevel;
        }
        return search(va, page, write);
    }

    /** Translates another page than the last one. */
    private int search(long va, long page, boolean write) {
        searches++;
        boolean refused = false;
        for (Probe p : first) {
            if (p.array.held(p.level) != 0) {
                long number = TlbArray.number(va, p.shift);
                long tag = p.array.lookup(number, key(number, p.level));
                if (tag != 0) {
                    if (!write || (tag & WRITABLE) != 0) {
                        accesses++;
                        return remember(page, p.level, tag);
                    }
                    refused = true;
                }
            }
        }
        for (Probe p : second) {
            if (p.array.held(p.level) != 0) {
                long number = TlbArray.number(va, p.shift);
                long tag = p.array.lookup(number, key(number, p.level));
                if (tag != 0) {
                    if (!write || (tag & WRITABLE) != 0) {
                        accesses++;
                        firstMisses++;
                        fill(first, va, p.level, (int) tag & WRITABLE, refused);
                        return remember(page, p.level, tag);
                    }
                    refused = true;
                }
            }
        }
        return walk(va, page, write, refused);
    }

    private long key(long number, int level) {
        return VALID | space | (long) level << LEVEL_SHIFT | number << 1;
    }

    private int remember(long page, int level, long tag) {
        boolean known = (firstLevels >>> level & 1) != 0;
        readable = known ? page : -1;
        writable = known && (tag & WRITABLE) != 0 ? page : -1;
        lastLevel = level;
        return level;
    }

    private void forgetLast() {
        readable = -1;
        writable = -1;
    }

    /** Puts an entry in each array for it; {@code known} when one may be there already. */
    private void fill(Probe[] arrays, long va, int level, int permission, boolean known) {
        for (Probe p : arrays) {
            if (p.level == level) {
                long number = TlbArray.number(va, p.shift);
                if (known) {
                    p.array.insert(number, key(number, level) | permission);
                } else {
                    p.array.insertNew(number, key(number, level) | permission);
                }
            }
        }
    }

    private int walk(long va, long page, boolean write, boolean refused) {
        int leaf = lowestLevel(va);
        long entry = tables.read(tables.find(va, leaf));
        if (!format.isPresent(entry) || leaf > 1 && !format.isLeaf(entry, leaf)) {
            return ABSENT;
        }
        int permission = format.isWritable(entry) ? WRITABLE : 0;
        if (write && permission == 0) {
            return READ_ONLY;
        }
        accesses++;
        firstMisses++;
        walks++;
        countWalk(va, leaf, entry);
        int covered = Math.min(leaf, hostLeaf);
        fill(second, va, covered, permission, refused);
        fill(first, va, covered, permission, refused);
        return remember(page, covered, permission);
    }

    /** The level of the lowest entry that covers {@code va}; the root's is always there. */
    private int lowestLevel(long va) {
        int level = 1;
        while (tables.find(va, level) == PageTables.NO_SLOT) {
            level++;
        }
        return level;
    }

    private void countWalk(long va, int leaf, long entry) {
        int start = startLevel(va, leaf);
        skipped += shifts.length - 1 - start;
        references += start - leaf + 1;
        if (hostLevels > 0) {
            walkHost(va, start, leaf, format.pfn(entry, leaf));
        }
    }

    /**
     * The level at which the walk begins: that of the lowest table that a paging-structure cache knows. The caches know the tables that the
     * walk reads then.
     */
    private int startLevel(long va, int leaf) {
        for (int level = leaf + 1; level - 2 < walkCaches.length && level < shifts.length; level++) {
            long number = TlbArray.number(va, shifts[level]);
            if (walkCaches[level - 2].touch(number, key(number, level))) {
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
            long number = TlbArray.number(physical, shifts[level]);
            if (hostCaches[level - 2].touch(number, VALID | (long) level << LEVEL_SHIFT | number << 1)) {
                from = level - 1;
                break;
            }
        }
        int read = from - hostLeaf + 1;
        references += read;
        nestedReferences += read;
        skipped += hostLevels - from;
    }

    /**
     * Drops what is known of {@code va} in this address space (INVLPG), with the paging-structure caches, as processors do. In a virtual
     * machine these are all entries of the guest's page that maps {@code va} now.
     */
    public void invalidate(long va) {
        int leaf = hostLevels == 0 ? 1 : lowestLevel(va);
        for (Probe[] arrays : List.of(first, second)) {
            for (Probe p : arrays) {
                long number = TlbArray.number(va, p.shift);
                if (p.level < leaf) {
                    long inPage = (1L << shifts[leaf] - p.shift) - 1;
                    long mask = SPACE_MASK | LEVEL_MASK | (1L << LEVEL_SHIFT) - 2 & ~(inPage << 1);
                    p.array.removeAll(mask, key(number, p.level) & mask);
                } else {
                    p.array.remove(number, key(number, p.level));
                }
            }
        }
        for (TlbArray cache : walkCaches) {
            cache.removeAll(SPACE_MASK, space);
        }
        forgetLast();
        invalidations++;
    }

    /** Drops everything of the address space {@code number}, as a shootdown of all of it does. */
    public void invalidateSpace(int number) {
        drop(SPACE_MASK, (long) number << SPACE_SHIFT);
    }

    /** Drops everything. */
    public void invalidateAll() {
        drop(0, 0);
        for (TlbArray cache : hostCaches) {
            cache.removeAll(0, 0);
        }
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
        forgetLast();
        invalidations++;
    }

    /** What happened so far. */
    public TranslationCounts counts() {
        return new TranslationCounts(accesses, firstMisses, walks, references, nestedReferences, skipped, invalidations);
    }
}
