package org.mmkit.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Gfp;
import org.mmkit.core.TestMemory;

/** The order of folios on a list, refaults and costs; expected numbers follow from mm/swap.c and workingset.c by hand. */
class LruListsTest {

    private final SystemMemory memory = TestMemory.of(64 << 20);
    private final FrameTable frames = memory.frames();
    private final LruLists lru = frames.lru();

    private long folio(int order, int flags) {
        long head = memory.allocateFolio(order, Gfp.HIGHUSER_MOVABLE | Gfp.COMP);
        frames.set(head, flags);
        lru.add(head);
        return head;
    }

    private long anon(int order) {
        return folio(order, FolioFlags.ANON | FolioFlags.SWAPBACKED);
    }

    @Test
    void the_oldest_comes_first_and_the_list_can_be_followed_to_the_youngest() {
        long first = anon(0);
        long second = anon(0);
        long third = anon(0);
        assertThat(lru.oldest(0, LruLists.INACTIVE_ANON)).isEqualTo(first);
        assertThat(lru.younger(first)).isEqualTo(second);

        lru.rotateToYoungest(first);
        assertThat(lru.oldest(0, LruLists.INACTIVE_ANON)).isEqualTo(second);
        frames.put(third, 1);
        assertThat(lru.younger(second)).isEqualTo(first);
        assertThat(lru.younger(first)).isZero();
        assertThat(lru.pages(LruLists.INACTIVE_ANON)).isEqualTo(2);
        memory.verify();
    }

    @Test
    void a_folio_put_last_is_the_next_to_go() {
        long first = anon(0);
        long second = anon(0);
        lru.leave(second);
        lru.joinLast(second);
        assertThat(lru.oldest(0, LruLists.INACTIVE_ANON)).isEqualTo(second);
        assertThat(lru.younger(second)).isEqualTo(first);
        assertThat(lru.younger(first)).isZero();
        memory.verify();
    }

    @Test
    void the_parts_of_a_split_folio_stand_where_the_whole_stood() {
        long older = anon(0);
        long head = anon(2);
        long younger = anon(0);
        frames.freeze(head, 1);
        frames.splitFolio(head, 0, 1);

        assertThat(lru.pages(LruLists.INACTIVE_ANON)).isEqualTo(6);
        long at = older;
        for (long expected : new long[] {head, head + 3, head + 2, head + 1, younger}) {
            at = lru.younger(at);
            assertThat(at).isEqualTo(expected);
        }
        memory.verify();
    }

    @Test
    void a_page_that_comes_back_while_it_would_still_be_there_is_active_at_once() {
        for (int i = 0; i < 10; i++) {
            folio(0, FolioFlags.ACTIVE);
        }
        long gone = folio(0, FolioFlags.WORKINGSET);
        lru.isolate(gone);
        long shadow = lru.workingSet().evict(gone);
        frames.put(gone, 1);
        lru.age(0, 8); // 1 + 8 pages went since: as far as the ten active ones reach

        long back = memory.allocateFolio(0, Gfp.HIGHUSER_MOVABLE);
        lru.workingSet().refault(back, shadow);
        lru.add(back);
        assertThat(frames.test(back, FolioFlags.ACTIVE | FolioFlags.WORKINGSET)).isTrue();
        assertThat(lru.events().refaulted).containsExactly(0, 1);
        assertThat(lru.events().refaultActivated).containsExactly(0, 1);
        assertThat(lru.events().restored).containsExactly(0, 1);

        lru.age(0, 11);
        long late = memory.allocateFolio(0, Gfp.HIGHUSER_MOVABLE);
        lru.workingSet().refault(late, shadow);
        lru.add(late);
        assertThat(frames.test(late, FolioFlags.ACTIVE)).as("too many pages have gone since").isFalse();
        assertThat(lru.events().refaulted).containsExactly(0, 2);
        assertThat(lru.events().refaultActivated).containsExactly(0, 1);
        memory.verify();
    }

    @Test
    void costs_fade_when_they_outgrow_a_quarter_of_the_lists() {
        for (int i = 0; i < 400; i++) {
            anon(0);
        }
        lru.noteCost(0, false, 2, 10);
        assertThat(lru.anonCost(0)).as("2 writes of 32 and 10 looks").isEqualTo(74);
        lru.noteCost(0, true, 0, 30);
        assertThat(lru.anonCost(0)).as("104 is more than 100: both are halved").isEqualTo(37);
        assertThat(lru.fileCost(0)).isEqualTo(15);
    }

    @Test
    void a_folio_whose_flags_were_changed_behind_the_lists_is_found() {
        long head = anon(0);
        frames.set(head, FolioFlags.ACTIVE);
        assertThatThrownBy(memory::verify).isInstanceOf(InvariantViolation.class).hasMessageContaining("LRU list 0");
    }
}
