package org.mmkit.core.verify;

import java.util.Arrays;

/** How often page tables map each frame, found by looking; arrays exist for the sections that are mapped. Not thread-safe. */
final class MappingCounts {

    private static final int[] NONE = {};

    private final int sectionOrder;
    private final int mask;
    private final int[][] pages;
    private final int[][] whole;

    MappingCounts(long spanned, int sectionOrder) {
        this.sectionOrder = sectionOrder;
        this.mask = (1 << sectionOrder) - 1;
        int sections = Math.toIntExact(spanned + mask >>> sectionOrder);
        pages = new int[sections][];
        whole = new int[sections][];
        Arrays.fill(pages, NONE);
        Arrays.fill(whole, NONE);
    }

    void clear() {
        for (int s = 0; s < pages.length; s++) {
            Arrays.fill(pages[s], 0);
            Arrays.fill(whole[s], 0);
        }
    }

    /** One entry of level 1 maps {@code pfn}. */
    void addPage(long pfn) {
        add(pages, pfn);
    }

    /** One leaf above level 1 maps the folio at {@code head}. */
    void addWhole(long head) {
        add(whole, head);
    }

    private void add(int[][] counts, long pfn) {
        int s = (int) (pfn >>> sectionOrder);
        if (counts[s] == NONE) {
            counts[s] = new int[mask + 1];
        }
        counts[s][(int) pfn & mask]++;
    }

    int page(long pfn) {
        int[] section = pages[(int) (pfn >>> sectionOrder)];
        return section == NONE ? 0 : section[(int) pfn & mask];
    }

    int whole(long head) {
        int[] section = whole[(int) (head >>> sectionOrder)];
        return section == NONE ? 0 : section[(int) head & mask];
    }

    /** Whether an entry was found that maps a frame of the section that holds {@code pfn}. */
    boolean isTouched(long pfn) {
        int s = (int) (pfn >>> sectionOrder);
        return pages[s] != NONE || whole[s] != NONE;
    }
}
