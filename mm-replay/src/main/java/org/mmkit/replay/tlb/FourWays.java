package org.mmkit.replay.tlb;

import java.util.Arrays;

/**
 * Sets of four ways, as first levels have. The order of use is kept in one of two forms, whichever the calls need:
 *
 * <pre>
 *   by place    entries stay where they are, and each has the time of its last use: a hit writes one word
 *   in order    the newest entry of a set stands first: what a block of accesses moves takes no branch
 * </pre>
 *
 * <p>One thread.
 */
final class FourWays extends TlbArray {

    private static final int WAYS = 4;

    /** By place, the time of the last use; all of one set differ. */
    private final long[] used;

    private long time;
    private boolean inOrder = true;

    FourWays(int entries) {
        super(entries, WAYS);
        used = new long[tags.length];
    }

    @Override
    void clearOrder() {
        inOrder = true;
    }

    @Override
    void keepPlaces() {
        if (inOrder) {
            inOrder = false;
            time += WAYS;
            for (int place = 0; place < tags.length; place++) {
                used[place] = time - (place & WAYS - 1);
            }
            recount();
        }
    }

    private void order() {
        if (!inOrder) {
            inOrder = true;
            for (int place = 0; place < tags.length; place += WAYS) {
                orderSet(place);
            }
        }
    }

    private void orderSet(int first) {
        for (int i = first + 1; i < first + WAYS; i++) {
            long tag = tags[i];
            long at = used[i];
            int to = i;
            for (; to > first && used[to - 1] < at; to--) {
                tags[to] = tags[to - 1];
                used[to] = used[to - 1];
            }
            tags[to] = tag;
            used[to] = at;
        }
    }

    @Override
    int find(long key) {
        keepPlaces();
        int first = set(key) << wayBits;
        for (int place = first; place < first + WAYS; place++) {
            if ((tags[place] & -2) == key) {
                return place;
            }
        }
        return -1;
    }

    @Override
    void use(int place) {
        used[place] = ++time;
    }

    @Override
    void insertNew(long tag) {
        keepPlaces();
        int first = set(tag) << wayBits;
        int oldest = first;
        for (int place = first + 1; place < first + WAYS; place++) {
            oldest = used[place] < used[oldest] ? place : oldest;
        }
        use(oldest);
        put(oldest, tag);
    }

    @Override
    int age(int place) {
        int first = place & -WAYS;
        for (int i = first; i < first + WAYS; i++) {
            used[place] = Math.min(used[place], used[i] - 1);
        }
        return place;
    }

    @Override
    int touch(long tag) {
        int place = find(tag & -2);
        if (place < 0) {
            insertNew(tag);
            return 1;
        }
        use(place);
        return 0;
    }

    @Override
    void touchAll(AddressBlock block, int levels) {
        order();
        int[] missing = block.missing;
        long[] wanted = block.tags;
        int n = 0;
        for (int j = 0; j < block.missed; j++) {
            int i = missing[j];
            long tag = wanted[i];
            missing[n] = i;
            n += (levels >>> level(tag) & 1) != 0 ? move(tag) : 1;
        }
        block.missed = n;
    }

    /** Moves {@code tag} to the front of its set; 1 if it was not there. */
    private int move(long tag) {
        int first = set(tag) << wayBits;
        long[] all = tags;
        long tag0 = all[first];
        long tag1 = all[first + 1];
        long tag2 = all[first + 2];
        long tag3 = all[first + 3];
        // All ones from the entry on that is there: what comes behind it does not move.
        long from0 = same(tag0, tag);
        long from1 = from0 | same(tag1, tag);
        long from2 = from1 | same(tag2, tag);
        long from3 = from2 | same(tag3, tag);
        all[first] = tag;
        all[first + 1] = tag0 ^ (tag0 ^ tag1) & from0;
        all[first + 2] = tag1 ^ (tag1 ^ tag2) & from1;
        all[first + 3] = tag2 ^ (tag2 ^ tag3) & from2;
        return (int) from3 + 1;
    }
}
