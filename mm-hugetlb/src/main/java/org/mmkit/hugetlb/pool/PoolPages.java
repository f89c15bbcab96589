package org.mmkit.hugetlb.pool;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
 * The pages of a pool and their counts: how they come from the frame allocator, wait on the free lists of their nodes, and go back
 * (Linux: alloc_fresh_hugetlb_folio, enqueue_hugetlb_folio, update_and_free_hugetlb_folio).
 *
 * <p>Counts are pages of the pool's size. Nothing here asks whether a page may go; {@link PoolSize} and {@link HugePagePool} do. Not
 * thread-safe.
 */
final class PoolPages {

    private static final int FIRST_CAPACITY = 64;

    /** What a page's last use may have left. */
    static final int USE_FLAGS = FolioFlags.ANON | FolioFlags.SWAPBACKED | FolioFlags.DIRTY | FolioFlags.REFERENCED
            | FolioFlags.UPTODATE | FolioFlags.ANON_EXCLUSIVE | FolioFlags.OWNER_PRIVATE | FolioFlags.MAPPED_SHARED;

    private final PhysicalMemory memory;
    private final Frames frames;
    private final Counters counters;
    /** Null without the option. */
    private final @Nullable VmemmapOptimizer vmemmap;
    private final int order;
    private final int pageShift;
    /** Whether its pages may lie where only what can move may. */
    private final boolean movable;
    private final int allocated;
    private final int refused;
    private final NodeShares shares;

    private int freeCount;
    private long total;
    private long reserved;
    private long surplus;

    PoolPages(PhysicalMemory memory, Counters counters, @Nullable VmemmapOptimizer vmemmap, Configuration configuration, int order, int pageShift) {
        this.movable = order <= memory.allocator().maxOrder() && configuration.isEnabled("ARCH_ENABLE_HUGEPAGE_MIGRATION");
        this.memory = memory;
        this.shares = new NodeShares(memory.nodes());
        this.frames = memory.frames();
        this.counters = counters;
        this.vmemmap = vmemmap;
        this.order = order;
        this.pageShift = pageShift;
        this.allocated = counters.register("htlb_buddy_alloc_success");
        this.refused = counters.register("htlb_buddy_alloc_fail");
    }

    int order() {
        return order;
    }

    int pageShift() {
        return pageShift;
    }

    boolean isGigantic() {
        return order > memory.allocator().maxOrder();
    }

    long total() {
        return total;
    }

    long free() {
        return freeCount;
    }

    /** Free pages that are promised. */
    long reserved() {
        return reserved;
    }

    /** {@code pages} more of the free ones are promised, or {@code -pages} less. */
    void addReserved(long pages) {
        reserved += pages;
    }

    long surplus() {
        return surplus;
    }

    /** Pages of the administrator. */
    long persistent() {
        return total - surplus;
    }

    /** The counts and free lists of the nodes. */
    NodeShares nodes() {
        return shares;
    }

    /** What a node has too many or too few is surplus, or surplus no more; whether there was such a node. */
    boolean adjustSurplus(long allowed, int change) {
        boolean found = shares.adjustSurplus(allowed, change);
        surplus += found ? change : 0;
        return found;
    }

    /** The surplus page that {@code from} stood for is of the node of {@code to} now. */
    void moveSurplus(long from, long to) {
        int old = shares.node(from);
        int now = shares.node(to);
        if (old != now && shares.surplus(old) > 0) {
            shares.addSurplus(old, -1);
            shares.addSurplus(now, 1);
        }
    }

    /**
     * A new page of no pool, of a node of {@code allowed}, {@code node} if that is possible; or {@link Frames#NONE}.
     *
     * @param hard whether to reclaim and compact again and again (Linux: alloc_try_hard); gigantic pages are looked for in one way only
     */
    long allocate(boolean boot, int node, long allowed, boolean hard) {
        // what the allocator of boot takes may lie anywhere
        int gfp = Gfp.RECLAIM | Gfp.HIGHMEM | (movable || boot ? Gfp.MOVABLE : 0) | Gfp.COMP | Gfp.NOWARN;
        if (hard && !isGigantic()) {
            gfp |= Gfp.RETRY_MAYFAIL;
        }
        long head;
        if (isGigantic()) {
            head = memory.allocator().allocateContiguous(1L << order, gfp, node, allowed);
        } else {
            head = memory.allocator().allocate(order, gfp, node, allowed);
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

    /** {@code heads} with {@code head} at {@code n}; what comes without batches gives back memory of its descriptors at once. */
    long[] append(long[] heads, int n, long head) {
        long[] longer = n == heads.length ? Arrays.copyOf(heads, 2 * n) : heads;
        longer[n] = head;
        if (vmemmap != null && !vmemmap.worksInBatches()) {
            vmemmap.optimize(head, order);
        }
        return longer;
    }

    /** An array for the heads of new pages, for {@link #append}. */
    static long[] heads() {
        return new long[FIRST_CAPACITY];
    }

    /** Gives back memory of the descriptors of {@code head}, where the option is on. */
    void optimize(long head) {
        if (vmemmap != null) {
            vmemmap.optimize(head, order);
        }
    }

    /** The new pages {@code heads} are free pages of this pool (Linux: prep_and_add_allocated_folios); the last one comes first. */
    void enterAll(long[] heads, int n) {
        reverse(heads, n);
        if (vmemmap != null) {
            vmemmap.optimize(heads, n, order);
        }
        for (int i = 0; i < n; i++) {
            countTotal(heads[i], 1);
            put(heads[i]);
        }
    }

    /** Cuts pages of 2^{@code larger} base pages, which belong to no pool any more, into pages of this pool; how many. */
    int enterParts(long[] heads, int n, int larger) {
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
        enterAll(fresh, at);
        return at;
    }

    /** Gives the descriptors of the pages {@code heads} their memory again; how many have it, which are the first (all without the option). */
    int restore(long[] heads) {
        return vmemmap == null ? heads.length : vmemmap.restore(heads, heads.length, order);
    }

    /** The same of one page; false when there is no memory. */
    boolean restore(long head) {
        return vmemmap == null || vmemmap.restore(head, order);
    }

    /**
     * Gives the memory of the first {@code n} of {@code heads}, which are counted no more, back, last one first (Linux:
     * update_and_free_pages_bulk). When there is no memory for the descriptors of all, those that have theirs go first and leave memory for
     * the rest; a page that stays without is a surplus page.
     */
    void dissolveAll(long[] heads, int n) {
        reverse(heads, n);
        int from = 0;
        while (from < n) {
            long[] rest = Arrays.copyOfRange(heads, from, n);
            int whole = restore(rest);
            for (int i = 0; i < whole; i++) {
                release(rest[i]);
            }
            from += whole;
            if (from < n && whole == 0) {
                countTotal(heads[from], 1);
                countSurplus(heads[from], 1);
                put(heads[from++]);
            }
        }
    }

    /** Takes the page {@code head}, which is not on the free list, out of the pool and gives its memory back. */
    void dissolve(long head, boolean ofSurplus) {
        if (!restore(head)) {
            // its descriptors are needed before anybody else can use it: it stays, as a page nobody asked for
            countSurplus(head, ofSurplus ? 0 : 1);
            put(head);
            return;
        }
        countTotal(head, -1);
        countSurplus(head, ofSurplus ? -1 : 0);
        release(head);
    }

    /** Gives the memory of {@code head}, which is counted no more and whose descriptors have theirs, back. */
    void release(long head) {
        frames.clear(head, FolioFlags.HUGETLB);
        frames.unfreeze(head, 1);
        frames.put(head, 1);
    }

    /** The page {@code head} is free. */
    void put(long head) {
        shares.put(head);
        freeCount++;
    }

    /** Takes a free page of {@code node}, which has one. */
    long take(int node) {
        freeCount--;
        return shares.take(node);
    }

    /** Takes the page {@code head} off the free list; false when it is not there. */
    boolean takeOut(long head) {
        boolean taken = shares.take(head);
        freeCount -= taken ? 1 : 0;
        return taken;
    }

    void countTotal(long head, int pages) {
        total += pages;
        shares.addTotal(shares.node(head), pages);
    }

    void countSurplus(long head, int pages) {
        surplus += pages;
        shares.addSurplus(shares.node(head), pages);
    }

    private static void reverse(long[] heads, int n) {
        for (int i = 0, k = n - 1; i < k; i++, k--) {
            long head = heads[i];
            heads[i] = heads[k];
            heads[k] = head;
        }
    }

    /** Throws {@link InvariantViolation} for the first free page that is not as free pages are. */
    void checkFreePages() {
        Set<Long> seen = new HashSet<>();
        String wrong = shares.check(total, surplus);
        if (!wrong.isEmpty()) {
            throw new InvariantViolation("HugeTLB pool " + this + ": " + wrong);
        }
        for (int node = 0; node < memory.nodes().count(); node++) {
            for (int i = 0; i < shares.free(node); i++) {
                checkFree(shares.freePage(node, i), seen);
            }
        }
        if (seen.size() != freeCount) {
            throw new InvariantViolation("HugeTLB pool " + this + ": its nodes have " + seen.size() + " free pages");
        }
    }

    private void checkFree(long head, Set<Long> seen) {
        boolean fit = frames.test(head, FolioFlags.HUGETLB) && frames.order(head) == order && frames.refcount(head) == 0
                && !frames.isMapped(head) && !frames.hasOwner(head) && (frames.flags(head) & USE_FLAGS) == 0;
        String descriptors = vmemmap == null ? "" : vmemmap.check(head, order);
        if (!fit || !descriptors.isEmpty() || !seen.add(head)) {
            throw new InvariantViolation("frame 0x" + Long.toHexString(head) + ": on the free list of the HugeTLB pool " + this
                    + (fit ? descriptors.isEmpty() ? ", twice" : ", but " + descriptors : ", but is no free HugeTLB page"));
        }
    }

    @Override
    public String toString() {
        return (1L << pageShift >> 10) + "kB: " + total + " pages, " + freeCount + " free, " + reserved + " reserved, " + surplus + " surplus";
    }
}
