package org.mmkit.hugetlb.pool;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which pages of a file or an area have an entry: half-open ranges of huge-page indexes that never touch (Linux: struct resv_map).
 *
 * <p>For a shared mapping an entry says that the page is promised or there. For the private mapping that a promise was made to it
 * says the opposite: the promise was used up. Not thread-safe.
 */
public final class ReservationMap {

    /** End of each range by its start. */
    private final TreeMap<Long, Long> ranges = new TreeMap<>();

    /** An empty map. */
    public ReservationMap() {}

    /** How many indexes of [{@code from}, {@code to}) have an entry. */
    public long count(long from, long to) {
        long count = 0;
        Map.Entry<Long, Long> first = ranges.floorEntry(from);
        for (Map.Entry<Long, Long> range : ranges.tailMap(first == null ? from : first.getKey(), true).entrySet()) {
            if (range.getKey() >= to) {
                break;
            }
            count += Math.max(0, Math.min(to, range.getValue()) - Math.max(from, range.getKey()));
        }
        return count;
    }

    /** How many indexes of [{@code from}, {@code to}) have none. */
    public long missing(long from, long to) {
        return to - from - count(from, to);
    }

    /** Gives all indexes of [{@code from}, {@code to}) an entry; returns how many had none. */
    public long add(long from, long to) {
        long added = missing(from, to);
        if (from >= to) {
            return 0;
        }
        long start = from;
        long end = to;
        Map.Entry<Long, Long> near = ranges.floorEntry(to);
        while (near != null && near.getValue() >= from) {
            start = Math.min(start, near.getKey());
            end = Math.max(end, near.getValue());
            ranges.remove(near.getKey());
            near = ranges.floorEntry(to);
        }
        ranges.put(start, end);
        return added;
    }

    /** Takes the entries of [{@code from}, {@code to}) away; returns how many there were. */
    public long remove(long from, long to) {
        long removed = count(from, to);
        if (removed == 0) {
            return 0;
        }
        Map.Entry<Long, Long> near = ranges.lowerEntry(to);
        while (near != null && near.getValue() > from) {
            ranges.remove(near.getKey());
            if (near.getKey() < from) {
                ranges.put(near.getKey(), from);
            }
            if (near.getValue() > to) {
                ranges.put(to, near.getValue());
            }
            near = ranges.lowerEntry(to);
        }
        return removed;
    }

    @Override
    public String toString() {
        return ranges.toString();
    }
}
