package org.mmkit.hugetlb.pool;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.config.Configuration;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.PhysicalMemory;
import org.mmkit.api.stat.Counters;
import org.mmkit.hugetlb.vmemmap.VmemmapOptimizer;

/**
 * The huge pages of one size that are set aside (Linux: struct hstate).
 *
 * <pre>
 *   total = pages in use + free            resv  ≤ free: promised, not yet taken
 *   surplus ≤ total: beyond what the administrator asked for; they go when they become free
 * </pre>
 *
 * <p>Pages in the pool have the flag {@link FolioFlags#HUGETLB}; free ones have no reference. Not thread-safe.
 */
public final class HugePagePool {

    private static final int FIRST_CAPACITY = 64;

    /** What a page's last use may have left. */
    private static final int USE_FLAGS = FolioFlags.ANON | FolioFlags.SWAPBACKED | FolioFlags.DIRTY | FolioFlags.REFERENCED
            | FolioFlags.UPTODATE | FolioFlags.ANON_EXCLUSIVE | FolioFlags.OWNER_PRIVATE | FolioFlags.MAPPED_SHARED;

    private final PhysicalMemory memory;
    private final Frames frames;
    private final Counters counters;
    /** Null without the option. */
    private final @Nullable VmemmapOptimizer vmemmap;
    private final int level;
    private final int order;
    private final int pageShift;
    /** Whether its pages may lie where only what can move may. */
    private final boolean movable;
    private final boolean hasGigantic;
    private final boolean growsAtRunTime;
    private final int allocated;
    private final int refused;

    /** Free pages; the one that was freed last is taken first. */
    private long[] free = new long[FIRST_CAPACITY];

    /** The share that a page in use was taken of, for those that were. */
    private final Map<Long, Subpool> shares = new HashMap<>();

    private int freeCount;
    private long total;
    private long reserved;
    private long surplus;
    private long overcommit;
    private long asked;
    private long inUse;
    /** Pages in use whose promise comes back when they are freed. */
    private long pendingPromises;
    private long lostPromises;

    /** An empty pool of pages that a leaf of {@code level} maps. */
    public HugePagePool(PhysicalMemory memory, Counters counters, @Nullable VmemmapOptimizer vmemmap, Configuration configuration, int level,
            int order, int pageShift) {
        this.movable = order <= memory.allocator().maxOrder() && configuration.isEnabled("ARCH_ENABLE_HUGEPAGE_MIGRATION");
        this.hasGigantic = configuration.isEnabled("ARCH_HAS_GIGANTIC_PAGE");
        this.growsAtRunTime = order <= memory.allocator().maxOrder() || configuration.isEnabled("CONTIG_ALLOC");
        this.memory = memory;
        this.frames = memory.frames();
        this.counters = counters;
        this.vmemmap = vmemmap;
        this.level = level;
        this.order = order;
        this.pageShift = pageShift;
        this.allocated = counters.register("htlb_buddy_alloc_success");
        this.refused = counters.register("htlb_buddy_alloc_fail");
    }

    /** The page-table level whose leaves map its pages. */
    public int level() {
        return level;
    }

    /** log2 of the base pages of a page. */
    public int order() {
        return order;
    }

    /** log2 of the bytes of a page. */
    public int pageShift() {
        return pageShift;
    }

    /** Bytes of a page. */
    public long pageSize() {
        return 1L << pageShift;
    }

    /** Whether its pages are larger than what the frame allocator hands out. */
    public boolean isGigantic() {
        return order > memory.allocator().maxOrder();
    }

    /** All pages (nr_hugepages). */
    public long total() {
        return total;
    }

    /** Pages that nobody has (free_hugepages). */
    public long free() {
        return freeCount;
    }

    /** Free pages that are promised (resv_hugepages). */
    public long reserved() {
        return reserved;
    }

    /** Pages beyond the administrator's number (surplus_hugepages). */
    public long surplus() {
        return surplus;
    }

    /** The most surplus pages that may be made on demand (nr_overcommit_hugepages), unsigned. */
    public long overcommit() {
        return overcommit;
    }

    /** Sets {@link #overcommit}. */
    public void setOvercommit(long pages) {
        overcommit = pages;
    }

    /** Pages of the administrator. */
    public long persistent() {
        return total - surplus;
    }

    /** {@link #persistent} as it was after the last change of the pool's size: what /proc/sys/vm/nr_hugepages shows (max_huge_pages). */
    public long asked() {
        return asked;
    }

    /** Pages that somebody has. */
    public long inUse() {
        return inUse;
    }

    /**
     * Promises that stay counted though nobody can use them or give them back: mremap of a part of a private area takes them from the rest
     * (Linux, clear_vma_resv_huge_pages).
     */
    public long lostPromises() {
        return lostPromises;
    }

    /** {@code pages} more {@linkplain #lostPromises promises are lost}. */
    public void lose(long pages) {
        lostPromises += pages;
    }

    /** Pages in use whose promise comes back when they are freed. */
    public long pendingPromises() {
        return pendingPromises;
    }

    /** Throws {@link InvariantViolation} for the first free page that is not as free pages are. */
    void checkFreePages() {
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < freeCount; i++) {
            long head = free[i];
            boolean fit = frames.test(head, FolioFlags.HUGETLB) && frames.order(head) == order && frames.refcount(head) == 0
                    && !frames.isMapped(head) && !frames.hasOwner(head) && (frames.flags(head) & USE_FLAGS) == 0;
            String descriptors = vmemmap == null ? "" : vmemmap.check(head, order);
            if (!fit || !descriptors.isEmpty() || !seen.add(head)) {
                throw new InvariantViolation("frame 0x" + Long.toHexString(head) + ": on the free list of the HugeTLB pool " + this
                        + (fit ? descriptors.isEmpty() ? ", twice" : ", but " + descriptors : ", but is no free HugeTLB page"));
            }
        }
    }

    // ---- size of the pool -------------------------------------------------------------------------------------

    /**
     * Makes the administrator's number {@code count}, as far as memory and users allow (Linux: set_max_huge_pages). New pages are all
     * allocated before any of them gives back memory of its descriptors, on kernels that do so in batches.
     *
     * @return 0; -EINVAL where pages of this size exist from boot on or not at all
     */
    public int resize(long count) {
        if (isGigantic() && !hasGigantic || !growsAtRunTime && count > persistent()) {
            return -Errno.EINVAL;
        }
        setSize(count, false);
        return 0;
    }

    /** Makes the number {@code count} at boot, when all memory is still in one piece. */
    public void fillAtBoot(long count) {
        setSize(count, true);
    }

    private void setSize(long count, boolean boot) {
        while (surplus > 0 && count > persistent()) {
            surplus--;
        }
        if (count > persistent()) {
            grow(count - persistent(), boot);
        } else {
            shrink(count);
        }
        asked = persistent();
    }

    private void grow(long pages, boolean boot) {
        long[] fresh = new long[FIRST_CAPACITY];
        int n = 0;
        while (n < pages) {
            long head = allocate(boot);
            if (head == Frames.NONE) {
                break;
            }
            if (n == fresh.length) {
                fresh = Arrays.copyOf(fresh, 2 * n);
            }
            fresh[n++] = head;
            if (vmemmap != null && !vmemmap.worksInBatches()) {
                vmemmap.optimize(head, order);
            }
        }
        enterAll(fresh, n);
    }

    /** The new pages {@code heads} are free pages of this pool (Linux: prep_and_add_allocated_folios); the last one comes first. */
    private void enterAll(long[] heads, int n) {
        for (int i = 0, k = n - 1; i < k; i++, k--) {
            long head = heads[i];
            heads[i] = heads[k];
            heads[k] = head;
        }
        if (vmemmap != null) {
            vmemmap.optimize(heads, n, order);
        }
        for (int i = 0; i < n; i++) {
            total++;
            put(heads[i]);
        }
    }

    private void shrink(long count) {
        long least = Math.max(count, reserved + total - freeCount);
        int n = Math.toIntExact(Math.min(freeCount, Math.max(0, persistent() - least)));
        long[] heads = new long[n];
        for (int i = 0; i < n; i++) {
            heads[n - 1 - i] = take();
        }
        total -= n;
        dissolveAll(heads, n);
        while (count < persistent() && surplus < total) {
            surplus++;
        }
    }

    /**
     * Gives the memory of {@code heads}, which are counted no more, back (Linux: update_and_free_pages_bulk). When there is no memory for the
     * descriptors of all, those that have theirs go first and leave memory for the rest; a page that stays without is a surplus page.
     */
    private void dissolveAll(long[] heads, int n) {
        int from = 0;
        while (from < n) {
            long[] rest = Arrays.copyOfRange(heads, from, n);
            int whole = vmemmap == null ? rest.length : vmemmap.restore(rest, rest.length, order);
            for (int i = 0; i < whole; i++) {
                release(rest[i]);
            }
            from += whole;
            if (from < n && whole == 0) {
                total++;
                surplus++;
                put(heads[from++]);
            }
        }
    }

    /** A new page of no pool, or {@link Frames#NONE}. */
    private long allocate(boolean boot) {
        // what the allocator of boot takes may lie anywhere
        int gfp = Gfp.RECLAIM | Gfp.HIGHMEM | (movable || boot ? Gfp.MOVABLE : 0) | Gfp.COMP | Gfp.NOWARN;
        long head;
        if (isGigantic()) {
            head = memory.allocator().allocateContiguous(1L << order, gfp);
        } else {
            head = memory.allocator().allocate(order, gfp);
            counters.add(head == Frames.NONE ? refused : allocated, 1);
        }
        if (head == FrameAllocator.NONE) {
            return Frames.NONE;
        }
        frames.makeFolio(head, order, false);
        frames.freeze(head, 1);
        frames.set(head, FolioFlags.HUGETLB);
        return head;
    }

    /** Takes the page {@code head}, which is not on the free list, out of the pool and gives its memory back. */
    private void dissolve(long head, boolean ofSurplus) {
        if (vmemmap != null && !vmemmap.restore(head, order)) {
            // its descriptors are needed before anybody else can use it: it stays, as a page nobody asked for
            surplus += ofSurplus ? 0 : 1;
            put(head);
            return;
        }
        total--;
        surplus -= ofSurplus ? 1 : 0;
        release(head);
    }

    private void release(long head) {
        frames.clear(head, FolioFlags.HUGETLB);
        frames.unfreeze(head, 1);
        frames.put(head, 1);
    }

    private void put(long head) {
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, 2 * freeCount);
        }
        free[freeCount++] = head;
    }

    private long take() {
        return free[--freeCount];
    }

    /**
     * Turns up to {@code count} free pages into pages of {@code smaller} (Linux: demote_store, demote_pool_huge_page). Promises are looked at
     * only to see whether there is anything to do: with some of the free pages promised, all of them may go.
     *
     * @return 0; -ENOMEM when there was no memory for the descriptors of a page, which then stays whole; -EBUSY when pages were asked for
     *     beyond the free ones while some were promised
     */
    public int demote(long count, HugePagePool smaller) {
        long left = count;
        while (left > 0 && freeCount != reserved) {
            int n = (int) Math.min(left, freeCount);
            if (n == 0) {
                return -Errno.EBUSY;
            }
            long[] heads = new long[n];
            for (int i = 0; i < n; i++) {
                heads[i] = take();
            }
            int whole = vmemmap == null ? n : vmemmap.restore(heads, n, order);
            for (int i = n - 1; i >= whole; i--) {
                put(heads[i]);
            }
            total -= whole;
            asked -= whole;
            smaller.enterParts(heads, whole, order);
            if (whole < n) {
                return -Errno.ENOMEM;
            }
            left -= whole;
        }
        return 0;
    }

    /** Cuts pages of 2^{@code larger} base pages, which belong to no pool any more, into pages of this one. */
    private void enterParts(long[] heads, int n, int larger) {
        int parts = 1 << larger - order;
        long[] fresh = new long[n * parts];
        int at = 0;
        for (int i = 0; i < n; i++) {
            frames.clear(heads[i], FolioFlags.HUGETLB);
            frames.splitFolio(heads[i], order, 0);
            for (int part = 0; part < parts; part++) {
                long head = heads[i] + ((long) part << order);
                frames.set(head, FolioFlags.HUGETLB);
                fresh[at++] = head;
            }
        }
        asked += at;
        enterAll(fresh, at);
    }

    // ---- promises ---------------------------------------------------------------------------------------------

    /**
     * Promises {@code pages} more, making surplus pages if need be and allowed; or takes back {@code -pages} (Linux: hugetlb_acct_memory).
     *
     * @return 0 or -ENOMEM
     */
    public int promise(long pages) {
        if (pages < 0) {
            withdraw(-pages);
            return 0;
        }
        return pages == 0 || gather(pages) ? 0 : -Errno.ENOMEM;
    }

    private boolean gather(long pages) {
        long needed = reserved + pages - freeCount;
        long[] fresh = new long[FIRST_CAPACITY];
        int n = 0;
        boolean enough = true;
        while (n < needed) {
            long head = allocateSurplus();
            if (head == Frames.NONE) {
                enough = false;
                break;
            }
            if (n == fresh.length) {
                fresh = Arrays.copyOf(fresh, 2 * n);
            }
            fresh[n++] = head;
        }
        for (int i = 0; i < n; i++) {
            if (enough) {
                put(fresh[i]);
            } else {
                dissolve(fresh[i], true);
            }
        }
        reserved += enough ? pages : 0;
        return enough;
    }

    /** A new surplus page without reference, counted but not on the free list; or {@link Frames#NONE}. */
    private long allocateSurplus() {
        if (isGigantic() || Long.compareUnsigned(surplus, overcommit) >= 0) {
            return Frames.NONE;
        }
        long head = allocate(false);
        if (head != Frames.NONE) {
            if (vmemmap != null) {
                vmemmap.optimize(head, order);
            }
            surplus++;
            total++;
        }
        return head;
    }

    private void withdraw(long pages) {
        for (long left = Math.min(pages, surplus); left > 0 && freeCount > 0 && surplus > 0; left--) {
            dissolve(take(), true);
        }
        reserved -= pages;
    }

    // ---- pages in use -----------------------------------------------------------------------------------------

    /**
     * A page for a user, with one reference; its content is not cleared.
     *
     * @param promised whether it uses up a promise
     * @return the head, or {@link Frames#NONE} when there is none that is not promised to others, and none may be made
     */
    public long obtain(boolean promised) {
        long head;
        if (freeCount > 0 && (promised || freeCount > reserved)) {
            head = take();
        } else {
            head = allocateSurplus();
            if (head == Frames.NONE) {
                return Frames.NONE;
            }
        }
        frames.unfreeze(head, 1);
        inUse++;
        if (promised) {
            keepPromise(head);
            reserved--;
        }
        return head;
    }

    /** The page {@code head} is in use for good: should it be freed now, its promise does not come back. */
    public void commit(long head) {
        pendingPromises -= frames.test(head, FolioFlags.OWNER_PRIVATE) ? 1 : 0;
        frames.clear(head, FolioFlags.OWNER_PRIVATE);
    }

    /** Should the page {@code head} be freed, it is promised again. */
    public void keepPromise(long head) {
        pendingPromises += frames.test(head, FolioFlags.OWNER_PRIVATE) ? 0 : 1;
        frames.set(head, FolioFlags.OWNER_PRIVATE);
    }

    /** The page {@code head} was taken of {@code share}, which is told when it is freed. */
    public void belongsTo(long head, Subpool share) {
        shares.put(head, share);
    }

    /** The last reference of the page {@code head} is gone (Linux: free_huge_folio). */
    public void freed(long head) {
        Subpool share = shares.remove(head);
        boolean restore = frames.test(head, FolioFlags.OWNER_PRIVATE);
        commit(head);
        inUse--;
        if (!restore && share != null && share.giveBack(1) == 0) {
            // the mount would have less than its minimum
            restore = true;
        }
        frames.clear(head, USE_FLAGS);
        frames.clearOwner(head);
        if (restore) {
            reserved++;
        }
        if (surplus > 0) {
            dissolve(head, true);
        } else {
            put(head);
        }
    }

    @Override
    public String toString() {
        return (pageSize() >> 10) + "kB: " + total + " pages, " + freeCount + " free, " + reserved + " reserved, " + surplus + " surplus";
    }
}
