package org.mmkit.replay.tlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
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
        TlbArray array = TlbArray.of(entries, ways);
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
                assertThat(array.remove(key)).isEqualTo(expected);
                continue;
            }
            list.addFirst(key);
            if (list.size() > ways) {
                list.removeLast();
            }
            boolean hit = lookup(array, key) != 0;
            assertThat(hit).as("access %s of page %s", i, number).isEqualTo(expected);
            hits += hit ? 1 : 0;
            if (!hit) {
                array.insert(key | number & 1);
            }
            assertThat(lookup(array, key)).isEqualTo(key | number & 1);
        }
        assertThat(hits).isBetween(1000, 49_000);
    }

    /** The tag with {@code key}, which becomes the most recently used, or 0. */
    private static long lookup(TlbArray array, long key) {
        int place = array.find(key);
        if (place < 0) {
            return 0;
        }
        array.use(place);
        return array.tags[place];
    }

    @ParameterizedTest
    @CsvSource({"64, 4", "1536, 12", "24, 3", "48, 48", "4, 4", "7, 1", "2048, 16"})
    void blocks_and_single_accesses_by_turns_hit_as_lists_of_least_recent_use_do(int entries, int ways) {
        TlbArray array = TlbArray.of(entries, ways);
        int sets = entries / ways;
        List<Deque<Long>> lists = new ArrayList<>();
        for (int i = 0; i < sets; i++) {
            lists.add(new ArrayDeque<>());
        }
        Random random = new Random(entries);
        AddressBlock block = new AddressBlock();
        int hits = 0;
        for (int round = 0; round < 2_000; round++) {
            block.runs = 1 + random.nextInt(AddressBlock.MOST);
            List<Integer> missing = new ArrayList<>();
            for (int i = 0; i < block.runs; i++) {
                long number = random.nextInt(2 * entries);
                block.tags[i] = TlbArray.VALID | 1L << TlbArray.LEVEL_SHIFT | number << 1;
                Deque<Long> list = lists.get((int) (number % sets));
                if (list.remove(number)) {
                    hits++;
                } else {
                    missing.add(i);
                }
                list.addFirst(number);
                if (list.size() > ways) {
                    list.removeLast();
                }
            }
            if (random.nextBoolean()) {
                block.missAll();
                array.touchAll(block, 1 << 1);
                assertThat(Arrays.stream(block.missing, 0, block.missed).boxed().toList()).as("round %s", round).isEqualTo(missing);
            } else {
                for (int i = 0; i < block.runs; i++) {
                    assertThat(array.touch(block.tags[i]) != 0).as("access %s of round %s", i, round).isEqualTo(missing.contains(i));
                }
            }
            if (random.nextInt(8) == 0) {
                long number = random.nextInt(2 * entries);
                assertThat(array.remove(TlbArray.VALID | 1L << TlbArray.LEVEL_SHIFT | number << 1)).isEqualTo(lists.get((int) (number % sets)).remove(number));
            }
            array.keepPlaces();
            assertThat(array.held(1)).isEqualTo(lists.stream().mapToInt(Deque::size).sum());
        }
        assertThat(hits).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "16", "32"})
    void caches_of_tables_hit_as_one_list_of_least_recent_use_does(int entries) {
        TlbArray array = TlbArray.fullyAssociative(entries);
        Deque<Long> list = new ArrayDeque<>();
        Random random = new Random(entries);
        AddressBlock block = new AddressBlock();
        for (int round = 0; round < 500; round++) {
            block.runs = 1 + random.nextInt(AddressBlock.MOST);
            List<Integer> missing = new ArrayList<>();
            for (int i = 0; i < block.runs; i++) {
                long number = random.nextInt(2 * entries);
                block.addresses[i] = number << 21 | random.nextInt(1 << 21);
                block.leaves[i] = (byte) (random.nextInt(10) == 0 ? 2 : 1);
                if (block.leaves[i] == 2 || !list.remove(number)) {
                    missing.add(i);
                }
                if (block.leaves[i] == 1) {
                    list.addFirst(number);
                    if (list.size() > entries) {
                        list.removeLast();
                    }
                }
            }
            block.missAll();
            array.touchAllAbove(block, 2, 21, TlbArray.VALID);
            assertThat(Arrays.stream(block.missing, 0, block.missed).boxed().toList()).as("round %s", round).isEqualTo(missing);
            if (random.nextInt(4) == 0) {
                long number = random.nextInt(2 * entries);
                long key = TlbArray.VALID | 2L << TlbArray.LEVEL_SHIFT | number << 1;
                array.removeAll(-2, key);
                list.remove(number);
            }
            long number = random.nextInt(2 * entries);
            assertThat(array.touch(TlbArray.VALID | 2L << TlbArray.LEVEL_SHIFT | number << 1) == 0).isEqualTo(list.remove(number));
            list.addFirst(number);
            if (list.size() > entries) {
                list.removeLast();
            }
        }
    }

    @Test
    void entries_of_one_address_space_go_and_the_others_keep_their_order() {
        TlbArray array = TlbArray.of(4, 4);
        for (long number = 0; number < 4; number++) {
            array.insert(1L << 62 | (number & 1) << 50 | number << 1);
        }

        array.removeAll(1L << 50, 1L << 50);
        array.insert(1L << 62 | 9 << 1);
        array.insert(1L << 62 | 8 << 1);
        array.insert(1L << 62 | 7 << 1);

        assertThat(lookup(array, 1L << 62)).isZero();
        assertThat(lookup(array, 1L << 62 | 2 << 1)).isNotZero();
    }

    @Test
    void entries_that_are_no_multiple_of_the_ways_are_refused() {
        assertThatThrownBy(() -> TlbArray.of(10, 4)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("multiple of ways");
    }
}
