package org.mmkit.api.memory;

/**
 * What an allocation may do to succeed, and what kind of page it is (include/linux/gfp_types.h). The bits are
 * Linux's names; their numbers are ours.
 */
public final class Gfp {

    /** The page can be moved by compaction. */
    public static final int MOVABLE = 1;
    /** The page can be reclaimed (slab caches with a shrinker). */
    public static final int RECLAIMABLE = 1 << 1;
    /** May come from ZONE_HIGHMEM or ZONE_MOVABLE. */
    public static final int HIGHMEM = 1 << 2;
    /** Must come from ZONE_DMA. */
    public static final int DMA = 1 << 3;
    /** Must lie below 4 GiB. */
    public static final int DMA32 = 1 << 4;
    /** May wake kswapd (and kcompactd) when memory is low. */
    public static final int KSWAPD_RECLAIM = 1 << 5;
    /** May enter direct reclaim and direct compaction: the caller stalls. */
    public static final int DIRECT_RECLAIM = 1 << 6;
    /** Do not retry after one round of reclaim or compaction. */
    public static final int NORETRY = 1 << 7;
    /** Failure is expected and is not reported. */
    public static final int NOWARN = 1 << 8;
    /** Do not touch the reserves. */
    public static final int NOMEMALLOC = 1 << 9;
    /** May use all reserves. */
    public static final int ATOMIC = 1 << 10;
    /** The page is zeroed. */
    public static final int ZERO = 1 << 11;
    /** One compound page is made of it. */
    public static final int COMP = 1 << 12;
    /** Must succeed, however long it takes. */
    public static final int NOFAIL = 1 << 13;
    /** Only from the asked node. */
    public static final int THISNODE = 1 << 14;
    /** Tries again and again, blocks of order 4 and more too, but fails before a process is killed. */
    public static final int RETRY_MAYFAIL = 1 << 15;

    /** Both kinds of reclaim. */
    public static final int RECLAIM = KSWAPD_RECLAIM | DIRECT_RECLAIM;
    /** Kernel data that stays where it is. */
    public static final int KERNEL = RECLAIM;
    /** User memory that can be moved: page-cache and anonymous pages. */
    public static final int HIGHUSER_MOVABLE = RECLAIM | HIGHMEM | MOVABLE;
    /** Huge pages that are only taken if free: no stall, no wake-up. */
    public static final int TRANSHUGE_LIGHT = (HIGHUSER_MOVABLE | COMP | NOMEMALLOC | NOWARN) & ~RECLAIM;
    /** Huge pages worth a stall. */
    public static final int TRANSHUGE = TRANSHUGE_LIGHT | DIRECT_RECLAIM;

    private Gfp() {}
}
