package org.mmkit.replay.tlb;

import java.util.Arrays;

/**
 * What page tables were seen to hold, until that is invalidated: processors may keep translations for as long. For each base page two bits
 * (three where runs of leaves count), so what is known of 8 GiB takes 512 KiB where the tables take 16 MiB. Present leaves only.
 *
 * <pre>
 *   hash of the region ─► key of the region (what one table of level 1 covers), the leaf above level 1 that maps all of it
 *                         and, by page, two bits: known, writable; and whether it is one of a run
 * </pre>
 *
 * <p>One thread.
 */
final class KnownLeaves {

    /** Added to what is known of a leaf that is one of a run. */
    static final int OF_RUN = 1 << 4;

    private static final int WRITABLE = 1;
    private static final int FEWEST_REGIONS = 64;
    private static final int PAGES_OF_WORD = 32;
    private static final long NUMBER_MASK = (1L << TlbArray.LEVEL_SHIFT - 1) - 1;

    private final int regionBits;
    private final int pageMask;
    /** Words for the pages of one region. */
    private final int wordBits;
    /** Whether runs of leaves count. */
    private final boolean runs;

    private long[] keys = new long[FEWEST_REGIONS];
    private byte[] wholes = new byte[FEWEST_REGIONS];
    private long[] words;
    /** By page one bit, in words that half the pages of those in {@link #words} share; empty where runs do not count. */
    private long[] inRuns;
    private int regions;

    /** For tables of level 1 with {@code entries} entries, a power of two. */
    KnownLeaves(int entries, boolean runs) {
        this.runs = runs;
        pageMask = entries - 1;
        regionBits = Integer.numberOfTrailingZeros(entries);
        wordBits = Math.max(0, regionBits - 5);
        words = new long[FEWEST_REGIONS << wordBits];
        inRuns = new long[runs ? words.length : 0];
    }

    /**
     * What is known of {@code page} in the space of {@code keyBits}: 0 for nothing, or the level of its leaf, shifted left by one, and 1 added
     * when it may be written, and {@link #OF_RUN} when it is one of a run.
     */
    int of(long page, long keyBits) {
        long key = keyBits | page >> regionBits & NUMBER_MASK;
        int at = place(key);
        if (keys[at] != key) {
            return 0;
        }
        int whole = wholes[at];
        int inRegion = (int) page & pageMask;
        int word = (at << wordBits) + (inRegion >>> 5);
        int bits = (int) (words[word] >>> (inRegion & PAGES_OF_WORD - 1) * 2) & 3;
        if (runs) {
            bits |= (int) (inRuns[word] >>> (inRegion & PAGES_OF_WORD - 1) & 1) * OF_RUN;
        }
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
    int learn(long page, long keyBits, int level, boolean writable, boolean ofRun) {
        long key = keyBits | page >> regionBits & NUMBER_MASK;
        int at = place(key);
        if (keys[at] != key) {
            if (2 * ++regions > keys.length) {
                grow();
                at = place(key);
            }
            keys[at] = key;
        }
        int known = level << 1 | (writable ? WRITABLE : 0) | (ofRun ? OF_RUN : 0);
        if (level > 1) {
            if (wholes[at] == 0) {
                forgetPages(at);
            }
            wholes[at] = (byte) known;
        } else {
            int inRegion = (int) page & pageMask;
            words[(at << wordBits) + (inRegion >>> 5)] |= (known & 3L) << (inRegion & PAGES_OF_WORD - 1) * 2;
            if (ofRun) {
                inRuns[(at << wordBits) + (inRegion >>> 5)] |= 1L << (inRegion & PAGES_OF_WORD - 1);
            }
        }
        return known;
    }

    private void grow() {
        long[] oldKeys = keys;
        byte[] oldWholes = wholes;
        long[] oldWords = words;
        long[] oldRuns = inRuns;
        keys = new long[2 * oldKeys.length];
        wholes = new byte[keys.length];
        words = new long[keys.length << wordBits];
        inRuns = new long[runs ? words.length : 0];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int at = place(oldKeys[i]);
                keys[at] = oldKeys[i];
                wholes[at] = oldWholes[i];
                System.arraycopy(oldWords, i << wordBits, words, at << wordBits, 1 << wordBits);
                if (runs) {
                    System.arraycopy(oldRuns, i << wordBits, inRuns, at << wordBits, 1 << wordBits);
                }
            }
        }
    }

    /** Forgets everything. */
    void forgetAll() {
        if (regions > 0) {
            Arrays.fill(keys, 0);
            Arrays.fill(wholes, (byte) 0);
            Arrays.fill(words, 0);
            Arrays.fill(inRuns, 0);
            regions = 0;
        }
    }

    private void forgetPages(int at) {
        Arrays.fill(words, at << wordBits, at + 1 << wordBits, 0);
        if (runs) {
            Arrays.fill(inRuns, at << wordBits, at + 1 << wordBits, 0);
        }
    }

    /** Forgets the leaf of {@code page}; where runs count, those of its region, for a change of one entry is one of all of its run. */
    void forget(long page, long keyBits) {
        long key = keyBits | page >> regionBits & NUMBER_MASK;
        int at = place(key);
        if (keys[at] != key) {
            return;
        }
        if ((wholes[at] & OF_RUN - 1) >>> 1 > 2 || wholes[at] >= OF_RUN) {
            // It maps other regions too.
            forgetAll();
            return;
        }
        wholes[at] = 0;
        if (runs) {
            forgetPages(at);
            return;
        }
        int inRegion = (int) page & pageMask;
        words[(at << wordBits) + (inRegion >>> 5)] &= ~(3L << (inRegion & PAGES_OF_WORD - 1) * 2);
    }
}
