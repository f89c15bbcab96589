package org.mmkit.core.observe;

import org.mmkit.api.space.Vma;

/** What the sums need to know of swap. */
public interface SwapUse {

    /** A machine without swap. */
    SwapUse NONE = (type, offset) -> 1;

    /** How many page-table entries refer to page {@code offset} of swap device {@code type} (Linux: swp_swapcount). */
    int count(int type, long offset);

    /** Bytes of the file behind {@code vma}, within the area, that are on swap (Linux: shmem_swap_usage). */
    default long swappedBytes(Vma vma) {
        return 0;
    }
}
