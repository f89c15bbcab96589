package org.mmkit.core.memory;

/**
 * How much of each zone is kept free: watermarks, reserves for low zones, and the settings they follow from
 * (mm/page_alloc.c, calculate_min_free_kbytes, setup_per_zone_wmarks, setup_per_zone_lowmem_reserve).
 */
public final class Watermarks {

    /** Default of vm.lowmem_reserve_ratio: one frame is reserved for so many frames of the zones above. */
    private static final int[] RESERVE_RATIO = {256, 256, 32, 0};

    /** Bounds of the computed vm.min_free_kbytes. */
    private static final long LEAST_MIN_FREE_KB = 128;

    private static final long MOST_MIN_FREE_KB = 262_144;

    /** Frames of a zone without kernel data that are kept free: 1/1024, within these bounds. */
    private static final long LEAST_MOVABLE_MIN = 32;

    private static final long MOST_MOVABLE_MIN = 128;

    private final Zone[] zones;
    private int pageKilobytes = 4;
    private long minFreeKb = -1;
    private int scaleFactor = 10;

    Watermarks(Zone[] zones) {
        this.zones = zones;
    }

    /** Sets the kilobytes of a base page; 4 unless set. */
    public void setPageKilobytes(int kilobytes) {
        pageKilobytes = kilobytes;
    }

    private long lowFrames() {
        return zones[Zone.DMA].managed + zones[Zone.DMA32].managed + zones[Zone.NORMAL].managed;
    }

    /** vm.min_free_kbytes: the value set, or 4 times the square root of the kilobytes that the kernel itself can use. */
    public long minFreeKilobytes() {
        if (minFreeKb >= 0) {
            return minFreeKb;
        }
        long kb = (long) Math.sqrt((double) lowFrames() * pageKilobytes * 16);
        return Math.max(LEAST_MIN_FREE_KB, Math.min(MOST_MIN_FREE_KB, kb));
    }

    /** Sets vm.min_free_kbytes and recomputes all watermarks. */
    public void setMinFreeKilobytes(long kilobytes) {
        minFreeKb = kilobytes;
        recompute();
    }

    /** vm.watermark_scale_factor, in 1/10000 of a zone: the distance between watermarks is at least that. */
    public int scaleFactor() {
        return scaleFactor;
    }

    /** Sets vm.watermark_scale_factor, 1 to 3000, and recomputes all watermarks. */
    public void setScaleFactor(int factor) {
        scaleFactor = factor;
        recompute();
    }

    /** Frames managed in the zones up to NORMAL minus their high watermarks (Linux: nr_free_buffer_pages). */
    public long bufferPages() {
        long n = 0;
        for (int z = 0; z <= Zone.NORMAL; z++) {
            n += Math.max(0, zones[z].managed - zones[z].watermark[Zone.HIGH]);
        }
        return n;
    }

    void recompute() {
        long low = lowFrames();
        long pagesMin = minFreeKilobytes() / pageKilobytes;
        for (Zone zone : zones) {
            long share = low == 0 ? 0 : multiplyDivide(pagesMin, zone.managed, low);
            if (zone.number == Zone.MOVABLE) {
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
        for (int z = 0; z < Zone.ZONES; z++) {
            long above = 0;
            boolean none = RESERVE_RATIO[z] == 0 || zones[z].managed == 0;
            for (int j = 0; j < Zone.ZONES; j++) {
                zones[z].lowmemReserve[j] = 0;
                if (j > z) {
                    above += zones[j].managed;
                    zones[z].lowmemReserve[j] = none ? 0 : above / RESERVE_RATIO[z];
                }
                zones[z].lowLimits[j] = zones[z].watermark[Zone.LOW] + zones[z].lowmemReserve[j];
            }
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
