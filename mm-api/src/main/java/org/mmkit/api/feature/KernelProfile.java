package org.mmkit.api.feature;

import java.util.List;

/**
 * The points at which kernels differ, each asked where it matters. A profile is chosen by the Kconfig choice {@code KERNEL_PROFILE}
 * ({@code --kernel 4.12|5.14|6.18}).
 */
public interface KernelProfile {

    /** Its name, {@code "6.18"}. */
    String name();

    /** A write to a huge page shared after fork copies the huge page (until 5.7); otherwise the PMD is split and one page copied. */
    boolean copiesHugePageOnWrite();

    /** Folio sizes between the base page and the PMD exist for anonymous and shared memory (6.8, 6.14). */
    boolean hasSmallFolios();

    /** Huge pages that are mostly zero are split under memory pressure (6.12). */
    boolean hasUnderusedShrinker();

    /** khugepaged has a limit of its own for pages that other processes map too (5.8); before, it left such ranges alone. */
    boolean hasSharedPagesLimit();

    /** follow_page splits huge pages when asked to (FOLL_SPLIT, until 5.3); later only their mappings (FOLL_SPLIT_PMD). */
    boolean splitsFollowedPages();

    /** The debugging file split_huge_pages takes the range of a process (5.13). */
    boolean splitsHugePagesOfProcess();

    /** Pages can be pinned, not only referenced (FOLL_PIN, 5.6), and pinned ones are copied at fork (5.12, at first 5.9). */
    boolean hasPins();

    /** A page mapped both whole and by parts is marked PageDoubleMap, and its parts' map counts are one too high (4.5 to 6.2). */
    boolean hasDoubleMap();

    /** PR_SET_THP_DISABLE takes flags (6.18). */
    boolean hasThpDisableFlags();

    /** What direct reclaim does for khugepaged has counters of its own, {@code pgscan_khugepaged} and {@code pgsteal_khugepaged} (6.2). */
    boolean countsReclaimOfKhugepaged();

    /** read(2) and write(2) of shared memory take folio after folio where the mount has huge pages, not page after page (6.13). */
    boolean copiesWholeFolios();

    /** vmemmap pages kept of those of one HugeTLB page: 2 in 5.14, 1 today. */
    int vmemmapPagesKept();

    /** Huge pages that enter or leave a pool together have their vmemmap remapped together, with one flush of the TLB (6.7). */
    boolean remapsVmemmapInBatches();

    /** Whether mremap moves page tables whole where it can (HAVE_MOVE_PMD of 5.0, HAVE_MOVE_PUD of 5.11). */
    boolean movesTablesWhole();

    /** Whether mremap moves the whole table of an area's first part if nothing else is mapped there (since 6.7: try_realign_addr). */
    boolean movesFirstTableWhole();

    /** What a process may lock unless told otherwise (MLOCK_LIMIT), bytes: 64 KiB, since 5.16 8 MiB. */
    long defaultLockLimit();

    /** shmget with SHM_HUGETLB needs CAP_IPC_LOCK or hugetlb_shm_group; until 5.15 room below RLIMIT_MEMLOCK was enough. */
    boolean refusesUnprivilegedHugeSegments();

    /** hugepagesz= and default_hugepagesz= are checked as they are read, and said to be wrong with their text (5.8). */
    boolean checksHugePageSizesAtOnce();

    /** hugepages= takes numbers by node, {@code 0:512,1:256} (5.16). */
    boolean placesHugePagesByNode();

    /** The kernel log says what HugeTLB pages of a size can give back in KiB, and after {@code HugeTLB:} (6.0). */
    boolean tellsHugePagesInKilobytes();

    /** A share of a HugeTLB pool takes back only what a failed call took beyond its minimum (6.16); before, all of it. */
    boolean undoesOnlyWhatAShareTook();

    /** Page tables of the kernel made after boot count as page tables in vmstat and meminfo (6.16). */
    boolean countsKernelTables();

    /** An anonymous mapping of at least 2 MiB gets an aligned address (6.7). */
    boolean alignsAnonymousMappings();

    /** Compaction also counts pages moved, pages it failed to move and page blocks examined, as the document of 4.12 names them. */
    boolean countsMovedBlocks();

    /** Pages can be taken out of use while the system runs, as vm.enable_soft_offline (6.11) allows. */
    boolean hasSoftOffline();

    /**
     * The lines of one area in {@code /proc/PID/smaps}, by name and in order, without VmFlags: kernels have added lines, and 4.12's
     * document calls the huge mappings of files FileHugeMapped.
     */
    List<String> smapsLines();
}
