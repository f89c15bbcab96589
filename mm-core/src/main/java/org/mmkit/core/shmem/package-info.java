/**
 * Shared memory: tmpfs files, memfd, MAP_SHARED of anonymous memory, System V segments (Linux: mm/shmem.c).
 *
 * <p>{@link org.mmkit.core.shmem.ShmemFile} finds and allocates pages, {@link org.mmkit.core.shmem.RangeRemoval} truncates and punches
 * holes, {@link org.mmkit.core.shmem.TmpfsInstance} keeps the quota.
 */
@NullMarked
package org.mmkit.core.shmem;

import org.jspecify.annotations.NullMarked;
