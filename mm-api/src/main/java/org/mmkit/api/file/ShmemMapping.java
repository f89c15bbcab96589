package org.mmkit.api.file;

import org.mmkit.api.space.Vma;

/**
 * The page cache of a shared-memory file: on a tmpfs, or without a name on the kernel's own mount (memfd, MAP_SHARED of
 * anonymous memory, System V segments).
 */
public interface ShmemMapping extends FilePages {

    /**
     * The value of the mount's option {@code huge=}, as {@link org.mmkit.api.feature.ShmemFolioPolicy#mountOption} gave it;
     * {@link #INTERNAL} on the kernel's own mount.
     */
    int hugeOption();

    /** {@link #hugeOption} of the kernel's own mount. */
    int INTERNAL = -1;

    /**
     * Whether {@code vma}, which maps this file, is anonymous shared memory: the file had no name any more when it was mapped (Linux:
     * vma_is_anon_shmem). Per-size settings apply to such areas only.
     */
    boolean isAnonymous(Vma vma);

    /**
     * Counts {@code pages} more (or less, if negative) against the file's blocks and the mount's size, as a collapse that fills
     * holes does (Linux: shmem_charge).
     *
     * @return whether there was room
     */
    boolean charge(long pages);

    /** Whether page {@code index} is on a swap device. */
    boolean isSwapped(long index);

    /** The pages of the folio that page {@code index}, which is on a swap device, belonged to when it went out. */
    int swappedPages(long index);

    /** The name of its directory entry, with which it was made (Linux: d_name): of a memfd {@code memfd:NAME}. */
    String entryName();

    /** The folio {@code head}, a part of one that was split, goes if it lies behind the end of the file. Its mappings must be gone. */
    void dropBehindEnd(long head);
}
