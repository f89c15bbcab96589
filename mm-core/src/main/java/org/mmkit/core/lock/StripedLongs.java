package org.mmkit.core.lock;

/** Sums that any thread adds to and that are exact whenever nobody is adding; for machines with several processors. */
public final class StripedLongs {

    /** Longs from one stripe to the next are a multiple of this: 128 bytes. */
    private static final int LINE = 16;

    private final int stride;
    private long[] cells;

    /** {@code count} sums, all 0. */
    public StripedLongs(int count) {
        stride = (count + LINE - 1) / LINE * LINE + LINE;
        cells = new long[Stripes.COUNT * stride];
    }

    /** Adds {@code delta} to the sum {@code index}. */
    public void add(int index, long delta) {
        int stripe = Stripes.number();
        long[] c = cells;
        int i = stripe * stride + index;
        if (stripe < Stripes.OWNED) {
            AtomicWords.setRelease(c, i, c[i] + delta);
        } else {
            AtomicWords.add(c, i, delta);
        }
    }

    /** The sum {@code index}. */
    public long get(int index) {
        long sum = 0;
        for (int stripe = 0; stripe < Stripes.COUNT; stripe++) {
            sum += AtomicWords.get(cells, stripe * stride + index);
        }
        return sum;
    }
}
