package org.mmkit.core.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.SpinLock;
import org.mmkit.core.trace.Events;

/**
 * The frames of one zone that one processor keeps at hand (Linux: struct per_cpu_pages): blocks of order 0 to 3 and
 * of the page-block order, by migratetype. What is freed last is handed out first; what lay longest is drained first.
 *
 * <p>Blocks are named by their places in {@link FreeBlocks}. Single frames that follow each other on a list are kept as one run: two words, the
 * place that is handed out first and how many follow, as a negative number when they descend. Under {@link #lock}.
 */
final class PerCpuLists {

    /** The largest order that is worth a stall to most callers (Linux: PAGE_ALLOC_COSTLY_ORDER). */
    static final int COSTLY_ORDER = 3;

    /** log2 of the batches that one drain may free (CONFIG_PCP_BATCH_SCALE_MAX). */
    private static final int MOST_BATCHES = 5;

    private static final int LOW_LISTS = (COSTLY_ORDER + 1) * Zone.PCP_TYPES;

    /** One ring of runs per list; lengths are powers of two. */
    private final int[][] rings = new int[LOW_LISTS + 2][];

    /** By list: where the run that is handed out first stands in its ring, and how many words all runs take. */
    private final int[] first = new int[LOW_LISTS + 2];
    private final int[] used = new int[LOW_LISTS + 2];

    /** By list: blocks on it. */
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
        int place = ring[at];
        int run = ring[at + 1];
        if (run == 1 || run == -1) {
            first[list] = at + 2 & ring.length - 1;
            used[list] -= 2;
        } else {
            int step = run > 0 ? 1 : -1;
            ring[at] = place + step;
            ring[at + 1] = run - step;
        }
        sizes[list]--;
        count -= 1 << order;
        return place;
    }

    void push(int list, int order, int place) {
        batchesAtOnce >>= 1;
        freedOfLate = Math.min(freedOfLate + (1 << order), batch << MOST_BATCHES);
        sizes[list]++;
        count += 1 << order;
        if (order == 0 && used[list] > 0) {
            int[] ring = rings[list];
            int at = first[list];
            int run = ring[at + 1];
            int step = ring[at] - place;
            if (step == 1 && run > 0 || step == -1 && (run < 0 || run == 1)) {
                ring[at] = place;
                ring[at + 1] = step * (Math.abs(run) + 1);
                return;
            }
        }
        addFirst(list, place, 1);
    }

    private void addFirst(int list, int place, int run) {
        if (used[list] == rings[list].length) {
            grow(list);
        }
        int[] ring = rings[list];
        int at = first[list] - 2 & ring.length - 1;
        ring[at] = place;
        ring[at + 1] = run;
        first[list] = at;
        used[list] += 2;
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
        sizes[list] += n;
        count += n;
        int last = place + (n - 1) * direction;
        if (used[list] > 0) {
            int[] ring = rings[list];
            int at = first[list];
            int run = ring[at + 1];
            if (ring[at] == place - direction && (run == 1 || Integer.signum(run) == -direction)) {
                ring[at] = last;
                ring[at + 1] = -direction * (Math.abs(run) + n);
                return;
            }
        }
        addFirst(list, last, n == 1 ? 1 : -direction * n);
    }

    /** Adds a block behind all others: how a batch from the free lists arrives. */
    void addLast(int list, int order, int place) {
        addLast(list, order, place, 1);
    }

    /** {@link #addLast} for {@code n} single frames that follow each other. */
    void addSinglesLast(int list, int place, int n) {
        addLast(list, 0, place, n);
    }

    private void addLast(int list, int order, int place, int n) {
        sizes[list] += n;
        count += n << order;
        if (order == 0 && used[list] > 0) {
            int[] ring = rings[list];
            int at = first[list] + used[list] - 2 & ring.length - 1;
            int run = ring[at + 1];
            if (run > 0 && ring[at] + run == place) {
                ring[at + 1] = run + n;
                return;
            }
        }
        if (used[list] == rings[list].length) {
            grow(list);
        }
        int[] ring = rings[list];
        int at = first[list] + used[list] & ring.length - 1;
        ring[at] = place;
        ring[at + 1] = n;
        used[list] += 2;
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
            int order = order(list, blocks.blockOrder);
            boolean together = order == 0 && !traced && !blocks.isCapturing(zone);
            int[] ring = rings[list];
            while (used[list] > 0 && left > 0) {
                int at = first[list] + used[list] - 2 & ring.length - 1;
                int run = ring[at + 1];
                int direction = run > 0 ? -1 : 1;
                int n = together ? Math.min(left, Math.abs(run)) : 1;
                int place = ring[at] + run + direction;
                if (n == Math.abs(run)) {
                    used[list] -= 2;
                } else {
                    ring[at + 1] = run + n * direction;
                }
                sizes[list] -= n;
                count -= n << order;
                left -= n << order;
                if (to != null && traced) {
                    to.pagePcpuDrain.emit(blocks.pfn(place), order, blocks.type(place));
                }
                if (together) {
                    blocks.freeSingles(zone, place, n, direction);
                } else {
                    blocks.free(zone, place, order);
                }
            }
            list = list + 1 == sizes.length ? 0 : list + 1;
        }
    }

    /** Places of all blocks, as (place, order) pairs, for checks. */
    int[] snapshot(int blockOrder) {
        int n = 0;
        int[] pairs = new int[2 * Arrays.stream(sizes).sum()];
        for (int list = 0; list < sizes.length; list++) {
            int[] ring = rings[list];
            for (int at = first[list]; at < first[list] + used[list]; at += 2) {
                int place = ring[at & ring.length - 1];
                int run = ring[(at & ring.length - 1) + 1];
                for (int i = 0; i < Math.abs(run); i++) {
                    pairs[n++] = place + i * Integer.signum(run);
                    pairs[n++] = order(list, blockOrder);
                }
            }
        }
        return pairs;
    }
}
