package org.mmkit.replay.tlb;

import java.util.Arrays;

/**
 * One set-associative array with the least recently used entry replaced. Any number of sets and ways.
 *
 * <pre>
 *   tag     62      60..49    48..46   45..1     0
 *           valid   space     level    number    what the entry permits
 * </pre>
 *
 * <p>A tag is 0 for an empty entry; a key is a tag with bit 0 clear; the number of the page picks the set. Entries do not move, so the place of
 * an entry says where its tag is until another takes it; {@link OrderedSets} and {@link LinkedSets} keep the order of their use.
 *
 * <p>Allocates nothing after it was made. One thread.
 */
abstract class TlbArray {

    /** Position in a key of the level of the leaf. */
    static final int LEVEL_SHIFT = 46;

    /** In each tag of an entry that is not empty. */
    static final long VALID = 1L << 62;

    private static final long NUMBER_MASK = (1L << LEVEL_SHIFT - 1) - 1;
    private static final int LEVELS = 8;

    final int ways;
    final int sets;
    /** A set begins at a multiple of 1 &lt;&lt; wayBits; entries behind its last way stay empty. */
    final int wayBits;

    /** Tags by place. */
    final long[] tags;

    private final int setMask;
    /** Entries by leaves of each level. */
    private final int[] held = new int[LEVELS];

    TlbArray(int entries, int ways) {
        this.ways = ways;
        sets = entries / ways;
        setMask = Integer.bitCount(sets) == 1 ? sets - 1 : -1;
        wayBits = ways <= 4 ? 2 : 32 - Integer.numberOfLeadingZeros(ways - 1);
        tags = new long[sets << wayBits];
    }

    /**
     * An empty array.
     *
     * @param entries a multiple of {@code ways}
     * @throws IllegalArgumentException when it is not
     */
    static TlbArray of(int entries, int ways) {
        if (ways < 1 || entries < ways || entries % ways != 0) {
            throw new IllegalArgumentException(entries + " entries cannot be " + ways + " ways; entries are a multiple of ways");
        }
        if (ways == 4) {
            return new FourWays(entries);
        }
        return ways <= OrderedSets.MOST_WAYS ? new OrderedSets(entries, ways) : new LinkedSets(entries, ways);
    }

    /** An empty paging-structure cache, whose entries may move. */
    static TlbArray fullyAssociative(int entries) {
        return entries <= FewEntries.MOST ? new FewEntries(entries) : of(entries, entries);
    }

    /** The number of the page at {@code va}, as keys have it. */
    static long number(long va, int shift) {
        return va >>> shift & NUMBER_MASK;
    }

    /** The level in a tag. */
    static int level(long tag) {
        return (int) (tag >>> LEVEL_SHIFT) & LEVELS - 1;
    }

    final int set(long tag) {
        long number = tag >>> 1 & NUMBER_MASK;
        return setMask >= 0 ? (int) number & setMask : (int) (number % sets);
    }

    /** All ones if both tags have one key, else 0. */
    static long same(long one, long other) {
        return ((one ^ other) >>> 1) - 1 >> 63;
    }

    /** From now on the places of entries stay the same, until {@link #touchAll}. */
    void keepPlaces() {
        // They do anyway, in most forms.
    }

    /** The place of the entry with {@code key}, or -1; keeps places. */
    abstract int find(long key);

    /** Makes the entry in {@code place}, which {@link #keepPlaces} holds for, the most recently used of its set. */
    abstract void use(int place);

    /** Puts {@code tag}, whose key is not there, first in its set, in the place of the entry unused for longest. */
    abstract void insertNew(long tag);

    /** Makes the entry in {@code place} the least recently used, before it is emptied; returns its place then. */
    abstract int age(int place);

    /** Empties everything but {@link #tags} and what this class holds. */
    abstract void clearOrder();

    /**
     * 0 if the key of {@code tag} was there, 1 if not; it is the most recently used of its set now, in the place of the one unused for longest
     * if it was not.
     */
    abstract int touch(long tag);

    /** Entries by leaves of {@code level}: when there are none, the array need not be asked for one. */
    final int held(int level) {
        return held[level];
    }

    /** Writes {@code tag} into {@code place}. */
    final void put(int place, long tag) {
        long old = tags[place];
        tags[place] = tag;
        count(old, tag);
    }

    /** Counts again what each level holds. */
    final void recount() {
        Arrays.fill(held, 0);
        for (long tag : tags) {
            held[level(tag)]++;
        }
    }

    /** {@code tag} has come where {@code old} was. */
    final void count(long old, long tag) {
        // An empty entry has level 0.
        if (level(old) != level(tag)) {
            held[level(old)]--;
            held[level(tag)]++;
        }
    }

    /** Puts {@code tag} first in its set, in the place of the entry with the same key or of the one unused for longest. */
    final void insert(long tag) {
        int place = find(tag & -2);
        if (place < 0) {
            insertNew(tag);
        } else {
            tags[place] = tag;
            use(place);
        }
    }

    /** {@link #touch} for the missing runs of a block, one after the other, whose level is in {@code levels}; those that were not there stay missing. */
    void touchAll(AddressBlock block, int levels) {
        int[] missing = block.missing;
        long[] wanted = block.tags;
        int n = 0;
        for (int j = 0; j < block.missed; j++) {
            int i = missing[j];
            long tag = wanted[i];
            // Nothing depends on whether it was there but a sum: processors guess it wrong too often.
            missing[n] = i;
            n += (levels >>> level(tag) & 1) != 0 ? touch(tag) : 1;
        }
        block.missed = n;
    }

    /** The same for an array of entries of {@code level} that point to tables, and the runs that have a leaf below. */
    void touchAllAbove(AddressBlock block, int level, int shift, long keyBits) {
        long common = keyBits | (long) level << LEVEL_SHIFT;
        int[] missing = block.missing;
        int n = 0;
        for (int j = 0; j < block.missed; j++) {
            int i = missing[j];
            missing[n] = i;
            n += block.leaves[i] < level ? touch(common | number(block.addresses[i], shift) << 1) : 1;
        }
        block.missed = n;
    }

    /** Drops the entry with {@code key}, if there is one. */
    final boolean remove(long key) {
        int place = find(key);
        if (place >= 0) {
            drop(place);
        }
        return place >= 0;
    }

    /** Drops the entries whose tag has {@code value} in the bits of {@code mask}; all with a mask of 0. */
    final void removeAll(long mask, long value) {
        if (mask == 0) {
            Arrays.fill(tags, 0);
            Arrays.fill(held, 0);
            clearOrder();
            return;
        }
        keepPlaces();
        // Downwards: what is behind a dropped entry may move up.
        for (int place = tags.length - 1; place >= 0; place--) {
            if (tags[place] != 0 && (tags[place] & mask) == value) {
                drop(place);
            }
        }
    }

    private void drop(int place) {
        put(age(place), 0);
    }
}
