package org.mmkit.core.memory;

/**
 * Moves what is in use out of a range of frames that somebody wants as a whole (mm/page_alloc.c, alloc_contig_range). Not
 * thread-safe.
 */
public interface RangeEvacuation {

    /** Nothing moves. */
    RangeEvacuation NONE = new RangeEvacuation() {};

    /** Who is told how far an evacuation got. */
    interface Progress {

        /** What was in [{@code from}, {@code to}) has been dealt with: frames there may have come free. */
        void passed(long from, long to);
    }

    /**
     * Whether all of [{@code from}, {@code to}) that is not free is of a kind that may move, whether or not somebody holds on to it
     * (pfn_range_valid_contig, has_unmovable_pages).
     */
    default boolean mayMove(long from, long to) {
        return false;
    }

    /**
     * Moves all folios of [{@code from}, {@code to}) to frames elsewhere. The caller has taken the free frames of the range off the
     * lists, and takes those that come free off them whenever {@code progress} is told.
     *
     * @return false when something stays; what could move before that has moved
     */
    default boolean evacuate(long from, long to, Progress progress) {
        return false;
    }
}
