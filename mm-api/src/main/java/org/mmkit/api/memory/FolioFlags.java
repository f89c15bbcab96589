package org.mmkit.api.memory;

/**
 * Flag bits of a frame (include/linux/page-flags.h). Those marked "head" are kept on the head of a folio and
 * speak for all of it; the others are the frame's own. Bits from 27 up are not flags.
 */
public final class FolioFlags {

    /** First frame of a folio of order above 0. */
    public static final int HEAD = 1;
    /** Head: anonymous memory. */
    public static final int ANON = 1 << 2;
    /** Head: backed by swap, not by a file system (anonymous and shared memory). */
    public static final int SWAPBACKED = 1 << 3;
    /** Head: content differs from the backing store. */
    public static final int DIRTY = 1 << 4;
    /** Head: used since last looked at. */
    public static final int REFERENCED = 1 << 5;
    /** Head: content is valid. */
    public static final int UPTODATE = 1 << 6;
    /** Head: on an LRU list. */
    public static final int LRU = 1 << 7;
    /** Head: on the active list. */
    public static final int ACTIVE = 1 << 8;
    /** Head: on the unevictable list. */
    public static final int UNEVICTABLE = 1 << 9;
    /** Head: locked in memory by a VM_LOCKED area. */
    public static final int MLOCKED = 1 << 10;
    /** Head: folio lock held. */
    public static final int LOCKED = 1 << 11;
    /** Head: in the swap cache. */
    public static final int SWAPCACHE = 1 << 12;
    /** Frame: this anonymous page belongs to one mapping only and may be written in place. */
    public static final int ANON_EXCLUSIVE = 1 << 13;
    /** Head: a HugeTLB page. */
    public static final int HUGETLB = 1 << 14;
    /** Frame: never handed to the allocator (firmware, kernel image). */
    public static final int RESERVED = 1 << 15;
    /** Frame: holds a page table. */
    public static final int TABLE = 1 << 16;
    /** Head: part of a large anonymous folio was unmapped; the folio waits on the deferred split queue. */
    public static final int PARTIALLY_MAPPED = 1 << 17;
    /** Head: a large folio whose mappings are counted per page (not HugeTLB). */
    public static final int LARGE_RMAPPABLE = 1 << 18;
    /** Head: under writeback. */
    public static final int WRITEBACK = 1 << 19;
    /** Head: the huge zero page. */
    public static final int HUGE_ZERO = 1 << 20;
    /** Head: mapped by more than one address space (Linux: FOLIO_MM_IDS_SHARED). */
    public static final int MAPPED_SHARED = 1 << 21;
    /** Head: a HugeTLB page whose restoring consumes a reservation, or other use by the owning feature. */
    public static final int OWNER_PRIVATE = 1 << 22;
    /** Head: waits on the deferred split queue (set by the feature that owns the queue). */
    public static final int DEFERRED = 1 << 23;
    /** Head: HugeTLB page with its vmemmap optimised. */
    public static final int VMEMMAP_OPTIMIZED = 1 << 24;

    /**
     * Head of a folio of a file, not HugeTLB: to be reclaimed early; faults around it do not map it (Linux: PG_reclaim, the same bit as
     * PG_readahead). Shares its bit with {@link #VMEMMAP_OPTIMIZED}, for the word has no other left: ask for both it and {@link #HUGETLB}.
     */
    public static final int RECLAIM = VMEMMAP_OPTIMIZED;

    /** Head: was on the active list before reclaim turned to it. */
    public static final int WORKINGSET = 1 << 25;

    /** Head: mapped whole and by parts (Linux before 6.3: PageDoubleMap). */
    public static final int DOUBLE_MAP = 1 << 26;

    private FolioFlags() {}
}
