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
import org.mmkit.api.lock.Locks;
import org.mmkit.api.memory.Gfp;
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

    /** A large folio is mapped as runs where the kernel makes such, and they come apart with the first entry that differs. */
    void folioRuns() throws Exception {
        for (Configuration configuration : subject.configurations()) {
            if (subject.architecture().foldsRuns(configuration)) {
                folioRuns(configuration, new Tables(configuration));
            }
        }
    }

    private static void folioRuns(Configuration configuration, Tables tables) {
        EntryFormat format = tables.format;
        int run = tables.layout.contiguousEntries(1);
        assertTrue(run > 1, () -> "no runs in " + configuration);
        long page = tables.layout.size(1);
        long start = 64 * run * page;
        long head = tables.memory.allocateFolio(Integer.numberOfTrailingZeros(run) + 1, Gfp.HIGHUSER_MOVABLE);
        long slot = tables.pages.obtain(start, 1);
        long leaf = format.makeClean(format.leaf(head, 1, Protection.READ | Protection.WRITE));
        for (int i = 0; i < 2 * run; i++) {
            tables.pages.write(slot + i, format.makeOld(format.advance(leaf, 1, i)));
        }
        assertEquals(2 * run, marked(tables, slot, 2 * run));
        tables.pages.write(slot + 1, format.makeDirty(format.makeYoung(tables.pages.read(slot + 1))));
        assertEquals(2 * run, marked(tables, slot, 2 * run), "accessed and dirty are of the run");
        assertTrue(format.isYoung(tables.pages.read(slot)) && format.isDirty(tables.pages.read(slot + run - 1)));
        assertFalse(format.isYoung(tables.pages.read(slot + run)));
        tables.pages.write(slot + 1, format.writeProtect(tables.pages.read(slot + 1)));
        assertEquals(run, marked(tables, slot, 2 * run), "one entry has other rights");
        tables.pages.write(slot + 2 * run - 1, format.none());
        assertEquals(0, marked(tables, slot, 2 * run), "one entry is gone");
        for (int i = 0; i < 2 * run - 1; i++) {
            assertEquals(head + i << tables.layout.pageShift(), tables.walk(start + i * page));
            assertTrue(format.isDirty(tables.pages.read(slot + i)) == i < run, "entry " + i);
        }
        tables.pages.fill(slot, 2 * run, format.none(), 0);
        tables.pages.fill(slot, 2 * run, leaf, format.frameStep(leaf));
        assertEquals(2 * run, marked(tables, slot, 2 * run), "filled");
        tables.pages.fill(slot + 1, run, format.none(), 0);
        assertEquals(0, marked(tables, slot, 2 * run), "both runs lost a part");
        tables.arena.verify();
    }

    private static int marked(Tables tables, long slot, int n) {
        int marked = 0;
        for (int i = 0; i < n; i++) {
            long entry = tables.pages.read(slot + i);
            marked += tables.format.isPresent(entry) && tables.format.isContiguous(entry, 1) ? 1 : 0;
        }
        return marked;
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
        final SystemMemory memory;

        Tables(Configuration configuration) throws RadixPageTables.OutOfFramesException {
            layout = subject.architecture().layout(configuration);
            format = MaskedFormat.of(subject.architecture().entryFormat(configuration), layout);
            memory = new SystemMemory.Builder(
                            subject.architecture().physicalMap(MEMORY), layout, subject.architecture().sectionOrder(configuration))
                    .maxOrder(subject.architecture().maxOrder(configuration))
                    .contents(false)
                    .build();
            arena = new PageTableArena(
                    layout, format, memory.allocator(), memory.frames(), memory.spanned(), memory.sectionOrder(), Locks.NONE,
                    subject.architecture().foldsRuns(configuration));
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
