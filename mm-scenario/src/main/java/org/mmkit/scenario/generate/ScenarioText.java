package org.mmkit.scenario.generate;

import java.util.List;
import java.util.SplittableRandom;

/** A random scenario being written: lines, and places in the window of a few huge pages that it works in. */
abstract class ScenarioText {

    static final String BASE = "0x100100000000";
    static final int HUGE_PAGES = 4;
    static final int PAGES = HUGE_PAGES * 512;
    static final String ANON = "MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED";

    final SplittableRandom random;
    private final StringBuilder text = new StringBuilder();
    int depth;

    ScenarioText(SplittableRandom random) {
        this.random = random;
    }

    final String text() {
        return text.toString();
    }

    /** A page of the window, often on a border of a huge page or a small folio. */
    final long place() {
        return switch (random.nextInt(4)) {
            case 0 -> 512L * random.nextInt(HUGE_PAGES);
            case 1 -> 16L * random.nextInt(PAGES / 16);
            default -> random.nextInt(PAGES);
        };
    }

    final long length(long start) {
        long length = switch (random.nextInt(5)) {
            case 0 -> 1 + random.nextInt(3);
            case 1 -> 16L * (1 + random.nextInt(8));
            case 2 -> 512;
            case 3 -> 1024;
            default -> 1 + random.nextInt(700);
        };
        return Math.min(length, PAGES - start);
    }

    final String range(boolean mayBeAll) {
        if (mayBeAll && random.nextInt(12) == 0) {
            return "a, 8M";
        }
        long start = place();
        return address(start) + ", " + length(start) * 4 + "K";
    }

    static String address(long page) {
        return page == 0 ? "a" : page % 512 == 0 ? "a+" + page / 256 + "M" : "a+" + page * 4 + "K";
    }

    final String pick(String... choices) {
        return List.of(choices).get(random.nextInt(choices.length));
    }

    /** {@code inside} as the block {@code word}: a child or a parent. */
    final void block(String word, Runnable inside) {
        line(word + " {");
        depth++;
        inside.run();
        depth--;
        line("}");
    }

    /** So many operations, half of them followed by a look, and a look at everything at the end. */
    final void body(int operations, Runnable operation, Runnable observe) {
        for (int i = 0; i < operations; i++) {
            operation.run();
            if (random.nextInt(2) == 0) {
                observe.run();
            }
        }
        observe.run();
        line("vmstat()");
        line("mthp()");
    }

    final void line(String line) {
        text.append("  ".repeat(depth)).append(line).append('\n');
    }
}
