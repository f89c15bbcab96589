package org.mmkit.llfree;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One word for each tree of areas: how many of its frames are free, and whether a processor has reserved it.
 *
 * <p>The count is never above what the areas of the tree hold together. Thread-safe.
 */
final class Trees {

    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(int[].class);

    /** A processor allocates from this tree; others leave it alone as long as there are other trees. */
    private static final int RESERVED = 1 << 31;

    private static final int COUNT = RESERVED - 1;

    private final int[] words;

    Trees(int n) {
        words = new int[n];
    }

    int size() {
        return words.length;
    }

    /** Free frames of {@code tree}. */
    int free(int tree) {
        return (int) WORDS.getAcquire(words, tree) & COUNT;
    }

    boolean isReserved(int tree) {
        return (int) WORDS.getAcquire(words, tree) < 0;
    }

    /** Takes {@code frames} off the count, if there are so many. */
    boolean take(int tree, int frames) {
        while (true) {
            int word = (int) WORDS.getAcquire(words, tree);
            if ((word & COUNT) < frames) {
                return false;
            }
            if (WORDS.weakCompareAndSet(words, tree, word, word - frames)) {
                return true;
            }
        }
    }

    /** Adds {@code frames} to the count. */
    void add(int tree, int frames) {
        WORDS.getAndAdd(words, tree, frames);
    }

    /** Reserves {@code tree} if nobody has and between {@code least} and {@code most} of its frames are free. */
    boolean reserve(int tree, int least, int most) {
        while (true) {
            int word = (int) WORDS.getAcquire(words, tree);
            if (word < least || word > most) { // a reserved one is negative
                return false;
            }
            if (WORDS.weakCompareAndSet(words, tree, word, word | RESERVED)) {
                return true;
            }
        }
    }

    /** Ends a reservation. */
    void release(int tree) {
        WORDS.getAndBitwiseAnd(words, tree, COUNT);
    }
}
