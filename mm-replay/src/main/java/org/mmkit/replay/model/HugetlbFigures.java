package org.mmkit.replay.model;

import java.util.Map;

/**
 * What a replay did with HugeTLB pages. Pages are huge ones, by their size in bytes.
 *
 * @param pool pages in the pools at boot
 * @param needed the most pages that were in use or promised at one time
 * @param faults page faults that mapped a page: a new one, a copy, or one that shared memory has already
 * @param cleared of these, those that took a new page and cleared it
 * @param copies of these, those that copied one: after fork, or of a private file
 * @param refused mappings that the pool was too small for: mmap said ENOMEM
 * @param signals page faults without a free page: SIGBUS
 */
public record HugetlbFigures(Map<Long, Long> pool, Map<Long, Long> needed, long faults, long cleared, long copies, long refused, long signals) {

    /** Copies the maps. */
    public HugetlbFigures {
        pool = Map.copyOf(pool);
        needed = Map.copyOf(needed);
    }

    /** Whether the recording has anything to do with HugeTLB pages. */
    public boolean isUsed() {
        return needed.values().stream().anyMatch(pages -> pages > 0) || refused > 0;
    }
}
