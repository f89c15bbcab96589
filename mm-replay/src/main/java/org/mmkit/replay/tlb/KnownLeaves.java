package org.mmkit.replay.tlb;

import java.util.Arrays;

/**
 * What page tables were seen to hold, until that is invalidated: processors may keep translations for as long. For each base page two bits, so
 * what is known of 8 GiB takes 512 KiB where the tables take 16 MiB. Present leaves only.
 *
 * <pre>
 *   hash of the region ─► key of the region (what one table of level 1 covers), the leaf above level 1 that maps all of it
 *                         and, by page, two bits: known, writable
 * </pre>
 *
 * <p>One thread.
 */
final class KnownLeaves {

    private static final int WRITABLE = 1;
    private static final int FEWEST_REGIONS = 64;
    private static final int PAGES_OF_WORD = 32;
    private static final long NUMBER_MASK = (1L << TlbArray.LEVEL_SHIFT - 1) - 1;

    private final int regionBits;
    private final int pageMask;
    /** Words for the pages of one region. */
    private final int wordBits;

    private long[] keys = new long[FEWEST_REGIONS];
    private byte[] wholes = new byte[FEWEST_REGIONS];
    private long[] words;
    private int regions;

    /** For tables of level 1 with {@code entries} entries, a power of two. */
    KnownLeaves(int entries) {
        pageMask = entries - 1;
        regionBits = Integer.numberOfTrailingZeros(entries);
        wordBits = Math.max(0, regionBits - 5);
        words = new long[FEWEST_REGIONS << wordBits];
    }

    /**
     * What is known of {@code page} in the space of {@code keyBits}: 0 for nothing, or the level of its leaf, shifted left by one, and 1 added
     * when it may be written.
     */
    int of(long page, long keyBits) {
        long key = keyBits | page >> regionBits & NUMBER_MASK;
        int at = place(key);
        if (keys[at] != key) {
            return 0;
        }
        int whole = wholes[at];
        int inRegion = (int) page & pageMask;
        int bits = (int) (words[(at << wordBits) + (inRegion >>> 5)] >>> (inRegion & PAGES_OF_WORD - 1) * 2) & 3;
        // Known is bit 1, which is level 1.
        return whole != 0 ? whole : bits;
    }

    /** The place of {@code key}, or the empty one where it would be. */
    private int place(long key) {
        int mask = keys.length - 1;
        // Neighbours stay neighbours.
        int at = (int) (key ^ key >>> 17 ^ key >>> 41) & mask;
        while (keys[at] != key && keys[at] != 0) {
            at = at + 1 & mask;
        }
        return at;
    }

    /** Notes the present leaf of {@code page}; returns what {@link #of} does from now on. */
    int learn(long page, long keyBits, int level, boolean writable) {
        long key = keyBits | page >> regionBits & NUMBER_MASK;
        int at = place(key);
        if (keys[at] != key) {
            if (2 * ++regions > keys.length) {
                grow();
                at = place(key);
            }
            keys[at] = key;
        }
        int known = level << 1 | (writable ? WRITABLE : 0);
        if (level > 1) {
            if (wholes[at] == 0) {
                Arrays.fill(words, at << wordBits, at + 1 << wordBits, 0);
            }
            wholes[at] = (byte) known;
        } else {
            int inRegion = (int) page & pageMask;
            words[(at << wordBits) + (inRegion >>> 5)] |= (long) known << (inRegion & PAGES_OF_WORD - 1) * 2;
        }
        return known;
    }

    private void grow() {
        long[] oldKeys = keys;
        byte[] oldWholes = wholes;
        long[] oldWords = words;
        keys = new long[2 * oldKeys.length];
        wholes = new byte[keys.length];
        words = new long[keys.length << wordBits];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int at = place(oldKeys[i]);
                keys[at] = oldKeys[i];
                wholes[at] = oldWholes[i];
                System.arraycopy(oldWords, i << wordBits, words, at << wordBits, 1 << wordBits);
            }
        }
    }

    /** Forgets everything. */
    void forgetAll() {
        if (regions > 0) {
            Arrays.fill(keys, 0);
            Arrays.fill(wholes, (byte) 0);
            Arrays.fill(words, 0);
            regions = 0;
        }
    }

    /** Forgets the leaf of {@code page}. */
    void forget(long page, long keyBits) {
        long key = keyBits | page >> regionBits & NUMBER_MASK;
        int at = place(key);
        if (keys[at] != key) {
            return;
        }
        if (wholes[at] >>> 1 > 2) {
            // It maps other regions too.
            forgetAll();
            return;
        }
        wholes[at] = 0;
        int inRegion = (int) page & pageMask;
        words[(at << wordBits) + (inRegion >>> 5)] &= ~(3L << (inRegion & PAGES_OF_WORD - 1) * 2);
    }
}
