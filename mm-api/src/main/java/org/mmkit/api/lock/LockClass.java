package org.mmkit.api.lock;

/**
 * The kinds of locks, outermost first: who holds one may take those further down, never those further up (docs/locking.md; Linux: the
 * comment at the head of mm/rmap.c and Documentation/mm/process_addrs).
 */
public enum LockClass {
    /** The whole machine: calls that may run side by side share it, a call that must run alone has it exclusively (Linux: stop_machine). */
    MACHINE,
    /** Areas and page tables of one address space (Linux: mm->mmap_lock). */
    MMAP,
    /** The same of the child while fork holds that of the parent (SINGLE_DEPTH_NESTING). */
    MMAP_NESTED,
    /** Size and holes of one file (Linux: inode->i_rwsem, mapping->invalidate_lock). */
    INODE,
    /** One HugeTLB fault at a time for one page of one file (Linux: hugetlb_fault_mutex_table). */
    HUGETLB_FAULT,
    /** One folio: its owner, index and place in a cache, and whether it may be split (Linux: folio lock, PG_locked). */
    FOLIO,
    /** The areas that map one file (Linux: mapping->i_mmap_rwsem). */
    I_MMAP,
    /** The areas linked to one family of anonymous roots (Linux: anon_vma->root->rwsem). */
    ANON_VMA,
    /** What an address space keeps once for all its tables: deposits, roots of areas (Linux: mm->page_table_lock). */
    PAGE_TABLES,
    /** The entries of one page table above level 1 (Linux: pmd_lock). */
    PMD,
    /** The same of a second table: the child's in fork, the new place in mremap. */
    PMD_NESTED,
    /** The entries of one page table of level 1 (Linux: split_page_table_lock, pte_offset_map_lock). */
    PTE,
    /** The same of a second table. */
    PTE_NESTED,
    /** The address spaces that khugepaged looks through (Linux: khugepaged_mm_lock). */
    KHUGEPAGED_MM,
    /** The huge folios that wait to be split (Linux: deferred_split_queue.split_queue_lock). */
    SPLIT_QUEUE,
    /** A cluster of swap slots, or the swap device (Linux: swap_info_struct.lock, swap_cluster_info.lock). */
    SWAP_CLUSTER,
    /** The pages of one file (Linux: mapping->i_pages, the xarray lock). */
    I_PAGES,
    /** Pools of huge pages and their reservations (Linux: hugetlb_lock, resv_map.lock, subpool.lock). */
    HUGETLB,
    /** The folios that one thread has brought for the lists of pages by age (Linux: cpu_fbatches.lock). */
    LRU_BATCH,
    /** The lists of pages by age (Linux: lruvec.lru_lock). */
    LRU,
    /** Map counts of one large folio (Linux: folio_lock_large_mapcount). */
    LARGE_MAPCOUNT,
    /** The frames at hand of one processor (Linux: per_cpu_pages.lock). */
    PER_CPU_PAGES,
    /** The free lists of one zone (Linux: zone.lock). */
    ZONE,
    /** A table of the engine's own that knows no other lock: held for a few instructions, nothing is taken inside. */
    LEAF
}
