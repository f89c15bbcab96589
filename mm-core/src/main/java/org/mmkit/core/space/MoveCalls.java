package org.mmkit.core.space;

import java.util.Arrays;
import org.mmkit.api.Errno;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.memory.Nodes;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.task.Capability;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.compaction.NodeMover;
import org.mmkit.core.observe.PageTableWalk;

/** move_pages(2), migrate_pages(2), and the moving part of mbind(2) (mm/migrate.c, mm/mempolicy.c). Not thread-safe. */
final class MoveCalls {

    /** What is left in the status of a page that was not looked at. */
    static final int UNTOUCHED = Integer.MIN_VALUE;

    private final Engine engine;
    private final UserAddressSpace space;
    private final NodeMover mover;

    MoveCalls(Engine engine, UserAddressSpace space) {
        this.engine = engine;
        this.space = space;
        this.mover = new NodeMover(engine);
    }

    /**
     * See {@link UserAddressSpace#movePages} (do_pages_move).
     *
     * @param status is given the node of each page, or a negated error number
     */
    long movePages(long[] addresses, int[] nodes, int[] status, int flags) {
        if ((flags & ~(PolicyCall.MOVE | PolicyCall.MOVE_ALL)) != 0) {
            return -Errno.EINVAL;
        }
        if ((flags & PolicyCall.MOVE_ALL) != 0 && !mayMoveShared()) {
            return -Errno.EPERM;
        }
        engine.frames.batches().drain();
        int node = Nodes.NONE;
        int start = 0;
        int n = addresses.length;
        for (int i = 0; i < n; i++) {
            if (nodes[i] < 0 || nodes[i] >= engine.memory.nodes().count()) {
                long before = store(node, status, start, i, n);
                return before < 0 ? before : -Errno.ENODEV;
            }
            if (node != Nodes.NONE && nodes[i] != node) {
                long failed = store(node, status, start, i, n);
                if (failed != 0) {
                    return failed;
                }
                node = Nodes.NONE;
            }
            if (node == Nodes.NONE) {
                node = nodes[i];
                start = i;
            }
            int queued = queue(addresses[i], node, (flags & PolicyCall.MOVE_ALL) != 0);
            if (queued > 0) {
                continue;
            }
            status[i] = queued == 0 ? node : queued;
            long failed = store(node, status, start, i, n);
            if (failed != 0) {
                return failed > 0 ? failed - 1 : failed; // page i is accounted for
            }
            node = Nodes.NONE;
        }
        return store(node, status, start, n, n);
    }

    /** Moves what is queued; the pages from {@code start} to {@code i} are on {@code node} then. Pages that did not move, those not tried among them. */
    private long store(int node, int[] status, int start, int i, int all) {
        if (mover.isEmpty()) {
            return 0;
        }
        int failed = mover.move(new MemoryPolicy(MemoryPolicy.Mode.BIND, 1L << node), NodeMover.SYSCALL);
        if (failed != 0) {
            return failed > 0 ? failed + all - i : failed;
        }
        Arrays.fill(status, start, i, node);
        return 0;
    }

    /** 1 when the page is queued, 0 when it is where it shall go, else a negated error number (add_folio_for_migration). */
    private int queue(long va, int node, boolean sharedToo) {
        int at = space.nodeOf(va);
        if (at < 0 || at == node) {
            return at < 0 ? at : 0;
        }
        VmArea area = space.find(va);
        if (area == null || area.has(VmFlags.PFNMAP) || area.has(VmFlags.IO)) {
            return -Errno.EFAULT;
        }
        long head = headAt(va);
        if (engine.frames.test(head, FolioFlags.RESERVED)) {
            return -Errno.EFAULT;
        }
        if (engine.frames.maybeMappedShared(head) && !sharedToo) {
            return -Errno.EACCES;
        }
        return mover.take(head) ? 1 : -Errno.EBUSY;
    }

    private long headAt(long va) {
        long[] head = new long[1];
        PageTableWalk.walk(space.tables(), va, va + engine.pageSize, (at, entry, level) ->
                head[0] = engine.frames.head(engine.format.pfn(entry, level) + (level == 1 ? 0 : va - at >>> engine.pageShift)));
        return head[0];
    }

    /** See {@link UserAddressSpace#migratePages} (do_migrate_pages). */
    long migratePages(long from, long to) {
        long all = engine.memory.nodes().all();
        if ((to & all) == 0) {
            return -Errno.EINVAL;
        }
        engine.frames.batches().drain();
        long failed = 0;
        long left = from & all;
        while (left != 0) {
            int source = Nodes.NONE;
            int target = Nodes.NONE;
            for (int s = 0; s < engine.memory.nodes().count(); s++) {
                boolean skipped = Long.bitCount(from) != Long.bitCount(to) && (to >>> s & 1) != 0;
                int d = (left >>> s & 1) == 0 || skipped ? s : remap(s, from, to & all);
                if (d == s) {
                    continue;
                }
                source = s;
                target = d;
                if ((left >>> d & 1) == 0) {
                    break;
                }
            }
            if (source == Nodes.NONE) {
                break;
            }
            left &= ~(1L << source);
            long moved = moveNode(source, target);
            if (moved < 0) {
                return moved;
            }
            failed += moved;
        }
        return failed;
    }

    /** The node of {@code to} that has the place that {@code node} has in {@code from}, from the beginning again (bitmap_bitremap). */
    private static int remap(int node, long from, long to) {
        int place = Long.bitCount(from & (1L << node) - 1) % Long.bitCount(to);
        int d = Long.numberOfTrailingZeros(to);
        for (; place > 0; place--) {
            d = Nodes.next(d, to);
        }
        return d;
    }

    /** Whether pages that other processes map may be moved. */
    private boolean mayMoveShared() {
        return engine.caller().isCapable(Capability.CAP_SYS_NICE);
    }

    private long moveNode(int source, int target) {
        long failed = 0;
        for (VmArea area : space.areas()) {
            failed += queue(area, area.start, area.end, 1L << source, mayMoveShared());
        }
        long moved = mover.isEmpty() ? 0 : mover.move(new MemoryPolicy(MemoryPolicy.Mode.BIND, 1L << target), NodeMover.SYSCALL);
        return moved < 0 ? moved : failed + moved;
    }

    /**
     * Moves the pages of [{@code start}, {@code end}) that {@code policy} does not want where they are.
     *
     * @return how many did not move, or a negated error number
     */
    long follow(long start, long end, MemoryPolicy policy, boolean sharedToo) {
        long wrong = ~(policy.mode() == MemoryPolicy.Mode.LOCAL ? 1L << engine.memory.nodes().current() : policy.nodes());
        long failed = 0;
        engine.frames.batches().drain();
        for (VmArea area = space.findOrNext(start); area != null && Long.compareUnsigned(area.start, end) < 0; area = space.findOrNext(area.end)) {
            failed += queue(area, Math.max(area.start, start), Math.min(area.end, end), wrong, sharedToo);
        }
        if (mover.isEmpty()) {
            return failed;
        }
        long moved = mover.move(policy, NodeMover.MBIND);
        return moved < 0 ? moved : failed + moved;
    }

    /** Queues the folios of {@code area} that lie on {@code nodes}; how many of them cannot be moved (queue_pages_range). */
    private long queue(VmArea area, long start, long end, long nodes, boolean sharedToo) {
        if (area.has(VmFlags.PFNMAP) || area.has(VmFlags.IO)) {
            return 0;
        }
        long[] failed = new long[1];
        long[] last = {-1};
        PageTableWalk.walk(space.tables(), start, end, (va, entry, level) -> {
            if (!engine.format.isPresent(entry)) {
                return;
            }
            long pfn = engine.format.pfn(entry, level);
            long head = engine.frames.head(pfn);
            boolean wanted = pfn != engine.zeroPfn && !engine.frames.test(head, FolioFlags.RESERVED) && !isHugeZero(head)
                    && (nodes >>> engine.memory.nodes().of(pfn) & 1) != 0;
            if (!wanted || head == last[0]) {
                return;
            }
            last[0] = head;
            if (!sharedToo && engine.frames.maybeMappedShared(head) || !mover.take(head)) {
                failed[0]++;
            }
        });
        return failed[0];
    }

    /** A huge page that nobody owns and that is on no list is the huge zero page. */
    private boolean isHugeZero(long head) {
        return engine.frames.isLarge(head) && !engine.frames.hasOwner(head);
    }
}
