package org.mmkit.replay.tlb;

import org.mmkit.api.arch.PageTableLayout;

/**
 * The second translation of a virtual machine: its physical addresses are the host's virtual ones, mapped by leaves of one size
 * (Intel SDM vol. 3, EPT; AMD APM vol. 2, nested paging).
 *
 * @param levels levels of the host's tables
 * @param leafLevel level of the host's leaves: 1 for base pages
 */
public record NestedPaging(int levels, int leafLevel) {

    public NestedPaging {
        if (leafLevel < 1 || leafLevel > levels) {
            throw new IllegalArgumentException("a leaf of level " + leafLevel + " in tables of " + levels + " levels");
        }
    }

    /**
     * A host with tables like {@code layout} and leaves of {@code bytes}.
     *
     * @throws IllegalArgumentException naming the sizes that there are
     */
    public static NestedPaging of(PageTableLayout layout, long bytes) {
        StringBuilder sizes = new StringBuilder();
        for (int level = 1; level <= layout.levels(); level++) {
            if (layout.mayBeLeaf(level)) {
                if (layout.size(level) == bytes) {
                    return new NestedPaging(layout.levels(), level);
                }
                sizes.append(sizes.isEmpty() ? "" : ", ").append(layout.size(level) >>> 10).append("K");
            }
        }
        throw new IllegalArgumentException("the host has no pages of " + (bytes >>> 10) + "K; there are " + sizes);
    }
}
