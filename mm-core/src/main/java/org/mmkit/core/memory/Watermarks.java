package org.mmkit.core.memory;

/**
 * How much of each zone is kept free: watermarks, reserves for low zones, and the settings they follow from
 * (mm/page_alloc.c, calculate_min_free_kbytes, setup_per_zone_wmarks, setup_per_zone_lowmem_reserve).
 */
public final class Watermarks {

    /** Free blocks of each zone that spare a page block of one type from another, beside one for each pair of types (khugepaged). */
    private static final int BLOCKS_FOR_FALLBACKS = Zone.PCP_TYPES * Zone.PCP_TYPES;

    /** Bounds of the computed vm.min_free_kbytes. */
    private static final long LEAST_MIN_FREE_KB = 128;

    private static final long MOST_MIN_FREE_KB = 262_144;

    /** Frames of a zone without kernel data that are kept free: 1/1024, within these bounds. */
    private static final long LEAST_MOVABLE_MIN = 32;

    private static final long MOST_MOVABLE_MIN = 128;

    private final Zone[] zones;
    private int pageKilobytes = 4;
    private final int blockOrder;
    /** vm.lowmem_reserve_ratio: one frame is reserved for so many frames of the zones above; 0 reserves none. */
    private final int[] reserveRatio = {256, 256, 32, 0};
    private long minFreeKb = -1;
    private long userMinFreeKb = -1;
    private int scaleFactor = 10;
    private int boostFactor = 15_000;
    private Runnable changed = () -> {};

    Watermarks(Zone[] zones, int blockOrder) {
        this.zones = zones;
        this.blockOrder = blockOrder;
    }

    /** What follows from the watermarks elsewhere is computed by {@code action} when they have changed. */
    void whenChanged(Runnable action) {
        changed = action;
    }

    private void update() {
        recompute();
        changed.run();
    }

    /** Sets the kilobytes of a base page; 4 unless set. */
    public void setPageKilobytes(int kilobytes) {
        pageKilobytes = kilobytes;
    }

    private long lowFrames() {
        long n = 0;
        for (Zone zone : zones) {
            n += zone.kind() != Zone.MOVABLE ? zone.managed : 0;
        }
        return n;
    }

    /** vm.min_free_kbytes: the value set, or 4 times the square root of the kilobytes that the kernel itself can use. */
    public long minFreeKilobytes() {
        return minFreeKb >= 0 ? minFreeKb : computedMinFree();
    }

    private long computedMinFree() {
        long kb = (long) Math.sqrt((double) lowFrames() * pageKilobytes * 16);
        return Math.max(LEAST_MIN_FREE_KB, Math.min(MOST_MIN_FREE_KB, kb));
    }

    /** Sets vm.min_free_kbytes and recomputes all watermarks. */
    public void setMinFreeKilobytes(long kilobytes) {
        minFreeKb = kilobytes;
        userMinFreeKb = kilobytes;
        update();
    }

    /**
     * Huge pages are wanted, or no longer: while they are, as much is kept free as keeps page blocks of different types apart, at
     * most 5 % of memory (mm/khugepaged.c, set_recommended_min_free_kbytes).
     */
    public void setHugePagesWanted(boolean wanted) {
        if (wanted) {
            long populated = 0;
            for (Zone zone : zones) {
                populated += zone.kind() != Zone.MOVABLE && zone.present > 0 ? 1 : 0;
            }
            long pages = (2 + BLOCKS_FOR_FALLBACKS) * populated << blockOrder;
            pages = Math.min(pages, bufferPages() / 20);
            minFreeKb = Math.max(minFreeKilobytes(), pages * pageKilobytes);
        } else if (computedMinFree() > userMinFreeKb) {
            minFreeKb = computedMinFree();
        }
        update();
    }

    /** vm.watermark_boost_factor, in 1/10000 of the high watermark: how much more is freed when types of page blocks get mixed. */
    public int boostFactor() {
        return boostFactor;
    }

    /** Sets it; 0 frees no more. */
    public void setBoostFactor(int factor) {
        boostFactor = factor;
    }

    /** A page block of {@code zone} changes its type while part of it is in use: more is to be free for a while (boost_watermark). */
    boolean boost(Zone zone) {
        long block = 1L << blockOrder;
        long most = multiplyDivide(zone.watermark[Zone.HIGH], boostFactor, 10_000);
        if (boostFactor == 0 || 4 * block > zone.managed || most == 0) {
            return false;
        }
        zone.boost = Math.min(zone.boost + block, Math.max(block, most));
        return true;
    }

    /** vm.lowmem_reserve_ratio of zone {@code z}. */
    public int reserveRatio(int z) {
        return reserveRatio[z];
    }

    /** Sets it for all zones; less than 1 reserves nothing. */
    public void setReserveRatios(int[] ratios) {
        for (int z = 0; z < Math.min(ratios.length, Zone.ZONES); z++) {
            reserveRatio[z] = Math.max(0, ratios[z]);
        }
        update();
    }

    /** vm.watermark_scale_factor, in 1/10000 of a zone: the distance between watermarks is at least that. */
    public int scaleFactor() {
        return scaleFactor;
    }

    /** Sets vm.watermark_scale_factor, 1 to 3000, and recomputes all watermarks. */
    public void setScaleFactor(int factor) {
        scaleFactor = factor;
        update();
    }

    /** Frames managed in the zones up to NORMAL minus their high watermarks (Linux: nr_free_buffer_pages). */
    public long bufferPages() {
        long n = 0;
        for (Zone zone : zones) {
            n += zone.kind() != Zone.MOVABLE ? Math.max(0, zone.managed - zone.watermark[Zone.HIGH]) : 0;
        }
        return n;
    }

    void recompute() {
        long low = lowFrames();
        long pagesMin = minFreeKilobytes() / pageKilobytes;
        for (Zone zone : zones) {
            long share = low == 0 ? 0 : multiplyDivide(pagesMin, zone.managed, low);
            if (zone.kind() == Zone.MOVABLE) {
                zone.watermark[Zone.MIN] =
                        Math.max(LEAST_MOVABLE_MIN, Math.min(MOST_MOVABLE_MIN, zone.managed / 1024));
            } else {
                zone.watermark[Zone.MIN] = share;
            }
            long gap = Math.max(share >> 2, multiplyDivide(zone.managed, scaleFactor, 10_000));
            zone.watermark[Zone.LOW] = zone.watermark[Zone.MIN] + gap;
            zone.watermark[Zone.HIGH] = zone.watermark[Zone.LOW] + gap;
            zone.watermark[Zone.PROMO] = zone.watermark[Zone.HIGH] + gap;
        }
        for (Zone zone : zones) {
            reserve(zone);
        }
    }

    /** How much {@code zone} keeps for requests that cannot go to the zones above it on its node. */
    private void reserve(Zone zone) {
        int kind = zone.kind();
        long above = 0;
        boolean none = reserveRatio[kind] == 0 || zone.managed == 0;
        for (int j = 0; j < Zone.ZONES; j++) {
            zone.lowmemReserve[j] = 0;
            if (j > kind) {
                above += zones[zone.number - kind + j].managed;
                zone.lowmemReserve[j] = none ? 0 : above / reserveRatio[kind];
            }
            zone.lowLimits[j] = zone.watermark[Zone.LOW] + zone.lowmemReserve[j];
        }
    }

    private static long multiplyDivide(long a, long b, long c) {
        return Math.multiplyHigh(a, b) == 0 && a * b >= 0 ? a * b / c : (long) ((double) a * b / c);
    }

    /** Frames that move between per-CPU and free lists of {@code zone} at a time (mm/page_alloc.c, zone_batchsize). */
    static int batch(Zone zone) {
        long batch = Math.min(zone.managed >> 12, 64);
        return batch <= 1 ? 1 : Integer.highestOneBit((int) (batch + batch / 2)) - 1;
    }
}
