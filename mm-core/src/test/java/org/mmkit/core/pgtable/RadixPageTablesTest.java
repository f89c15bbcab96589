package org.mmkit.core.pgtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.space.TableCursor;
import org.mmkit.core.toy.ToyEntry;

class RadixPageTablesTest {

    private static final long MIB = 1L << 20;
    private static final long PAGE = 4096;

    /** Three, four and five levels, and one whose levels differ in size. */
    static Stream<PageTableLayout> layouts() {
        return Stream.of(
                new PageTableLayout(12, new int[] {9, 9, 9}, 0b110, 39, 52, true),
                new PageTableLayout(12, new int[] {9, 9, 9, 9}, 0b1110, 48, 52, true),
                new PageTableLayout(12, new int[] {9, 9, 9, 9, 9}, 0b1110, 57, 52, true),
                new PageTableLayout(14, new int[] {11, 11, 11, 1}, 0b110, 48, 48, false));
    }

    private final ToyEntry format = new ToyEntry();

    private static final class Setup {
        final SystemMemory memory;
        final PageTableArena arena;
        final RadixPageTables tables;
        final long before;

        Setup(PageTableLayout layout) throws RadixPageTables.OutOfFramesException {
            PhysicalMap map = new PhysicalMap(List.of(new PhysicalMap.Range(0, 256 * MIB, true)), 0, 0);
            memory = new SystemMemory.Builder(map, layout, 27 - layout.pageShift()).build();
            before = memory.allocator().freePages();
            ToyEntry format = new ToyEntry();
            arena = new PageTableArena(
                    layout, format, memory.allocator(), memory.frames(), memory.spanned(), memory.sectionOrder());
            tables = RadixPageTables.create(arena, layout, format);
        }

        void verify() {
            memory.verify();
            arena.verify();
            tables.verify();
        }

        void closeAndExpectAllFramesBack() {
            tables.close();
            memory.allocator().drain();
            memory.verify();
            arena.verify();
            assertThat(arena.tables()).isZero();
            assertThat(memory.allocator().freePages()).isEqualTo(before);
        }
    }

    private static Setup fourLevels() throws RadixPageTables.OutOfFramesException {
        return new Setup(new PageTableLayout(12, new int[] {9, 9, 9, 9}, 0b1110, 48, 52, true));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void random_pages_are_found_again_and_iteration_visits_exactly_them(PageTableLayout layout) throws Exception {
        Setup s = new Setup(layout);
        Random random = new Random(layout.levels());
        TreeMap<Long, Long> oracle = new TreeMap<>();
        int shift = layout.pageShift();
        long end = 1L << Math.min(layout.vaBits() - 1, 46);
        List<Long> regions = Stream.generate(() -> (random.nextLong() & end - 1) >>> shift << shift).limit(40).toList();
        for (int step = 0; step < 20_000; step++) {
            long va = Math.min(regions.get(random.nextInt(40)) + ((long) random.nextInt(3000) << shift), end - (1L << shift));
            if (random.nextInt(3) > 0) {
                long slot = s.tables.obtain(va, 1);
                long entry = format.leaf(step + 1, 1, Protection.READ);
                s.tables.write(slot, entry);
                oracle.put(va, entry);
            } else {
                long slot = s.tables.find(va, 1);
                Long expected = oracle.remove(va);
                if (slot == PageTables.NO_SLOT) {
                    assertThat(expected).isNull();
                } else {
                    assertThat(s.tables.read(slot)).isEqualTo(expected == null ? format.none() : (long) expected);
                    assertThat(s.tables.compareAndSet(slot, s.tables.read(slot), format.none())).isTrue();
                }
            }
        }
        List<Long> visited = new ArrayList<>();
        long page = 1L << shift;
        for (long va = 0; (va = nextEntry(s.tables, va, end)) < end; va += page) {
            visited.add(va);
            assertThat(s.tables.read(s.tables.find(va, 1))).isEqualTo(oracle.get(va));
        }
        assertThat(visited).containsExactlyElementsOf(oracle.keySet());
        s.verify();
        for (long va : visited) {
            s.tables.write(s.tables.find(va, 1), format.none());
        }
        s.tables.freeTables(0, end, 0, 0);
        s.closeAndExpectAllFramesBack();
    }

    /** The first address from {@code va} on, below {@code end}, whose entry of whatever level is not none; {@code end} without one. */
    private long nextEntry(RadixPageTables tables, long va, long end) {
        TableCursor cursor = new TableCursor(tables);
        int shift = tables.layout().pageShift();
        for (cursor.begin(tables, va, end); cursor.next(); ) {
            if (cursor.isLeaf()) {
                return cursor.start();
            }
            for (long at = cursor.start(); at < cursor.end(); at += 1L << shift) {
                if (!format.isNone(tables.read(cursor.firstSlot() + (at - cursor.start() >>> shift)))) {
                    return at;
                }
            }
        }
        return end;
    }

    /** The tables that Linux would have: those that hold a mapped page until an unmapping whose limits contain them. */
    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44, 45, 46})
    void tables_go_exactly_when_floor_and_ceiling_allow(long seed) throws Exception {
        Setup s = fourLevels();
        Random random = new Random(seed);
        // Areas packed around the boundaries of tables of all levels.
        TreeMap<Long, Long> areas = new TreeMap<>();
        List<TreeSet<Long>> tables = List.of(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        long base = (3L << 39) - (1L << 30) - 4 * MIB;
        for (int step = 0; step < 1500; step++) {
            if (random.nextInt(5) < 3) {
                long start = base + (random.nextInt(4) == 0 ? (long) random.nextInt(3) << 30 : 0) + random.nextInt(4096) * PAGE;
                long end = start + (1 + random.nextInt(random.nextBoolean() ? 4 : 1200)) * PAGE;
                Map.Entry<Long, Long> below = areas.lowerEntry(end);
                if (below != null && below.getValue() > start) {
                    continue;
                }
                areas.put(start, end);
                for (int i = 0; i < 5; i++) {
                    long va = start + random.nextInt((int) ((end - start) / PAGE)) * PAGE;
                    s.tables.write(s.tables.obtain(va, 1), format.leaf(7, 1, Protection.READ));
                    for (int level = 1; level <= 3; level++) {
                        tables.get(level).add(va >>> s.tables.layout().shift(level + 1));
                    }
                }
            } else if (!areas.isEmpty()) {
                Long key = areas.floorKey(base + random.nextInt(1 << 24));
                long start = key == null ? areas.firstKey() : key;
                // Sometimes several neighbours go in one call, as munmap of a range does.
                long end = areas.remove(start);
                while (random.nextInt(3) == 0 && areas.higherKey(start) != null) {
                    end = areas.remove(areas.higherKey(start));
                }
                long floor = areas.lowerEntry(start) == null ? 0 : areas.lowerEntry(start).getValue();
                long ceiling = areas.higherKey(start) == null ? 0 : areas.higherKey(start);
                for (long va = start; (va = nextEntry(s.tables, va, end)) < end; va += PAGE) {
                    s.tables.write(s.tables.find(va, 1), format.none());
                }

                s.tables.freeTables(start, end, floor, ceiling);

                for (int level = 1; level <= 3; level++) {
                    int shift = s.tables.layout().shift(level + 1);
                    long from = start;
                    long to = end;
                    tables.get(level).removeIf(span -> {
                        long first = span << shift;
                        long last = first + (1L << shift);
                        boolean touched = first < to && from < last;
                        return touched && first >= floor && (ceiling == 0 || last <= ceiling);
                    });
                }
            }
            long bytes = (long) (tables.get(1).size() + tables.get(2).size() + tables.get(3).size()) << 12;
            assertThat(s.tables.tableBytes()).as("seed %d step %d", seed, step).isEqualTo(bytes);
            assertThat(s.tables.tables(1)).as("seed %d step %d", seed, step).isEqualTo(tables.get(1).size());
        }
        s.verify();
    }

    @Test
    void the_remembered_way_to_a_table_is_forgotten_with_the_table() throws Exception {
        Setup s = fourLevels();
        long va = 5L << 30;
        long slot = s.tables.obtain(va, 1);
        assertThat(s.tables.find(va + PAGE, 1)).isEqualTo(slot + 1);

        s.tables.freeTables(va, va + PAGE, 0, 0);

        assertThat(s.tables.find(va, 1)).isEqualTo(PageTables.NO_SLOT);
        assertThat(s.tables.tableBytes()).isZero();
        // A huge leaf in place of the table is in the way of a base page.
        s.tables.write(s.tables.obtain(va, 2), format.leaf(512, 2, Protection.READ));
        assertThat(s.tables.find(va, 1)).isEqualTo(PageTables.NO_SLOT);
        assertThat(s.tables.obtain(va, 1)).isEqualTo(PageTables.NO_SLOT);
        assertThat(nextEntry(s.tables, 0, 1L << 46)).isEqualTo(va);
        s.verify();
    }

    @Test
    void a_deposited_table_is_accounted_and_becomes_the_table_of_a_split_leaf() throws Exception {
        Setup s = fourLevels();
        long va = 64 * MIB;
        long slot = s.tables.obtain(va, 2);
        long table = s.tables.allocateTable(1);
        s.tables.write(slot, format.leaf(1024, 2, Protection.READ));
        s.tables.deposit(slot, table);
        assertThat(s.tables.tableBytes()).isEqualTo(3 * PAGE);
        assertThat(s.tables.hasDeposit(slot)).isTrue();
        s.verify();

        long leaf = s.tables.read(slot);
        long withdrawn = s.tables.withdraw(slot);
        assertThat(withdrawn).isEqualTo(table);
        long first = s.tables.firstSlot(withdrawn);
        for (int i = 0; i < 512; i++) {
            s.tables.write(first + i, format.childLeaf(leaf, 2, i));
        }
        s.tables.write(slot, format.table(withdrawn, 2));

        assertThat(s.tables.find(va + 3 * PAGE, 1)).isEqualTo(first + 3);
        assertThat(format.pfn(s.tables.read(first + 511), 1)).isEqualTo(1024 + 511);
        assertThat(s.tables.tablePfn(first + 511)).isEqualTo(table);
        assertThat(s.tables.withdraw(slot)).isEqualTo(Frames.NONE);
        assertThat(s.tables.leafWords()[(int) first + 1]).isEqualTo(s.tables.read(first + 1));
        s.verify();
    }

    @Test
    void an_entry_that_points_to_no_table_is_refused() throws Exception {
        Setup s = fourLevels();
        long slot = s.tables.obtain(0, 2);

        assertThatThrownBy(() -> s.tables.write(slot, format.table(77, 2)))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("0x4d");
        assertThatThrownBy(() -> s.tables.close()).isInstanceOf(InvariantViolation.class).hasMessageContaining("tables of level");
    }

    @Test
    void running_out_of_frames_is_no_slot_and_loses_nothing() throws Exception {
        Setup s = fourLevels();
        long va = 0;
        while (s.tables.obtain(va, 1) != PageTables.NO_SLOT) {
            va += 2 * MIB;
        }
        s.verify();
        assertThatThrownBy(() -> {
                    while (true) {
                        RadixPageTables.create(s.arena, s.tables.layout(), format);
                    }
                })
                .isInstanceOf(RadixPageTables.OutOfFramesException.class);
        s.tables.freeTables(0, va + (1L << 30), 0, 0);
        assertThat(s.tables.tableBytes()).isZero();
        assertThat(s.tables.obtain(va, 1)).isNotEqualTo(PageTables.NO_SLOT);
    }

    @Test
    void runs_of_entries_are_written_and_found_as_one_by_one() throws Exception {
        Setup s = fourLevels();
        long first = s.tables.obtain(0x4000_0000L, 1);
        for (long step : new long[] {4096, -4096, 0}) {
            s.tables.fill(first + 3, 400, 0x1234_5067L, step);
            for (int i = 0; i < 400; i++) {
                assertThat(s.tables.read(first + 3 + i)).isEqualTo(0x1234_5067L + i * step);
            }
            assertThat(s.tables.read(first + 2)).isEqualTo(format.none());
            assertThat(s.tables.read(first + 403)).isEqualTo(format.none());
            for (int broken : new int[] {400, 399, 257, 6, 5, 4, 3, 2, 1}) {
                if (broken < 400) {
                    s.tables.write(first + 3 + broken, 0x77L);
                }
                assertThat(s.tables.matching(first + 3, 400, 0x1234_5067L, step)).isEqualTo(broken);
                assertThat(s.tables.matching(first + 3, Math.min(broken, 2), 0x1234_5067L, step)).isEqualTo(Math.min(broken, 2));
            }
        }
    }
}
