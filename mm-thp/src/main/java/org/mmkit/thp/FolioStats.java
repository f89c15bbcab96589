package org.mmkit.thp;

import org.mmkit.api.feature.FolioEvent;
import org.mmkit.api.stat.Counters;

/**
 * What happened to huge pages: the {@code thp_*} lines of {@code /proc/vmstat} and the per-size counters. The lines of vmstat count
 * the size of a PMD only, as they did before there were other sizes.
 */
public final class FolioStats {

    private final Counters counters;
    private final int pmdOrder;
    private final Counters perSize;
    private final int orders;

    private final int faultAlloc;
    private final int faultFallback;
    private final int faultFallbackCharge;
    private final int collapseAlloc;
    private final int collapseAllocFailed;
    private final int fileMapped;
    private final int splitPage;
    private final int splitPageFailed;
    private final int deferredSplitPage;
    private final int underusedSplitPage;
    private final int splitPmd;
    private final int scanExceedNone;
    private final int scanExceedSwap;
    private final int scanExceedShare;
    private final int zeroPageAlloc;
    private final int zeroPageAllocFailed;
    private final int swpout;
    private final int swpoutFallback;

    /** Registers the lines of vmstat, in the kernel's order. */
    public FolioStats(Counters counters, int pmdOrder) {
        this.counters = counters;
        this.pmdOrder = pmdOrder;
        orders = pmdOrder + 1;
        perSize = counters.separate(SizeStat.values().length * orders);
        faultAlloc = counters.register("thp_fault_alloc");
        faultFallback = counters.register("thp_fault_fallback");
        faultFallbackCharge = counters.register("thp_fault_fallback_charge");
        collapseAlloc = counters.register("thp_collapse_alloc");
        collapseAllocFailed = counters.register("thp_collapse_alloc_failed");
        counters.register("thp_file_alloc");
        counters.register("thp_file_fallback");
        counters.register("thp_file_fallback_charge");
        fileMapped = counters.register("thp_file_mapped");
        splitPage = counters.register("thp_split_page");
        splitPageFailed = counters.register("thp_split_page_failed");
        deferredSplitPage = counters.register("thp_deferred_split_page");
        underusedSplitPage = counters.register("thp_underused_split_page");
        splitPmd = counters.register("thp_split_pmd");
        scanExceedNone = counters.register("thp_scan_exceed_none_pte");
        scanExceedSwap = counters.register("thp_scan_exceed_swap_pte");
        scanExceedShare = counters.register("thp_scan_exceed_share_pte");
        counters.register("thp_split_pud");
        zeroPageAlloc = counters.register("thp_zero_page_alloc");
        zeroPageAllocFailed = counters.register("thp_zero_page_alloc_failed");
        swpout = counters.register("thp_swpout");
        swpoutFallback = counters.register("thp_swpout_fallback");
    }

    /** The value of {@code stat} for folios of {@code order}. */
    public long get(SizeStat stat, int order) {
        return perSize.get(stat.ordinal() * orders + order);
    }

    private void add(SizeStat stat, int order, long n) {
        perSize.add(stat.ordinal() * orders + order, n);
    }

    private void vmstat(int slot, int order, long n) {
        if (order == pmdOrder) {
            counters.add(slot, n);
        }
    }

    /** Counts an event that the engine reports. */
    public void count(FolioEvent event, int order, long n) {
        if (order < 1 || order > pmdOrder) {
            return;
        }
        switch (event) {
            case ANON_FAULT_ALLOC -> {
                add(SizeStat.ANON_FAULT_ALLOC, order, n);
                vmstat(faultAlloc, order, n);
            }
            case ANON_FAULT_FALLBACK -> {
                add(SizeStat.ANON_FAULT_FALLBACK, order, n);
                vmstat(faultFallback, order, n);
            }
            case ANON_FAULT_FALLBACK_CHARGE -> {
                add(SizeStat.ANON_FAULT_FALLBACK_CHARGE, order, n);
                vmstat(faultFallbackCharge, order, n);
            }
            case SWPOUT -> {
                add(SizeStat.SWPOUT, order, n);
                vmstat(swpout, order, n);
            }
            case SWPOUT_FALLBACK -> {
                add(SizeStat.SWPOUT_FALLBACK, order, n);
                vmstat(swpoutFallback, order, n);
            }
            case SWPIN -> add(SizeStat.SWPIN, order, n);
            case SWPIN_FALLBACK -> add(SizeStat.SWPIN_FALLBACK, order, n);
            // The page cache counts thp_file_alloc and thp_file_fallback.
            case SHMEM_ALLOC -> add(SizeStat.SHMEM_ALLOC, order, n);
            case SHMEM_FALLBACK -> add(SizeStat.SHMEM_FALLBACK, order, n);
            case ANON_NEW -> add(SizeStat.NR_ANON, order, n);
            case ANON_GONE -> add(SizeStat.NR_ANON, order, -n);
        }
    }

    /** A fault could not get the huge zero page. */
    public void faultFallback() {
        counters.add(faultFallback, 1);
    }

    /** A huge page for a collapse was allocated, or none was free. */
    public void collapseAlloc(boolean got) {
        counters.add(got ? collapseAlloc : collapseAllocFailed, 1);
    }

    /** A page-cache folio was mapped whole. */
    public void fileMapped() {
        counters.add(fileMapped, 1);
    }

    /** A folio of {@code order} was split, or could not be. */
    public void split(int order, boolean done) {
        add(done ? SizeStat.SPLIT : SizeStat.SPLIT_FAILED, order, 1);
        vmstat(done ? splitPage : splitPageFailed, order, 1);
    }

    /** A partly unmapped folio of {@code order} entered the deferred queue. */
    public void deferred(int order) {
        add(SizeStat.SPLIT_DEFERRED, order, 1);
        add(SizeStat.NR_ANON_PARTIALLY_MAPPED, order, 1);
        vmstat(deferredSplitPage, order, 1);
    }

    /** A partly unmapped folio of {@code order} was freed or split. */
    public void noLongerPartiallyMapped(int order) {
        add(SizeStat.NR_ANON_PARTIALLY_MAPPED, order, -1);
    }

    /** A folio was split because most of it was zero. */
    public void underusedSplit() {
        counters.add(underusedSplitPage, 1);
    }

    /** A PMD was split. */
    public void splitPmd() {
        counters.add(splitPmd, 1);
    }

    /** A scan met more empty entries than max_ptes_none. */
    public void scanExceedNone() {
        counters.add(scanExceedNone, 1);
    }

    /** A scan met more swap entries than max_ptes_swap. */
    public void scanExceedSwap() {
        counters.add(scanExceedSwap, 1);
    }

    /** A scan met more shared pages than max_ptes_shared. */
    public void scanExceedShare() {
        counters.add(scanExceedShare, 1);
    }

    /** The huge zero page was allocated, or could not be. */
    public void zeroPageAlloc(boolean got) {
        counters.add(got ? zeroPageAlloc : zeroPageAllocFailed, 1);
    }
}
