package org.mmkit.core.pseudofs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The order in which Linux 6.18 prints the lines of a file, by their names (read off running kernels). It holds names that this model
 * may never print: an order is needed for whatever a feature adds. Immutable.
 */
final class LineOrder {

    /** /proc/vmstat. */
    static final LineOrder VMSTAT = new LineOrder("""
            nr_free_pages nr_free_pages_blocks nr_zone_inactive_anon nr_zone_active_anon nr_zone_inactive_file
            nr_zone_active_file nr_zone_unevictable nr_zone_write_pending nr_mlock nr_zspages nr_free_cma numa_hit
            numa_miss numa_foreign numa_interleave numa_local numa_other nr_inactive_anon nr_active_anon nr_inactive_file
            nr_active_file nr_unevictable nr_slab_reclaimable nr_slab_unreclaimable nr_isolated_anon nr_isolated_file
            workingset_nodes workingset_refault_anon workingset_refault_file workingset_activate_anon
            workingset_activate_file workingset_restore_anon workingset_restore_file workingset_nodereclaim nr_anon_pages
            nr_mapped nr_file_pages nr_dirty nr_writeback nr_shmem nr_shmem_hugepages nr_shmem_pmdmapped nr_file_hugepages
            nr_file_pmdmapped nr_anon_transparent_hugepages nr_vmscan_write nr_vmscan_immediate_reclaim nr_dirtied
            nr_written nr_throttled_written nr_kernel_misc_reclaimable nr_foll_pin_acquired nr_foll_pin_released
            nr_kernel_stack nr_page_table_pages nr_sec_page_table_pages nr_iommu_pages nr_swapcached pgpromote_success
            pgpromote_candidate pgpromote_candidate_nrl pgdemote_kswapd pgdemote_direct pgdemote_khugepaged
            pgdemote_proactive nr_hugetlb nr_balloon_pages nr_kernel_file_pages nr_dirty_threshold
            nr_dirty_background_threshold nr_memmap_pages nr_memmap_boot_pages pgpgin pgpgout pswpin pswpout pgalloc_dma
            pgalloc_dma32 pgalloc_normal pgalloc_movable pgalloc_device allocstall_dma allocstall_dma32 allocstall_normal
            allocstall_movable allocstall_device pgskip_dma pgskip_dma32 pgskip_normal pgskip_movable pgskip_device pgfree
            pgactivate pgdeactivate pglazyfree pgfault pgmajfault pglazyfreed pgrefill pgreuse pgsteal_kswapd
            pgsteal_direct pgsteal_khugepaged pgsteal_proactive pgscan_kswapd pgscan_direct pgscan_khugepaged
            pgscan_proactive pgscan_direct_throttle pgscan_anon pgscan_file pgsteal_anon pgsteal_file zone_reclaim_success
            zone_reclaim_failed pginodesteal slabs_scanned kswapd_inodesteal kswapd_low_wmark_hit_quickly
            kswapd_high_wmark_hit_quickly pageoutrun pgrotated drop_pagecache drop_slab oom_kill numa_pte_updates
            numa_huge_pte_updates numa_hint_faults numa_hint_faults_local numa_pages_migrated pgmigrate_success
            pgmigrate_fail thp_migration_success thp_migration_fail thp_migration_split compact_migrate_scanned
            compact_free_scanned compact_isolated compact_stall compact_fail compact_success compact_daemon_wake
            compact_daemon_migrate_scanned compact_daemon_free_scanned htlb_buddy_alloc_success htlb_buddy_alloc_fail
            cma_alloc_success cma_alloc_fail unevictable_pgs_culled unevictable_pgs_scanned unevictable_pgs_rescued
            unevictable_pgs_mlocked unevictable_pgs_munlocked unevictable_pgs_cleared unevictable_pgs_stranded
            thp_fault_alloc thp_fault_fallback thp_fault_fallback_charge thp_collapse_alloc thp_collapse_alloc_failed
            thp_file_alloc thp_file_fallback thp_file_fallback_charge thp_file_mapped thp_split_page thp_split_page_failed
            thp_deferred_split_page thp_underused_split_page thp_split_pmd thp_scan_exceed_none_pte
            thp_scan_exceed_swap_pte thp_scan_exceed_share_pte thp_split_pud thp_zero_page_alloc
            thp_zero_page_alloc_failed thp_swpout thp_swpout_fallback balloon_inflate balloon_deflate balloon_migrate
            swap_ra swap_ra_hit swpin_zero swpout_zero ksm_swpin_copy cow_ksm zswpin zswpout zswpwb
            direct_map_level2_splits direct_map_level3_splits direct_map_level2_collapses direct_map_level3_collapses
            nr_unstable
            """);

    /** /proc/meminfo. */
    static final LineOrder MEMINFO = new LineOrder("""
            MemTotal MemFree MemAvailable Buffers Cached SwapCached Active Inactive Active(anon) Inactive(anon)
            Active(file) Inactive(file) Unevictable Mlocked SwapTotal SwapFree Zswap Zswapped Dirty Writeback AnonPages
            Mapped Shmem KReclaimable Slab SReclaimable SUnreclaim KernelStack PageTables SecPageTables NFS_Unstable
            Bounce WritebackTmp CommitLimit Committed_AS VmallocTotal VmallocUsed VmallocChunk Percpu HardwareCorrupted
            AnonHugePages ShmemHugePages ShmemPmdMapped FileHugePages FilePmdMapped CmaTotal CmaFree Unaccepted Balloon
            HugePages_Total HugePages_Free HugePages_Rsvd HugePages_Surp Hugepagesize Hugetlb DirectMap4k DirectMap2M
            DirectMap1G
            """);

    /** One area of /proc/PID/smaps, before VmFlags. */
    static final LineOrder SMAPS = new LineOrder("""
            Size KernelPageSize MMUPageSize Rss Pss Pss_Dirty Shared_Clean Shared_Dirty Private_Clean Private_Dirty
            Referenced Anonymous KSM LazyFree AnonHugePages ShmemPmdMapped FilePmdMapped Shared_Hugetlb Private_Hugetlb
            Swap SwapPss Locked THPeligible ProtectionKey
            """);

    /** The memory part of /proc/PID/status. */
    static final LineOrder STATUS = new LineOrder("""
            VmPeak VmSize VmLck VmPin VmHWM VmRSS RssAnon RssFile RssShmem VmData VmStk VmExe VmLib VmPTE VmSwap
            HugetlbPages CoreDumping THP_enabled untag_mask
            """);

    private final Map<String, Integer> places = new HashMap<>();

    private LineOrder(String names) {
        for (String name : names.strip().split("\\s+")) {
            places.put(name, places.size());
        }
    }

    /** Whether line {@code name} stands from {@code first} to {@code last}. */
    boolean isBetween(String name, String first, String last) {
        Integer place = places.get(name);
        return place != null && place >= places.getOrDefault(first, 0) && place <= places.getOrDefault(last, 0);
    }

    /** Whether Linux has a line {@code name} in this file. */
    boolean knows(String name) {
        return places.containsKey(name);
    }

    /** {@code names} in the kernel's order; names it does not know follow as they came. */
    List<String> sort(Iterable<String> names) {
        List<String> sorted = new ArrayList<>();
        names.forEach(sorted::add);
        sorted.sort(Comparator.comparingInt(name -> places.getOrDefault(name, Integer.MAX_VALUE)));
        return sorted;
    }
}
