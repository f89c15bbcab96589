package org.mmkit.core.memory;

import static org.mmkit.api.memory.FolioFlags.MAPPED_SHARED;
import static org.mmkit.core.memory.FlagWords.FLAG_MASK;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FolioOwner;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Frames;
import org.mmkit.core.lock.AtomicWords;

/**
 * Frame metadata in primitive arrays per sparse section.
 *
 * <p>An untouched section shares one array of zeroes per field, so reads need no check and an empty machine costs
 * a pointer per field and section.
 *
 * <p>With {@code SMP=y} thread-safe as {@link Frames} says; the arrays of a section are made once and never replaced.
 */
public final class FrameTable implements Frames {

    private final boolean smp;
    private final int sectionOrder;
    private final int mask;
    private final int[] zero;

    private final FolioOrders orders;
    private final int[][] flags;
    private final int[][] references;
    private final int[][] mapcounts;
    private final int[][] pins;
    private final FolioOwners owners;
    private final FrameRuns runs;
    private final FlagWords flagWords;
    private final FolioRecords records;
    private final LruLists lru;
    private final FolioBatches batches;
    private SwapCacheSplit swapCache = (head, pages) -> {};
    private final FolioMaking making;

    private FrameAllocator allocator = NoAllocator.INSTANCE;
    private int freeingMask;
    private final List<Registration> freeings = new ArrayList<>();

    private record Registration(int flag, FolioFreeing freeing) {}

    /**
     * A table for the frames 0 to {@code spanned} - 1.
     *
     * @param spanned frames, holes included; rounded up to whole sections
     * @param sectionOrder log2 of the frames of a section
     */
    public FrameTable(long spanned, int sectionOrder) {
        this(spanned, sectionOrder, Locks.NONE);
    }

    /** The same, for as many processors as {@code locks} are made for. */
    public FrameTable(long spanned, int sectionOrder, Locks locks) {
        smp = locks.isSmp();
        this.sectionOrder = sectionOrder;
        int sectionPages = 1 << sectionOrder;
        mask = sectionPages - 1;
        int sections = Math.toIntExact((spanned + mask) >>> sectionOrder);
        zero = new int[sectionPages];
        flags = SectionArrays.filled(new int[sections][], zero);
        orders = new FolioOrders(flags, sectionOrder);
        flagWords = new FlagWords(this, orders, flags, zero, sectionOrder, locks);
        references = SectionArrays.filled(new int[sections][], zero);
        mapcounts = SectionArrays.filled(new int[sections][], zero);
        pins = SectionArrays.filled(new int[sections][], zero);
        records = new FolioRecords(this, sections, sectionOrder, locks);
        owners = new FolioOwners(sections, sectionOrder);
        runs = new FrameRuns(zero, orders, flags, references, mapcounts, pins, owners, sectionOrder);
        lru = new LruLists(this, sections, sectionOrder, locks);
        making = new FolioMaking(this, orders, flagWords, flags, references, mapcounts, zero, records, owners, lru);
        batches = new FolioBatches(this, lru);
    }

    /** The LRU lists of these frames. */
    public LruLists lru() {
        return lru;
    }

    /** Where folios wait to join or to change lists. */
    public FolioBatches batches() {
        return batches;
    }

    /** Names the allocator that gets folios back; to be called once, before the first {@link #put}. */
    public void setAllocator(FrameAllocator allocator) {
        this.allocator = allocator;
    }

    /** Frames that the table spans, holes included. */
    public long spanned() {
        return (long) flags.length << sectionOrder;
    }

    /** Whether anything was ever recorded of a frame of the section that holds {@code pfn}; the firmware's own memory does not count. */
    public boolean isTouched(long pfn) {
        return isTouched(section(pfn));
    }

    private int section(long pfn) {
        return (int) (pfn >>> sectionOrder);
    }

    private int word(long pfn) {
        return flags[(int) (pfn >>> sectionOrder)][(int) pfn & mask];
    }

    @Override
    public long head(long pfn) {
        return pfn & -1L << orders.order(pfn);
    }

    @Override
    public int order(long head) {
        return orders.order(head);
    }

    @Override
    public long pages(long head) {
        return 1L << orders.order(head);
    }

    @Override
    public boolean isLarge(long pfn) {
        return orders.order(pfn) != 0;
    }

    @Override
    public boolean test(long pfn, int flag) {
        return (word(pfn) & flag) == flag;
    }

    @Override
    public void set(long pfn, int flag) {
        flagWords.set(pfn, flag);
    }

    @Override
    public void setNew(long pfn, int flag) {
        flagWords.own(section(pfn))[(int) pfn & mask] |= flag & FLAG_MASK;
    }

    @Override
    public void setNewMapped(long pfn) {
        int[] m = SectionArrays.own(mapcounts, section(pfn), zero);
        int i = (int) pfn & mask;
        if (m[i] != 0) {
            throw wrong(pfn, "new, but mapped " + m[i] + " times");
        }
        m[i] = 1;
    }

    /** Clears {@code flag}; whether it was set, and no other thread has cleared it meanwhile. */
    boolean testAndClear(long pfn, int flag) {
        return flagWords.testAndClear(pfn, flag);
    }

    /** Sets {@code flag}; whether it was not set, and no other thread has set it meanwhile. */
    boolean testAndSet(long pfn, int flag) {
        return flagWords.testAndSet(pfn, flag);
    }

    @Override
    public void clear(long pfn, int flag) {
        flagWords.clear(pfn, flag);
    }

    @Override
    public void setRange(long pfn, long n, int flag) {
        flagWords.setRange(pfn, n, flag);
    }

    @Override
    public void clearRange(long pfn, long n, int flag) {
        flagWords.clearRange(pfn, n, flag);
    }

    @Override
    public int flags(long pfn) {
        return word(pfn) & FLAG_MASK;
    }

    @Override
    public int refcount(long head) {
        return references[section(head)][(int) head & mask];
    }

    @Override
    public void get(long head, int n) {
        int[] r = references[section(head)];
        int i = (int) head & mask;
        if (r[i] <= 0) {
            throw wrong(head, "got a reference while its count was " + r[i]);
        }
        if (smp) {
            AtomicWords.add(r, i, n);
        } else {
            r[i] += n;
        }
    }

    /**
     * Takes a reference to a folio that the caller has found without one, unless it is just being freed, split or moved (Linux: folio_try_get).
     *
     * @return whether there is one more
     */
    public boolean tryGet(long head) {
        int[] r = references[section(head)];
        int i = (int) head & mask;
        while (true) {
            int count = AtomicWords.get(r, i);
            if (count <= 0) {
                return false;
            }
            if (AtomicWords.compareAndSet(r, i, count, count + 1)) {
                return true;
            }
        }
    }

    @Override
    public void put(long head, int n) {
        int[] r = references[section(head)];
        int i = (int) head & mask;
        int left = smp ? AtomicWords.add(r, i, -n) : r[i] - n;
        if (left < 0) {
            throw wrong(head, n + " references dropped of " + (left + n));
        }
        if (!smp) {
            r[i] = left;
        }
        if (left == 0) {
            release(head);
        }
    }

    /**
     * Counts one more mapping by a level-1 entry of the single frame {@code pfn}, with its reference, and takes its exclusiveness: fork's way
     * through most pages in one look-up.
     *
     * @return the flags of the frame, or -1, and nothing changed, when it belongs to a large folio or is pinned
     */
    public int duplicateMapping(long pfn) {
        int s = section(pfn);
        int i = (int) pfn & mask;
        int[] f = flags[s];
        int word = f[i];
        if (orders.order(pfn) != 0 || pins[s][i] != 0) {
            return -1;
        }
        if (smp) {
            AtomicWords.add(references[s], i, 1);
            AtomicWords.add(mapcounts[s], i, 1);
            flagWords.clearAt(f, i, FolioFlags.ANON_EXCLUSIVE);
            return word & FLAG_MASK;
        }
        references[s][i]++;
        mapcounts[s][i]++;
        f[i] = word & ~FolioFlags.ANON_EXCLUSIVE;
        return word & FLAG_MASK;
    }

    /**
     * {@link #duplicateMapping} for frames that follow each other in {@code direction}, as long as their flags are those of the first but for
     * exclusiveness; with {@code SMP=n}.
     *
     * @return how many of at most {@code most} frames were done
     */
    public int duplicateMappings(long pfn, int most, int direction) {
        return smp ? 0 : runs.duplicateMappings(pfn, most, direction);
    }

    /**
     * Counts one mapping by a level-1 entry less, with its reference, of single frames that follow each other in {@code direction}, which others map
     * as well and as often as the first; with {@code SMP=n}.
     *
     * @return how many of at most {@code most} frames were done
     */
    public int dropSharedMappings(long pfn, int most, int direction) {
        return smp ? 0 : runs.dropSharedMappings(pfn, most, direction);
    }

    /**
     * The fresh single frame {@code pfn}, which nobody else can know yet, becomes an anonymous page at {@code index} of {@code owner}, mapped once and
     * exclusively.
     */
    public void startAnon(long pfn, FolioOwner owner, long index) {
        int s = section(pfn);
        int i = (int) pfn & mask;
        int[] m = SectionArrays.own(mapcounts, s, zero);
        if (m[i] != 0) {
            throw wrong(pfn, "new, but mapped " + m[i] + " times");
        }
        m[i] = 1;
        owners.set(pfn, owner, index);
        int[] f = flagWords.own(s);
        f[i] |= FolioFlags.ANON | FolioFlags.SWAPBACKED | FolioFlags.UPTODATE | FolioFlags.ANON_EXCLUSIVE;
    }

    /** The same of a fresh large folio that is mapped whole, by the address space {@code spaceId}. */
    public void startAnonWhole(long head, FolioOwner owner, long index, int spaceId) {
        owners.set(head, owner, index);
        flagWords.own(section(head))[(int) head & mask] |=
                FolioFlags.ANON | FolioFlags.SWAPBACKED | FolioFlags.UPTODATE | FolioFlags.ANON_EXCLUSIVE;
        records.addEntireMapcount(head, 1);
        records.addMapcount(head, 1, spaceId);
    }

    @Override
    public int singlesAlike(long pfn, int most, int direction) {
        return smp ? 0 : runs.alike(pfn, most, direction);
    }

    /**
     * Ends the mapping and drops the reference of {@code n} {@linkplain #singlesAlike like} frames, one after the other in {@code direction};
     * nobody who {@linkplain #setFreeing frees} such frames wants to see them.
     */
    public void freeSingles(long pfn, int n, int direction) {
        long low = direction > 0 ? pfn : pfn - n + 1;
        int s = section(low);
        int i = (int) low & mask;
        int f = flags[s][i];
        if ((f & FolioFlags.LRU) != 0) {
            lru.freedSingles(low, n, f);
        }
        Arrays.fill(flags[s], i, i + n, 0);
        Arrays.fill(references[s], i, i + n, 0);
        Arrays.fill(mapcounts[s], i, i + n, 0);
        owners.clear(low, n);
        allocator.freeSingles(pfn, n, direction);
    }

    /** {@link #addPageMapcount} by {@code delta}, 1 or -1, for {@code n} frames; returns how many of them got their first mapping or lost the last. */
    public int addPageMapcounts(long pfn, int n, int delta) {
        if (smp) {
            int ends = 0;
            for (int i = 0; i < n; i++) {
                ends += addPageMapcount(pfn + i, delta) == (delta > 0 ? 1 : 0) ? 1 : 0;
            }
            return ends;
        }
        int ends = 0;
        for (int done = 0; done < n; ) {
            int[] m = SectionArrays.own(mapcounts, section(pfn + done), zero);
            int from = (int) (pfn + done) & mask;
            int some = Math.min(n - done, mask + 1 - from);
            int wrong = FrameRuns.add(m, from, some, delta);
            if (wrong >= 0) {
                throw wrong(pfn + done + wrong, "map count would be " + m[from + wrong]);
            }
            ends += FrameRuns.count(m, from, some, delta > 0 ? 1 : 0);
            done += some;
        }
        return ends;
    }

    /** The last reference of {@code head} is gone. */
    private void release(long head) {
        int order = orders.order(head);
        if (!end(head, order)) {
            return;
        }
        if (order <= allocator.maxOrder()) {
            allocator.free(head, order);
        } else {
            allocator.freeContiguous(head, 1L << order);
        }
    }

    /**
     * The single frame {@code pfn}, to which only the caller has a reference, is nobody's from now on, but does not go to the allocator: the
     * reference stays for good.
     */
    public void retire(long pfn) {
        if (refcount(pfn) != 1 || isLarge(pfn) || !end(pfn, 0)) {
            throw wrong(pfn, "to be taken out of use with " + refcount(pfn) + " references");
        }
    }

    /** Makes a folio nobody's; false when who owns such folios keeps it. */
    private boolean end(long head, int order) {
        int s = section(head);
        int i = (int) head & mask;
        int f = flags[s][i];
        if ((f & freeingMask) != 0) {
            for (Registration registration : freeings) {
                if ((f & registration.flag) != 0 && registration.freeing.free(head)) {
                    return false;
                }
            }
        }
        int mapped = order == 0 ? mapcounts[s][i] : records.mapcount(head);
        if (mapped != 0) {
            throw wrong(head, "freed with " + mapped + " mappings");
        }
        if (pins[s][i] != 0) {
            throw wrong(head, "freed with " + pins[s][i] + " pins");
        }
        if ((f & (FolioFlags.LRU | FolioFlags.MLOCKED)) != 0) {
            lru.freed(head, f, 1L << order);
        }
        making.dissolve(head, order);
        return true;
    }

    /** Whether all frames of the section of {@code pfn} are tails of one folio that is larger than a section, and have nothing of their own. */
    public boolean isInsideOneFolio(long pfn) {
        int s = section(pfn);
        return orders.isInsideOneFolio(s) && flags[s] == zero && references[s] == zero && mapcounts[s] == zero && pins[s] == zero;
    }

    @Override
    public boolean freeze(long head, int expected) {
        int[] r = references[section(head)];
        int i = (int) head & mask;
        if (smp) {
            return expected != 0 && AtomicWords.compareAndSet(r, i, expected, 0);
        }
        if (r[i] != expected || expected == 0) {
            return false;
        }
        r[i] = 0;
        return true;
    }

    @Override
    public void unfreeze(long head, int count) {
        int[] r = SectionArrays.own(references, section(head), zero);
        int i = (int) head & mask;
        if (r[i] != 0) {
            throw wrong(head, "unfrozen while its reference count was " + r[i]);
        }
        if (smp) {
            AtomicWords.setRelease(r, i, count);
        } else {
            r[i] = count;
        }
    }

    @Override
    public void lockFolio(long head) {
        flagWords.lock(head);
    }

    @Override
    public boolean tryLockFolio(long head) {
        return flagWords.tryLock(head);
    }

    @Override
    public void unlockFolio(long head) {
        flagWords.unlock(head);
    }

    @Override
    public int pins(long head) {
        return pins[section(head)][(int) head & mask];
    }

    @Override
    public void addPins(long head, int n) {
        int[] p = SectionArrays.own(pins, section(head), zero);
        int i = (int) head & mask;
        int sum = smp ? AtomicWords.add(p, i, n) : p[i] + n;
        if (sum < 0) {
            throw wrong(head, -n + " pins dropped of " + (sum - n));
        }
        if (!smp) {
            p[i] = sum;
        }
    }

    @Override
    public int pageMapcount(long pfn) {
        return mapcounts[section(pfn)][(int) pfn & mask];
    }

    @Override
    public int addPageMapcount(long pfn, int delta) {
        int[] m = SectionArrays.own(mapcounts, section(pfn), zero);
        int i = (int) pfn & mask;
        int count = smp ? AtomicWords.add(m, i, delta) : m[i] + delta;
        if (count < 0) {
            throw wrong(pfn, "map count would be " + count);
        }
        if (!smp) {
            m[i] = count;
        }
        return count;
    }

    @Override
    public void lockMapcounts(long head) {
        records.lock(head);
    }

    @Override
    public void unlockMapcounts(long head) {
        records.unlock(head);
    }

    @Override
    public int entireMapcount(long head) {
        return isLarge(head) ? records.entireMapcount(head) : 0;
    }

    @Override
    public int addEntireMapcount(long head, int delta) {
        return records.addEntireMapcount(head, delta);
    }

    @Override
    public int largeMapcount(long head) {
        return isLarge(head) ? records.mapcount(head) : pageMapcount(head);
    }

    @Override
    public int mappedPages(long head) {
        return isLarge(head) ? records.mappedPages(head) : 0;
    }

    @Override
    public int addMappedPages(long head, int delta) {
        return records.addMappedPages(head, delta);
    }

    @Override
    public int addLargeMapcount(long head, int delta, int spaceId) {
        return records.addMapcount(head, delta, spaceId);
    }

    @Override
    public boolean maybeMappedShared(long head) {
        if (!isLarge(head)) {
            return pageMapcount(head) > 1;
        }
        // of a HugeTLB page every mapping counts, those of one address space too
        return test(head, FolioFlags.HUGETLB) ? largeMapcount(head) > 1 : test(head, MAPPED_SHARED);
    }

    @Override
    public int mapcount(long pfn) {
        int order = orders.order(pfn);
        return pageMapcount(pfn) + (order == 0 ? 0 : entireMapcount(pfn & -1L << order));
    }

    @Override
    public boolean isMapped(long head) {
        return largeMapcount(head) != 0;
    }

    @Override
    public FolioOwner owner(long head) {
        return owners.owner(head);
    }

    @Override
    public boolean hasOwner(long head) {
        return owners.hasOwner(head);
    }

    @Override
    public void setOwner(long head, FolioOwner owner, long index) {
        owners.set(head, owner, index);
    }

    @Override
    public void clearOwner(long head) {
        owners.clear(head);
    }

    @Override
    public long index(long head) {
        return owners.index(head);
    }

    @Override
    public long privateWord(long head) {
        return owners.word(head);
    }

    @Override
    public void setPrivateWord(long head, long value) {
        owners.setWord(head, value);
    }

    @Override
    public void makeFolio(long head, int order, boolean rmappable) {
        making.make(head, order, rmappable);
    }

    @Override
    public void splitFolio(long head, int newOrder, int count) {
        making.split(head, newOrder, count);
    }

    @Override
    public void setFreeing(int flag, FolioFreeing freeing) {
        freeings.add(new Registration(flag, freeing));
        freeingMask |= flag;
    }

    /** Who has to know that a folio in the swap cache was split: each slot is to find the part that is for it. */
    @FunctionalInterface
    public interface SwapCacheSplit {

        /** The folio of {@code pages} pages from {@code head} on is several now, each of which knows its slots. */
        void split(long head, long pages);
    }

    /** Names the swap cache. */
    public void setSwapCache(SwapCacheSplit cache) {
        swapCache = cache;
    }

    SwapCacheSplit swapCache() {
        return swapCache;
    }

    InvariantViolation wrong(long pfn, String what) {
        return new InvariantViolation("frame 0x" + Long.toHexString(pfn) + ": " + what + " (flags 0x"
                + Integer.toHexString(flags(pfn)) + ", order " + order(pfn) + ")");
    }

    /** Whether section {@code section} has anything to check: it is touched and not wholly reserved. */
    boolean isTouched(int section) {
        boolean fresh = flags[section] == zero || flagWords.isAllReserved(section);
        return !fresh || orders.isTouched(section) || references[section] != zero || mapcounts[section] != zero;
    }

    /** log2 of the frames of a section. */
    int sectionOrder() {
        return sectionOrder;
    }

    /** The first frame of [{@code from}, {@code to}), within one section, of which anything is recorded; {@code to} without one. */
    public long nextUsed(long from, long to) {
        return runs.nextUsed(from, to);
    }

    /** Checks that every folio is consistent in itself; throws {@link InvariantViolation} for the first that is not. */
    public void verify() {
        new FrameChecks(this).verify();
    }

    /** Checks that no frame that is free in {@code buddy} has a reference, a mapping, a pin or a flag. */
    void verifyFree(BuddyAllocator buddy) {
        new FrameChecks(this).verifyFree(buddy);
    }
}
