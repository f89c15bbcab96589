package org.mmkit.core.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Gfp;
import org.mmkit.core.TestMemory;

/** When a folio joins or changes lists, what holds it meanwhile, and what is counted; expected numbers follow from mm/swap.c and mlock.c by hand. */
class FolioBatchesTest {

    private final SystemMemory memory = TestMemory.of(64 << 20);
    private final FrameTable frames = memory.frames();
    private final LruLists lru = frames.lru();
    private final FolioBatches batches = frames.batches();

    private long folio(int order, int flags) {
        long head = memory.allocateFolio(order, Gfp.HIGHUSER_MOVABLE | Gfp.COMP);
        frames.set(head, flags);
        batches.add(head);
        return head;
    }

    private long anon(int order) {
        return folio(order, FolioFlags.ANON | FolioFlags.SWAPBACKED);
    }

    /** On its list, with nobody but the test holding it. */
    private long listed(int order) {
        long head = anon(order);
        batches.drain();
        return head;
    }

    @Test
    void new_folios_wait_off_the_lists_until_31_have_come_together() {
        long first = anon(0);
        assertThat(frames.test(first, FolioFlags.LRU)).isFalse();
        assertThat(frames.refcount(first)).isEqualTo(2);
        assertThat(batches.references(first)).isEqualTo(1);
        for (int i = 1; i < FolioBatches.SIZE - 1; i++) {
            anon(0);
        }
        assertThat(lru.pages(LruLists.INACTIVE_ANON)).isZero();
        memory.verify();
        anon(0);
        assertThat(lru.pages(LruLists.INACTIVE_ANON)).isEqualTo(31);
        assertThat(lru.oldest(0, LruLists.INACTIVE_ANON)).isEqualTo(first);
        assertThat(frames.refcount(first)).isEqualTo(1);
        memory.verify();
    }

    @Test
    void a_large_folio_takes_the_waiting_ones_with_it() {
        long small = anon(0);
        long large = anon(9);
        assertThat(lru.pages(LruLists.INACTIVE_ANON)).isEqualTo(513);
        assertThat(lru.younger(small)).isEqualTo(large);
        assertThat(frames.refcount(large)).isEqualTo(1);
    }

    @Test
    void a_page_given_up_while_it_waits_is_free_when_the_batch_is_emptied() {
        long head = anon(0);
        long free = memory.allocator().freePages();
        frames.put(head, 1);
        assertThat(frames.refcount(head)).isEqualTo(1);
        batches.drain();
        memory.allocator().drain();
        assertThat(frames.refcount(head)).isZero();
        assertThat(memory.allocator().freePages()).isGreaterThan(free);
        memory.verify();
    }

    @Test
    void the_second_use_makes_a_folio_active_once_the_batch_is_emptied() {
        long head = folio(0, 0);
        batches.drain();
        assertThat(lru.pages(LruLists.INACTIVE_FILE)).isEqualTo(1);

        batches.markAccessed(head);
        assertThat(frames.test(head, FolioFlags.REFERENCED)).isTrue();
        batches.markAccessed(head);
        assertThat(frames.test(head, FolioFlags.REFERENCED)).isFalse();
        assertThat(lru.pages(LruLists.ACTIVE_FILE)).isZero();
        assertThat(lru.nonresidentAge(0)).as("an activation moves the clock of refaults").isEqualTo(1);
        batches.drain();
        assertThat(lru.pages(LruLists.INACTIVE_FILE)).isZero();
        assertThat(lru.pages(LruLists.ACTIVE_FILE)).isEqualTo(1);
        assertThat(lru.events().activated).isEqualTo(1);

        batches.deactivate(head);
        batches.drain();
        assertThat(lru.pages(LruLists.INACTIVE_FILE)).isEqualTo(1);
        assertThat(lru.events().deactivated).isEqualTo(1);
        memory.verify();
    }

    @Test
    void a_new_folio_used_twice_joins_the_active_list_and_counts_no_activation() {
        long head = folio(0, 0);
        batches.markAccessed(head);
        batches.markAccessed(head);
        batches.drain();
        assertThat(lru.pages(LruLists.ACTIVE_FILE)).isEqualTo(1);
        assertThat(lru.events().activated).isZero();
    }

    @Test
    void an_unused_clean_file_folio_becomes_the_next_to_go_and_a_dirty_one_the_last() {
        long clean = folio(0, FolioFlags.ACTIVE);
        long dirty = folio(0, FolioFlags.DIRTY);
        long other = folio(0, 0);
        batches.drain();
        batches.deactivateFile(dirty);
        batches.deactivateFile(clean);
        batches.drain();
        assertThat(lru.oldest(0, LruLists.INACTIVE_FILE)).isEqualTo(clean);
        assertThat(lru.younger(clean)).isEqualTo(other);
        assertThat(lru.younger(other)).isEqualTo(dirty);
        assertThat(lru.events().rotated).isEqualTo(1);
        assertThat(lru.events().deactivated).isEqualTo(1);
        memory.verify();
    }

    @Test
    void a_lazily_freed_folio_lies_with_the_inactive_files() {
        long head = listed(9);
        batches.activate(head);
        batches.lazyFree(head);
        assertThat(frames.test(head, FolioFlags.SWAPBACKED)).isFalse();
        assertThat(lru.pages(LruLists.INACTIVE_FILE)).isEqualTo(512);
        assertThat(lru.events().lazilyFreed).isEqualTo(512);
        batches.lazyFree(head);
        assertThat(lru.events().lazilyFreed).as("a second advice does nothing").isEqualTo(512);
        memory.verify();
    }

    @Test
    void a_folio_to_be_freed_lazily_is_held_until_the_batch_is_emptied() {
        long small = listed(0);
        batches.lazyFree(small);
        assertThat(frames.refcount(small)).isEqualTo(2);
        assertThat(batches.references(small)).isEqualTo(1);
        frames.put(small, 1);
        assertThat(lru.pages(LruLists.INACTIVE_ANON)).as("nobody maps it, and it is not free").isEqualTo(1);
        batches.lazyFree(listed(9));
        assertThat(frames.refcount(small)).isZero();
        assertThat(batches.references(small)).isZero();
        assertThat(lru.pages(LruLists.INACTIVE_FILE)).isEqualTo(512);
        memory.verify();
    }

    @Test
    void a_folio_locked_twice_is_evictable_after_the_second_unlock() {
        long head = listed(0);
        batches.mlock(head);
        batches.mlock(head);
        assertThat(lru.mlocked()).as("counted at once").isEqualTo(1);
        assertThat(lru.pages(LruLists.UNEVICTABLE)).isZero();
        batches.drain();
        assertThat(lru.pages(LruLists.UNEVICTABLE)).isEqualTo(1);

        batches.munlock(head);
        batches.drain();
        assertThat(lru.mlocked()).isEqualTo(1);
        batches.munlock(head);
        assertThat(lru.mlocked()).as("not until the batch is emptied").isEqualTo(1);
        batches.drain();
        assertThat(lru.mlocked()).isZero();
        assertThat(lru.pages(LruLists.INACTIVE_ANON)).isEqualTo(1);
        assertThat(lru.events().culled).isEqualTo(1);
        assertThat(lru.events().rescued).isEqualTo(1);
        assertThat(lru.events().munlocked).isEqualTo(1);
        memory.verify();
    }

    @Test
    void a_new_locked_folio_that_is_unlocked_in_the_same_batch_ends_evictable() {
        long head = memory.allocateFolio(0, Gfp.HIGHUSER_MOVABLE);
        frames.set(head, FolioFlags.ANON | FolioFlags.SWAPBACKED);
        batches.addLocked(head);
        batches.munlock(head);
        assertThat(frames.refcount(head)).isEqualTo(3);
        batches.drain();
        assertThat(lru.pages(LruLists.INACTIVE_ANON)).isEqualTo(1);
        assertThat(lru.events().culled).isEqualTo(1);
        assertThat(lru.events().rescued).isEqualTo(1);
        memory.verify();
    }

    @Test
    void a_folio_unlocked_while_somebody_has_it_in_hand_counts_as_stranded() {
        long head = listed(0);
        batches.mlock(head);
        batches.drain();
        lru.isolate(head);
        batches.munlock(head);
        batches.drain();
        assertThat(lru.events().stranded).isEqualTo(1);
        assertThat(lru.events().munlocked).isZero();
        assertThat(lru.mlocked()).isZero();
        batches.add(head);
        batches.drain();
        assertThat(lru.pages(LruLists.INACTIVE_ANON)).isEqualTo(1);
        assertThat(lru.events().rescued).isEqualTo(1);
        memory.verify();
    }

    @Test
    void a_freed_folio_leaves_its_list_and_a_locked_one_is_counted_as_cleared() {
        long head = listed(0);
        batches.mlock(head);
        batches.drain();
        frames.put(head, 1);
        assertThat(lru.mlocked()).isZero();
        assertThat(lru.events().cleared).isEqualTo(1);
        assertThat(lru.pages(LruLists.UNEVICTABLE)).isZero();
        memory.verify();
    }
}
