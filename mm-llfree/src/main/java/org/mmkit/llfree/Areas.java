package org.mmkit.llfree;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.InvariantViolation;

/**
 * Areas of 512 frames: a word and, once an area of its tree was cut, a bitmap each. Thread-safe.
 *
 * <p>The word counts free frames, 0 to 512, and is never above the zero bits of the bitmap: frames are counted down before their bits
 * are set and counted up after they are cleared. An area handed out whole has the word {@link #HUGE} and a bitmap of zeroes, so that 512 can
 * become {@code HUGE} and back in one step. Frames that do not exist have their bits set for ever.
 */
final class Areas {

    /** log2 of the frames of an area. */
    static final int ORDER = 9;

    static final int FRAMES = 1 << ORDER;

    /** The area is handed out as one block, or as part of a larger one. */
    private static final int HUGE = 1 << 15;
    /** The area was handed out as one block, of which a part comes back; its bitmap is being filled. */
    private static final int SPLITTING = 1 << 16;

    private static final int WORD_ORDER = 6;
    private static final int AREA_WORDS = FRAMES >> WORD_ORDER;

    /** By order up to 5: the bits at which a block may begin. */
    private static final long[] STARTS = {
        -1L, 0x5555555555555555L, 0x1111111111111111L, 0x0101010101010101L, 0x0001000100010001L, 0x0000000100000001L, 1L
    };

    private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle BITS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle ROWS = MethodHandles.arrayElementVarHandle(long[][].class);

    private final int[] state;
    /** Bitmaps by tree; made under the monitor of this object. */
    private final long @Nullable [][] rows;

    private final int treeShift;
    private final long base;

    /**
     * Areas without frames.
     *
     * @param n how many, whole trees
     * @param treeShift log2 of the areas of a tree
     * @param base first frame of the first area
     */
    Areas(int n, int treeShift, long base) {
        state = new int[n];
        rows = new long[n >> treeShift][];
        this.treeShift = treeShift;
        this.base = base;
    }

    int size() {
        return state.length;
    }

    /** Free frames of {@code area}. */
    int free(int area) {
        int word = (int) STATE.getAcquire(state, area);
        return word <= FRAMES ? word : 0;
    }

    // ---- whole areas ------------------------------------------------------------------------------------------

    /** Takes {@code n} areas from {@code area} on as one, if all are free. */
    boolean takeWhole(int area, int n) {
        for (int i = 0; i < n; i++) {
            if ((int) STATE.getAcquire(state, area + i) != FRAMES || !STATE.compareAndSet(state, area + i, FRAMES, HUGE)) {
                while (--i >= 0) {
                    STATE.setVolatile(state, area + i, FRAMES);
                }
                return false;
            }
        }
        return true;
    }

    /** Gives {@code area} back, which was handed out as a whole, or in parts that the owner puts together again. */
    void freeWhole(int area) {
        if (STATE.compareAndSet(state, area, HUGE, FRAMES)) {
            return;
        }
        long[] bits = rowsOrNull(area);
        if ((int) STATE.getAcquire(state, area) != 0 || bits == null) {
            throw wrong(area, 0, "freed as part of an area in use as a whole, but is not");
        }
        int first = word(area);
        for (int i = 0; i < AREA_WORDS; i++) {
            if (!BITS.compareAndSet(bits, first + i, -1L, 0L)) {
                throw wrong(area, i << WORD_ORDER, "freed, but it or one of the 63 after it is free");
            }
        }
        STATE.setVolatile(state, area, FRAMES);
    }

    // ---- parts ------------------------------------------------------------------------------------------------

    /**
     * Takes an aligned block of 2^{@code order} frames, {@code order} below {@link #ORDER}.
     *
     * @return its first frame within the area, or -1
     */
    int take(int area, int order) {
        int n = 1 << order;
        int word = (int) STATE.getAcquire(state, area);
        if (word < n || word > FRAMES) {
            return -1;
        }
        long[] bits = rows(area);
        while (true) {
            if (word < n || word > FRAMES) {
                return -1;
            }
            if (STATE.weakCompareAndSet(state, area, word, word - n)) {
                break;
            }
            word = (int) STATE.getAcquire(state, area);
        }
        int at = order <= WORD_ORDER ? setInWord(bits, word(area), order) : setWords(bits, word(area), n >> WORD_ORDER);
        if (at < 0) {
            STATE.getAndAdd(state, area, n);
        }
        return at;
    }

    private static int setInWord(long[] bits, int first, int order) {
        for (int i = 0; i < AREA_WORDS; i++) {
            while (true) {
                long old = (long) BITS.getAcquire(bits, first + i);
                long free = starts(old, order);
                if (free == 0) {
                    break;
                }
                int bit = Long.numberOfTrailingZeros(free);
                if (BITS.weakCompareAndSet(bits, first + i, old, old | mask(order) << bit)) {
                    return (i << WORD_ORDER) + bit;
                }
            }
        }
        return -1;
    }

    /** The bits of {@code word} at which a free block of 2^{@code order} frames begins. */
    private static long starts(long word, int order) {
        long free = ~word;
        for (int i = 0; i < order; i++) {
            free &= free >>> (1 << i);
        }
        return free & STARTS[order];
    }

    private static int setWords(long[] bits, int first, int n) {
        for (int i = 0; i < AREA_WORDS; i += n) {
            int done = 0;
            while (done < n && BITS.compareAndSet(bits, first + i + done, 0L, -1L)) {
                done++;
            }
            if (done == n) {
                return i << WORD_ORDER;
            }
            while (--done >= 0) {
                BITS.setVolatile(bits, first + i + done, 0L);
            }
        }
        return -1;
    }

    /** Gives the block of 2^{@code order} frames at {@code at} back, {@code order} below {@link #ORDER}. */
    void free(int area, int at, int order) {
        int word = (int) STATE.getAcquire(state, area);
        if (word >= HUGE) {
            split(area);
        }
        long[] bits = rowsOrNull(area);
        if (bits == null) {
            throw wrong(area, at, "freed, but nothing of its area was handed out");
        }
        int n = 1 << order;
        long mask = mask(Math.min(order, WORD_ORDER)) << at;
        for (int i = at >> WORD_ORDER; i <= at + n - 1 >> WORD_ORDER; i++) {
            clear(bits, area, i, mask);
        }
        STATE.getAndAdd(state, area, n);
    }

    private void clear(long[] bits, int area, int word, long mask) {
        int place = word(area) + word;
        while (true) {
            long old = (long) BITS.getAcquire(bits, place);
            if ((old & mask) != mask) {
                throw wrong(area, (word << WORD_ORDER) + Long.numberOfTrailingZeros(~old & mask), "freed, but it is free");
            }
            if (BITS.weakCompareAndSet(bits, place, old, old & ~mask)) {
                return;
            }
        }
    }

    /** Turns an area in use as a whole into one whose frames are in use one by one; waits if another thread is at it. */
    private void split(int area) {
        long[] bits = rows(area);
        if (STATE.compareAndSet(state, area, HUGE, SPLITTING)) {
            int first = word(area);
            for (int i = 0; i < AREA_WORDS; i++) {
                BITS.setVolatile(bits, first + i, -1L);
            }
            STATE.setVolatile(state, area, 0);
        } else {
            while ((int) STATE.getAcquire(state, area) == SPLITTING) {
                Thread.onSpinWait();
            }
        }
    }

    /** Adds frames that were not there before, [{@code from}, {@code to}) of {@code area}. */
    synchronized void add(int area, int from, int to) {
        if (from == 0 && to == FRAMES && rowsOrNull(area) == null && state[area] == 0) {
            STATE.setVolatile(state, area, FRAMES);
            return;
        }
        long[] bits = rows(area);
        for (int at = from; at < to; at++) {
            clear(bits, area, at >> WORD_ORDER, 1L << at);
        }
        STATE.getAndAdd(state, area, to - from);
    }

    // ---- what is known ----------------------------------------------------------------------------------------

    /** Whether frame {@code at} of {@code area} is free. */
    boolean isFree(int area, int at) {
        int word = (int) STATE.getAcquire(state, area);
        if (word >= HUGE) {
            return false;
        }
        long[] bits = rowsOrNull(area);
        return bits == null ? word == FRAMES : ((long) BITS.getAcquire(bits, word(area) + (at >> WORD_ORDER)) >>> at & 1) == 0;
    }

    /** Whether {@code area} has a free block of 2^{@code order} frames. */
    boolean has(int area, int order) {
        int free = free(area);
        if (free < 1 << order || free == FRAMES) {
            return free == FRAMES;
        }
        return order < ORDER && count(area, order, false) > 0;
    }

    /** Free blocks of exactly {@code order}, below {@link #ORDER}: those whose neighbour is not free as well, or all of the {@code largest}. */
    int blocks(int area, int order, boolean largest) {
        int free = free(area);
        if (free == FRAMES) {
            return largest ? FRAMES >> order : 0;
        }
        return free == 0 ? 0 : count(area, order, !largest);
    }

    private int count(int area, int order, boolean exactly) {
        int n = 0;
        for (int at = 0; at < FRAMES; at += 1 << order) {
            if (isRunFree(area, at, order) && !(exactly && isRunFree(area, at & -(2 << order), order + 1))) {
                n++;
            }
        }
        return n;
    }

    private boolean isRunFree(int area, int at, int order) {
        long[] bits = rows(area);
        if (order < WORD_ORDER) {
            return ((long) BITS.getAcquire(bits, word(area) + (at >> WORD_ORDER)) & mask(order) << at) == 0;
        }
        for (int i = at >> WORD_ORDER; i < at + (1 << order) >> WORD_ORDER; i++) {
            if ((long) BITS.getAcquire(bits, word(area) + i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Checks word against bitmap; nothing else runs. */
    void verify(int area) {
        int word = state[area];
        long[] bits = rowsOrNull(area);
        int zeroes = 0;
        for (int i = 0; bits != null && i < AREA_WORDS; i++) {
            zeroes += Long.bitCount(~bits[word(area) + i]);
        }
        boolean whole = word == HUGE || word == FRAMES;
        if (word == SPLITTING || (bits == null ? !whole && word != 0 : zeroes != (whole ? FRAMES : word))) {
            throw wrong(area, 0, "in an area with the word 0x" + Integer.toHexString(word) + ", but " + zeroes + " clear bits");
        }
    }

    // ---- bitmaps ----------------------------------------------------------------------------------------------

    /** The first word of {@code area} in the bitmap of its tree. */
    private int word(int area) {
        return (area & (1 << treeShift) - 1) * AREA_WORDS;
    }

    private long @Nullable [] rowsOrNull(int area) {
        return (long[]) ROWS.getAcquire(rows, area >> treeShift);
    }

    private long[] rows(int area) {
        long[] bits = rowsOrNull(area);
        return bits != null ? bits : makeRows(area >> treeShift);
    }

    /** Until there is a bitmap the areas of a tree are free, in use as a whole, or not there. */
    private synchronized long[] makeRows(int tree) {
        long[] bits = rowsOrNull(tree << treeShift);
        if (bits == null) {
            bits = new long[AREA_WORDS << treeShift];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = (int) STATE.getAcquire(state, (tree << treeShift) + i / AREA_WORDS) == 0 ? -1L : 0L;
            }
            ROWS.setRelease(rows, tree, bits);
        }
        return bits;
    }

    /** 2^{@code order} ones, {@code order} at most 6. */
    private static long mask(int order) {
        return order == WORD_ORDER ? -1L : (1L << (1 << order)) - 1;
    }

    private InvariantViolation wrong(int area, int at, String what) {
        return new InvariantViolation("frame 0x" + Long.toHexString(base + ((long) area << ORDER) + at) + ": " + what);
    }
}
