package org.mmkit.api.feature;

import org.mmkit.api.space.Fault;

/**
 * Answers faults at a page-table level above 1 (Linux: create_huge_pmd, wp_huge_pmd, do_set_pmd). {@link Fault#slot} is the slot of
 * that level. Outcomes are the bits of {@link Fault}.
 */
public interface HugeFaultHandler {

    /** Nothing is mapped below the slot: maps a huge leaf for anonymous memory, or returns {@link Fault#FALLBACK}. */
    int create(Fault fault);

    /** A write, or unsharing, hit a leaf that does not allow it; {@link Fault#FALLBACK} after splitting the leaf. */
    int writeProtected(Fault fault);

    /**
     * Maps the page-cache folio {@code head} whole if it fits; the caller's reference on it then belongs to the leaf. {@link
     * Fault#FALLBACK} otherwise.
     */
    int mapFolio(Fault fault, long head);
}
