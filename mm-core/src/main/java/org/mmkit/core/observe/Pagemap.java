package org.mmkit.core.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Vma;
import org.mmkit.core.observe.PageRun.Kind;

/**
 * What /proc/PID/pagemap, /proc/kpageflags and /proc/kpagecount say, bit by bit (Documentation/admin-guide/mm/pagemap.rst), and the
 * same put together into runs of pages. Not thread-safe.
 */
public final class Pagemap {

    /** Bits of a pagemap word. Bits 0 to 54 hold the pfn, or the swap type (0 to 4) and offset (5 to 54). */
    public static final long PRESENT = 1L << 63;
    /** The page is on swap (or on its way elsewhere). */
    public static final long SWAPPED = 1L << 62;
    /** Page of a file or of shared memory. */
    public static final long FILE = 1L << 61;
    /** A guard marker (since 6.14). */
    public static final long GUARD_REGION = 1L << 58;
    /** Mapped exactly once. */
    public static final long EXCLUSIVE = 1L << 56;

    /** Bits of a kpageflags word (include/uapi/linux/kernel-page-flags.h), by number. */
    private static final int KPF_LOCKED = 0;
    private static final int KPF_REFERENCED = 2;
    private static final int KPF_UPTODATE = 3;
    private static final int KPF_DIRTY = 4;
    private static final int KPF_LRU = 5;
    private static final int KPF_ACTIVE = 6;
    private static final int KPF_WRITEBACK = 8;
    private static final int KPF_RECLAIM = 9;
    private static final int KPF_BUDDY = 10;
    private static final int KPF_MMAP = 11;
    private static final int KPF_ANON = 12;
    private static final int KPF_SWAPCACHE = 13;
    private static final int KPF_SWAPBACKED = 14;
    private static final int KPF_COMPOUND_HEAD = 15;
    private static final int KPF_COMPOUND_TAIL = 16;
    private static final int KPF_HUGE = 17;
    private static final int KPF_UNEVICTABLE = 18;
    private static final int KPF_HWPOISON = 19;
    private static final int KPF_THP = 22;
    private static final int KPF_ZERO_PAGE = 24;
    private static final int KPF_PGTABLE = 26;
    private static final int KPF_RESERVED = 32;
    private static final int KPF_MLOCKED = 33;

    /** The pfn field of a pagemap word. */
    private static final long PFN = (1L << 55) - 1;

    private final Frames frames;
    private final long zeroPfn;
    private final LongPredicate isFree;
    private final LongPredicate isBad;

    /**
     * Looks at {@code frames}.
     *
     * @param zeroPfn the frame that untouched anonymous memory reads
     * @param isFree whether a frame lies in a free block of the allocator
     * @param isBad whether a frame is out of use for good
     */
    public Pagemap(Frames frames, long zeroPfn, LongPredicate isFree, LongPredicate isBad) {
        this.frames = frames;
        this.zeroPfn = zeroPfn;
        this.isFree = isFree;
        this.isBad = isBad;
    }

    /** The word of /proc/PID/pagemap for the page at {@code va}. */
    public long word(AddressSpace space, long va) {
        PageTables tables = space.tables();
        for (int level = 1; level <= tables.layout().levels(); level++) {
            long slot = tables.find(va, level);
            if (slot != PageTables.NO_SLOT) {
                long entry = tables.read(slot);
                long page = (va & (tables.layout().size(level) << tables.format().repeatShift(entry, level)) - 1) >>> tables.layout().pageShift();
                return word(tables.format(), entry, level, page, space.find(va));
            }
        }
        return 0;
    }

    private long word(EntryFormat format, long entry, int level, long page, @Nullable Vma vma) {
        if (format.isNone(entry)) {
            return 0;
        }
        if (format.isPresent(entry)) {
            long pfn = format.pfn(entry, level) + page;
            long head = frames.head(pfn);
            long word = PRESENT | pfn & PFN;
            if (isZero(format, entry, pfn)) {
                return word;
            }
            word |= frames.test(head, FolioFlags.ANON) ? 0 : FILE;
            boolean hugetlb = frames.test(head, FolioFlags.HUGETLB);
            boolean shared = hugetlb ? frames.maybeMappedShared(head) : frames.mapcount(pfn) != 1;
            return shared ? word : word | EXCLUSIVE;
        }
        if (format.markerKind(entry) != 0) {
            return SWAPPED | (format.markerKind(entry) == 1 ? GUARD_REGION : 0);
        }
        if (format.isMigration(entry)) {
            boolean anon = frames.test(frames.head(format.migrationPfn(entry)), FolioFlags.ANON);
            return SWAPPED | (anon ? 0 : FILE) | format.migrationPfn(entry) + page << 5 & PFN;
        }
        boolean shmem = vma != null && vma.hasFile() && vma.isShared();
        return SWAPPED | (shmem ? FILE : 0) | (format.swapOffset(entry) << 5 | format.swapType(entry)) & PFN;
    }

    private boolean isZero(EntryFormat format, long entry, long pfn) {
        return pfn == zeroPfn || format.isSpecial(entry) || frames.test(frames.head(pfn), FolioFlags.HUGE_ZERO);
    }

    /** The pages of [{@code start}, {@code start + length}), both multiples of the page size, as runs in address order. */
    public List<PageRun> runs(AddressSpace space, long start, long length) {
        PageTables tables = space.tables();
        EntryFormat format = tables.format();
        int shift = tables.layout().pageShift();
        List<PageRun> runs = new ArrayList<>();
        PageTableWalk.walk(tables, start, start + length, new EntryVisitor() {
            @Override
            public void entry(long va, long entry, int level) {
                long from = Math.max(va, start);
                long to = Math.min(va + tables.layout().size(level), start + length);
                append(runs, run(format, entry, level, from - va + repeated(tables, entry, level, va) >>> shift, to - from >>> shift));
            }

            @Override
            public void hole(long from, long to) {
                append(runs, new PageRun(Kind.NONE, 1, false, false, 0, 0, to - from >>> shift));
            }
        });
        return runs;
    }

    /** How far {@code va} lies into what an entry maps whose word stands for a whole run. */
    private static long repeated(PageTables tables, long entry, int level, long va) {
        int repeat = tables.format().isPresent(entry) ? tables.format().repeatShift(entry, level) : 0;
        return repeat == 0 ? 0 : va & (tables.layout().size(level) << repeat) - 1;
    }

    private PageRun run(EntryFormat format, long entry, int level, long page, long pages) {
        if (format.isPresent(entry)) {
            long pfn = format.pfn(entry, level) + page;
            if (isZero(format, entry, pfn)) {
                return new PageRun(Kind.ZERO, level, true, false, 0, 0, pages);
            }
            long head = frames.head(pfn);
            return new PageRun(Kind.MEMORY, level, frames.test(head, FolioFlags.ANON), frames.test(head, FolioFlags.HUGETLB),
                    frames.order(head), pfn - head, pages);
        }
        if (format.markerKind(entry) != 0) {
            return new PageRun(format.markerKind(entry) == 1 ? Kind.GUARD : Kind.SWAP, 1, false, false, 0, 0, pages);
        }
        return new PageRun(format.isMigration(entry) ? Kind.MIGRATION : Kind.SWAP, 1, false, false, 0, 0, pages);
    }

    private static void append(List<PageRun> runs, PageRun run) {
        PageRun last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        if (last != null && last.continuesWith(run)) {
            runs.set(runs.size() - 1, last.longer(run.pages()));
        } else {
            runs.add(run);
        }
    }

    /** The word of /proc/kpageflags for frame {@code pfn}. */
    public long flags(long pfn) {
        long head = frames.head(pfn);
        long word = 0;
        word |= bit(head, FolioFlags.LOCKED, KPF_LOCKED) | bit(head, FolioFlags.REFERENCED, KPF_REFERENCED)
                | bit(head, FolioFlags.UPTODATE, KPF_UPTODATE) | bit(head, FolioFlags.DIRTY, KPF_DIRTY)
                | bit(head, FolioFlags.LRU, KPF_LRU) | bit(head, FolioFlags.ACTIVE, KPF_ACTIVE)
                | bit(head, FolioFlags.WRITEBACK, KPF_WRITEBACK) | (frames.isToBeReclaimed(head) ? 1L << KPF_RECLAIM : 0)
                | bit(head, FolioFlags.ANON, KPF_ANON) | bit(head, FolioFlags.SWAPCACHE, KPF_SWAPCACHE)
                | bit(head, FolioFlags.SWAPBACKED, KPF_SWAPBACKED) | bit(pfn, FolioFlags.HEAD, KPF_COMPOUND_HEAD)
                | (frames.isTail(pfn) ? 1L << KPF_COMPOUND_TAIL : 0) | bit(head, FolioFlags.HUGETLB, KPF_HUGE)
                | bit(head, FolioFlags.UNEVICTABLE, KPF_UNEVICTABLE) | bit(pfn, FolioFlags.TABLE, KPF_PGTABLE)
                | bit(pfn, FolioFlags.RESERVED, KPF_RESERVED) | bit(head, FolioFlags.MLOCKED, KPF_MLOCKED);
        if (pfn == zeroPfn || frames.test(head, FolioFlags.HUGE_ZERO)) {
            word |= 1L << KPF_ZERO_PAGE;
        }
        if (frames.isLarge(pfn) && frames.test(head, FolioFlags.LARGE_RMAPPABLE)) {
            word |= 1L << KPF_THP;
        }
        if (isFree.test(pfn)) {
            word |= 1L << KPF_BUDDY;
        }
        if (isBad.test(pfn)) {
            word |= 1L << KPF_HWPOISON;
        }
        if (frames.mapcount(pfn) > 0) {
            word |= 1L << KPF_MMAP;
        }
        return word;
    }

    private long bit(long pfn, int flag, int number) {
        return frames.test(pfn, flag) ? 1L << number : 0;
    }

    /** The word of /proc/kpagecount for frame {@code pfn}: by how many entries it is mapped. */
    public long count(long pfn) {
        return frames.mapcount(pfn);
    }
}
