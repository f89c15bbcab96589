package org.mmkit.kconfig.conf;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The random numbers of the GNU C library's {@code srand} and {@code rand}: an additive feedback generator of degree 31,
 * x(i) = x(i-3) + x(i-31), whose first 310 results are dropped.
 */
final class GlibcRandom {

    private static final int DEGREE = 31;
    private static final int SEPARATION = 3;

    private final int[] state = new int[DEGREE];
    private int front = SEPARATION;
    private int rear;

    GlibcRandom(int seed) {
        long word = seed == 0 ? 1 : seed;
        state[0] = (int) word;
        for (int i = 1; i < DEGREE; i++) {
            // 16807 * word mod 2^31 - 1 without overflow, with C's truncating division.
            long hi = word / 127_773;
            long lo = word % 127_773;
            word = 16_807 * lo - 2_836 * hi;
            if (word < 0) {
                word += 2_147_483_647L;
            }
            state[i] = (int) word;
        }
        for (int i = 0; i < DEGREE * 10; i++) {
            next();
        }
    }

    /** Starts the generator from {@code KCONFIG_SEED}, or from the clock, and prints the seed. */
    static GlibcRandom seeded(@Nullable String text, ConfIo io) {
        int seed;
        CNumber number = text == null || text.isEmpty() ? null : CNumber.parse(text, 0);
        if (text != null && number != null && number.end() == text.length()) {
            seed = (int) number.value();
        } else {
            long micros = System.nanoTime() / 1000 % 1_000_000;
            seed = (int) ((System.currentTimeMillis() / 1000 + 1) * (micros + 1));
        }
        io.print("KCONFIG_SEED=0x" + Integer.toHexString(seed).toUpperCase(Locale.ROOT) + "\n");
        return new GlibcRandom(seed);
    }

    /** The next number, from 0 to 2^31 - 1. */
    int next() {
        int sum = state[front] += state[rear];
        front = front + 1 == DEGREE ? 0 : front + 1;
        rear = rear + 1 == DEGREE ? 0 : rear + 1;
        return sum >>> 1;
    }
}
