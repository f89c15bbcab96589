package org.mmkit.hugetlb.pool;

import java.util.Arrays;
import org.mmkit.api.Errno;
import org.mmkit.api.config.Configuration;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Nodes;
import org.mmkit.api.memory.PhysicalMemory;

/**
 * How many pages a pool should have, as the administrator says: at boot, by nr_hugepages, by demotion, and what goes out of use for good
 * (Linux: hugetlb_hstate_alloc_pages, set_max_huge_pages, demote_store). Not thread-safe.
 */
final class PoolSize {

    private final PhysicalMemory memory;
    private final PoolPages pages;
    private final NodeShares shares;
    private final boolean hasGigantic;
    private final boolean growsAtRunTime;
    private long asked;
    /** Nodes that had no page left, however hard they were asked, while the pool grew last. */
    private long exhausted;

    PoolSize(PhysicalMemory memory, PoolPages pages, Configuration configuration) {
        this.memory = memory;
        this.pages = pages;
        this.shares = pages.nodes();
        this.hasGigantic = configuration.isEnabled("ARCH_HAS_GIGANTIC_PAGE");
        this.growsAtRunTime = !pages.isGigantic() || configuration.isEnabled("CONTIG_ALLOC");
    }

    /** {@link PoolPages#persistent} as it was after the last change. */
    long asked() {
        return asked;
    }

    /**
     * Makes the administrator's number {@code count}, as far as memory and users allow (Linux: set_max_huge_pages). New pages are all
     * allocated before any of them gives back memory of its descriptors, on kernels that do so in batches.
     *
     * @param allowed the nodes that pages come from and go to, in turn
     * @return 0; -EINVAL where pages of this size exist from boot on or not at all
     */
    int resize(long count, long allowed) {
        if (pages.isGigantic() && !hasGigantic || !growsAtRunTime && count > pages.persistent()) {
            return -Errno.EINVAL;
        }
        setSize(count, allowed & memory.nodes().all());
        return 0;
    }

    /** {@link #resize} of the administrator's number of {@code node} alone. */
    int resizeNode(int node, long count) {
        long all = count + pages.persistent() - persistent(node);
        return resize(all < count ? Long.MAX_VALUE : all, 1L << node);
    }

    private long persistent(int node) {
        return shares.total(node) - shares.surplus(node);
    }

    /** Makes {@code count} pages at boot, when all memory is still in one piece; gigantic ones node by node in turn, the others from the first node on. */
    void fillAtBoot(long count) {
        long before = pages.total();
        int node = 0;
        long[] fresh = PoolPages.heads();
        int n = 0;
        long all = memory.nodes().all();
        for (; before + n < count; n++) {
            long head = Frames.NONE;
            for (int i = memory.nodes().count(); i > 0 && head == Frames.NONE; i--) {
                int from = pages.isGigantic() ? shares.toGrow(all) : node;
                node = Nodes.next(node, all);
                head = pages.allocate(true, from, 1L << from, true);
            }
            if (head == Frames.NONE) {
                break;
            }
            fresh = pages.append(fresh, n, head);
        }
        pages.enterAll(fresh, n);
        asked = pages.persistent();
    }

    /** Makes {@code count} pages of {@code node} at boot; how many it got. */
    long fillAtBoot(int node, long count) {
        long[] fresh = PoolPages.heads();
        int n = 0;
        for (; n < count; n++) {
            long head = pages.allocate(true, node, 1L << node, true);
            if (head == Frames.NONE) {
                break;
            }
            fresh = pages.append(fresh, n, head);
        }
        pages.enterAll(fresh, n);
        asked = pages.persistent();
        return n;
    }

    private void setSize(long count, long allowed) {
        while (pages.surplus() > 0 && count > pages.persistent() && pages.adjustSurplus(allowed, -1)) {
            continue;
        }
        if (count > pages.persistent()) {
            grow(count - pages.persistent(), allowed);
        } else {
            shrink(count, allowed);
        }
        asked = pages.persistent();
    }

    private void grow(long more, long allowed) {
        long[] fresh = PoolPages.heads();
        int n = 0;
        exhausted = 0;
        for (; n < more; n++) {
            long head = allocateInTurn(allowed);
            if (head == Frames.NONE) {
                break;
            }
            fresh = pages.append(fresh, n, head);
        }
        pages.enterAll(fresh, n);
    }

    /** A new page of the node of {@code allowed} whose turn it is, or of those that follow (Linux: alloc_pool_huge_folio). */
    private long allocateInTurn(long allowed) {
        long head = Frames.NONE;
        for (int i = Long.bitCount(allowed); i > 0 && head == Frames.NONE; i--) {
            int node = shares.toGrow(allowed);
            // A node that had none left is not asked as hard again before it gives one after all (Linux: node_alloc_noretry).
            head = pages.allocate(false, node, 1L << node, (exhausted >>> node & 1) == 0);
            exhausted = head == Frames.NONE ? exhausted | 1L << node : exhausted & ~(1L << node);
        }
        return head;
    }

    private void shrink(long count, long allowed) {
        long least = Math.max(count, pages.reserved() + pages.total() - pages.free());
        long[] heads = PoolPages.heads();
        int n = 0;
        while (least < pages.persistent()) {
            int node = shares.shrinking(allowed, false);
            if (node == Nodes.NONE) {
                break;
            }
            heads = n == heads.length ? Arrays.copyOf(heads, 2 * n) : heads;
            heads[n] = pages.take(node);
            pages.countTotal(heads[n++], -1);
        }
        pages.dissolveAll(heads, n);
        while (count < pages.persistent() && pages.adjustSurplus(allowed, 1)) {
            continue;
        }
    }

    /**
     * Gives the memory of the free page {@code head} back for good (Linux: dissolve_free_hugetlb_folio).
     *
     * @return 0; -EBUSY when it is not free, or all free pages are promised; -ENOMEM without memory for its descriptors
     */
    int dissolveFree(long head) {
        if (pages.isGigantic() && !hasGigantic || pages.free() == pages.reserved() || !pages.takeOut(head)) {
            return -Errno.EBUSY;
        }
        if (!pages.restore(head)) {
            pages.put(head);
            return -Errno.ENOMEM;
        }
        int ofSurplus = shares.surplus(shares.node(head)) > 0 ? 1 : 0;
        pages.countTotal(head, -1);
        pages.countSurplus(head, -ofSurplus);
        asked -= 1 - ofSurplus;
        pages.release(head);
        return 0;
    }

    /**
     * Turns up to {@code count} free pages into pages of {@code smaller} (Linux: demote_store, demote_pool_huge_page). Promises are looked at
     * only to see whether there is anything to do: with some of the free pages promised, all of them may go.
     *
     * @param allowed the nodes whose pages may go
     * @return 0; -ENOMEM when there was no memory for the descriptors of a page, which then stays whole; -EBUSY when pages were asked for
     *     beyond the free ones while some were promised
     */
    int demote(long count, PoolSize smaller, long allowed) {
        long set = allowed & memory.nodes().all();
        long left = count;
        while (left > 0 && shares.free(set) != pages.reserved()) {
            long done = demoteInTurn(left, smaller, set);
            if (done < 0) {
                return (int) done;
            }
            left -= done;
        }
        return 0;
    }

    /** One round over the nodes (demote_pool_huge_page): how many pages became small ones, or a negated error number. */
    private long demoteInTurn(long count, PoolSize smaller, long allowed) {
        long done = 0;
        for (int i = Long.bitCount(allowed); i > 0 && done != count; i--) {
            int node = shares.toShrink(allowed);
            int n = (int) Math.min(count - done, shares.free(node));
            long[] heads = new long[n];
            for (int k = 0; k < n; k++) {
                heads[k] = pages.take(node);
            }
            int whole = pages.restore(heads);
            for (int k = n - 1; k >= whole; k--) {
                pages.put(heads[k]);
            }
            for (int k = 0; k < whole; k++) {
                pages.countTotal(heads[k], -1);
            }
            asked -= whole;
            smaller.asked += smaller.pages.enterParts(heads, whole, pages.order());
            if (whole < n) {
                return -Errno.ENOMEM;
            }
            done += whole;
        }
        return done > 0 ? done : -Errno.EBUSY;
    }
}
