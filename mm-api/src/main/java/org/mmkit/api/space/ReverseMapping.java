package org.mmkit.api.space;

import org.mmkit.api.lock.RwSemaphore;

/**
 * Keeps map counts, owners and resident counters of folios in step with page-table entries, and finds the entries of a folio
 * (Linux: mm/rmap.c). Callers write the entries themselves.
 *
 * <p>A level of 1 means {@code n} entries of level 1 for {@code n} consecutive frames; a higher level means one leaf
 * that maps the folio whole, and {@code n} is its number of base pages.
 */
public interface ReverseMapping {

    /**
     * Gives {@code vma} a root for anonymous pages if it has none, reusing that of a mergeable neighbour (Linux:
     * anon_vma_prepare).
     */
    void prepareAnon(Vma vma);

    /**
     * A new anonymous folio becomes mapped for the first time, exclusively, at {@code va} (that of its first frame). Level 1 maps every
     * frame of it.
     */
    void addNewAnon(long head, Vma vma, long va, int level);

    /** Frames of an anonymous folio that has an owner already get mapped (swap-in, un-migration, COW reuse). */
    void addAnon(long pfn, int n, Vma vma, long va, int level, boolean exclusive);

    /** Page-cache frames get mapped. */
    void addFile(long pfn, int n, Vma vma, int level);

    /**
     * Anonymous frames mapped in {@code source} get mapped in the child's {@code copy} too.
     *
     * @return false, and nothing changed, when the frames may be pinned and must be copied now
     */
    boolean tryDuplicateAnon(long pfn, int n, Vma copy, Vma source, int level);

    /** Page-cache frames mapped in the parent get mapped in the child's {@code copy} too. */
    void duplicateFile(long pfn, int n, Vma copy, int level);

    /**
     * Mappings of {@code n} frames from {@code pfn} went away. Puts a partly unmapped large anonymous folio up for
     * the deferred split.
     */
    void remove(long pfn, int n, Vma vma, int level);

    /**
     * The mappings by level-1 entries of {@code n} {@linkplain org.mmkit.api.memory.Frames#singlesAlike like} anonymous frames went away,
     * and the references with them: {@link #remove} and {@link org.mmkit.api.memory.Frames#put} for one after the other, {@code pfn} first.
     */
    void dropSingles(long pfn, int n, int direction, Vma vma);

    /** Tries to mark the frames no longer exclusive; false when they may be pinned. Level as above. */
    boolean tryShareAnon(long pfn, int n, int level);

    /** Makes an anonymous folio belong to {@code vma} alone, so that later searches start there (Linux: folio_move_anon_rmap). */
    void moveAnon(long head, Vma vma);

    /**
     * The lock of the list of areas in which the folio at {@code head} may be mapped: that of its anonymous root or of its file (Linux:
     * anon_vma->rwsem, mapping->i_mmap_rwsem). {@link #walk} takes it for reading unless the caller has it for writing. The caller holds the
     * folio lock.
     */
    RwSemaphore areasLock(long head);

    /** The lock of the anonymous root that new folios of {@code vma} belong to; the area has one. */
    RwSemaphore anonLock(Vma vma);

    /** Shows {@code visitor} each area in which the folio at {@code head} may be mapped, with the address of its first page. */
    void walk(long head, MappingVisitor visitor);

    /**
     * Replaces all entries that map frames of the folio by migration entries, splitting higher-level leaves first where the
     * folio is anonymous; entries of page-cache folios are just removed.
     *
     * @return whether no mapping is left
     */
    boolean migrateAway(long head);

    /**
     * Replaces the migration entries that {@link #migrateAway} made for the {@code pages} frames from {@code fromPfn} by leaf entries for the
     * same number of frames from {@code toPfn}; the frames may now belong to several folios.
     *
     * @param zeroFilledToZeroPage pages of order 0 that hold only zeroes are not mapped again; the zero page is put in their
     *     place
     */
    void migrateBack(long fromPfn, long toPfn, long pages, boolean zeroFilledToZeroPage);
}
