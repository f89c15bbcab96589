package org.mmkit.api.feature;

import org.mmkit.api.Errno;
import org.mmkit.api.memory.MemoryPolicy;

/**
 * Moves folios that a feature keeps pools of, those with {@link org.mmkit.api.memory.FolioFlags#HUGETLB}, to other frames (mm/migrate.c,
 * unmap_and_move_huge_page). For calls that run alone.
 */
public interface HugePageMover {

    /** Nobody keeps such folios. */
    HugePageMover NONE = (head, policy, node) -> -Errno.EBUSY;

    /**
     * Moves the folio {@code head}, to which the caller holds a reference; the reference goes when it has moved.
     *
     * @param policy the nodes that it may go to
     * @param node the one that it shall go to
     * @return 0; -ENOMEM when there is no page to move to; -EAGAIN when somebody else holds it
     */
    int move(long head, MemoryPolicy policy, int node);

    /**
     * Gives the memory of the folio {@code head}, which nobody uses, back to the frame allocator (mm/hugetlb.c, dissolve_free_hugetlb_folio).
     *
     * @return 0; -EBUSY when somebody uses it or all free ones are promised; -ENOMEM without memory for its descriptors
     */
    default int dissolve(long head) {
        return -Errno.EBUSY;
    }
}
