package org.mmkit.core.swap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mmkit.api.memory.Gfp;
import org.mmkit.core.TestMemory;
import org.mmkit.core.boot.Extensions;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.stat.CounterTable;

class SwapSpaceTest {

    private static final long MIB = 1L << 20;

    private final SystemMemory memory = TestMemory.of(256 * MIB);
    private final CounterTable counters = new CounterTable();
    private final SwapSpace swap = new SwapSpace(memory, counters, new Extensions(), 12, 9);

    private long folio(int order, int value) {
        long head = memory.allocateFolio(order, Gfp.HIGHUSER_MOVABLE);
        for (long i = 0; i < 1L << order; i++) {
            memory.contents().fill(head + i, 0, 4096, value);
        }
        return head;
    }

    @Test
    void a_page_comes_back_as_it_went_and_its_slot_is_free_when_the_last_entry_goes() {
        int type = swap.add(MIB);
        long head = folio(0, 7);
        assertThat(swap.allocate(head)).isTrue();
        long slot = SwapSpace.offset(memory.frames().privateWord(head));
        swap.duplicate(type, slot, 1);
        swap.duplicate(type, slot, 1);
        swap.write(head);
        swap.removeFromCache(head);
        memory.frames().put(head, 1);

        long back = folio(0, 0);
        swap.read(back, type, slot);

        assertThat(memory.contents().read(back, 4095)).isEqualTo(7);
        assertThat(counters.get("pswpout")).isEqualTo(1);
        assertThat(counters.get("pswpin")).isEqualTo(1);
        swap.release(type, slot, 1);
        assertThat(swap.freePages()).isEqualTo(254);
        swap.release(type, slot, 1);
        assertThat(swap.freePages()).isEqualTo(255);
    }

    @Test
    void T13_a_whole_folio_needs_an_aligned_free_run_of_slots() {
        swap.add(4 * MIB);
        long small = folio(0, 1);
        long huge = folio(9, 1);
        long second = folio(9, 1);

        assertThat(swap.allocate(small)).as("goes to the cluster of the header").isTrue();
        assertThat(swap.allocate(huge)).isTrue();
        assertThat(SwapSpace.offset(memory.frames().privateWord(huge)) % 512).isZero();
        assertThat(swap.allocate(second)).as("only the first cluster is left, and it is broken").isFalse();
        assertThat(swap.freePages()).isEqualTo(1024 - 1 - 513);
    }

    @Test
    void pages_of_zeroes_are_remembered_and_not_written() {
        int type = swap.add(MIB);
        long head = folio(0, 0);
        swap.allocate(head);
        long slot = SwapSpace.offset(memory.frames().privateWord(head));
        swap.duplicate(type, slot, 1);
        swap.write(head);

        assertThat(counters.get("pswpout")).isZero();
        assertThat(counters.get("swpout_zero")).isEqualTo(1);
        assertThat(swap.isZero(type, slot)).isTrue();
    }

    @Test
    void a_cached_folio_leaves_the_cache_only_when_no_entry_refers_to_it() {
        int type = swap.add(MIB);
        long head = folio(0, 3);
        swap.allocate(head);
        long slot = SwapSpace.offset(memory.frames().privateWord(head));
        swap.duplicate(type, slot, 1);

        assertThat(swap.freeFolio(head)).isFalse();
        assertThat(swap.cached(type, slot)).isEqualTo(head);
        swap.free(type, slot, 1);
        assertThat(swap.cached(type, slot)).isEqualTo(-1);
        assertThat(memory.frames().refcount(head)).isEqualTo(1);
        assertThat(swap.freePages()).isEqualTo(255);
    }
}
