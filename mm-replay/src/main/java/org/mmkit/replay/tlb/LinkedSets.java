package org.mmkit.replay.tlb;

import java.util.Arrays;

/**
 * Sets of any number of ways: the order of use of a set is a ring of links, and a table of hashes finds an entry. One thread.
 */
final class LinkedSets extends TlbArray {

    private static final long HASH = 0x9e3779b97f4a7c15L;
    private static final int NONE = -1;

    /** By set: the place of the newest entry; by place: the next older one, the next newer one. The oldest is newer than the newest. */
    private final int[] newest;

    private final int[] older;
    private final int[] newer;

    /** By hash: a place whose key has it; by place: another one. */
    private final int[] firstOf;

    private final int[] nextOf;
    private final int hashShift;

    LinkedSets(int entries, int ways) {
        super(entries, ways);
        newest = new int[sets];
        older = new int[tags.length];
        newer = new int[tags.length];
        // 16 to 32 times as many as entries: most keys that are not there meet an empty place.
        hashShift = Integer.numberOfLeadingZeros(entries) + 27;
        firstOf = new int[1 << 64 - hashShift];
        nextOf = new int[tags.length];
        clearOrder();
    }

    @Override
    void clearOrder() {
        Arrays.fill(firstOf, NONE);
        for (int set = 0; set < sets; set++) {
            int base = set << wayBits;
            newest[set] = base;
            for (int way = 0; way < ways; way++) {
                older[base + way] = base + (way + 1) % ways;
                newer[base + way] = base + (way + ways - 1) % ways;
            }
        }
    }

    private int hash(long key) {
        return (int) (key * HASH >>> hashShift);
    }

    @Override
    int find(long key) {
        int place = firstOf[hash(key)];
        while (place >= 0 && (tags[place] & -2) != key) {
            place = nextOf[place];
        }
        return place;
    }

    @Override
    int touch(long tag) {
        int place = find(tag & -2);
        if (place >= 0) {
            use(place);
            return 0;
        }
        insertNew(tag);
        return 1;
    }

    @Override
    void use(int place) {
        int set = place >>> wayBits;
        int first = newest[set];
        if (place == first) {
            return;
        }
        int last = newer[first];
        newest[set] = place;
        if (place == last) {
            return;
        }
        older[newer[place]] = older[place];
        newer[older[place]] = newer[place];
        older[last] = place;
        newer[place] = last;
        older[place] = first;
        newer[first] = place;
    }

    @Override
    void insertNew(long tag) {
        int set = set(tag);
        int place = newer[newest[set]];
        newest[set] = place;
        if (tags[place] != 0) {
            forget(place);
        }
        int hash = hash(tag & -2);
        nextOf[place] = firstOf[hash];
        firstOf[hash] = place;
        put(place, tag);
    }

    /** Takes the key in {@code place} out of the table of hashes. */
    private void forget(int place) {
        int hash = hash(tags[place] & -2);
        int at = firstOf[hash];
        if (at == place) {
            firstOf[hash] = nextOf[place];
            return;
        }
        while (nextOf[at] != place) {
            at = nextOf[at];
        }
        nextOf[at] = nextOf[place];
    }

    @Override
    int age(int place) {
        forget(place);
        use(place);
        int set = place >>> wayBits;
        newest[set] = older[place];
        return place;
    }
}
