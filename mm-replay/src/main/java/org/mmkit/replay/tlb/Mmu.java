package org.mmkit.replay.tlb;

import java.util.Arrays;
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
 * <p>An entry is tagged with the level of its leaf, or of the leaves that are a run, and the address space (ASID, PCID); arrays of several page
 * sizes are asked for each of them. Arrays of one level do not exclude those of the other. In a virtual machine a TLB entry covers the smaller of
 * the guest's and the host's page, and each reference of the guest's walk is itself translated by the host's tables, whose upper levels have
 * paging-structure caches of the same sizes. Accessed and dirty bits are not written. What page tables hold may be remembered until it is
 * invalidated, as processors do.
 *
 * <p>Allocates nothing while it translates, but for room for what it remembers of page tables, which doubles. One thread.
 */
public final class Mmu {

    /** Greatest number of an address space. */
    public static final int MOST_SPACES = (1 << 12) - 1;

    private static final int LEVEL_SHIFT = TlbArray.LEVEL_SHIFT;
    private static final int SPACE_SHIFT = LEVEL_SHIFT + 3;
    private static final long VALID = TlbArray.VALID;
    private static final long LEVEL_MASK = 7L << LEVEL_SHIFT;
    private static final long SPACE_MASK = (long) MOST_SPACES << SPACE_SHIFT;
    private static final int WRITABLE = 1;
    /** No page of 48 bits or more. */
    private static final long NO_PAGE = Long.MIN_VALUE;
    /** Accesses that are translated before it is asked whether they miss often. */
    private static final int CHUNK = 512;
    /** Accesses that are compared with the page before them at a time. */
    private static final int GROUP = 8;

    /** Nothing maps the address. */
    public static final int ABSENT = 0;
    /** A mapping forbids the write. */
    public static final int READ_ONLY = -1;

    private final int pageShift;
    private final int[] shifts;
    /** By what a tag says of its level: shifts, and {@link TlbLevel#RUN} further on those of runs. */
    private final int[] tagShifts;
    private final TlbLevel first;
    private final TlbLevel second;
    private final PageWalks pageWalks;
    private final AddressBlock block = new AddressBlock();
    /** Whether no two arrays hold translations of one size: others are not translated in blocks. */
    private final boolean inBlocks;
    /** Whether no two arrays of the first level hold translations of one size: where an entry was last is where it is found first. */
    private final boolean isNoted;
    /** Whether an array holds runs of leaves. In a virtual machine the host's page may be smaller, so leaves are held one by one. */
    private final boolean runs;

    /** What blocks need to know of page tables. */
    private final KnownLeaves leaves;

    private boolean missesOften;
    /** The index of the probe that found a translation in the first level lately. */
    private int usual;

    private PageTables tables;
    private EntryFormat format;
    private long space;
    /** The page translated last, whose entry is the newest of its set in the first level; {@link #NO_PAGE} for none. */
    private long readable = NO_PAGE;
    /** The same page when it may be written, or {@link #NO_PAGE}. */
    private long writable = NO_PAGE;

    private int lastLevel;

    private long accesses;
    private long firstMisses;
    private long walks;
    private long invalidations;

    /**
     * A processor of {@code geometry} with empty caches, in address space 0 of {@code tables}.
     *
     * @param host the second dimension; empty on bare metal
     * @throws IllegalArgumentException when an array's entries are no multiple of its ways, or a level of TLBs is neither 1 nor 2
     */
    public Mmu(MmuGeometry geometry, PageTables tables, Optional<NestedPaging> host) {
        PageTableLayout layout = tables.layout();
        this.pageShift = layout.pageShift();
        this.tables = tables;
        this.format = tables.format();
        shifts = new int[layout.levels() + 1];
        for (int level = 1; level <= layout.levels(); level++) {
            shifts[level] = layout.shift(level);
        }
        int[] runShifts = new int[layout.levels() + 1];
        for (int level = 1; level <= Math.min(2, layout.levels()); level++) {
            runShifts[level] = layout.contiguousBits()[level - 1] == 0 ? 0 : shifts[level] + layout.contiguousBits()[level - 1];
        }
        for (MmuGeometry.Tlb t : geometry.tlbs()) {
            if (t.cacheLevel() != 1 && t.cacheLevel() != 2) {
                throw new IllegalArgumentException(t.name() + " is of level " + t.cacheLevel() + "; TLBs have level 1 or 2");
            }
        }
        first = new TlbLevel(geometry, 1, shifts, runShifts);
        second = new TlbLevel(geometry, 2, shifts, runShifts);
        pageWalks = new PageWalks(geometry, layout, shifts, host);
        runs = !pageWalks.isNested() && (first.holdsRuns() || second.holdsRuns());
        leaves = new KnownLeaves(layout.entries(1), runs);
        tagShifts = Arrays.copyOf(shifts, TlbLevel.RUN + 1 + layout.levels());
        System.arraycopy(runShifts, 1, tagShifts, TlbLevel.RUN + 1, layout.levels());
        isNoted = first.probes.length > 0 && first.isEachAlone();
        inBlocks = isNoted && second.isEachAlone();
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
            if (missesOften) {
                long missesBefore = firstMisses;
                at = translateBlock(trace, at, to);
                missesOften = 3 * (firstMisses - missesBefore) > block.runs;
                if (block.stopped) {
                    int end = Math.min(to, at + AddressBlock.MOST);
                    at = translateEach(trace, at, end);
                    if (at < end) {
                        return at;
                    }
                }
            } else {
                int end = Math.min(to, at + CHUNK);
                long missesBefore = firstMisses;
                int start = at;
                at = translateEach(trace, at, end);
                if (at < end) {
                    return at;
                }
                long misses = firstMisses - missesBefore;
                missesOften = inBlocks && 32 * misses > end - start && 3 * misses > runs(trace, start, end);
            }
        }
        return to;
    }

    /** How often the page changes in a part of a trace. */
    private int runs(long[] trace, int from, int to) {
        int shift = pageShift + 1;
        int runs = 1;
        for (int i = from + 1; i < to; i++) {
            runs += (trace[i] ^ trace[i - 1]) >>> shift == 0 ? 0 : 1;
        }
        return runs;
    }

    /** What both levels of TLBs hold a leaf of a run as; 0, which none does, where they differ. */
    private int coveredOfRun(int leaf) {
        int ofFirst = first.holds(leaf + TlbLevel.RUN) ? leaf + TlbLevel.RUN : leaf;
        int ofSecond = second.holds(leaf + TlbLevel.RUN) ? leaf + TlbLevel.RUN : leaf;
        return ofFirst == ofSecond || second.probes.length == 0 ? ofFirst : 0;
    }

    /** One access after the other, for traces that the first level has most translations of. */
    private int translateEach(long[] trace, int from, int to) {
        int i = from;
        while (i < to) {
            int start = i;
            i = skipSamePage(trace, i, to);
            if (i > start) {
                continue;
            }
            int end = Math.min(to, i + 4 * GROUP); // so many that the start of the loop does not count
            i = translateNoted(trace, i, end);
            if (i < end) {
                long access = trace[i];
                if (translate(access >> 1, (access & 1) != 0) <= 0) {
                    return i;
                }
                i++;
            }
        }
        return to;
    }

    /** Counts the accesses from {@code i} on to the page of the one before them, where a group of them seems to go there. */
    private int skipSamePage(long[] trace, int i, int to) {
        int shift = pageShift + 1;
        int ahead = Math.min(to, i + GROUP) - 1;
        long page = readable;
        // One branch for two ends: it is right for a long run and for none.
        if ((trace[i] >> shift ^ page | trace[ahead] >> shift ^ page) != 0) {
            return i;
        }
        int k = i;
        if (page == writable) {
            while (k < to && trace[k] >> shift == page) {
                k++;
            }
        } else {
            while (k < to && trace[k] >> shift == page && (trace[k] & 1) == 0) {
                k++;
            }
        }
        accesses += k - i;
        return k;
    }

    /** Translates from {@code i} on, up to the first access whose entry is not where the last one to a page like it was. */
    private int translateNoted(long[] trace, int i, int to) {
        if (!isNoted) {
            return i;
        }
        TlbLevel.Probe p = first.probes[usual];
        TlbArray array = p.array();
        array.keepPlaces();
        long[] tags = array.tags;
        int[] noted = p.noted();
        int shift = p.shift();
        long wanted = key(0, p.level()) | WRITABLE;
        int start = i;
        long tag = 0;
        while (i < to) {
            long access = trace[i];
            long number = TlbArray.number(access, shift + 1);
            int place = noted[TlbLevel.Probe.note(number)];
            tag = tags[place];
            // A read does not care what the entry permits.
            if ((tag | ~access & 1) != (wanted | number << 1)) {
                break;
            }
            array.use(place);
            i++;
        }
        if (i > start) {
            accesses += i - start;
            long last = trace[i - 1] >> 1;
            long known = tags[noted[TlbLevel.Probe.note(TlbArray.number(last, shift))]];
            remember(last >> pageShift, p.level(), known);
        }
        return i;
    }

    /**
     * The same where the first level often misses: each cache takes all accesses of the block that those before it did not have, so that a
     * processor works at many of them at once. What an access fills is known from the page tables; the caches hold nothing else than these
     * say. Ends before an access that these have no leaf for, or that the first level cannot keep: {@link AddressBlock#stopped}.
     */
    private int translateBlock(long[] trace, int from, int to) {
        AddressBlock b = block;
        int end = take(trace, from, to);
        accesses += end - from;
        b.missAll();
        first.ask(b);
        firstMisses += b.missed;
        second.ask(b);
        walks += b.missed;
        pageWalks.walkBlock(tables, b, VALID | space);
        if (b.runs > 0) {
            long tag = b.tags[b.runs - 1];
            remember(b.addresses[b.runs - 1] >> pageShift, TlbArray.level(tag), tag);
        }
        return end;
    }

    /** Fills the block from {@code from} on; returns where it ended. */
    private int take(long[] trace, int from, int to) {
        AddressBlock b = block;
        int shift = pageShift + 1;
        long common = VALID | space;
        int n = 0;
        int seen = 0;
        int i = from;
        b.stopped = false;
        while (i < to && n < AddressBlock.MOST) {
            long all = trace[i];
            long page = all >> shift;
            long va = all >> 1;
            int next = i + 1;
            while (next < to && trace[next] >> shift == page) {
                all |= trace[next++];
            }
            int known = leaves.of(page, common);
            if (known == 0) {
                known = read(va, page);
            }
            int leaf = (known & KnownLeaves.OF_RUN - 1) >>> 1;
            int covered = known < KnownLeaves.OF_RUN ? pageWalks.covered(leaf) : coveredOfRun(leaf);
            if ((first.levels >>> covered & 1) == 0 || (all & 1) > (known & WRITABLE)) {
                b.stopped = true;
                break;
            }
            b.addresses[n] = va;
            b.leaves[n] = (byte) leaf;
            b.tags[n++] = common | (long) covered << LEVEL_SHIFT | TlbArray.number(va, tagShifts[covered]) << 1 | known & WRITABLE;
            seen |= 1 << covered;
            i = next;
        }
        b.runs = n;
        b.seen = seen;
        return i;
    }

    /** What the page tables say of {@code va}, in the form of {@link KnownLeaves#of}. */
    private int read(long va, long page) {
        int leaf = lowestLevel(va);
        long entry = tables.read(tables.find(va, leaf));
        if (!format.isPresent(entry) || leaf > 1 && !format.isLeaf(entry, leaf)) {
            return 0;
        }
        return leaves.learn(page, VALID | space, leaf, format.isWritable(entry), runs && format.isContiguous(entry, leaf));
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
        boolean refused = false;
        for (int i = 0; i < first.probes.length; i++) {
            TlbLevel.Probe p = first.probes[i];
            if (p.array().held(p.level()) != 0) {
                long number = TlbArray.number(va, p.shift());
                int place = p.place(number, key(number, p.level()));
                if (place >= 0) {
                    p.array().use(place);
                    long tag = p.array().tags[place];
                    if (!write || (tag & WRITABLE) != 0) {
                        accesses++;
                        usual = i;
                        return remember(page, p.level(), tag);
                    }
                    refused = true;
                }
            }
        }
        for (TlbLevel.Probe p : second.probes) {
            if (p.array().held(p.level()) != 0) {
                int place = p.array().find(key(TlbArray.number(va, p.shift()), p.level()));
                if (place >= 0) {
                    p.array().use(place);
                    long tag = p.array().tags[place];
                    if (!write || (tag & WRITABLE) != 0) {
                        accesses++;
                        firstMisses++;
                        first.fill(va, p.level(), VALID | space | tag & WRITABLE, refused);
                        return remember(page, p.level(), tag);
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

    private int remember(long page, int held, long tag) {
        int level = held > TlbLevel.RUN ? held - TlbLevel.RUN : held;
        boolean known = (first.levels >>> level & 1) != 0;
        readable = known ? page : NO_PAGE;
        writable = known && (tag & WRITABLE) != 0 ? page : NO_PAGE;
        lastLevel = level;
        return level;
    }

    private void forgetLast() {
        readable = NO_PAGE;
        writable = NO_PAGE;
    }

    private int walk(long va, long page, boolean write, boolean refused) {
        int leaf = lowestLevel(va);
        long entry = tables.read(tables.find(va, leaf));
        if (!format.isPresent(entry) || leaf > 1 && !format.isLeaf(entry, leaf)) {
            return fault(page, ABSENT);
        }
        int permission = format.isWritable(entry) ? WRITABLE : 0;
        if (write && permission == 0) {
            return fault(page, READ_ONLY);
        }
        accesses++;
        firstMisses++;
        walks++;
        pageWalks.walk(tables, va, leaf, entry, VALID | space);
        int covered = runs && format.isContiguous(entry, leaf) ? leaf + TlbLevel.RUN : pageWalks.covered(leaf);
        second.fill(va, covered, VALID | space | permission, refused);
        first.fill(va, covered, VALID | space | permission, refused);
        return remember(page, covered, permission);
    }

    /** The fault that follows may complete a run, which changes other entries that are present. */
    private int fault(long page, int outcome) {
        if (runs) {
            leaves.forget(page, VALID | space);
        }
        return outcome;
    }

    /** The level of the lowest entry that covers {@code va}; the root's is always there. */
    private int lowestLevel(long va) {
        int level = 1;
        while (tables.find(va, level) == PageTables.NO_SLOT) {
            level++;
        }
        return level;
    }

    /**
     * Drops what is known of {@code va} in this address space (INVLPG), with the paging-structure caches, as processors do. In a virtual
     * machine these are all entries of the guest's page that maps {@code va} now.
     */
    public void invalidate(long va) {
        int leaf = pageWalks.isNested() ? lowestLevel(va) : 1;
        for (TlbLevel tlbs : List.of(first, second)) {
            for (TlbLevel.Probe p : tlbs.probes) {
                long key = key(TlbArray.number(va, p.shift()), p.level());
                if (p.level() < leaf) {
                    long inPage = (1L << shifts[leaf] - p.shift()) - 1;
                    long mask = SPACE_MASK | LEVEL_MASK | (1L << LEVEL_SHIFT) - 2 & ~(inPage << 1);
                    p.array().removeAll(mask, key & mask);
                } else {
                    p.array().remove(key);
                }
            }
        }
        pageWalks.removeAll(SPACE_MASK, space);
        leaves.forget(va >> pageShift, VALID | space);
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
        pageWalks.removeHost();
    }

    private void drop(long mask, long value) {
        first.removeAll(mask, value);
        second.removeAll(mask, value);
        pageWalks.removeAll(mask, value);
        leaves.forgetAll();
        forgetLast();
        invalidations++;
    }

    /** What happened so far. */
    public TranslationCounts counts() {
        return new TranslationCounts(accesses, firstMisses, walks, pageWalks.references(), pageWalks.nestedReferences(), pageWalks.skipped(), invalidations);
    }
}
