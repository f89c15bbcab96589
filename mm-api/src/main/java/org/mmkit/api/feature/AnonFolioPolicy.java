package org.mmkit.api.feature;

import org.mmkit.api.memory.Frames;
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

    /**
     * The frame set aside for the base page at {@code va}, which nothing maps, or {@link org.mmkit.api.memory.Frames#NONE}. It lies in a large
     * folio: one without owner if this is its first page, with the reference that the mapping is to have; else the mapping takes a reference
     * of its own.
     */
    default long reservedFrame(Vma vma, long va) {
        return Frames.NONE;
    }

    /** A fault has mapped the base page {@code pfn} at {@code va}; nothing else is left to do for it. */
    default void mapped(Vma vma, long va, long pfn) {}

    /**
     * Whether the policy may be asked by several faults at a time on a machine with several processors: it keeps nothing, or locks what it
     * keeps. If not, faults in anonymous memory run alone.
     */
    default boolean runsBesideOthers() {
        return false;
    }

    /** How hard to try for a folio of more than one page in {@code vma}: bits of {@link org.mmkit.api.memory.Gfp}. */
    int gfp(Vma vma);
}
