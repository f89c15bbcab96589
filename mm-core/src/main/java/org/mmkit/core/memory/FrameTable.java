package org.mmkit.core.memory;

import static org.mmkit.api.memory.FolioFlags.HEAD;
import static org.mmkit.api.memory.FolioFlags.LARGE_RMAPPABLE;
import static org.mmkit.api.memory.FolioFlags.MAPPED_SHARED;
import static org.mmkit.api.memory.FolioFlags.RESERVED;
import static org.mmkit.api.memory.FolioFlags.SWAPCACHE;
import static org.mmkit.api.memory.FolioFlags.TAIL;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FolioOwner;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Frames;
import org.mmkit.core.lock.AtomicWords;
import org.mmkit.core.lock.Backoff;
import org.mmkit.core.lock.LockChecker;
import org.mmkit.core.lock.SmpLocks;
import org.mmkit.core.lock.StopMachine;

/**
 * Frame metadata in primitive arrays per sparse section.
 *
 * <p>An untouched section shares one array of zeroes per field, so reads need no check and an empty machine costs
 * a pointer per field and section. The order of a folio stands in the upper bits of the flag word of each of its frames,
 * so the head of a tail is one load and one mask away: folios are naturally aligned.
 *
 * <p>With {@code SMP=y} thread-safe as {@link Frames} says; the arrays of a section are made once and never replaced.
 */
public final class FrameTable implements Frames {

    /** Bits from here up of a flag word hold the folio's order. */
    private static final int ORDER_SHIFT = 27;

    private static final int FLAG_MASK = (1 << ORDER_SHIFT) - 1;

    /** Flags that a part of a split folio does not inherit from the whole. */
    private static final int NOT_INHERITED = HEAD
            | TAIL
            | FolioFlags.ANON_EXCLUSIVE
            | FolioFlags.PARTIALLY_MAPPED
            | FolioFlags.DEFERRED
            | FolioFlags.DOUBLE_MAP
            | FolioFlags.HUGE_ZERO
            | MAPPED_SHARED
            | LARGE_RMAPPABLE;

    // Words of a large folio's record; a folio has at least two frames, so a record per two frames is enough.
    private static final int LARGE_MAPCOUNT = 0;
    private static final int ENTIRE_MAPCOUNT = 1;
    private static final int MAPPED_PAGES = 2;
    /** Address space of slot 0 or 0; its count follows. Slot 1 comes next. */
    private static final int SLOT_0 = 3;

    private static final int SLOT_1 = 5;
    /** 1 while the counts of the record are being changed. */
    private static final int RECORD_LOCK = 7;
    private static final int RECORD_SHIFT = 3;

    private final boolean smp;
    private final @Nullable LockChecker checker;
    private final StopMachine calls;
    private final int sectionOrder;
    private final int mask;
    private final int[] zero;
    private final int[] allReserved;
    /** The flag words of a section inside a folio of several sections; all those of one machine are of one order. */
    private int[] allTails = {};

    private final int[][] flags;
    private final int[][] references;
    private final int[][] mapcounts;
    private final int[][] pins;
    private final int[][] large;
    private final @Nullable FolioOwner[][] owners;
    private final long[][] indexes;
    private final long[][] words;

    private final FolioOwner[] noOwner;
    private final LruLists lru;
    private final long[] zeroLongs;

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
        checker = locks instanceof SmpLocks real ? real.checker() : null;
        calls = StopMachine.of(locks);
        this.sectionOrder = sectionOrder;
        int sectionPages = 1 << sectionOrder;
        mask = sectionPages - 1;
        int sections = Math.toIntExact((spanned + mask) >>> sectionOrder);
        zero = new int[sectionPages];
        allReserved = new int[sectionPages];
        Arrays.fill(allReserved, RESERVED);
        zeroLongs = new long[sectionPages];
        noOwner = new FolioOwner[sectionPages];
        flags = filled(new int[sections][], zero);
        references = filled(new int[sections][], zero);
        mapcounts = filled(new int[sections][], zero);
        pins = filled(new int[sections][], zero);
        large = new int[sections][];
        owners = filled(new FolioOwner[sections][], noOwner);
        indexes = filled(new long[sections][], zeroLongs);
        words = filled(new long[sections][], zeroLongs);
        lru = new LruLists(this, sections, sectionOrder, locks);
    }

    /** The LRU lists of these frames. */
    public LruLists lru() {
        return lru;
    }

    /** Fills {@code directory} by copying what is filled already: quick in a JVM that has compiled nothing yet. */
    private static <T> T[] filled(T[] directory, T shared) {
        if (directory.length > 0) {
            directory[0] = shared;
        }
        for (int n = 1; n < directory.length; n *= 2) {
            System.arraycopy(directory, 0, directory, n, Math.min(n, directory.length - n));
        }
        return directory;
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
        int s = section(pfn);
        return flags[s] != zero && flags[s] != allReserved || references[s] != zero || mapcounts[s] != zero;
    }

    private int[] ownFlags(int section) {
        int[] a = flags[section];
        if (a == zero || a == allReserved || a == allTails) {
            synchronized (flags) {
                a = flags[section];
                if (a == zero || a == allReserved || a == allTails) {
                    a = a.clone();
                    VarHandle.releaseFence();
                    flags[section] = a;
                }
            }
        }
        return a;
    }

    private int[] own(int[][] directory, int section) {
        int[] a = directory[section];
        if (a == zero) {
            synchronized (directory) {
                a = directory[section];
                if (a == zero) {
                    a = new int[mask + 1];
                    VarHandle.releaseFence();
                    directory[section] = a;
                }
            }
        }
        return a;
    }

    private static <T> T[] copyOnFirstUse(T[][] directory, int section, T[] empty) {
        synchronized (directory) {
            if (directory[section] == empty) {
                T[] fresh = empty.clone();
                VarHandle.releaseFence();
                directory[section] = fresh;
            }
            return directory[section];
        }
    }

    private static long[] copyOnFirstUse(long[][] directory, int section, long[] empty) {
        synchronized (directory) {
            if (directory[section] == empty) {
                long[] fresh = empty.clone();
                VarHandle.releaseFence();
                directory[section] = fresh;
            }
            return directory[section];
        }
    }

    private int section(long pfn) {
        return (int) (pfn >>> sectionOrder);
    }

    private int word(long pfn) {
        return flags[(int) (pfn >>> sectionOrder)][(int) pfn & mask];
    }

    @Override
    public long head(long pfn) {
        return pfn & -1L << (word(pfn) >>> ORDER_SHIFT);
    }

    @Override
    public int order(long head) {
        return word(head) >>> ORDER_SHIFT;
    }

    @Override
    public long pages(long head) {
        return 1L << (word(head) >>> ORDER_SHIFT);
    }

    @Override
    public boolean isLarge(long pfn) {
        return word(pfn) >>> ORDER_SHIFT != 0;
    }

    @Override
    public boolean test(long pfn, int flag) {
        return (word(pfn) & flag) == flag;
    }

    @Override
    public void set(long pfn, int flag) {
        setAt(ownFlags(section(pfn)), (int) pfn & mask, flag & FLAG_MASK);
    }

    @Override
    public void setNew(long pfn, int flag) {
        ownFlags(section(pfn))[(int) pfn & mask] |= flag & FLAG_MASK;
    }

    @Override
    public void setNewMapped(long pfn) {
        int[] m = own(mapcounts, section(pfn));
        int i = (int) pfn & mask;
        if (m[i] != 0) {
            throw wrong(pfn, "new, but mapped " + m[i] + " times");
        }
        m[i] = 1;
    }

    private void setAt(int[] a, int i, int flag) {
        if (!smp) {
            a[i] |= flag;
        } else if ((a[i] & flag) != flag) {
            AtomicWords.or(a, i, flag);
        }
    }

    private void clearAt(int[] a, int i, int flag) {
        if (!smp) {
            a[i] &= ~flag;
        } else if ((a[i] & flag) != 0) {
            AtomicWords.and(a, i, ~flag);
        }
    }

    @Override
    public void clear(long pfn, int flag) {
        clearAt(ownFlags(section(pfn)), (int) pfn & mask, flag & FLAG_MASK);
    }

    @Override
    public void setRange(long pfn, long n, int flag) {
        long end = pfn + n;
        while (pfn < end) {
            int s = section(pfn);
            int from = (int) pfn & mask;
            int to = (int) Math.min(mask + 1L, from + end - pfn);
            if (from == 0 && to == mask + 1 && flag == RESERVED && flags[s] == zero) {
                flags[s] = allReserved;
            } else {
                int[] a = ownFlags(s);
                for (int i = from; i < to; i++) {
                    setAt(a, i, flag & FLAG_MASK);
                }
            }
            pfn += to - from;
        }
    }

    @Override
    public void clearRange(long pfn, long n, int flag) {
        long end = pfn + n;
        while (pfn < end) {
            int s = section(pfn);
            int from = (int) pfn & mask;
            int to = (int) Math.min(mask + 1L, from + end - pfn);
            if (flags[s] != zero) {
                int[] a = ownFlags(s);
                for (int i = from; i < to; i++) {
                    clearAt(a, i, flag & FLAG_MASK);
                }
            }
            pfn += to - from;
        }
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
        if (word >>> ORDER_SHIFT != 0 || pins[s][i] != 0) {
            return -1;
        }
        if (smp) {
            AtomicWords.add(references[s], i, 1);
            AtomicWords.add(mapcounts[s], i, 1);
            clearAt(f, i, FolioFlags.ANON_EXCLUSIVE);
            return word & FLAG_MASK;
        }
        references[s][i]++;
        mapcounts[s][i]++;
        f[i] = word & ~FolioFlags.ANON_EXCLUSIVE;
        return word & FLAG_MASK;
    }

    /** The last reference of {@code head} is gone. */
    private void release(long head) {
        int s = section(head);
        int i = (int) head & mask;
        int f = flags[s][i];
        if ((f & freeingMask) != 0) {
            for (Registration registration : freeings) {
                if ((f & registration.flag) != 0 && registration.freeing.free(head)) {
                    return;
                }
            }
        }
        int mapped = f >>> ORDER_SHIFT == 0 ? mapcounts[s][i] : large[s][record(i)];
        if (mapped != 0) {
            throw wrong(head, "freed with " + mapped + " mappings");
        }
        if (pins[s][i] != 0) {
            throw wrong(head, "freed with " + pins[s][i] + " pins");
        }
        int order = f >>> ORDER_SHIFT;
        if ((f & (FolioFlags.LRU | FolioFlags.MLOCKED)) != 0) {
            lru.freed(head, f, 1L << order);
        }
        dissolve(head, order);
        if (order <= allocator.maxOrder()) {
            allocator.free(head, order);
        } else {
            allocator.freeContiguous(head, 1L << order);
        }
    }

    /** Makes the frames of a folio nobody's: no flag, no owner, no order. */
    private void dissolve(long head, int order) {
        int s = section(head);
        int i = (int) head & mask;
        if (order == 0) {
            flags[s][i] = 0;
        } else {
            fillFlags(head, 1L << order, 0);
        }
        if (owners[s] != noOwner) {
            owners[s][i] = null;
        }
        if (words[s] != zeroLongs) {
            words[s][i] = 0;
        }
    }

    private void fillFlags(long pfn, long n, int value) {
        long end = pfn + n;
        while (pfn < end) {
            int from = (int) pfn & mask;
            int to = (int) Math.min(mask + 1L, from + end - pfn);
            if (to - from == mask + 1) {
                flags[section(pfn)] = wholeSection(value);
            } else {
                Arrays.fill(ownFlags(section(pfn)), from, to, value);
            }
            pfn += to - from;
        }
    }

    /** The flag words of a section whose frames all have {@code value}: shared for those that there are many of. */
    private int[] wholeSection(int value) {
        if (value == 0) {
            return zero;
        }
        if (allTails.length == 0 && (value & FLAG_MASK) == TAIL) {
            allTails = new int[mask + 1];
            Arrays.fill(allTails, value);
        }
        if (allTails.length > 0 && allTails[0] == value) {
            return allTails;
        }
        int[] own = new int[mask + 1];
        Arrays.fill(own, value);
        return own;
    }

    /** Whether all frames of the section of {@code pfn} are tails of one folio that is larger than a section, and have nothing of their own. */
    public boolean isInsideOneFolio(long pfn) {
        int s = section(pfn);
        return flags[s] == allTails && references[s] == zero && mapcounts[s] == zero && pins[s] == zero;
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
        int[] r = own(references, section(head));
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
        if (smp && !calls.isStopped()) {
            if (checker != null) {
                checker.acquire(LockClass.FOLIO);
            }
            int round = 0;
            while ((AtomicWords.or(ownFlags(section(head)), (int) head & mask, FolioFlags.LOCKED) & FolioFlags.LOCKED) != 0) {
                round = Backoff.pause(round);
            }
        }
    }

    @Override
    public boolean tryLockFolio(long head) {
        if (!smp || calls.isStopped()) {
            return true;
        }
        if ((AtomicWords.or(ownFlags(section(head)), (int) head & mask, FolioFlags.LOCKED) & FolioFlags.LOCKED) != 0) {
            return false;
        }
        if (checker != null) {
            checker.acquired(LockClass.FOLIO);
        }
        return true;
    }

    @Override
    public void unlockFolio(long head) {
        if (smp && !calls.isStopped()) {
            int before = AtomicWords.and(ownFlags(section(head)), (int) head & mask, ~FolioFlags.LOCKED);
            if ((before & FolioFlags.LOCKED) == 0) {
                throw wrong(head, "unlocked without being locked");
            }
            if (checker != null) {
                checker.release(LockClass.FOLIO);
            }
        }
    }

    @Override
    public int pins(long head) {
        return pins[section(head)][(int) head & mask];
    }

    @Override
    public void addPins(long head, int n) {
        int[] p = own(pins, section(head));
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
        int[] m = own(mapcounts, section(pfn));
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

    /** Index of the record of the large folio whose head is frame {@code i} of its section. */
    private static int record(int i) {
        return i >>> 1 << RECORD_SHIFT;
    }

    @Override
    public void lockMapcounts(long head) {
        if (smp && !calls.isStopped()) {
            if (checker != null) {
                checker.acquire(LockClass.LARGE_MAPCOUNT);
            }
            int[] l = large[section(head)];
            int round = 0;
            while (!AtomicWords.compareAndSet(l, record((int) head & mask) + RECORD_LOCK, 0, 1)) {
                round = Backoff.pause(round);
            }
        }
    }

    @Override
    public void unlockMapcounts(long head) {
        if (smp && !calls.isStopped()) {
            AtomicWords.setRelease(large[section(head)], record((int) head & mask) + RECORD_LOCK, 0);
            if (checker != null) {
                checker.release(LockClass.LARGE_MAPCOUNT);
            }
        }
    }

    private int addToRecord(long head, int word, int delta) {
        int[] l = large[section(head)];
        int i = record((int) head & mask) + word;
        int count = l[i] + delta;
        if (count < 0) {
            throw wrong(head, "mapping count of the folio would be " + count);
        }
        l[i] = count;
        return count;
    }

    private int fromRecord(long head, int word) {
        return isLarge(head) ? large[section(head)][record((int) head & mask) + word] : 0;
    }

    @Override
    public int entireMapcount(long head) {
        return fromRecord(head, ENTIRE_MAPCOUNT);
    }

    @Override
    public int addEntireMapcount(long head, int delta) {
        return addToRecord(head, ENTIRE_MAPCOUNT, delta);
    }

    @Override
    public int largeMapcount(long head) {
        return isLarge(head) ? fromRecord(head, LARGE_MAPCOUNT) : pageMapcount(head);
    }

    @Override
    public int mappedPages(long head) {
        return fromRecord(head, MAPPED_PAGES);
    }

    @Override
    public int addMappedPages(long head, int delta) {
        return addToRecord(head, MAPPED_PAGES, delta);
    }

    /**
     * {@inheritDoc}
     *
     * <p>A mapping is counted in the slot of its address space; an address space without a slot takes a free one, and
     * the folio becomes shared when mappings exist that the slot does not count. Mappings made while both slots were
     * taken are in the total only. A slot that falls to zero or below is freed, and when one slot then holds
     * the whole total (zero included) the folio is exclusive again.
     */
    @Override
    public int addLargeMapcount(long head, int delta, int spaceId) {
        int[] l = large[section(head)];
        int r = record((int) head & mask);
        int total = l[r] + delta;
        if (total < 0) {
            throw wrong(head, "mapping count of the folio would be " + total);
        }
        l[r] = total;
        if (delta > 0) {
            if (l[r + SLOT_0] == spaceId) {
                l[r + SLOT_0 + 1] += delta;
            } else if (l[r + SLOT_1] == spaceId) {
                l[r + SLOT_1 + 1] += delta;
            } else if (l[r + SLOT_0] == 0) {
                l[r + SLOT_0] = spaceId;
                l[r + SLOT_0 + 1] = delta;
                if (total != delta) {
                    set(head, MAPPED_SHARED);
                }
            } else if (l[r + SLOT_1] == 0) {
                l[r + SLOT_1] = spaceId;
                l[r + SLOT_1 + 1] = delta;
                set(head, MAPPED_SHARED);
            }
            return total;
        }
        int slot = l[r + SLOT_0] == spaceId ? SLOT_0 : l[r + SLOT_1] == spaceId ? SLOT_1 : 0;
        if (slot != 0) {
            l[r + slot + 1] += delta;
            if (l[r + slot + 1] <= 0) {
                l[r + slot] = 0;
                l[r + slot + 1] = 0;
            }
        }
        if (l[r + SLOT_0 + 1] == total || l[r + SLOT_1 + 1] == total) {
            clear(head, MAPPED_SHARED);
        }
        return total;
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
        int order = word(pfn) >>> ORDER_SHIFT;
        return pageMapcount(pfn) + (order == 0 ? 0 : entireMapcount(pfn & -1L << order));
    }

    @Override
    public boolean isMapped(long head) {
        return largeMapcount(head) != 0;
    }

    @Override
    public FolioOwner owner(long head) {
        FolioOwner owner = owners[section(head)][(int) head & mask];
        if (owner == null) {
            throw new IllegalStateException("frame 0x" + Long.toHexString(head) + " has no owner");
        }
        return owner;
    }

    @Override
    public boolean hasOwner(long head) {
        return owners[section(head)][(int) head & mask] != null;
    }

    @Override
    public void setOwner(long head, FolioOwner owner, long index) {
        int s = section(head);
        if (owners[s] == noOwner) {
            copyOnFirstUse(owners, s, noOwner);
        }
        if (indexes[s] == zeroLongs) {
            copyOnFirstUse(indexes, s, zeroLongs);
        }
        owners[s][(int) head & mask] = owner;
        indexes[s][(int) head & mask] = index;
    }

    @Override
    public void clearOwner(long head) {
        int s = section(head);
        if (owners[s] != noOwner) {
            owners[s][(int) head & mask] = null;
        }
    }

    @Override
    public long index(long head) {
        return indexes[section(head)][(int) head & mask];
    }

    @Override
    public long privateWord(long head) {
        return words[section(head)][(int) head & mask];
    }

    @Override
    public void setPrivateWord(long head, long value) {
        int s = section(head);
        if (words[s] == zeroLongs) {
            copyOnFirstUse(words, s, zeroLongs);
        }
        words[s][(int) head & mask] = value;
    }

    @Override
    public void makeFolio(long head, int order, boolean rmappable) {
        int s = section(head);
        int i = (int) head & mask;
        int[] r = own(references, s);
        if (r[i] != 0) {
            throw wrong(head, "handed out while its reference count was " + r[i]);
        }
        r[i] = 1;
        if (order == 0) {
            ownFlags(s)[i] = 0;
            return;
        }
        if ((head & (1L << order) - 1) != 0) {
            throw new IllegalArgumentException(
                    "frame 0x" + Long.toHexString(head) + " is no multiple of 2^" + order);
        }
        fillFlags(head, 1L << order, order << ORDER_SHIFT | TAIL);
        ownFlags(s)[i] = order << ORDER_SHIFT | HEAD | (rmappable ? LARGE_RMAPPABLE : 0);
        emptyRecord(s, i);
    }

    private void emptyRecord(int section, int i) {
        int[] l = large[section];
        if (l == null) {
            synchronized (large) {
                l = large[section];
                if (l == null) {
                    l = new int[(mask + 1) / 2 << RECORD_SHIFT];
                    VarHandle.releaseFence();
                    large[section] = l;
                }
            }
        }
        Arrays.fill(l, record(i), record(i) + (1 << RECORD_SHIFT), 0);
    }

    @Override
    public void splitFolio(long head, int newOrder, int count) {
        int order = order(head);
        if (newOrder >= order) {
            throw new IllegalArgumentException("order " + order + " cannot be split into order " + newOrder);
        }
        if (refcount(head) != 0) {
            throw wrong(head, "split while its reference count is " + refcount(head));
        }
        int inherited = word(head) & FLAG_MASK & ~NOT_INHERITED;
        int rmappable = newOrder > 0 ? word(head) & LARGE_RMAPPABLE : 0;
        boolean owned = hasOwner(head);
        long index = index(head);
        long word = privateWord(head);
        boolean inSwapCache = (inherited & SWAPCACHE) != 0;
        long step = 1L << newOrder;
        for (long part = 0; part < 1L << order; part += step) {
            long h = head + part;
            int s = section(h);
            int[] f = ownFlags(s);
            int sum = 0;
            for (long k = 0; k < step; k++) {
                int i = (int) (h + k) & mask;
                f[i] = newOrder << ORDER_SHIFT | (newOrder > 0 ? TAIL : 0) | f[i] & FolioFlags.ANON_EXCLUSIVE;
                sum += mapcounts[s][i];
            }
            int i = (int) h & mask;
            f[i] = f[i] & ~TAIL | inherited | rmappable | (newOrder > 0 ? HEAD : 0);
            if (newOrder > 0) {
                emptyRecord(s, i);
                large[s][record(i)] = sum;
            }
            own(references, s)[i] = count;
            if (owned) {
                setOwner(h, owner(head), index + part);
            }
            if (word != 0 || inSwapCache) {
                setPrivateWord(h, inSwapCache ? word + part : part == 0 ? word : 0);
            }
            if (part > 0 && (inherited & FolioFlags.LRU) != 0) {
                lru.addPart(head, h, step);
            }
        }
    }

    @Override
    public void setFreeing(int flag, FolioFreeing freeing) {
        freeings.add(new Registration(flag, freeing));
        freeingMask |= flag;
    }

    InvariantViolation wrong(long pfn, String what) {
        return new InvariantViolation("frame 0x" + Long.toHexString(pfn) + ": " + what + " (flags 0x"
                + Integer.toHexString(flags(pfn)) + ", order " + order(pfn) + ")");
    }

    /** Whether section {@code section} has anything to check: it is touched and not wholly reserved. */
    boolean isTouched(int section) {
        boolean fresh = flags[section] == zero && references[section] == zero && mapcounts[section] == zero;
        return !fresh && flags[section] != allReserved;
    }

    /** log2 of the frames of a section. */
    int sectionOrder() {
        return sectionOrder;
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
