package org.mmkit.core.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done to many single frames at once leaves lists and totals just as one step per frame does, the order of each list included. */
class SingleFramesTest {

    private static final int SECTION_ORDER = 15;
    private static final int BLOCK_ORDER = 9;
    private static final int MAX_ORDER = 10;
    private static final int LIST = BuddyAllocator.MOVABLE;
    private static final int FRAMES = 2 << SECTION_ORDER;

    /** A zone of two sections, and the lists of a processor in front of it. */
    private static final class World {

        final Zone zone = new Zone(Zone.NORMAL, 0, FRAMES, MAX_ORDER);
        final FreeBlocks blocks = new FreeBlocks(2, SECTION_ORDER, BLOCK_ORDER, MAX_ORDER);
        final PerCpuLists lists = new PerCpuLists();
        final BlockChoice choice;

        World() {
            choice = new BlockChoice(blocks, new FrameTable(FRAMES, SECTION_ORDER), new Watermarks(new Zone[] {zone}, BLOCK_ORDER), new AllocationEvents(), z -> {});
            blocks.addUntouched(zone, 0, 2);
            lists.batch = 63;
            lists.high = 500;
        }

        /** Everything that a later request could tell. */
        List<Object> state() {
            List<Object> all = new ArrayList<>(List.of(zone.free, zone.untouchedSections, lists.count, lists.freedOfLate));
            for (int order = 0; order <= MAX_ORDER; order++) {
                for (int type = 0; type < Zone.TYPES; type++) {
                    List<Integer> list = new ArrayList<>();
                    for (int place = zone.heads[order * Zone.TYPES + type]; place != 0; place = blocks.next(place)) {
                        list.add(place);
                    }
                    all.add(list);
                }
            }
            all.add(Arrays.toString(lists.snapshot(BLOCK_ORDER)));
            return all;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void frames_taken_and_given_back_together_are_those_taken_and_given_back_in_turn(long seed) {
        Random random = new Random(seed);
        World together = new World();
        World inTurn = new World();
        // Nothing has this order: no block is captured, but the lists are drained frame by frame.
        inTurn.blocks.capture(inTurn.zone, MAX_ORDER + 1, LIST);
        List<Integer> held = new ArrayList<>();
        for (int step = 0; step < 250; step++) {
            if (held.size() < 100 || random.nextInt(5) < (step / 60 % 2 == 0 ? 3 : 1)) {
                take(together, inTurn, 1 + random.nextInt(600), held);
            } else {
                give(together, inTurn, random, held);
            }
            if (random.nextInt(20) == 0) {
                together.lists.drain(random.nextInt(200), LIST, together.zone, together.blocks);
                assertDrainedAs(inTurn, together);
            }
            assertThat(together.state()).as("seed %d step %d", seed, step).isEqualTo(inTurn.state());
        }
        together.blocks.verify(together.zone);
    }

    /** The one world has drained to a count: so does the other. */
    private static void assertDrainedAs(World inTurn, World together) {
        inTurn.lists.drain(inTurn.lists.count - together.lists.count, LIST, inTurn.zone, inTurn.blocks);
    }

    private static void take(World together, World inTurn, int n, List<Integer> held) {
        int taken = together.choice.takeSingles(together.zone, BuddyAllocator.MOVABLE, n, together.lists, LIST);
        for (int i = 0; i < taken; i++) {
            inTurn.lists.addLast(LIST, 0, inTurn.choice.take(inTurn.zone, 0, BuddyAllocator.MOVABLE, true));
        }
        for (int i = 0; i < taken; i++) {
            int place = together.lists.pop(LIST, 0);
            assertThat(inTurn.lists.pop(LIST, 0)).isEqualTo(place);
            held.add(place);
        }
    }

    private static void give(World together, World inTurn, Random random, List<Integer> held) {
        int at = random.nextInt(held.size());
        int direction = random.nextBoolean() ? 1 : -1;
        int most = 1 + random.nextInt(300);
        int place = held.get(at);
        int n = 0;
        int edge = direction > 0 ? (place | (1 << BLOCK_ORDER) - 1) + 1 : (place & -(1 << BLOCK_ORDER)) - 1;
        while (n < most && place + n * direction != edge && held.remove((Integer) (place + n * direction))) {
            n++;
        }
        for (int i = 0; i < n; i++) {
            inTurn.lists.push(LIST, 0, place + i * direction);
        }
        together.blocks.checkTaken(direction > 0 ? place : place - n + 1, n);
        together.lists.pushSingles(LIST, place, n, direction);
        if (together.lists.count >= together.lists.high) {
            together.lists.drain(together.lists.excess(), LIST, together.zone, together.blocks);
            inTurn.lists.drain(inTurn.lists.excess(), LIST, inTurn.zone, inTurn.blocks);
        }
    }
}
