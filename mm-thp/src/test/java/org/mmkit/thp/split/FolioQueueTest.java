package org.mmkit.thp.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.mmkit.api.memory.Frames;

class FolioQueueTest {

    @Test
    void T23_the_queue_keeps_the_order_in_which_folios_came_whatever_leaves_it() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        FolioQueue queue = new FolioQueue();
        LinkedHashSet<Long> model = new LinkedHashSet<>();
        for (int step = 0; step < 20_000; step++) {
            long head = random.nextInt(700) * 512L;
            if (random.nextInt(3) == 0) {
                assertThat(queue.remove(head)).as("seed %d, step %d", seed, step).isEqualTo(model.remove(head));
            } else if (!model.contains(head)) {
                queue.add(head);
                model.add(head);
            }
            assertThat(queue.size()).as("seed %d, step %d", seed, step).isEqualTo(model.size());
        }
        for (long head : new ArrayList<>(model)) {
            assertThat(queue.first()).as("seed %d", seed).isEqualTo(head);
            assertThat(queue.remove(head)).isTrue();
        }
        assertThat(queue.first()).isEqualTo(Frames.NONE);
    }
}
