package org.mmkit.kconfig.conf;

import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.SymbolType;

/**
 * How likely a random answer is, in per cent.
 *
 * @param boolYes y for a bool
 * @param triYes y for a tristate
 * @param triMod m for a tristate
 */
record Probability(int boolYes, int triYes, int triMod) {

    /**
     * Reads {@code KCONFIG_PROBABILITY}: up to three numbers separated by colons, of which one is y, two are y and m of a
     * tristate, three are y of a bool, then y and m of a tristate.
     */
    static Probability of(@Nullable String text, ConfIo io) {
        int[] p = new int[3];
        int n = 0;
        int at = 0;
        while (text != null && at < text.length() && n < 3) {
            CNumber number = CNumber.parse(text.substring(at), 10);
            if (number.value() < 0 || number.value() > 100) {
                throw outOfRange(io);
            }
            p[n++] = (int) number.value();
            at += number.end();
            if (at < text.length() && text.charAt(at) == ':') {
                at++;
            }
        }
        Probability result = switch (n) {
            case 0 -> new Probability(50, 33, 33);
            case 1 -> new Probability(p[0], p[0] - p[0] / 2, p[0] / 2);
            case 2 -> new Probability(p[0] + p[1], p[0], p[1]);
            default -> new Probability(p[0], p[1], p[2]);
        };
        if (result.triYes + result.triMod > 100) {
            throw outOfRange(io);
        }
        return result;
    }

    private static ConfExit outOfRange(ConfIo io) {
        io.error("KCONFIG_PROBABILITY: Numerical result out of range\n");
        return new ConfExit(1);
    }

    /** A level for a bool or tristate by the next number of {@code random}. */
    int level(SymbolType type, GlibcRandom random) {
        int x = random.next() % 100;
        if (type == SymbolType.TRISTATE) {
            return x < triYes ? 2 : x < triYes + triMod ? 1 : 0;
        }
        return x < boolYes ? 2 : 0;
    }
}
