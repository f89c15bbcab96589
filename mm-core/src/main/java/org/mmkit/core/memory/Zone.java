package org.mmkit.core.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.SpinLock;

/**
 * A range of frames with its own free lists and watermarks (Linux: struct zone).
 *
 * <p>With {@code SMP=y} changed under its lock, and read without it where an old value does.
 */
public final class Zone {

    /** Zone numbers, from the memory that the fewest devices are content with. */
    public static final int DMA = 0;

    public static final int DMA32 = 1;
    public static final int NORMAL = 2;
    public static final int MOVABLE = 3;
    /** How many zones a node has. Zone {@code n} of node {@code m} has the number {@code m * ZONES + n}. */
    public static final int ZONES = 4;

    private static final String[] NAMES = {"DMA", "DMA32", "Normal", "Movable"};

    /** Numbers of the watermarks in {@link #watermark}. */
    public static final int MIN = 0;

    public static final int LOW = 1;
    public static final int HIGH = 2;
    /** Watermarks of a zone. */
    public static final int WATERMARKS = 4;

    /** Above HIGH: background reclaim of a node may demote pages (Linux: WMARK_PROMO). */
    public static final int PROMO = 3;

    /** Migratetypes that have free lists; those below {@link #PCP_TYPES} are on per-CPU lists too. */
    static final int TYPES = 5;

    /** UNMOVABLE, MOVABLE, RECLAIMABLE. */
    static final int PCP_TYPES = 3;

    /** Orders of blocks: 0 to the largest. */
    final int orders;

    /** Guards lists and totals on a machine with several processors. */
    SpinLock lock = SpinLock.NONE;
    final int number;
    final long start;
    final long end;

    /** Who keeps the zone's free frames in the place of the lists below, if a plugin does. */
    @Nullable PluginFrames plugin;

    /** Frames that exist, and frames that were given to the allocator. */
    long present;

    long managed;

    /** Free frames on the lists and in untouched sections; those on per-CPU lists are not among them. */
    long free;

    final long[] watermark = new long[WATERMARKS];

    /** Frames more than the watermarks that are to be free for a while, because types of page blocks got mixed. */
    long boost;

    /** Frames kept for requests that could not go higher: by the highest zone that the request may use. */
    final long[] lowmemReserve = new long[ZONES];

    /** Frames that must stay free when a request that may use zones up to the index takes a frame by the low watermark. */
    final long[] lowLimits = new long[ZONES];

    /** First and last block of each list, 0 when it is empty; index {@code order * TYPES + type}. */
    final int[] heads;

    final int[] tails;
    /** Blocks on each list, untouched sections not counted. */
    final int[] counts;

    /** Wholly free sections that have no free blocks yet, and where to look for the lowest of them. */
    int untouchedSections;

    int firstUntouched = Integer.MAX_VALUE;

    Zone(int number, long start, long end, int maxOrder) {
        orders = maxOrder + 1;
        heads = new int[orders * TYPES];
        tails = new int[orders * TYPES];
        counts = new int[orders * TYPES];
        this.number = number;
        this.start = start;
        this.end = end;
    }

    /** Name of zone {@code number} as {@code /proc/zoneinfo} prints it. */
    public static String name(int number) {
        return NAMES[kind(number)];
    }

    /** Which of {@link #DMA} to {@link #MOVABLE} zone {@code number} of the machine is. */
    public static int kind(int number) {
        return number & ZONES - 1;
    }

    /** The node of zone {@code number} of the machine. */
    public static int node(int number) {
        return number / ZONES;
    }

    /** The number of the first zone of {@code node}. */
    public static int first(int node) {
        return node * ZONES;
    }

    /** The number of the zone in the machine; on the first node {@link #DMA} to {@link #MOVABLE}. */
    public int number() {
        return number;
    }

    /** {@link #DMA} to {@link #MOVABLE}. */
    public int kind() {
        return kind(number);
    }

    /** The node it belongs to. */
    public int node() {
        return node(number);
    }

    /** First frame of the zone. */
    public long start() {
        return start;
    }

    /** Frames from the first to the last, holes included. */
    public long spanned() {
        return end - start;
    }

    /** Frames that exist. */
    public long present() {
        return present;
    }

    /** Frames that the allocator may hand out. */
    public long managed() {
        return managed;
    }

    /** Free frames; those on per-CPU lists are not among them. */
    public long free() {
        return free;
    }

    /** The watermark {@link #MIN}, {@link #LOW}, {@link #HIGH} or {@link #PROMO}, in frames. */
    public long watermark(int which) {
        return watermark[which] + boost;
    }

    /** Frames by which the watermarks are raised for a while (Linux: watermark_boost). */
    public long boost() {
        return boost;
    }

    /** Lowers the watermarks by up to {@code pages} again. */
    public void unboost(long pages) {
        lock.lock();
        boost -= Math.min(boost, pages);
        lock.unlock();
    }

    /** Frames that a request for zone {@code highest} must leave here. */
    public long lowmemReserve(int highest) {
        return lowmemReserve[highest];
    }

    /** Whether a block of at least {@code order} is on a list of movable, unmovable or reclaimable memory. */
    boolean hasBlock(int order) {
        if (plugin != null) {
            return plugin.hasFree(order);
        }
        for (int o = order; o < orders; o++) {
            if ((heads[o * TYPES] | heads[o * TYPES + 1] | heads[o * TYPES + 2]) != 0) {
                return true;
            }
        }
        return untouchedSections > 0;
    }

    /** Blocks of {@code order} on all lists, untouched sections not counted. */
    long blocks(int order) {
        long n = 0;
        for (int type = 0; type < TYPES; type++) {
            n += counts[order * TYPES + type];
        }
        return n;
    }

    @Override
    public String toString() {
        return (node() > 0 ? "node " + node() + " " : "") + name(number) + " [0x" + Long.toHexString(start) + ", 0x" + Long.toHexString(end) + ") free " + free
                + " of " + managed + ", watermarks " + Arrays.toString(watermark);
    }
}
