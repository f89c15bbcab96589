package org.mmkit.replay.compare;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Pages of files that the recording shows not to have been mapped by fault-around: out of the page cache, locked, or marked for readahead.
 * Filled by the self-check, read by all policies.
 */
final class LearnedPages {

    private final Map<Integer, Set<Long>> pages = new HashMap<>();

    void add(int file, long index) {
        pages.computeIfAbsent(file, f -> new HashSet<>()).add(index);
    }

    Set<Long> of(int file) {
        return pages.getOrDefault(file, Set.of());
    }
}
