package org.mmkit.api.policy;

import org.mmkit.api.space.Vma;

/**
 * Decides which anonymous memory gets large folios at a fault, which gets them reserved, and which is promoted later.
 *
 * <p>The knobs of {@code /sys/kernel/mm/transparent_hugepage}, madvise, prctl and the borders of the area come first: a policy chooses among
 * what they allow. Orders are masks (bit n: order n, 2^n base pages, n at least 1). Called on the fault path, which
 * allocates nothing; asking changes no answer.
 *
 * <p>Not thread-safe: policies but Linux's own are for machines with {@code SMP=n}, and others are refused.
 */
public interface PagePolicy {

    /**
     * Those of the orders {@code allowed} that a fault at {@code va} may map at once; the largest whose block is empty and for which there
     * is memory is taken, a base page if there is none. May be asked twice for one fault: for the huge page alone, then for smaller ones.
     */
    int mapOrders(Vma vma, long va, int allowed);

    /**
     * The order of the aligned folio to set aside at the first touch of its block, of which faults then map single pages: 0 for none, else
     * one of {@code allowed}. Only asked where nothing was mapped at once, and only if {@link #reserves}. A reservation that cannot be
     * had, or that memory pressure has broken, is no error: the fault gets a base page.
     */
    default int reserveOrder(Vma vma, long va, int allowed) {
        return 0;
    }

    /** Whether {@link #reserveOrder} is ever above 0; asked once. */
    default boolean reserves() {
        return false;
    }

    /** A fault has mapped the base page {@code pfn} at {@code va}, in a block that may be huge; the last step of the fault. */
    default void mapped(Vma vma, long va, long pfn) {}

    /** Whether {@link #mapped} wants to be called; asked once. */
    default boolean watchesFaults() {
        return false;
    }

    /** Whether khugepaged runs beside this policy, by its knobs; asked once. */
    default boolean usesKhugepaged() {
        return false;
    }

    /** Whether khugepaged may look at the block of a huge page at {@code va}; the limits {@code max_ptes_*} hold afterwards. */
    default boolean isCandidate(Vma vma, long va) {
        return true;
    }
}
