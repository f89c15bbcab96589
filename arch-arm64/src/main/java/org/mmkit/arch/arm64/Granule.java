package org.mmkit.arch.arm64;

import java.util.Arrays;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.config.Configuration;

/**
 * A translation granule: the size of a page and of a table. A table of 2^(pageShift-3) descriptors resolves that many bits of
 * the address (Arm ARM, section D8.2, "Translation process").
 */
enum Granule {
    K4(12, 4, 4, 10, 27),
    K16(14, 7, 5, 11, 27),
    K64(16, 5, 5, 13, 29);

    /** log2 of the bytes of a page. */
    final int pageShift;
    /** log2 of the last-level descriptors of a contiguous run (Linux: ARM64_CONT_PTE_SHIFT; Arm ARM, table D8-93). */
    final int contiguousPages;
    /** log2 of the blocks one level above that make a contiguous run (Linux: ARM64_CONT_PMD_SHIFT). */
    final int contiguousBlocks;
    /** Linux: the default of ARCH_FORCE_MAX_ORDER. */
    final int maxOrder;
    /** arch/arm64/include/asm/sparsemem.h, SECTION_SIZE_BITS. */
    final int sectionBits;

    Granule(int pageShift, int contiguousPages, int contiguousBlocks, int maxOrder, int sectionBits) {
        this.pageShift = pageShift;
        this.contiguousPages = contiguousPages;
        this.contiguousBlocks = contiguousBlocks;
        this.maxOrder = maxOrder;
        this.sectionBits = sectionBits;
    }

    static Granule of(Configuration configuration) {
        if (configuration.isEnabled("ARM64_64K_PAGES")) {
            return K64;
        }
        return configuration.isEnabled("ARM64_16K_PAGES") ? K16 : K4;
    }

    /** The shape of tables for addresses of {@code vaBits} bits: the root resolves what the full tables below leave over. */
    PageTableLayout layout(int vaBits, int paBits) {
        int bits = pageShift - 3;
        int levels = (vaBits - pageShift + bits - 1) / bits;
        int[] index = new int[levels];
        Arrays.fill(index, bits);
        index[levels - 1] = vaBits - pageShift - (levels - 1) * bits;
        int[] runs = new int[levels];
        runs[0] = contiguousPages;
        runs[1] = contiguousBlocks;
        return new PageTableLayout(pageShift, index, leafLevels(levels), vaBits, paBits, false, runs);
    }

    /**
     * Linux maps by blocks of the level above the last with any granule, and of the one above that with 4 KiB pages only
     * (arch/arm64/include/asm/hugetlb.h and pgtable.h, pud_sect_supported).
     */
    private int leafLevels(int levels) {
        return 1 << 1 | 1 << 2 | (this == K4 && levels >= 3 ? 1 << 3 : 0);
    }
}
