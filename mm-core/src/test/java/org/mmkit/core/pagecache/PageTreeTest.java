package org.mmkit.core.pagecache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PageTreeTest {

    @Test
    void a_sparse_file_of_many_terabytes_holds_what_was_put_in() {
        PageTree tree = new PageTree();
        tree.put(0, 100, 1);
        tree.put(1L << 40, 200, 1);
        tree.put(1L << 30, 1024, 512);

        assertThat(tree.get(0)).isEqualTo(100);
        assertThat(tree.get(1L << 40)).isEqualTo(200);
        assertThat(tree.get((1L << 30) + 511)).isEqualTo(1535);
        assertThat(tree.get((1L << 30) + 512)).isEqualTo(PageTree.NONE);
        assertThat(tree.next(1)).isEqualTo(1L << 30);
        assertThat(tree.next((1L << 30) + 512)).isEqualTo(1L << 40);
        assertThat(tree.next((1L << 40) + 1)).isEqualTo(PageTree.NONE);
        assertThat(tree.size()).isEqualTo(514);
    }

    @Test
    void a_random_history_agrees_with_a_sorted_map() {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            PageTree tree = new PageTree();
            TreeMap<Long, Long> model = new TreeMap<>();
            for (int step = 0; step < 400; step++) {
                int order = random.nextInt(11);
                long index = (random.nextBoolean() ? random.nextInt(1 << 12) : random.nextLong() >>> 20) & -(1L << order);
                long n = 1L << order;
                if (random.nextInt(3) > 0) {
                    long pfn = random.nextInt(1 << 20);
                    tree.put(index, pfn, n);
                    for (long i = 0; i < n; i++) {
                        model.put(index + i, pfn + i);
                    }
                } else {
                    tree.remove(index, n);
                    model.subMap(index, index + n).clear();
                }
                long probe = random.nextInt(1 << 13);
                Long next = model.ceilingKey(probe);
                assertThat(tree.next(probe)).as("seed %d step %d", seed, step).isEqualTo(next == null ? -1L : next);
                assertThat(tree.get(probe)).as("seed %d step %d", seed, step).isEqualTo(model.getOrDefault(probe, -1L));
                assertThat(tree.size()).isEqualTo(model.size());
            }
        }
    }
}
