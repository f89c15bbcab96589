package org.mmkit.core.pgtable;

/** Empty tables that one call has set aside: see {@link RadixPageTables#reserve}. Not thread-safe. */
final class TableReserve {

    /** By level. */
    private final long[][] tables;
    private final int[] counts;

    /** One with room for {@code wanted} tables by level, and none in it. */
    TableReserve(int[] wanted) {
        tables = new long[wanted.length][];
        counts = new int[wanted.length];
        for (int level = 0; level < wanted.length; level++) {
            tables[level] = new long[wanted[level]];
        }
    }

    /** Tables of {@code level} that are left. */
    int left(int level) {
        return level < counts.length ? counts[level] : 0;
    }

    /** Adds one. */
    void put(int level, long table) {
        tables[level][counts[level]++] = table;
    }

    /** Hands out one of those {@link #left}. */
    long take(int level) {
        return tables[level][--counts[level]];
    }

    /** Gives all that are left back to {@code owner}. */
    void release(RadixPageTables owner) {
        for (int level = 1; level < counts.length; level++) {
            while (counts[level] > 0) {
                owner.freeTable(take(level), level);
            }
        }
    }
}
