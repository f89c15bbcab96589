package org.mmkit.core.observe;

/** Is shown the entries of page tables that {@link PageTableWalk} comes across. */
public interface EntryVisitor {

    /**
     * An entry that is neither empty nor a table.
     *
     * @param va the first address that the entry covers; may lie before the range that is walked
     * @param entry its word
     * @param level its level, 1 for a base page
     */
    void entry(long va, long entry, int level);

    /** A stretch within the range where nothing is mapped. Stretches that touch may be shown one by one. */
    default void hole(long start, long end) {}
}
