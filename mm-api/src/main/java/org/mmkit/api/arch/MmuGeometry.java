package org.mmkit.api.arch;

import java.util.List;

/**
 * The translation caches of a typical processor of the architecture; input of TLB models.
 *
 * @param tlbs from the first level on
 * @param walkCaches entries of the paging-structure cache per level, from level 2; empty when there is none
 */
public record MmuGeometry(List<Tlb> tlbs, List<Integer> walkCaches) {

    public MmuGeometry {
        tlbs = List.copyOf(tlbs);
        walkCaches = List.copyOf(walkCaches);
    }

    /**
     * One TLB array.
     *
     * @param name as the manual calls it
     * @param cacheLevel 1 is asked first
     * @param entries any number above 0
     * @param ways associativity; equals {@code entries} when fully associative
     * @param levels bit {@code n} set: holds translations by leaves of page-table level n
     * @param runs bit {@code n} set: holds a run of contiguous leaves of level n ({@link EntryFormat#isContiguous}) as one entry
     */
    public record Tlb(String name, int cacheLevel, int entries, int ways, int levels, int runs) {

        /** An array that holds each leaf of a run by itself. */
        public Tlb(String name, int cacheLevel, int entries, int ways, int levels) {
            this(name, cacheLevel, entries, ways, levels, 0);
        }
    }
}
