package org.mmkit.core.memory;

import java.util.Arrays;

/**
 * The order of the folio that each frame belongs to, which says which frames are tails and of which head: folios are naturally aligned.
 *
 * <pre>
 *   order below {@value #BLOCK_ORDER}: in the upper bits of the flag word of each frame
 *   from {@value #BLOCK_ORDER} up:    one byte for each 2^{@value #BLOCK_ORDER} frames, and nothing in the words
 * </pre>
 *
 * <p>So a huge page is made and dissolved without a word being written for each of its tails. With {@code SMP=y} the order of a frame changes only
 * while its folio is new, frozen or free.
 */
final class FolioOrders {

    /** log2 of the frames that share a byte: folios from this order on consist of whole blocks. */
    static final int BLOCK_ORDER = 9;

    /** Bits of a flag word from here up hold an order. */
    static final int ORDER_SHIFT = 28;

    private final int[][] flags;
    private final byte[][] blocks;
    /** The bytes of a section without folios of whole blocks. */
    private final byte[] none;

    private final int sectionOrder;
    private final int mask;

    /** The orders of the frames whose flag words are {@code flags}. */
    FolioOrders(int[][] flags, int sectionOrder) {
        if (sectionOrder < BLOCK_ORDER) {
            throw new IllegalArgumentException("sections of 2^" + sectionOrder + " frames; 2^" + BLOCK_ORDER + " are the least");
        }
        this.flags = flags;
        this.sectionOrder = sectionOrder;
        mask = (1 << sectionOrder) - 1;
        none = new byte[1 << sectionOrder - BLOCK_ORDER];
        blocks = SectionArrays.filled(new byte[flags.length][], none);
    }

    int order(long pfn) {
        int s = (int) (pfn >>> sectionOrder);
        int i = (int) pfn & mask;
        int whole = blocks[s][i >>> BLOCK_ORDER];
        return whole != 0 ? whole : flags[s][i] >>> ORDER_SHIFT;
    }

    /** What the flag word of a frame of a folio of {@code order} says of it. */
    static int bits(int order) {
        return order < BLOCK_ORDER ? order << ORDER_SHIFT : 0;
    }

    /** Makes {@code order} that of the whole blocks of {@code n} frames from {@code head}; 0, or an order below a block's, when they hold smaller folios now. */
    void setBlocks(long head, long n, int order) {
        byte value = (byte) (order < BLOCK_ORDER ? 0 : order);
        for (long at = head, end = head + n; at < end; ) {
            int s = (int) (at >>> sectionOrder);
            int from = (int) at & mask;
            int to = (int) Math.min(mask + 1L, from + end - at);
            byte[] bytes = SectionArrays.own(blocks, s, none);
            if (to - from == 1 << BLOCK_ORDER) {
                bytes[from >>> BLOCK_ORDER] = value;
            } else {
                Arrays.fill(bytes, from >>> BLOCK_ORDER, to >>> BLOCK_ORDER, value);
            }
            at += to - from;
        }
    }

    /** Whether {@code section} has ever had a folio of whole blocks. */
    boolean isTouched(int section) {
        return blocks[section] != none;
    }

    /** Whether {@code section} lies inside one folio. */
    boolean isInsideOneFolio(int section) {
        return blocks[section][0] >= sectionOrder;
    }

    /** How many of {@code most} frames from index {@code i} of a section on in {@code direction} lie in one block. */
    static int inBlock(int i, int most, int direction) {
        int rest = i & (1 << BLOCK_ORDER) - 1;
        return Math.min(most, direction > 0 ? (1 << BLOCK_ORDER) - rest : rest + 1);
    }
}
