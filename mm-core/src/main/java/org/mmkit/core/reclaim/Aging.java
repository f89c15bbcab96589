package org.mmkit.core.reclaim;

import org.mmkit.core.space.VmArea;

/** What madvise asks of reclaim for a range of one area. */
public interface Aging {

    /** MADV_COLD: the pages become the next candidates of reclaim. */
    void cold(VmArea area, long start, long end);

    /** MADV_PAGEOUT: the pages are reclaimed now, as far as they can be. */
    void pageOut(VmArea area, long start, long end);

    /** MADV_WILLNEED: pages of memory without a file, or of shared memory, that were swapped out are brought in. */
    void willNeed(VmArea area, long start, long end);
}
