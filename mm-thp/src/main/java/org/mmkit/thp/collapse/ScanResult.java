package org.mmkit.thp.collapse;

import org.mmkit.api.Errno;

/** What came of looking at a block, or of collapsing it (mm/khugepaged.c, enum scan_result). */
enum ScanResult {
    /** Collapsed. */
    SUCCEED(1, 0, true),
    /** It is a huge page already. */
    PMD_MAPPED(4, 0, true),
    /** The page cache has a huge page, mapped here by small entries or not at all. */
    PTE_MAPPED_HUGEPAGE(10, Errno.EINVAL, true),
    FAIL(0, Errno.EINVAL, false),
    /** Not even a table of the level above. */
    PMD_NULL(2, Errno.EINVAL, true),
    /** No page table: nothing was ever touched here. */
    PMD_NONE(3, Errno.EINVAL, false),
    EXCEED_NONE(5, Errno.EBUSY, false),
    EXCEED_SWAP(6, Errno.EINVAL, false),
    EXCEED_SHARED(7, Errno.EINVAL, false),
    /** An entry that maps no page: of a guard, or of swap where what had just been brought in is gone again. */
    PTE_NON_PRESENT(8, Errno.EINVAL, true),
    /** A page that is not the area's own anonymous memory. */
    PAGE_ANON(17, Errno.EINVAL, false),
    PAGE_NULL(12, Errno.EINVAL, true),
    /** Somebody holds a reference to a page. */
    PAGE_COUNT(14, Errno.EAGAIN, true),
    /** A page waits to be put on a list, or somebody has taken it off. */
    PAGE_LRU(15, Errno.EAGAIN, true),
    PAGE_LOCKED(16, Errno.EAGAIN, true),
    /** Nothing was used since the last look. */
    LACK_REFERENCED(11, Errno.EINVAL, true),
    /** The area is not, or no longer, fit for huge pages. */
    VMA_CHECK(21, Errno.EINVAL, false),
    /** A page could not be taken off its list. */
    DEL_PAGE_LRU(23, Errno.EAGAIN, true),
    TRUNCATED(26, Errno.EINVAL, false),
    ALLOC_FAIL(24, Errno.ENOMEM, false);

    private final int number;
    private final int errno;
    private final boolean goesOn;

    ScanResult(int number, int errno, boolean goesOn) {
        this.number = number;
        this.errno = errno;
        this.goesOn = goesOn;
    }

    /** Its number in traces. */
    int number() {
        return number;
    }

    /** What madvise(MADV_COLLAPSE) returns if this is the last failure. */
    int errno() {
        return errno;
    }

    /** Whether madvise(MADV_COLLAPSE) looks at further blocks after it. */
    boolean goesOn() {
        return goesOn;
    }

    /** Whether the block is a huge page now. */
    boolean isHuge() {
        return this == SUCCEED || this == PMD_MAPPED;
    }
}
