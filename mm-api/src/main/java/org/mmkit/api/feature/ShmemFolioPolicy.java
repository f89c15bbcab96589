package org.mmkit.api.feature;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.file.ShmemMapping;
import org.mmkit.api.space.Vma;

/**
 * Which folio sizes shared memory may use. The engine allocates the largest that fits: aligned in the file, within the
 * area where there is one, in a range of the page cache that is empty.
 */
public interface ShmemFolioPolicy {

    /**
     * The orders that an allocation at page {@code index} may use, as a mask (bit n: order n, n at least 1), without regard to
     * the area's bounds and to what is cached already (Linux: shmem_allowable_huge_orders).
     *
     * @param vma the area of the fault, or null for a write or a preallocation
     * @param writeEnd first byte behind the write or preallocation; 0 for a fault
     */
    int orders(ShmemMapping file, @Nullable Vma vma, long index, long writeEnd);

    /**
     * Whether the mount of {@code file}, which is being made, may have huge pages at all: only then does write(2) fill as much of a folio in
     * one go as there is (Linux: mapping_set_large_folios).
     */
    default boolean hasLargeFolios(ShmemMapping file) {
        return false;
    }

    /** How hard to try for a folio of more than one page: bits of {@link org.mmkit.api.memory.Gfp}. */
    int gfp(@Nullable Vma vma);

    /** Whether the file may get huge pages at its beginning now, which makes st_blksize that of a huge page. */
    boolean isHuge(ShmemMapping file);

    /**
     * The order whose size addresses of new mappings are to be aligned to where none is asked for, or 0.
     *
     * @param opened whether a descriptor is mapped, not MAP_ANONYMOUS memory
     */
    int areaOrder(ShmemMapping file, boolean opened);

    /** The number that stands for the value of the mount option {@code huge=}, at least 0; or a negated error number. */
    int mountOption(String value);

    /** The number that stands for a mount without that option. */
    int defaultMountOption();
}
