package org.mmkit.api.feature;

import org.mmkit.api.space.Vma;

/**
 * Which folio sizes a fault on anonymous memory may use: the allocation policy. Linux's own is that of the thp feature; another
 * one registered in its place is asked instead.
 */
public interface AnonFolioPolicy {

    /**
     * The orders that a write fault at {@code va} may use, as a mask (bit n: order n, n at least 1), without regard to
     * what is mapped already. Only orders whose aligned block fits the area count.
     */
    int faultOrders(Vma vma, long va);

    /** How hard to try for a folio of more than one page in {@code vma}: bits of {@link org.mmkit.api.memory.Gfp}. */
    int gfp(Vma vma);
}
