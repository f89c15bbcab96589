package org.mmkit.thp.collapse;

import org.mmkit.api.Errno;

/** What came of looking at a block, or of collapsing it (mm/khugepaged.c, enum scan_result). */
enum ScanResult {
    /** Collapsed. */
    SUCCEED(0, true),
    /** It is a huge page already. */
    PMD_MAPPED(0, true),
    /** The page cache has a huge page, mapped here by small entries or not at all. */
    PTE_MAPPED_HUGEPAGE(Errno.EINVAL, true),
    FAIL(Errno.EINVAL, false),
    /** Not even a table of the level above. */
    PMD_NULL(Errno.EINVAL, true),
    /** No page table: nothing was ever touched here. */
    PMD_NONE(Errno.EINVAL, false),
    EXCEED_NONE(Errno.EINVAL, false),
    EXCEED_SWAP(Errno.EINVAL, false),
    EXCEED_SHARED(Errno.EINVAL, false),
    /** A page that is not the area's own anonymous memory. */
    PAGE_ANON(Errno.EINVAL, false),
    PAGE_NULL(Errno.EINVAL, true),
    /** Somebody holds a reference to a page. */
    PAGE_COUNT(Errno.EAGAIN, true),
    PAGE_LOCKED(Errno.EAGAIN, true),
    /** Nothing was used since the last look. */
    LACK_REFERENCED(Errno.EINVAL, true),
    /** The area is not, or no longer, fit for huge pages. */
    VMA_CHECK(Errno.EINVAL, false),
    TRUNCATED(Errno.EINVAL, false),
    ALLOC_FAIL(Errno.ENOMEM, false);

    private final int errno;
    private final boolean goesOn;

    ScanResult(int errno, boolean goesOn) {
        this.errno = errno;
        this.goesOn = goesOn;
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
