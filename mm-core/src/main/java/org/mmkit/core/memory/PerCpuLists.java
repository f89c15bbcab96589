package org.mmkit.core.memory;

import java.util.Arrays;
import org.mmkit.api.lock.SpinLock;
import org.jspecify.annotations.Nullable;
import org.mmkit.core.trace.Events;

/**
 * The frames of one zone that one processor keeps at hand (Linux: struct per_cpu_pages): blocks of order 0 to 3 and
 * of the page-block order, by migratetype. What is freed last is handed out first; what lay longest is drained first.
 *
 * <p>Blocks are named by their places in {@link FreeBlocks}. Under {@link #lock}.
 */
final class PerCpuLists {

    /** The largest order that is worth a stall to most callers (Linux: PAGE_ALLOC_COSTLY_ORDER). */
    static final int COSTLY_ORDER = 3;

    /** log2 of the batches that one drain may free (CONFIG_PCP_BATCH_SCALE_MAX). */
    private static final int MOST_BATCHES = 5;

    private static final int LOW_LISTS = (COSTLY_ORDER + 1) * Zone.PCP_TYPES;

    /** One ring of places per list; lengths are powers of two. */
    private final int[][] rings = new int[LOW_LISTS + 2][];

    private final int[] first = new int[LOW_LISTS + 2];
    private final int[] sizes = new int[LOW_LISTS + 2];

    /** Frames freed of late: halved when the lists are filled (Linux: free_count). */
    int freedOfLate;

    /** log2 of the batches that the next filling takes: more when nothing was freed of late (Linux: alloc_factor). */
    private int batchesAtOnce;

    /** Guards all of this on a machine with several processors, if several threads share the lists. */
    SpinLock lock = SpinLock.NONE;
    /** On such a machine: frames handed out and freed that the allocator's counters do not count yet. */
    long allocated;
    long freed;
    /** Frames on all lists. */
    int count;

    /** Frames moved from or to the free lists at a time. */
    int batch = 1;

    /** Frames above which a batch is drained. */
    int high;

    private @Nullable Events trace;

    PerCpuLists() {
        Arrays.setAll(rings, i -> new int[16]);
    }

    /** The order of the blocks on {@code list}. */
    private static int order(int list, int blockOrder) {
        return list >= LOW_LISTS ? blockOrder : list / Zone.PCP_TYPES;
    }

    /** The list for blocks of {@code order} and {@code type}; huge blocks only tell movable from the rest. */
    static int list(int order, int type) {
        return order <= COSTLY_ORDER
                ? order * Zone.PCP_TYPES + type
                : LOW_LISTS + (type == BuddyAllocator.MOVABLE ? 1 : 0);
    }

    void setTrace(Events to) {
        trace = to;
    }

    boolean isEmpty(int list) {
        return sizes[list] == 0;
    }

    /** Takes the block that was freed last. */
    int pop(int list, int order) {
        int[] ring = rings[list];
        int at = first[list];
        first[list] = at + 1 & ring.length - 1;
        sizes[list]--;
        count -= 1 << order;
        return ring[at];
    }

    void push(int list, int order, int place) {
        batchesAtOnce >>= 1;
        freedOfLate = Math.min(freedOfLate + (1 << order), batch << MOST_BATCHES);
        if (sizes[list] == rings[list].length) {
            grow(list);
        }
        int[] ring = rings[list];
        int at = first[list] - 1 & ring.length - 1;
        ring[at] = place;
        first[list] = at;
        sizes[list]++;
        count += 1 << order;
    }

    /**
     * How many frames to take from the free lists: twice as many each time, so that processors that only allocate meet at the free lists
     * seldom and each gets frames side by side (mm/page_alloc.c, nr_pcp_alloc).
     */
    int growingBatch() {
        int most = Math.max(batch, high - count - batch);
        int frames = batch << batchesAtOnce;
        if (frames <= most && batchesAtOnce < MOST_BATCHES) {
            batchesAtOnce++;
        }
        return Math.min(frames, most);
    }

    /** {@link #push} for {@code n} single frames, one after the other in {@code direction}. */
    void pushSingles(int list, int place, int n, int direction) {
        freedOfLate = Math.min(freedOfLate + n, batch << MOST_BATCHES);
        while (sizes[list] + n > rings[list].length) {
            grow(list);
        }
        int[] ring = rings[list];
        int at = first[list];
        for (int i = 0; i < n; ) {
            int end = at == 0 ? ring.length : at;
            int some = Math.min(n - i, end);
            int next = place + i * direction;
            for (int k = end - 1; k >= end - some; k--) {
                ring[k] = next;
                next += direction;
            }
            at = end - some;
            i += some;
        }
        first[list] = at;
        sizes[list] += n;
        count += n;
    }

    /** Adds a block behind all others: how a batch from the free lists arrives. */
    void addLast(int list, int order, int place) {
        if (sizes[list] == rings[list].length) {
            grow(list);
        }
        int[] ring = rings[list];
        ring[first[list] + sizes[list]++ & ring.length - 1] = place;
        count += 1 << order;
    }

    /** {@link #addLast} for {@code n} single frames that follow each other. */
    void addSinglesLast(int list, int place, int n) {
        while (sizes[list] + n > rings[list].length) {
            grow(list);
        }
        int[] ring = rings[list];
        int at = first[list] + sizes[list];
        for (int i = 0; i < n; i++) {
            ring[at + i & ring.length - 1] = place + i;
        }
        sizes[list] += n;
        count += n;
    }

    private void grow(int list) {
        int[] ring = rings[list];
        int[] larger = new int[2 * ring.length];
        for (int i = 0; i < ring.length; i++) {
            larger[i] = ring[first[list] + i & ring.length - 1];
        }
        rings[list] = larger;
        first[list] = 0;
    }

    /**
     * How many frames go to the free lists when the lists are full: as many as were freed of late, at least a batch
     * (mm/page_alloc.c, nr_pcp_free).
     */
    int excess() {
        return Math.max(batch, Math.min(freedOfLate, high - batch));
    }

    /**
     * Frees at least {@code frames} frames, or all. List {@code start} goes first, and each list goes whole before the next,
     * the block that lay longest first (mm/page_alloc.c, free_pcppages_bulk).
     */
    void drain(int frames, int start, Zone zone, FreeBlocks blocks) {
        int left = Math.min(frames, count);
        int list = start;
        Events to = trace;
        boolean traced = to != null && to.pagePcpuDrain.isOn();
        while (left > 0) {
            if (list < Zone.PCP_TYPES && !traced && !blocks.isCapturing(zone)) {
                left -= drainSingles(left, list, zone, blocks);
            }
            int order = order(list, blocks.blockOrder);
            int[] ring = rings[list];
            while (sizes[list] > 0 && left > 0) {
                int place = ring[first[list] + --sizes[list] & ring.length - 1];
                count -= 1 << order;
                left -= 1 << order;
                if (to != null && traced) {
                    to.pagePcpuDrain.emit(blocks.pfn(place), order, blocks.type(place));
                }
                blocks.free(zone, place, order);
            }
            list = list + 1 == sizes.length ? 0 : list + 1;
        }
    }

    /** Frees up to {@code most} single frames of {@code list}, those that follow each other at once; returns how many. */
    private int drainSingles(int most, int list, Zone zone, FreeBlocks blocks) {
        int[] ring = rings[list];
        int mask = ring.length - 1;
        int n = Math.min(most, sizes[list]);
        int last = first[list] + sizes[list] - 1;
        for (int done = 0; done < n; ) {
            int place = ring[last - done & mask];
            int run = 1;
            int direction = 1;
            if (done + 1 < n) {
                direction = ring[last - done - 1 & mask] == place - 1 ? -1 : 1;
                while (done + run < n && ring[last - done - run & mask] == place + run * direction) {
                    run++;
                }
            }
            blocks.freeSingles(zone, place, run, direction);
            done += run;
        }
        sizes[list] -= n;
        count -= n;
        return n;
    }

    /** Places of all blocks, as (place, order) pairs, for checks. */
    int[] snapshot(int blockOrder) {
        int n = 0;
        int[] pairs = new int[2 * Arrays.stream(sizes).sum()];
        for (int list = 0; list < sizes.length; list++) {
            for (int i = 0; i < sizes[list]; i++) {
                pairs[n++] = rings[list][first[list] + i & rings[list].length - 1];
                pairs[n++] = order(list, blockOrder);
            }
        }
        return pairs;
    }
}
