package org.mmkit.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FolioOwner;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Gfp;

class FrameTableTest {

    private static final long FRAMES = 1 << 18;

    private FrameTable frames = new FrameTable(FRAMES, 15);
    private BuddyAllocator allocator = new BuddyAllocator(FRAMES, 15, 9, new long[] {0, 0, FRAMES}, 1, frames);

    @BeforeEach
    void boot() {
        frames.setAllocator(allocator);
        allocator.addMemory(1024, FRAMES);
        allocator.start();
    }

    private long folio(int order) {
        long head = allocator.allocate(order, Gfp.HIGHUSER_MOVABLE);
        assertThat(head).isNotEqualTo(FrameAllocator.NONE);
        frames.makeFolio(head, order, order > 0);
        return head;
    }

    @Test
    void every_tail_knows_its_head_and_the_last_reference_gives_all_frames_back() {
        long before = allocator.freePages();
        long head = folio(9);

        assertThat(frames.head(head + 511)).isEqualTo(head);
        assertThat(frames.order(head)).isEqualTo(9);
        assertThat(frames.test(head, FolioFlags.HEAD | FolioFlags.LARGE_RMAPPABLE)).isTrue();
        assertThat(frames.isTail(head + 1)).isTrue();
        assertThat(frames.refcount(head + 1)).isZero();

        frames.get(head, 2);
        frames.put(head, 2);
        assertThat(frames.isLarge(head)).isTrue();
        frames.put(head, 1);

        assertThat(frames.isLarge(head)).isFalse();
        assertThat(frames.flags(head + 511)).isZero();
        allocator.drain();
        assertThat(allocator.freePages()).isEqualTo(before);
        frames.verify();
    }

    @Test
    void a_folio_that_is_freed_while_mapped_or_pinned_is_a_violation_that_names_it() {
        long mapped = folio(0);
        frames.addPageMapcount(mapped, 1);
        assertThatThrownBy(() -> frames.put(mapped, 1))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining(Long.toHexString(mapped))
                .hasMessageContaining("1 mappings");
        long pinned = folio(4);
        frames.addPins(pinned, 1);
        assertThatThrownBy(() -> frames.put(pinned, 1)).isInstanceOf(InvariantViolation.class).hasMessageContaining("pins");
        long twice = folio(0);
        frames.put(twice, 1);
        assertThatThrownBy(() -> frames.put(twice, 1)).isInstanceOf(InvariantViolation.class);
    }

    @Test
    void an_observer_sees_the_end_of_a_folio_and_may_take_it_over() {
        List<Long> seen = new ArrayList<>();
        frames.setFreeing(FolioFlags.DEFERRED, head -> {
            seen.add(head);
            assertThat(frames.order(head)).isEqualTo(4);
            return false;
        });
        frames.setFreeing(FolioFlags.HUGETLB, head -> true);
        long before = allocator.freePages();

        long observed = folio(4);
        frames.set(observed, FolioFlags.DEFERRED);
        frames.put(observed, 1);
        long kept = folio(4);
        frames.set(kept, FolioFlags.HUGETLB);
        frames.put(kept, 1);

        assertThat(seen).containsExactly(observed);
        allocator.drain();
        assertThat(allocator.freePages()).isEqualTo(before - 16);
        assertThat(frames.test(kept, FolioFlags.HUGETLB)).isTrue();
    }

    @Test
    void a_third_address_space_finds_no_slot_and_the_folio_stays_shared_until_one_slot_holds_all() {
        long head = folio(4);
        frames.addLargeMapcount(head, 16, 7);
        assertThat(frames.maybeMappedShared(head)).isFalse();

        frames.addLargeMapcount(head, 16, 8);
        assertThat(frames.maybeMappedShared(head)).isTrue();
        frames.addLargeMapcount(head, 16, 9);
        // Space 9 has no slot: when 8 goes, slot 1 is free, but 9's mappings are in the total only.
        frames.addLargeMapcount(head, -16, 8);
        assertThat(frames.maybeMappedShared(head)).isTrue();
        frames.addLargeMapcount(head, -16, 9);
        assertThat(frames.maybeMappedShared(head)).isFalse();

        frames.addLargeMapcount(head, -16, 7);
        assertThat(frames.largeMapcount(head)).isZero();
        assertThat(frames.maybeMappedShared(head)).isFalse();
        frames.put(head, 1);
    }

    @Test
    void mappings_counted_without_a_slot_make_a_later_slot_run_below_zero_which_frees_it() {
        long head = folio(4);
        frames.addLargeMapcount(head, 1, 1);
        frames.addLargeMapcount(head, 1, 2);
        frames.addLargeMapcount(head, 3, 3);
        frames.addLargeMapcount(head, -1, 1);
        // Space 3 now takes the free slot for one more mapping and unmaps all four.
        frames.addLargeMapcount(head, 1, 3);
        frames.addLargeMapcount(head, -4, 3);

        assertThat(frames.largeMapcount(head)).isEqualTo(1);
        assertThat(frames.maybeMappedShared(head)).as("slot of space 2 holds all").isFalse();
        frames.addLargeMapcount(head, -1, 2);
        frames.put(head, 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void a_folio_of_one_address_space_is_never_shared_and_one_of_two_always_is(long seed) {
        Random random = new Random(seed);
        long head = folio(9);
        Map<Integer, Integer> counts = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            int space = 1 + random.nextInt(2);
            int have = counts.getOrDefault(space, 0);
            int delta = have > 0 && random.nextBoolean() ? -1 - random.nextInt(have) : 1 + random.nextInt(8);
            counts.merge(space, delta, Integer::sum);
            int total = counts.values().stream().mapToInt(Integer::intValue).sum();

            assertThat(frames.addLargeMapcount(head, delta, space)).isEqualTo(total);

            boolean both = counts.values().stream().filter(n -> n > 0).count() == 2;
            assertThat(frames.maybeMappedShared(head)).as("seed %d step %d %s", seed, step, counts).isEqualTo(both);
        }
    }

    @Test
    void a_split_gives_each_part_the_flags_the_owner_and_its_own_index() {
        FolioOwner owner = new FolioOwner() {};
        long head = folio(9);
        frames.set(head, FolioFlags.ANON | FolioFlags.SWAPBACKED | FolioFlags.DIRTY | FolioFlags.PARTIALLY_MAPPED);
        frames.set(head + 5, FolioFlags.ANON_EXCLUSIVE);
        frames.setOwner(head, owner, 1000);
        assertThat(frames.freeze(head, 2)).isFalse();
        assertThat(frames.freeze(head, 1)).isTrue();

        frames.splitFolio(head, 2, 1);

        for (long part = head; part < head + 512; part += 4) {
            assertThat(frames.order(part)).isEqualTo(2);
            assertThat(frames.refcount(part)).isEqualTo(1);
            assertThat(frames.owner(part)).isSameAs(owner);
            assertThat(frames.index(part)).isEqualTo(1000 + part - head);
            assertThat(frames.test(part, FolioFlags.ANON | FolioFlags.DIRTY | FolioFlags.LARGE_RMAPPABLE)).isTrue();
            assertThat(frames.test(part, FolioFlags.PARTIALLY_MAPPED)).isFalse();
            assertThat(frames.head(part + 3)).isEqualTo(part);
        }
        assertThat(frames.test(head + 5, FolioFlags.ANON_EXCLUSIVE)).isTrue();
        frames.verify();
        frames.freeze(head, 1);
        frames.splitFolio(head, 0, 1);
        assertThat(frames.flags(head)).isEqualTo(FolioFlags.ANON | FolioFlags.SWAPBACKED | FolioFlags.DIRTY);
        for (long part = head; part < head + 512; part += part < head + 4 ? 1 : 4) {
            frames.put(part, 1);
        }
        allocator.drain();
        allocator.verify();
        frames.verify();
        frames.verifyFree(allocator);
    }

    @Test
    void parts_of_a_split_swap_cache_folio_keep_their_own_swap_slots() {
        long head = folio(3);
        frames.set(head, FolioFlags.SWAPCACHE);
        frames.setPrivateWord(head, 4096);
        frames.freeze(head, 1);

        frames.splitFolio(head, 0, 1);

        assertThat(frames.privateWord(head + 7)).isEqualTo(4103);
    }

    @Test
    void a_gigantic_folio_crosses_sections_and_goes_back_as_one_run() {
        long before = allocator.freePages();
        long head = allocator.allocateContiguous(1 << 16, Gfp.KERNEL);
        frames.makeFolio(head, 16, false);

        assertThat(frames.head(head + 40_000)).isEqualTo(head);
        assertThat(frames.isTail(head + 40_000)).isTrue();
        frames.verify();
        frames.put(head, 1);

        assertThat(allocator.freePages()).isEqualTo(before);
        frames.verifyFree(allocator);
    }

    @Test
    void frames_of_which_nothing_is_recorded_are_passed_over_and_no_other() {
        long head = folio(0);
        long base = head & -(1L << 15);
        long end = base + (1 << 15);
        frames.addPageMapcount(end - 1, 1);
        frames.addPins(end - 9, 1);

        assertThat(frames.nextUsed(base, end)).isEqualTo(head);
        assertThat(frames.nextUsed(head + 1, end)).isEqualTo(end - 9);
        assertThat(frames.nextUsed(end - 8, end)).isEqualTo(end - 1);
        assertThat(frames.nextUsed(head + 1, end - 9)).isEqualTo(end - 9);
        assertThat(frames.nextUsed(end, end)).isEqualTo(end);
        assertThatThrownBy(() -> frames.verify()).isInstanceOf(InvariantViolation.class).hasMessageContaining(Long.toHexString(end - 1));
    }

    @Test
    void verify_names_the_first_frame_whose_counts_disagree() {
        long head = folio(2);
        frames.addPageMapcount(head + 1, 1);

        assertThatThrownBy(() -> frames.verify())
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("0x" + Long.toHexString(head));
        frames.addPageMapcount(head + 1, -1);
        frames.put(head, 1);
        allocator.drain();
        frames.set(head, FolioFlags.DIRTY);
        assertThatThrownBy(() -> frames.verifyFree(allocator)).isInstanceOf(InvariantViolation.class);
    }
}
