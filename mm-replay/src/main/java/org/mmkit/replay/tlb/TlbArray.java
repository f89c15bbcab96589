package org.mmkit.replay.tlb;

import java.util.Arrays;

/**
 * One set-associative array with the least recently used entry replaced. Any number of sets and ways.
 *
 * <p>A tag is 0 (empty) or a key with bit 0 for what the entry permits; keys have bit 0 clear, and the level of the leaf at
 * {@link #LEVEL_SHIFT}. Entries do not move; the order of their use stands beside them:
 *
 * <pre>
 *   up to 16 ways      one word a set: numbers of ways, four bits each, the newest lowest
 *   more ways          a ring of links a set; counts of keys by a hash tell at once that there is no such key
 * </pre>
 *
 * <p>Allocates nothing after it was made. One thread.
 */
final class TlbArray {

    /** Position in a key of the level of the leaf. */
    static final int LEVEL_SHIFT = 46;

    private static final int NUMBER_BITS = LEVEL_SHIFT - 1;
    private static final int LEVELS = 8;
    private static final int MOST_ORDERED_WAYS = 16;
    private static final long NIBBLES = 0x1111111111111111L;
    private static final long IN_ORDER = 0xfedcba9876543210L;
    private static final long HASH = 0x9e3779b97f4a7c15L;

    private final int ways;
    private final int sets;
    private final int setMask;
    private final long[] tags;
    /** Entries of each level: what holds none need not be asked. */
    private final int[] held = new int[LEVELS];

    private final boolean ring;
    private final int oldestShift;
    private final long orderMask;
    private final long[] orders;

    private final int[] newest;
    private final int[] older;
    private final int[] newer;
    private final int[] keysOfHash;
    private final int hashShift;

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
        sets = entries / ways;
        setMask = Integer.bitCount(sets) == 1 ? sets - 1 : -1;
        tags = new long[entries];
        ring = ways > MOST_ORDERED_WAYS;
        oldestShift = 4 * (ways - 1);
        orderMask = ring ? 0 : -1L >>> 60 - oldestShift;
        orders = new long[ring ? 0 : sets];
        newest = new int[ring ? sets : 0];
        older = new int[ring ? entries : 0];
        newer = new int[ring ? entries : 0];
        // 16 to 32 times as many as entries: most keys that are not there meet a count of 0.
        hashShift = Integer.numberOfLeadingZeros(entries) + 27;
        keysOfHash = new int[ring ? 1 << 64 - hashShift : 0];
        clear();
    }

    private void clear() {
        Arrays.fill(tags, 0);
        Arrays.fill(held, 0);
        Arrays.fill(orders, IN_ORDER);
        Arrays.fill(keysOfHash, 0);
        for (int i = 0; i < older.length; i++) {
            int base = i - i % ways;
            older[i] = base + (i - base + 1) % ways;
            newer[i] = base + (i - base + ways - 1) % ways;
        }
        for (int set = 0; set < newest.length; set++) {
            newest[set] = set * ways;
        }
    }

    /** Entries by leaves of {@code level}. */
    int held(int level) {
        return held[level];
    }

    private int set(long number) {
        return setMask >= 0 ? (int) number & setMask : (int) (number % sets);
    }

    /** The tag with {@code key}, which becomes the most recently used, or 0; {@code number} picks the set. */
    long lookup(long number, long key) {
        int set = set(number);
        int i = find(set, key);
        if (i < 0) {
            return 0;
        }
        use(set, i);
        return tags[i];
    }

    /** Puts {@code tag} first in its set, in the place of the entry with the same key or of the one unused for longest. */
    void insert(long number, long tag) {
        int set = set(number);
        int i = find(set, tag & -2);
        if (i < 0) {
            replaceOldest(set, tag);
        } else {
            tags[i] = tag;
            use(set, i);
        }
    }

    /** Like {@link #insert} of a tag whose key is known not to be there. */
    void insertNew(long number, long tag) {
        replaceOldest(set(number), tag);
    }

    /**
     * Whether the key of {@code tag} was there; it is the most recently used of its set now, {@code tag} in the place of the one unused for
     * longest if it was not.
     */
    boolean touch(long number, long tag) {
        int set = set(number);
        int i = find(set, tag & -2);
        if (i < 0) {
            replaceOldest(set, tag);
            return false;
        }
        use(set, i);
        return true;
    }

    /**
     * {@link #touch} for the missing addresses of a block, one after the other, whose level is in {@code levels}; those that were there are
     * noted as found.
     *
     * @param keyBits what all keys have in common
     */
    void touchAll(AddressBlock block, int levels, long keyBits) {
        int[] missing = block.missing;
        long[] addresses = block.addresses;
        byte[] covered = block.covered;
        byte[] permissions = block.permissions;
        boolean[] found = block.found;
        int[] shifts = block.shifts;
        int count = block.missed;
        for (int j = 0; j < count; j++) {
            int i = missing[j];
            int level = covered[i];
            if ((levels >>> level & 1) != 0) {
                long number = number(addresses[i], shifts[level]);
                found[i] = touch(number, keyBits | (long) level << LEVEL_SHIFT | number << 1 | permissions[i]);
            }
        }
    }

    /** The same for an array of entries of {@code level} that point to tables, and the addresses that have a leaf below. */
    void touchAllAbove(AddressBlock block, int level, long keyBits) {
        long common = keyBits | (long) level << LEVEL_SHIFT;
        int shift = block.shifts[level];
        for (int j = 0; j < block.missed; j++) {
            int i = block.missing[j];
            if (block.levels[i] < level) {
                long number = number(block.addresses[i], shift);
                block.found[i] = touch(number, common | number << 1);
            }
        }
    }

    /** The number of the page at {@code va}, as keys have it. */
    static long number(long va, int shift) {
        return va >>> shift & (1L << NUMBER_BITS) - 1;
    }

    /** Drops the entry with {@code key}; whether there was one. */
    boolean remove(long number, long key) {
        int set = set(number);
        int i = find(set, key);
        if (i >= 0) {
            drop(set, i);
        }
        return i >= 0;
    }

    /** Drops the entries whose tag has {@code value} in the bits of {@code mask}; all with a mask of 0. */
    void removeAll(long mask, long value) {
        if (mask == 0) {
            clear();
            return;
        }
        for (int i = 0; i < tags.length; i++) {
            if (tags[i] != 0 && (tags[i] & mask) == value) {
                drop(i / ways, i);
            }
        }
    }

    /** The entry with {@code key}, or -1. */
    private int find(int set, long key) {
        if (ring) {
            return findInRing(set, key);
        }
        int found = -1;
        int end = (set + 1) * ways;
        // To the end in any case: a branch that leaves early is one that processors guess wrong.
        for (int i = set * ways; i < end; i++) {
            found = (tags[i] & -2) == key ? i : found;
        }
        return found;
    }

    private int findInRing(int set, long key) {
        if (keysOfHash[hash(key)] == 0) {
            return -1;
        }
        int first = newest[set];
        if ((tags[first] & -2) == key) {
            return first;
        }
        int end = (set + 1) * ways;
        for (int i = set * ways; i < end; i++) {
            if ((tags[i] & -2) == key) {
                return i;
            }
        }
        return -1;
    }

    private int hash(long key) {
        return (int) (key * HASH >>> hashShift);
    }

    private void replaceOldest(int set, long tag) {
        int i;
        if (ring) {
            i = newer[newest[set]];
            newest[set] = i;
            keysOfHash[hash(tag & -2)]++;
            if (tags[i] != 0) {
                keysOfHash[hash(tags[i] & -2)]--;
            }
        } else {
            long order = orders[set];
            int way = (int) (order >>> oldestShift) & 15;
            orders[set] = order & ~orderMask | order << 4 & orderMask | way;
            i = set * ways + way;
        }
        long old = tags[i];
        tags[i] = tag;
        if (old == 0) {
            held[level(tag)]++;
        } else if (level(old) != level(tag)) {
            held[level(old)]--;
            held[level(tag)]++;
        }
    }

    /** Makes an entry the most recently used of its set. */
    private void use(int set, int i) {
        if (ring) {
            useInRing(set, i);
            return;
        }
        int way = i - set * ways;
        long order = orders[set];
        long differs = order ^ NIBBLES * way;
        // The lowest bit is bit 3 of the four that name the way.
        long same = differs - NIBBLES & ~differs & NIBBLES << 3;
        int at = Long.numberOfTrailingZeros(same) - 3;
        long below = (1L << at) - 1;
        orders[set] = order & -16L << at | (order & below) << 4 | way;
    }

    private void useInRing(int set, int i) {
        int first = newest[set];
        int last = newer[first];
        newest[set] = i;
        if (i == first || i == last) {
            return;
        }
        older[newer[i]] = older[i];
        newer[older[i]] = newer[i];
        older[last] = i;
        newer[i] = last;
        older[i] = first;
        newer[first] = i;
    }

    /** Empties an entry and makes it the oldest of its set. */
    private void drop(int set, int i) {
        use(set, i);
        if (ring) {
            newest[set] = older[i];
            keysOfHash[hash(tags[i] & -2)]--;
        } else {
            long order = orders[set];
            orders[set] = order & ~orderMask | (order & orderMask) >>> 4 | (order & 15) << oldestShift;
        }
        held[level(tags[i])]--;
        tags[i] = 0;
    }

    private static int level(long tag) {
        return (int) (tag >>> LEVEL_SHIFT) & LEVELS - 1;
    }
}
