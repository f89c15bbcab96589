package org.mmkit.core.observe;

/**
 * Consecutive pages of an address range that are the same kind of thing.
 *
 * @param kind what is there
 * @param level the page-table level of the entries that map it; 1 where nothing is present
 * @param anonymous whether it is anonymous memory; otherwise page cache (only {@link Kind#MEMORY})
 * @param hugetlb whether it is a HugeTLB page (only {@link Kind#MEMORY})
 * @param order the order of the folios (only {@link Kind#MEMORY})
 * @param firstInFolio the place of the first page of the run within its folio (only {@link Kind#MEMORY})
 * @param pages base pages of the run; whole folios may follow on each other
 */
public record PageRun(Kind kind, int level, boolean anonymous, boolean hugetlb, int order, long firstInFolio, long pages) {

    /** What is at an address. */
    public enum Kind {
        /** Nothing. */
        NONE,
        /** The zero page, or the huge zero page where the level is above 1. */
        ZERO,
        /** A swap entry. */
        SWAP,
        /** A guard marker. */
        GUARD,
        /** A page of memory. */
        MEMORY,
        /** A page that is being moved or split; cannot be seen between two operations of a machine with one thread. */
        MIGRATION
    }

    /** Whether {@code next}, the page right behind this run, prolongs it. */
    boolean continuesWith(PageRun next) {
        return kind == next.kind && level == next.level && anonymous == next.anonymous && hugetlb == next.hugetlb && order == next.order
                && (kind != Kind.MEMORY || (firstInFolio + pages & (1L << order) - 1) == next.firstInFolio);
    }

    /** This run, longer by {@code more} pages. */
    PageRun longer(long more) {
        return new PageRun(kind, level, anonymous, hugetlb, order, firstInFolio, pages + more);
    }
}
