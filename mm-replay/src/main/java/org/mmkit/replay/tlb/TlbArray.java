package org.mmkit.replay.tlb;

import java.util.Arrays;

/**
 * One set-associative array with the least recently used entry replaced. Any number of sets; the ways of a set lie in the order of
 * use, so a hit on the entry used last costs one comparison.
 *
 * <p>A tag is 0 (empty) or a key with bit 0 for what the entry permits; keys have bit 0 clear. Allocates nothing after it was made. One
 * thread.
 */
final class TlbArray {

    private final int ways;
    private final int sets;
    private final int setMask;
    private final long[] tags;

    /**
     * An empty array.
     *
     * @param entries a multiple of {@code ways}
     * @throws IllegalArgumentException when it is not
     */
    TlbArray(int entries, int ways) {
        if (ways < 1 || entries < ways || entries % ways != 0) {
            throw new IllegalArgumentException(entries + " entries cannot be " + ways + " ways; entries are a multiple of ways");
        }
        this.ways = ways;
        this.sets = entries / ways;
        this.setMask = Integer.bitCount(sets) == 1 ? sets - 1 : -1;
        this.tags = new long[entries];
    }

    private int base(long number) {
        return (setMask >= 0 ? (int) number & setMask : (int) (number % sets)) * ways;
    }

    /** The tag with {@code key}, which becomes the most recently used, or 0; {@code number} picks the set. */
    long lookup(long number, long key) {
        int base = base(number);
        long first = tags[base];
        if ((first & -2) == key) {
            return first;
        }
        for (int i = base + 1; i < base + ways; i++) {
            long tag = tags[i];
            if ((tag & -2) == key) {
                System.arraycopy(tags, base, tags, base + 1, i - base);
                tags[base] = tag;
                return tag;
            }
        }
        return 0;
    }

    /** Puts {@code tag} first in its set, in the place of the entry with the same key or of the one unused for longest. */
    void insert(long number, long tag) {
        int base = base(number);
        int i = base;
        while (i < base + ways - 1 && tags[i] != 0 && (tags[i] & -2) != (tag & -2)) {
            i++;
        }
        System.arraycopy(tags, base, tags, base + 1, i - base);
        tags[base] = tag;
    }

    /** Drops the entry with {@code key}; whether there was one. */
    boolean remove(long number, long key) {
        int base = base(number);
        for (int i = base; i < base + ways; i++) {
            if ((tags[i] & -2) == key) {
                System.arraycopy(tags, i + 1, tags, i, base + ways - 1 - i);
                tags[base + ways - 1] = 0;
                return true;
            }
        }
        return false;
    }

    /** Drops the entries whose tag has {@code value} in the bits of {@code mask}; all with a mask of 0. */
    void removeAll(long mask, long value) {
        if (mask == 0) {
            Arrays.fill(tags, 0);
            return;
        }
        for (int base = 0; base < tags.length; base += ways) {
            int kept = base;
            for (int i = base; i < base + ways; i++) {
                if (tags[i] != 0 && (tags[i] & mask) != value) {
                    tags[kept++] = tags[i];
                }
            }
            Arrays.fill(tags, kept, base + ways, 0);
        }
    }
}
