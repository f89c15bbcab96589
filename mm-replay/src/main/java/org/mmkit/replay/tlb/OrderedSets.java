package org.mmkit.replay.tlb;

import java.util.Arrays;

/**
 * Sets of at most 16 ways. The order of use of a set is one word: numbers of ways, four bits each, the newest lowest. Every way is compared, and
 * a hit and a miss write the same words, so that no branch depends on the addresses. One thread.
 */
final class OrderedSets extends TlbArray {

    /** Ways that the order has room for. */
    static final int MOST_WAYS = 16;

    private static final long NIBBLES = 0x1111111111111111L;
    private static final long IN_ORDER = 0xfedcba9876543210L;

    private final int wayMask;
    private final int oldestShift;
    private final long orderMask;
    private final long[] orders;

    OrderedSets(int entries, int ways) {
        super(entries, ways);
        wayMask = (1 << wayBits) - 1;
        oldestShift = 4 * (ways - 1);
        orderMask = -1L >>> 60 - oldestShift;
        orders = new long[sets];
        clearOrder();
    }

    @Override
    void clearOrder() {
        Arrays.fill(orders, IN_ORDER);
    }

    /** One bit for the way of {@code set} that has the key of {@code tag}, or 0. */
    private int waysWith(int set, long tag) {
        long[] all = tags;
        int place = set << wayBits;
        int found = fourWith(all, place, tag);
        for (int way = 4; way < ways; way += 4) {
            found |= fourWith(all, place + way, tag) << way;
        }
        return found;
    }

    private static int fourWith(long[] all, int place, long tag) {
        return is(all[place], tag) | is(all[place + 1], tag) << 1 | is(all[place + 2], tag) << 2 | is(all[place + 3], tag) << 3;
    }

    /** 1 if both have the same key. */
    private static int is(long one, long other) {
        return (int) (((one ^ other) >>> 1) - 1 >>> 63);
    }

    @Override
    int find(long key) {
        int set = set(key);
        int found = waysWith(set, key);
        return found == 0 ? -1 : (set << wayBits) + Integer.numberOfTrailingZeros(found);
    }

    @Override
    int touch(long tag) {
        int set = set(tag);
        int found = waysWith(set, tag);
        int missed = found - 1 >>> 31;
        long order = orders[set];
        int way = Integer.numberOfTrailingZeros(found) & missed - 1 | (int) (order >>> oldestShift) & 15 & -missed;
        orders[set] = first(order, way);
        put((set << wayBits) + way, tag);
        return missed;
    }

    @Override
    void use(int place) {
        int set = place >>> wayBits;
        orders[set] = first(orders[set], place & wayMask);
    }

    /** The order with {@code way} first. */
    private static long first(long order, int way) {
        long differs = order ^ NIBBLES * way;
        // The lowest bit is the highest of the four that name the way; the bits up to it move.
        long same = differs - NIBBLES & ~differs & NIBBLES << 3;
        long moving = same ^ same - 1;
        return order & ~moving | order << 4 & moving | way;
    }

    @Override
    void insertNew(long tag) {
        int set = set(tag);
        long order = orders[set];
        int way = (int) (order >>> oldestShift) & 15;
        orders[set] = order & ~orderMask | order << 4 & orderMask | way;
        put((set << wayBits) + way, tag);
    }

    @Override
    int age(int place) {
        use(place);
        int set = place >>> wayBits;
        long order = orders[set];
        orders[set] = order & ~orderMask | (order & orderMask) >>> 4 | (order & 15) << oldestShift;
        return place;
    }
}
