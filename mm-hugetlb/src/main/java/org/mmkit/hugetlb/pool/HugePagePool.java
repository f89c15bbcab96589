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
import org.mmkit.api.memory.Frames;
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
 * <p>Pages in the pool have the flag {@link FolioFlags#HUGETLB}; free ones have no reference. The pages themselves are kept by
 * {@link PoolPages}, their number by {@link PoolSize}; promises, and what users have, are kept here. Not thread-safe.
 */
public final class HugePagePool {

    private final PhysicalMemory memory;
    private final Frames frames;
    private final int level;
    private final PoolPages stock;
    private final PoolSize size;
    private final NodeShares shares;

    /** The share that a page in use was taken of, for those that were. */
    private final Map<Long, Subpool> owners = new HashMap<>();

    /** Pages that go when they become free, whatever the pool has: one half of a move each. */
    private final Set<Long> temporary = new HashSet<>();

    private long overcommit;
    private long inUse;
    /** Pages in use whose promise comes back when they are freed. */
    private long pendingPromises;
    private long lostPromises;

    /** An empty pool of pages that a leaf of {@code level} maps. */
    public HugePagePool(PhysicalMemory memory, Counters counters, @Nullable VmemmapOptimizer vmemmap, Configuration configuration, int level,
            int order, int pageShift) {
        this.memory = memory;
        this.frames = memory.frames();
        this.level = level;
        this.stock = new PoolPages(memory, counters, vmemmap, configuration, order, pageShift);
        this.size = new PoolSize(memory, stock, configuration);
        this.shares = stock.nodes();
    }

    /** The page-table level whose leaves map its pages. */
    public int level() {
        return level;
    }

    /** log2 of the base pages of a page. */
    public int order() {
        return stock.order();
    }

    /** log2 of the bytes of a page. */
    public int pageShift() {
        return stock.pageShift();
    }

    /** Bytes of a page. */
    public long pageSize() {
        return 1L << stock.pageShift();
    }

    /** Whether its pages are larger than what the frame allocator hands out. */
    public boolean isGigantic() {
        return stock.isGigantic();
    }

    /** All pages (nr_hugepages). */
    public long total() {
        return stock.total();
    }

    /** Pages that nobody has (free_hugepages). */
    public long free() {
        return stock.free();
    }

    /** Free pages that are promised (resv_hugepages). */
    public long reserved() {
        return stock.reserved();
    }

    /** Pages beyond the administrator's number (surplus_hugepages). */
    public long surplus() {
        return stock.surplus();
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
        return stock.persistent();
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

    /** {@link #persistent} as it was after the last change of the pool's size: what /proc/sys/vm/nr_hugepages shows (max_huge_pages). */
    public long asked() {
        return size.asked();
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
        stock.checkFreePages();
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
        return size.resize(count, allowed);
    }

    /** {@link #resize} of the administrator's number of {@code node} alone. */
    public int resizeNode(int node, long count) {
        return size.resizeNode(node, count);
    }

    /** Makes {@code count} pages at boot, when all memory is still in one piece; gigantic ones node by node in turn, the others from the first node on. */
    public void fillAtBoot(long count) {
        size.fillAtBoot(count);
    }

    /** Makes {@code count} pages of {@code node} at boot; how many it got. */
    public long fillAtBoot(int node, long count) {
        return size.fillAtBoot(node, count);
    }

    /**
     * Gives the memory of the free page {@code head} back for good (Linux: dissolve_free_hugetlb_folio).
     *
     * @return 0; -EBUSY when it is not free, or all free pages are promised; -ENOMEM without memory for its descriptors
     */
    public int dissolveFree(long head) {
        return size.dissolveFree(head);
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
        return size.demote(count, smaller.size, allowed);
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
        long needed = stock.reserved() + pages - stock.free();
        long[] fresh = PoolPages.heads();
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
                stock.put(fresh[i]);
            } else {
                stock.dissolve(fresh[i], true);
            }
        }
        stock.addReserved(enough ? pages : 0);
        return enough;
    }

    /** A new surplus page without reference, counted but not on the free list; or {@link Frames#NONE}. */
    private long allocateSurplus(int node, long allowed) {
        if (isGigantic() || Long.compareUnsigned(stock.surplus(), overcommit) >= 0) {
            return Frames.NONE;
        }
        long head = stock.allocate(false, node, allowed, true);
        if (head != Frames.NONE) {
            stock.optimize(head);
            stock.countSurplus(head, 1);
            stock.countTotal(head, 1);
        }
        return head;
    }

    private void withdraw(long pages) {
        for (long left = Math.min(pages, stock.surplus()); left > 0; left--) {
            int node = shares.shrinking(memory.nodes().all(), true);
            if (node == Nodes.NONE) {
                break;
            }
            stock.dissolve(stock.take(node), true);
        }
        stock.addReserved(-pages);
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
        if (promised || stock.free() > stock.reserved()) {
            node = shares.nearestFree(first, policy.wanted());
            if (node == Nodes.NONE && policy.wanted() != policy.allowed()) {
                node = shares.nearestFree(first, policy.allowed());
            }
        }
        long head = node != Nodes.NONE ? stock.take(node) : allocateByPolicy(policy, first);
        if (head == Frames.NONE) {
            return Frames.NONE;
        }
        frames.unfreeze(head, 1);
        inUse++;
        if (promised) {
            keepPromise(head);
            stock.addReserved(-1);
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
        int from = stock.free() > stock.reserved() ? shares.nearestFree(node, allowed) : Nodes.NONE;
        long head;
        if (from != Nodes.NONE) {
            head = stock.take(from);
        } else {
            head = isGigantic() ? Frames.NONE : stock.allocate(false, node, allowed, true);
            if (head == Frames.NONE) {
                return Frames.NONE;
            }
            stock.optimize(head);
            stock.countTotal(head, 1);
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
            stock.moveSurplus(from, to);
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
        frames.clear(head, PoolPages.USE_FLAGS);
        frames.clearOwner(head);
        if (restore) {
            stock.addReserved(1);
        }
        if (temporary.remove(head)) {
            stock.dissolve(head, false);
        } else if (shares.surplus(shares.node(head)) > 0) {
            stock.dissolve(head, true);
        } else {
            stock.put(head);
        }
    }

    @Override
    public String toString() {
        return stock.toString();
    }
}
