package org.mmkit.api.feature;

import org.mmkit.api.space.Vma;

/**
 * What happens to a huge leaf of one level when the engine works on ranges (mm/huge_memory.c). {@code slot} is the leaf's,
 * {@code va} the first address it maps. The entry may also be a higher-level migration entry.
 * All operations lock the table of the slot by themselves, so the leaf that the caller saw may have gone: been split, above all.
 */
public interface HugeLeafOperations {

    /**
     * Replaces the leaf by a table of the level below that maps the same (anonymous memory), or by nothing (page cache). Never
     * fails, whatever the reference counts (SPEC T01). Does nothing when the leaf has gone meanwhile.
     */
    void split(Vma vma, long slot, long va);

    /**
     * Replaces the leaf of the anonymous folio {@code head} by migration entries for each of its pages, dropping the mapping and its
     * reference: the first step of splitting or moving the folio. Does nothing when the leaf has gone meanwhile.
     */
    void freeze(Vma vma, long slot, long va, long head);

    /**
     * Removes the leaf and what it held: mapping, resident count, deposited table, reference.
     *
     * @return false when the leaf has gone meanwhile: the place is to be looked at again
     */
    boolean zap(Vma vma, long slot, long va);

    /**
     * Moves the leaf to the empty {@code newSlot} of area {@code target}. The caller has the tables of both slots locked.
     *
     * @return whether it did; if not, the leaf is to be split
     */
    boolean move(Vma source, long slot, long va, Vma target, long newSlot, long newVa);

    /**
     * Copies the leaf to {@code copySlot} of the child's area.
     *
     * @return 0 when done; {@code -EAGAIN} when the leaf was split in the parent and the copy goes on below; {@code -ENOMEM}
     */
    int copyAtFork(Vma copy, long copySlot, Vma source, long slot, long va);

    /**
     * Applies the area's present permissions to the whole leaf.
     *
     * @return false when the leaf has gone meanwhile: the place is to be looked at again
     */
    boolean changeProtection(Vma vma, long slot, long va);

    /**
     * MADV_FREE of [{@code va}, {@code end}) within the leaf.
     *
     * @return whether it is done; if not, the leaf is no more and the range is to be done below
     */
    boolean adviseFree(Vma vma, long slot, long va, long end);
}
