package org.mmkit.api.feature;

/** What happens to large folios in the engine and is counted per size by the thp feature. */
public enum FolioEvent {
    /** A fault on anonymous memory got a folio of this size. */
    ANON_FAULT_ALLOC,
    /** A fault wanted this size and none was free. */
    ANON_FAULT_FALLBACK,
    /** A fault wanted this size and a memory limit refused it. */
    ANON_FAULT_FALLBACK_CHARGE,
    /** Swapped out whole. */
    SWPOUT,
    /** Could not be swapped out whole and was split. */
    SWPOUT_FALLBACK,
    /** Swapped in whole. */
    SWPIN,
    /** Swap-in wanted this size and none was free. */
    SWPIN_FALLBACK,
    /** A shared-memory folio of this size was allocated. */
    SHMEM_ALLOC,
    /** Shared memory wanted this size and none was free. */
    SHMEM_FALLBACK,
    /** An anonymous folio of this size came into use; counted down at {@link #ANON_GONE}. */
    ANON_NEW,
    /** An anonymous folio of this size was freed, split or lost its last mapping. */
    ANON_GONE
}
