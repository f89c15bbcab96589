package org.mmkit.replay.tlb;

import java.util.Arrays;

/** One set of at most four ways, whose entries stand in the order of their use, the newest first. Entries move. One thread. */
final class FewEntries extends TlbArray {

    static final int MOST = 4;

    /** Index of the last entry, and ones for the bits of the second, the third and the fourth if there is one. */
    private final int last;

    private final long second;
    private final long third;
    private final long fourth;

    FewEntries(int entries) {
        super(entries, entries);
        last = entries - 1;
        second = entries > 1 ? -1 : 0;
        third = entries > 2 ? -1 : 0;
        fourth = entries > 3 ? -1 : 0;
    }

    @Override
    void clearOrder() {
        Arrays.fill(tags, 0);
    }

    @Override
    int find(long key) {
        for (int place = 0; place <= last; place++) {
            if ((tags[place] & -2) == key) {
                return place;
            }
        }
        return -1;
    }

    @Override
    void use(int place) {
        long tag = tags[place];
        System.arraycopy(tags, 0, tags, 1, place);
        tags[0] = tag;
    }

    @Override
    void insertNew(long tag) {
        count(tags[last], tag);
        tags[last] = tag;
        use(last);
    }

    @Override
    int age(int place) {
        long tag = tags[place];
        System.arraycopy(tags, place + 1, tags, place, last - place);
        tags[last] = tag;
        return last;
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

    /** {@inheritDoc} The entries stay in registers, and what stands behind the one that is found does not move. */
    @Override
    void touchAllAbove(AddressBlock block, int level, int shift, long keyBits) {
        long common = keyBits | (long) level << LEVEL_SHIFT;
        int[] missing = block.missing;
        long newest = tags[0];
        long t1 = tags[1];
        long t2 = tags[2];
        long t3 = tags[3];
        int n = 0;
        for (int j = 0; j < block.missed; j++) {
            int i = missing[j];
            missing[n] = i;
            if (block.leaves[i] >= level) {
                n++;
                continue;
            }
            long tag = common | number(block.addresses[i], shift) << 1;
            // All ones from the entry on that is there.
            long from0 = same(newest, tag);
            long from1 = from0 | same(t1, tag);
            long from2 = from1 | same(t2, tag);
            long from3 = from2 | same(t3, tag);
            t3 = (t2 ^ (t2 ^ t3) & from2) & fourth;
            t2 = (t1 ^ (t1 ^ t2) & from1) & third;
            t1 = (newest ^ (newest ^ t1) & from0) & second;
            newest = tag;
            n += (int) from3 + 1;
        }
        block.missed = n;
        put(0, newest);
        put(1, t1);
        put(2, t2);
        put(3, t3);
    }
}
