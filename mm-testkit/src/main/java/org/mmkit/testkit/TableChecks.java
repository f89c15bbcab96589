package org.mmkit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.arch.VirtualLayout;
import org.mmkit.api.config.Configuration;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.pgtable.MaskedFormat;
import org.mmkit.core.pgtable.PageTableArena;
import org.mmkit.core.pgtable.RadixPageTables;

/** Tables that the engine builds of the entries, and a walk through their words. */
final class TableChecks {

    private static final long MEMORY = 512L << 20;

    private final BackendUnderTest subject;

    TableChecks(BackendUnderTest subject) {
        this.subject = subject;
    }

    void tableEntries() {
        subject.inEachConfiguration((layout, format) -> {
            for (int level = 2; level <= layout.levels(); level++) {
                for (long pfn : new long[] {1, 0x12345, (1L << layout.paBits() - layout.pageShift()) - 1}) {
                    long entry = format.table(pfn, level);
                    assertTrue(format.isPresent(entry));
                    assertFalse(format.isLeaf(entry, level), "level " + level);
                    assertEquals(pfn, format.tablePfn(entry));
                    assertFalse(format.isNone(entry) || format.isSwap(entry) || format.isMigration(entry));
                }
            }
        });
    }

    void exactRanges() throws Exception {
        for (Configuration configuration : subject.configurations()) {
            PageTableLayout layout = subject.architecture().layout(configuration);
            for (int level = 1; level <= layout.levels(); level++) {
                if (layout.mayBeLeaf(level)) {
                    mapExactRanges(configuration, layout, level);
                }
            }
        }
    }

    void randomMappings() throws Exception {
        for (Configuration configuration : subject.configurations()) {
            for (long seed = 1; seed <= 3; seed++) {
                randomMappings(configuration, seed);
            }
        }
    }

    /** Maps whole entries of {@code level} next to each other and walks for their first, middle and last byte. */
    private void mapExactRanges(Configuration configuration, PageTableLayout layout, int level) throws Exception {
        Tables tables = new Tables(configuration);
        EntryFormat format = tables.format;
        long size = layout.size(level);
        long start = subject.architecture().virtualLayout(configuration).userEnd() / 2 / size * size;
        for (int i = 0; i < 3; i++) {
            long slot = tables.pages.obtain(start + i * size, level);
            assertNotEquals(PageTables.NO_SLOT, slot);
            tables.pages.write(slot, format.leaf((long) (i + 1) << layout.order(level), level, Protection.READ));
        }
        for (int i = 0; i < 3; i++) {
            long pfn = (long) (i + 1) << layout.order(level);
            for (long offset : new long[] {0, size / 2, size - 1}) {
                assertEquals(
                        (pfn << layout.pageShift()) + offset,
                        tables.walk(start + i * size + offset),
                        "level " + level + " page " + i + " offset " + offset);
            }
        }
        assertEquals(-1, tables.walk(start + 3 * size), "behind the last page of level " + level);
        assertEquals(-1, tables.walk(start - 1), "before the first page of level " + level);
        tables.arena.verify();
    }

    private void randomMappings(Configuration configuration, long seed) throws Exception {
        Tables tables = new Tables(configuration);
        PageTableLayout layout = tables.layout;
        VirtualLayout space = subject.architecture().virtualLayout(configuration);
        Random random = new Random(seed);
        Map<Long, Long> oracle = new TreeMap<>();
        List<Long> regions = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            regions.add((random.nextLong() >>> 1) % (space.userEnd() - (64L << 20)) & -layout.size(1));
        }
        for (int step = 0; step < 4000; step++) {
            long va = regions.get(random.nextInt(20)) + random.nextInt(2000) * layout.size(1);
            if (random.nextInt(3) > 0) {
                long pfn = 1 + random.nextInt(1 << 20);
                tables.pages.replace(tables.pages.obtain(va, 1), tables.format.leaf(pfn, 1, Protection.READ));
                oracle.put(va, pfn);
            } else if (oracle.remove(va) != null) {
                tables.pages.write(tables.pages.find(va, 1), tables.format.none());
            }
            long expected = oracle.containsKey(va) ? oracle.get(va) << layout.pageShift() : -1;
            assertEquals(expected, tables.walk(va), "seed " + seed + " step " + step + " in " + configuration);
        }
        for (long va : oracle.keySet()) {
            tables.pages.write(tables.pages.find(va, 1), tables.format.none());
        }
        tables.pages.freeTables(0, space.userEnd(), 0, 0);
        tables.pages.close();
        tables.arena.verify();
        assertEquals(0, tables.arena.tables());
    }

    /** Tables of one address space of the engine, and a walk through their words as the hardware does it. */
    private final class Tables {
        final PageTableLayout layout;
        final EntryFormat format;
        final PageTableArena arena;
        final RadixPageTables pages;

        Tables(Configuration configuration) throws RadixPageTables.OutOfFramesException {
            layout = subject.architecture().layout(configuration);
            format = MaskedFormat.of(subject.architecture().entryFormat(configuration), layout);
            SystemMemory memory = new SystemMemory.Builder(
                            subject.architecture().physicalMap(MEMORY), layout, subject.architecture().sectionOrder(configuration))
                    .maxOrder(subject.architecture().maxOrder(configuration))
                    .contents(false)
                    .build();
            arena = new PageTableArena(
                    layout, format, memory.allocator(), memory.frames(), memory.spanned(), memory.sectionOrder());
            pages = RadixPageTables.create(arena, layout, format);
        }

        /** The physical address of {@code va}, or -1. */
        long walk(long va) {
            long table = pages.rootPfn();
            for (int level = layout.levels(); level >= 1; level--) {
                long entry = pages.read(pages.firstSlot(table) + layout.index(va, level));
                if (!format.isPresent(entry)) {
                    return -1;
                }
                if (format.isLeaf(entry, level)) {
                    return (format.pfn(entry, level) << layout.pageShift()) + (va & layout.size(level) - 1);
                }
                table = format.tablePfn(entry);
            }
            throw new AssertionError("no leaf at level 1");
        }
    }
}
