package org.mmkit.hugetlb.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReservationMapTest {

    private static final int PAGES = 60;

    @Test
    void ranges_that_touch_become_one() {
        ReservationMap map = new ReservationMap();

        assertThat(map.add(4, 6)).isEqualTo(2);
        assertThat(map.add(6, 8)).isEqualTo(2);
        assertThat(map.add(1, 5)).isEqualTo(3);

        assertThat(map).hasToString("{1=8}");
        assertThat(map.count(0, 3)).isEqualTo(2);
        assertThat(map.missing(0, 10)).isEqualTo(3);
    }

    @Test
    void removing_the_middle_leaves_both_ends() {
        ReservationMap map = new ReservationMap();
        map.add(0, 10);

        assertThat(map.remove(3, 5)).isEqualTo(2);
        assertThat(map).hasToString("{0=3, 5=10}");
        assertThat(map.remove(8, Long.MAX_VALUE)).isEqualTo(2);
        assertThat(map.remove(3, 5)).isZero();
    }

    @Test
    void any_sequence_agrees_with_a_plain_array() {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ReservationMap map = new ReservationMap();
            boolean[] plain = new boolean[PAGES];
            for (int step = 0; step < 100; step++) {
                int from = random.nextInt(PAGES);
                int to = from + random.nextInt(PAGES - from + 1);
                boolean add = random.nextBoolean();
                int changed = 0;
                for (int i = from; i < to; i++) {
                    changed += plain[i] == add ? 0 : 1;
                    plain[i] = add;
                }
                assertThat(add ? map.add(from, to) : map.remove(from, to)).as("seed %d step %d", seed, step).isEqualTo(changed);
                int a = random.nextInt(PAGES);
                int b = a + random.nextInt(PAGES - a + 1);
                int expected = 0;
                for (int i = a; i < b; i++) {
                    expected += plain[i] ? 1 : 0;
                }
                assertThat(map.count(a, b)).as("seed %d step %d", seed, step).isEqualTo(expected);
            }
        }
    }
}
