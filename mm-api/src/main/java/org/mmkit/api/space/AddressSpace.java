package org.mmkit.api.space;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.RwSemaphore;
import org.mmkit.api.pgtable.PageTables;

/**
 * What a process sees as memory: areas and page tables (Linux: struct mm_struct).
 *
 * <p>With {@code SMP=y} the methods are called under {@link #mmapLock}, but for those on flags and resident pages, which are atomic.
 */
public interface AddressSpace {

    /** A number above 0 that no other living address space of the machine has. */
    int id();

    /**
     * The lock of areas and page tables (Linux: mm->mmap_lock). Who looks at areas or goes down the tables holds it at least for reading; who
     * changes areas, frees tables or collapses, for writing.
     */
    RwSemaphore mmapLock();

    /** Its page tables. */
    PageTables tables();

    /** The area that holds {@code va}, or null. */
    @Nullable Vma find(long va);

    /** The area that holds {@code va}, or the first one above it, or null. */
    @Nullable Vma findOrNext(long va);

    /** Adds {@code pages} (may be negative) to the resident pages of {@code kind}. */
    void addRss(RssKind kind, long pages);

    /** Resident pages of {@code kind}. */
    long rss(RssKind kind);

    /** Whether the flag {@code bit}, given out by the feature context, is set. */
    boolean testFlag(long bit);

    /** Sets the flag {@code bit}. */
    void setFlag(long bit);

    /** Clears the flag {@code bit}. */
    void clearFlag(long bit);

    /** Whether the last process that used this space is gone. */
    boolean isDead();

    /**
     * Gives the part of {@code [start, end)} that lies in areas the {@code flags} = old and not {@code clear} or {@code set}, splitting and
     * merging areas as Linux's madvise_update_vma does.
     *
     * @return 0 or a negated error number
     */
    long updateFlags(long start, long end, long set, long clear);
}
