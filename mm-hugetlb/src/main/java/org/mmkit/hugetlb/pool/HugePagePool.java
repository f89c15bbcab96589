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
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.memory.Nodes;
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

    private final NodeShares shares;

    /** The share that a page in use was taken of, for those that were. */
    private final Map<Long, Subpool> owners = new HashMap<>();

    /** Pages that go when they become free, whatever the pool has: one half of a move each. */
    private final Set<Long> temporary = new HashSet<>();

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
        this.shares = new NodeShares(memory.nodes());
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

    /** All pages of {@code node}. */
    public long total(int node) {
        return shares.total(node);
    }

    /** Free pages of {@code node}. */
    public long free(int node) {
        return shares.free(node);
    }

    /** Surplus pages of {@code node}. */
    public long surplus(int node) {
        return shares.surplus(node);
    }

    private long persistent(int node) {
        return shares.total(node) - shares.surplus(node);
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

    // ---- size of the pool -------------------------------------------------------------------------------------

    /**
     * Makes the administrator's number {@code count}, as far as memory and users allow (Linux: set_max_huge_pages). New pages are all
     * allocated before any of them gives back memory of its descriptors, on kernels that do so in batches.
     *
     * @param allowed the nodes that pages come from and go to, in turn
     * @return 0; -EINVAL where pages of this size exist from boot on or not at all
     */
    public int resize(long count, long allowed) {
        if (isGigantic() && !hasGigantic || !growsAtRunTime && count > persistent()) {
            return -Errno.EINVAL;
        }
        setSize(count, allowed & memory.nodes().all());
        return 0;
    }

    /** {@link #resize} of the administrator's number of {@code node} alone. */
    public int resizeNode(int node, long count) {
        long all = count + persistent() - persistent(node);
        return resize(all < count ? Long.MAX_VALUE : all, 1L << node);
    }

    /** Makes {@code count} pages at boot, when all memory is still in one piece; gigantic ones node by node in turn, the others from the first node on. */
    public void fillAtBoot(long count) {
        long before = total;
        int node = 0;
        long[] fresh = new long[FIRST_CAPACITY];
        int n = 0;
        long all = memory.nodes().all();
        for (; before + n < count; n++) {
            long head = Frames.NONE;
            for (int i = memory.nodes().count(); i > 0 && head == Frames.NONE; i--) {
                int from = isGigantic() ? shares.toGrow(all) : node;
                node = Nodes.next(node, all);
                head = allocate(true, from, 1L << from);
            }
            if (head == Frames.NONE) {
                break;
            }
            fresh = append(fresh, n, head);
        }
        enterAll(fresh, n);
        asked = persistent();
    }

    /** Makes {@code count} pages of {@code node} at boot; how many it got. */
    public long fillAtBoot(int node, long count) {
        long[] fresh = new long[FIRST_CAPACITY];
        int n = 0;
        for (; n < count; n++) {
            long head = allocate(true, node, 1L << node);
            if (head == Frames.NONE) {
                break;
            }
            fresh = append(fresh, n, head);
        }
        enterAll(fresh, n);
        asked = persistent();
        return n;
    }

    /** {@code heads} with {@code head} at {@code n}; what comes without batches gives back memory of its descriptors at once. */
    private long[] append(long[] heads, int n, long head) {
        long[] longer = n == heads.length ? Arrays.copyOf(heads, 2 * n) : heads;
        longer[n] = head;
        if (vmemmap != null && !vmemmap.worksInBatches()) {
            vmemmap.optimize(head, order);
        }
        return longer;
    }

    private void setSize(long count, long allowed) {
        while (surplus > 0 && count > persistent() && shares.adjustSurplus(allowed, -1)) {
            surplus--;
        }
        if (count > persistent()) {
            grow(count - persistent(), allowed);
        } else {
            shrink(count, allowed);
        }
        asked = persistent();
    }

    private void grow(long pages, long allowed) {
        long[] fresh = new long[FIRST_CAPACITY];
        int n = 0;
        for (; n < pages; n++) {
            long head = allocateInTurn(allowed);
            if (head == Frames.NONE) {
                break;
            }
            fresh = append(fresh, n, head);
        }
        enterAll(fresh, n);
    }

    /** A new page of the node of {@code allowed} whose turn it is, or of those that follow (Linux: alloc_pool_huge_folio). */
    private long allocateInTurn(long allowed) {
        long head = Frames.NONE;
        for (int i = Long.bitCount(allowed); i > 0 && head == Frames.NONE; i--) {
            int node = shares.toGrow(allowed);
            head = allocate(false, node, 1L << node);
        }
        return head;
    }

    /** The new pages {@code heads} are free pages of this pool (Linux: prep_and_add_allocated_folios); the last one comes first. */
    private void enterAll(long[] heads, int n) {
        reverse(heads, n);
        if (vmemmap != null) {
            vmemmap.optimize(heads, n, order);
        }
        for (int i = 0; i < n; i++) {
            countTotal(heads[i], 1);
            put(heads[i]);
        }
    }

    private void countTotal(long head, int pages) {
        total += pages;
        shares.addTotal(shares.node(head), pages);
    }

    private void countSurplus(long head, int pages) {
        surplus += pages;
        shares.addSurplus(shares.node(head), pages);
    }

    private void shrink(long count, long allowed) {
        long least = Math.max(count, reserved + total - freeCount);
        long[] heads = new long[FIRST_CAPACITY];
        int n = 0;
        while (least < persistent()) {
            int node = shares.shrinking(allowed, false);
            if (node == Nodes.NONE) {
                break;
            }
            heads = n == heads.length ? Arrays.copyOf(heads, 2 * n) : heads;
            heads[n] = take(node);
            countTotal(heads[n++], -1);
        }
        reverse(heads, n);
        dissolveAll(heads, n);
        while (count < persistent() && shares.adjustSurplus(allowed, 1)) {
            surplus++;
        }
    }

    private static void reverse(long[] heads, int n) {
        for (int i = 0, k = n - 1; i < k; i++, k--) {
            long head = heads[i];
            heads[i] = heads[k];
            heads[k] = head;
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
                countTotal(heads[from], 1);
                countSurplus(heads[from], 1);
                put(heads[from++]);
            }
        }
    }

    /** A new page of no pool, of a node of {@code allowed}, {@code node} if that is possible; or {@link Frames#NONE}. */
    private long allocate(boolean boot, int node, long allowed) {
        // what the allocator of boot takes may lie anywhere
        int gfp = Gfp.RECLAIM | Gfp.HIGHMEM | (movable || boot ? Gfp.MOVABLE : 0) | Gfp.COMP | Gfp.NOWARN;
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

    /** Takes the page {@code head}, which is not on the free list, out of the pool and gives its memory back. */
    private void dissolve(long head, boolean ofSurplus) {
        if (vmemmap != null && !vmemmap.restore(head, order)) {
            // its descriptors are needed before anybody else can use it: it stays, as a page nobody asked for
            countSurplus(head, ofSurplus ? 0 : 1);
            put(head);
            return;
        }
        countTotal(head, -1);
        countSurplus(head, ofSurplus ? -1 : 0);
        release(head);
    }

    /**
     * Gives the memory of the free page {@code head} back for good (Linux: dissolve_free_hugetlb_folio).
     *
     * @return 0; -EBUSY when it is not free, or all free pages are promised; -ENOMEM without memory for its descriptors
     */
    public int dissolveFree(long head) {
        if (isGigantic() && !hasGigantic || freeCount == reserved || !shares.take(head)) {
            return -Errno.EBUSY;
        }
        freeCount--;
        if (vmemmap != null && !vmemmap.restore(head, order)) {
            put(head);
            return -Errno.ENOMEM;
        }
        int ofSurplus = shares.surplus(shares.node(head)) > 0 ? 1 : 0;
        countTotal(head, -1);
        countSurplus(head, -ofSurplus);
        asked -= 1 - ofSurplus;
        release(head);
        return 0;
    }

    private void release(long head) {
        frames.clear(head, FolioFlags.HUGETLB);
        frames.unfreeze(head, 1);
        frames.put(head, 1);
    }

    private void put(long head) {
        shares.put(head);
        freeCount++;
    }

    private long take(int node) {
        freeCount--;
        return shares.take(node);
    }

    /**
     * Turns up to {@code count} free pages into pages of {@code smaller} (Linux: demote_store, demote_pool_huge_page). Promises are looked at
     * only to see whether there is anything to do: with some of the free pages promised, all of them may go.
     *
     * @param allowed the nodes whose pages may go
     * @return 0; -ENOMEM when there was no memory for the descriptors of a page, which then stays whole; -EBUSY when pages were asked for
     *     beyond the free ones while some were promised
     */
    public int demote(long count, HugePagePool smaller, long allowed) {
        long set = allowed & memory.nodes().all();
        long left = count;
        while (left > 0 && shares.free(set) != reserved) {
            long done = demoteInTurn(left, smaller, set);
            if (done < 0) {
                return (int) done;
            }
            left -= done;
        }
        return 0;
    }

    /** One round over the nodes (demote_pool_huge_page): how many pages became small ones, or a negated error number. */
    private long demoteInTurn(long count, HugePagePool smaller, long allowed) {
        long done = 0;
        for (int i = Long.bitCount(allowed); i > 0 && done != count; i--) {
            int node = shares.toShrink(allowed);
            int n = (int) Math.min(count - done, shares.free(node));
            long[] heads = new long[n];
            for (int k = 0; k < n; k++) {
                heads[k] = take(node);
            }
            int whole = vmemmap == null ? n : vmemmap.restore(heads, n, order);
            for (int k = n - 1; k >= whole; k--) {
                put(heads[k]);
            }
            for (int k = 0; k < whole; k++) {
                countTotal(heads[k], -1);
            }
            asked -= whole;
            smaller.enterParts(heads, whole, order);
            if (whole < n) {
                return -Errno.ENOMEM;
            }
            done += whole;
        }
        return done > 0 ? done : -Errno.EBUSY;
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
        if (pages == 0) {
            return 0;
        }
        if (!gather(pages)) {
            return -Errno.ENOMEM;
        }
        if (pages > shares.free(bound())) {
            // the pages are there, but not where the task may have them
            withdraw(pages);
            return -Errno.ENOMEM;
        }
        return 0;
    }

    /** The nodes that the task is bound to; all unless it is (Linux: policy_mbind_nodemask). */
    private long bound() {
        return memory.taskPolicy().allowed() & memory.nodes().all();
    }

    /** A new surplus page for a promise: of the first node that the task may use, or of any if that has none. */
    private long allocatePromised() {
        long bound = bound();
        for (int node = 0; node < memory.nodes().count(); node++) {
            long head = (bound >>> node & 1) != 0 ? allocateSurplus(node, Nodes.ALL) : Frames.NONE;
            if (head != Frames.NONE) {
                return head;
            }
        }
        return Frames.NONE;
    }

    private boolean gather(long pages) {
        long needed = reserved + pages - freeCount;
        long[] fresh = new long[FIRST_CAPACITY];
        int n = 0;
        boolean enough = true;
        while (n < needed) {
            long head = allocatePromised();
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
    private long allocateSurplus(int node, long allowed) {
        if (isGigantic() || Long.compareUnsigned(surplus, overcommit) >= 0) {
            return Frames.NONE;
        }
        long head = allocate(false, node, allowed);
        if (head != Frames.NONE) {
            if (vmemmap != null) {
                vmemmap.optimize(head, order);
            }
            countSurplus(head, 1);
            countTotal(head, 1);
        }
        return head;
    }

    private void withdraw(long pages) {
        for (long left = Math.min(pages, surplus); left > 0; left--) {
            int node = shares.shrinking(memory.nodes().all(), true);
            if (node == Nodes.NONE) {
                break;
            }
            dissolve(take(node), true);
        }
        reserved -= pages;
    }

    // ---- pages in use -----------------------------------------------------------------------------------------

    /**
     * A page for a user, with one reference; its content is not cleared.
     *
     * @param promised whether it uses up a promise
     * @param policy which nodes it comes from
     * @param place the number of the page in its area, for interleaved memory
     * @return the head, or {@link Frames#NONE} when there is none that is not promised to others, and none may be made
     */
    public long obtain(boolean promised, MemoryPolicy policy, long place) {
        int first = policy.first(memory.nodes().current(), place);
        int node = Nodes.NONE;
        if (promised || freeCount > reserved) {
            node = shares.nearestFree(first, policy.wanted());
            if (node == Nodes.NONE && policy.wanted() != policy.allowed()) {
                node = shares.nearestFree(first, policy.allowed());
            }
        }
        long head = node != Nodes.NONE ? take(node) : allocateByPolicy(policy, first);
        if (head == Frames.NONE) {
            return Frames.NONE;
        }
        frames.unfreeze(head, 1);
        inUse++;
        if (promised) {
            keepPromise(head);
            reserved--;
        }
        return head;
    }

    /** Linux: alloc_buddy_hugetlb_folio_with_mpol. */
    private long allocateByPolicy(MemoryPolicy policy, int first) {
        long head = policy.wanted() == policy.allowed() ? Frames.NONE : allocateSurplus(first, policy.wanted());
        return head != Frames.NONE ? head : allocateSurplus(first, policy.allowed());
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
        owners.put(head, share);
    }

    // ---- moving -----------------------------------------------------------------------------------------------

    /**
     * A page to move one to, with one reference: a free one that is not promised, else a new one that counts only until the move is over
     * (Linux: alloc_hugetlb_folio_nodemask).
     *
     * @param node the node that is wanted
     * @param allowed the nodes that will do
     * @return the head, or {@link Frames#NONE}
     */
    public long target(int node, long allowed) {
        int from = freeCount > reserved ? shares.nearestFree(node, allowed) : Nodes.NONE;
        long head;
        if (from != Nodes.NONE) {
            head = take(from);
        } else {
            head = isGigantic() ? Frames.NONE : allocate(false, node, allowed);
            if (head == Frames.NONE) {
                return Frames.NONE;
            }
            if (vmemmap != null) {
                vmemmap.optimize(head, order);
            }
            countTotal(head, 1);
            temporary.add(head);
        }
        frames.unfreeze(head, 1);
        inUse++;
        return head;
    }

    /** The content of {@code from} is in {@code to} now: what the pool knows of one is true of the other (Linux: move_hugetlb_state). */
    public void moved(long from, long to) {
        Subpool share = owners.remove(from);
        if (share != null) {
            owners.put(to, share);
        }
        if (temporary.remove(to)) {
            temporary.add(from);
            int old = shares.node(from);
            int now = shares.node(to);
            if (old != now && shares.surplus(old) > 0) {
                shares.addSurplus(old, -1);
                shares.addSurplus(now, 1);
            }
        }
    }

    /** The last reference of the page {@code head} is gone (Linux: free_huge_folio). */
    public void freed(long head) {
        Subpool share = owners.remove(head);
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
        if (temporary.remove(head)) {
            dissolve(head, false);
        } else if (shares.surplus(shares.node(head)) > 0) {
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
