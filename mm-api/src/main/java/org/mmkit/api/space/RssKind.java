package org.mmkit.api.space;

/** What a resident page counts as (include/linux/mm_types_task.h). */
public enum RssKind {
    /** Page-cache pages of files. */
    FILE,
    /** Anonymous pages. */
    ANON,
    /** Swap entries: not resident, but counted beside. */
    SWAP,
    /** Shared memory. */
    SHMEM
}
