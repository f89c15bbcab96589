package org.mmkit.cli.kconfig;

import java.util.Arrays;

/** How many letters two names differ by: inserted, left out, replaced, or two neighbours exchanged. */
final class SpellingDistance {

    private SpellingDistance() {
    }

    /** The distance, or anything above {@code limit} when it is above. */
    static int between(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) > limit) {
            return limit + 1;
        }
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int k = 0; k <= b.length(); k++) {
            d[0][k] = k;
        }
        for (int i = 1; i <= a.length(); i++) {
            d[i][0] = i;
            for (int k = 1; k <= b.length(); k++) {
                int replace = d[i - 1][k - 1] + (a.charAt(i - 1) == b.charAt(k - 1) ? 0 : 1);
                d[i][k] = Math.min(replace, Math.min(d[i - 1][k], d[i][k - 1]) + 1);
                if (i > 1 && k > 1 && a.charAt(i - 1) == b.charAt(k - 2) && a.charAt(i - 2) == b.charAt(k - 1)) {
                    d[i][k] = Math.min(d[i][k], d[i - 2][k - 2] + 1);
                }
            }
            if (Arrays.stream(d[i]).min().orElse(0) > limit) {
                return limit + 1;
            }
        }
        return d[a.length()][b.length()];
    }
}
