package org.mmkit.replay.tlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlbArrayTest {

    @ParameterizedTest
    @CsvSource({"64, 4", "1536, 12", "1280, 5", "48, 48", "7, 1", "2048, 16"})
    void any_number_of_sets_and_ways_hits_as_lists_of_least_recent_use_do(int entries, int ways) {
        TlbArray array = new TlbArray(entries, ways);
        int sets = entries / ways;
        List<Deque<Long>> lists = new ArrayList<>();
        for (int i = 0; i < sets; i++) {
            lists.add(new ArrayDeque<>());
        }
        Random random = new Random(entries);
        int hits = 0;
        for (int i = 0; i < 50_000; i++) {
            long number = random.nextInt(10) < 7 ? random.nextInt(entries) : random.nextInt(8 * entries);
            long key = 1L << 62 | number << 1;
            Deque<Long> list = lists.get((int) (number % sets));
            boolean expected = list.remove(key);
            if (random.nextInt(50) == 0) {
                assertThat(array.remove(number, key)).isEqualTo(expected);
                continue;
            }
            list.addFirst(key);
            if (list.size() > ways) {
                list.removeLast();
            }
            boolean hit = array.lookup(number, key) != 0;
            assertThat(hit).as("access %s of page %s", i, number).isEqualTo(expected);
            hits += hit ? 1 : 0;
            if (!hit) {
                array.insert(number, key | number & 1);
            }
            assertThat(array.lookup(number, key)).isEqualTo(key | number & 1);
        }
        assertThat(hits).isBetween(1000, 49_000);
    }

    @Test
    void entries_of_one_address_space_go_and_the_others_keep_their_order() {
        TlbArray array = new TlbArray(4, 4);
        for (long number = 0; number < 4; number++) {
            array.insert(number, 1L << 62 | (number & 1) << 50 | number << 1);
        }

        array.removeAll(1L << 50, 1L << 50);
        array.insert(9, 1L << 62 | 9 << 1);
        array.insert(8, 1L << 62 | 8 << 1);
        array.insert(7, 1L << 62 | 7 << 1);

        assertThat(array.lookup(0, 1L << 62)).isZero();
        assertThat(array.lookup(2, 1L << 62 | 2 << 1)).isNotZero();
    }

    @Test
    void entries_that_are_no_multiple_of_the_ways_are_refused() {
        assertThatThrownBy(() -> new TlbArray(10, 4)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("multiple of ways");
    }
}
