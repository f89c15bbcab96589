package org.mmkit.core.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FolioLinksTest {

    private static final int SECTIONS = 4;
    private static final int SECTION_ORDER = 5;
    /** Two lists with their ends in one array. */
    private final int[] ends = new int[4];

    private final FolioLinks links = new FolioLinks(SECTIONS, SECTION_ORDER);

    private List<Integer> youngestFirst(int at) {
        List<Integer> found = new ArrayList<>();
        int younger = FolioLinks.NONE;
        for (int pfn = ends[at]; pfn != FolioLinks.NONE; pfn = links.older(pfn)) {
            assertThat(links.younger(pfn)).as("younger neighbour of frame %d", pfn).isEqualTo(younger);
            found.add(pfn);
            younger = pfn;
        }
        assertThat(ends[at + 1]).as("oldest").isEqualTo(younger);
        return found;
    }

    @Test
    void lists_hold_what_was_added_in_its_order_whatever_is_removed_in_between() {
        Random random = new Random(20);
        List<List<Integer>> expected = List.of(new ArrayList<>(), new ArrayList<>());
        for (int step = 0; step < 4000; step++) {
            int pfn = 1 + random.nextInt((SECTIONS << SECTION_ORDER) - 1);
            int which = random.nextInt(2);
            int at = 2 * which;
            List<Integer> list = expected.get(which);
            if (list.contains(pfn)) {
                links.remove(pfn, ends, at);
                list.remove((Integer) pfn);
            } else if (!expected.get(1 - which).contains(pfn)) {
                int how = random.nextInt(3);
                if (how == 0) {
                    links.addYoungest(pfn, ends, at);
                    list.add(0, pfn);
                } else if (how == 1 || list.isEmpty()) {
                    links.addOldest(pfn, ends, at);
                    list.add(pfn);
                } else {
                    int place = random.nextInt(list.size());
                    links.addBeside(pfn, list.get(place), ends, at);
                    list.add(place, pfn);
                }
            }
            assertThat(youngestFirst(at)).as("step %d", step).isEqualTo(list);
        }
    }

    @Test
    void frames_that_stand_in_a_row_are_counted_and_leave_together() {
        for (int pfn : new int[] {9, 10, 11, 20, 14, 13, 12}) {
            links.addYoungest(pfn, ends, 0);
        }

        assertThat(links.countYounger(9, 6)).as("9 is older than 10, 10 than 11; 12 does not follow 11").isEqualTo(3);
        assertThat(links.countYounger(9, 2)).as("no more than asked").isEqualTo(2);
        assertThat(links.countOlder(12, 3)).as("12 is younger than 13, 13 than 14").isEqualTo(3);
        assertThat(links.countOlder(9, 3)).isEqualTo(1);

        links.remove(11, 9, ends, 0);
        assertThat(youngestFirst(0)).containsExactly(12, 13, 14, 20);
        links.remove(12, 14, ends, 0);
        assertThat(youngestFirst(0)).containsExactly(20);
        links.remove(20, ends, 0);
        assertThat(youngestFirst(0)).isEmpty();
    }

    @Test
    void locks_are_counted_of_a_frame_that_was_never_listed() {
        assertThat(links.locks(40)).isZero();

        links.setLocks(40, 3);

        assertThat(links.locks(40)).isEqualTo(3);
        assertThat(links.locks(41)).isZero();
    }
}
