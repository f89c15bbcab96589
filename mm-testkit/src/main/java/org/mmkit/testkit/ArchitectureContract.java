package org.mmkit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.mmkit.api.arch.Access;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryField;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.arch.VirtualLayout;
import org.mmkit.api.config.Configuration;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.pgtable.MaskedFormat;
import org.mmkit.core.pgtable.PageTableArena;
import org.mmkit.core.pgtable.RadixPageTables;

/**
 * What the engine relies on in an {@link Architecture}. A backend's whole test is one method:
 *
 * <pre>{@code
 * class MyArchitectureTest extends ArchitectureContract {
 *     protected Architecture architecture() {
 *         return new MyArchitecture();
 *     }
 * }
 * }</pre>
 *
 * <p>Random tests print their seed in each failure.
 */
public abstract class ArchitectureContract {

    private static final int[] PROTECTIONS = {
        Protection.READ,
        Protection.READ | Protection.WRITE,
        Protection.READ | Protection.EXEC,
        Protection.READ | Protection.WRITE | Protection.EXEC,
    };

    private static final long MEMORY = 512L << 20;

    /** For subclasses. */
    protected ArchitectureContract() {}

    /** The backend under test. */
    protected abstract Architecture architecture();

    /** The configurations to test it under: all that change its layout. */
    protected List<Configuration> configurations() {
        return List.of(FixedConfiguration.of(architecture().configSymbol()));
    }

    /** Whether the backend has {@code behavior}; overridden by one that lacks something. */
    protected boolean has(ArchitectureBehavior behavior) {
        return true;
    }

    private void inEachConfiguration(BiConsumer<PageTableLayout, EntryFormat> test) {
        for (Configuration configuration : configurations()) {
            test.accept(architecture().layout(configuration), architecture().entryFormat(configuration));
        }
    }

    /** Runs {@code test} for leaves of each leaf level and each permission, in frames from the lowest to the highest. */
    private void forLeaves(LeafTest test) {
        inEachConfiguration((layout, format) -> {
            for (int level = 1; level <= layout.levels(); level++) {
                if (!layout.mayBeLeaf(level)) {
                    continue;
                }
                long highest = (1L << layout.paBits() - layout.pageShift()) - (1L << layout.order(level));
                for (long pfn : new long[] {1L << layout.order(level), 3L << layout.order(level), highest}) {
                    for (int protection : PROTECTIONS) {
                        String where = "level " + level + " pfn 0x" + Long.toHexString(pfn) + " protection " + protection;
                        test.run(layout, format, level, pfn, format.leaf(pfn, level, protection), where);
                    }
                }
            }
        });
    }

    /** A statement about one leaf. */
    @FunctionalInterface
    private interface LeafTest {
        void run(PageTableLayout layout, EntryFormat format, int level, long pfn, long leaf, String where);
    }

    @Test
    void A02_the_name_is_stable_and_the_Kconfig_file_defines_the_symbol() throws IOException {
        Architecture architecture = architecture();
        assertTrue(architecture.id().matches("[a-z0-9_-]{1,63}"), architecture.id());
        assertFalse(architecture.name().isBlank());
        String path = "META-INF/mm/" + architecture.id() + "/Kconfig";
        try (InputStream in = architecture.getClass().getModule().getResourceAsStream(path)) {
            assertNotNull(in, path + " is not in the backend's jar");
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(
                    text.lines().anyMatch(line -> line.strip().matches("(menu)?config " + architecture.configSymbol())),
                    path + " defines no " + architecture.configSymbol());
        }
    }

    @Test
    void A03_the_empty_entry_is_nothing_else() {
        inEachConfiguration((layout, format) -> {
            long none = format.none();
            assertTrue(format.isNone(none));
            assertFalse(format.isPresent(none));
            assertFalse(format.isSwap(none));
            assertFalse(format.isMigration(none));
            assertEquals(0, format.markerKind(none));
        });
    }

    @Test
    void A03_a_leaf_of_each_level_gives_back_its_frame_and_permissions() {
        forLeaves((layout, format, level, pfn, leaf, where) -> {
            assertTrue(format.isPresent(leaf), where);
            assertTrue(format.isLeaf(leaf, level), where);
            assertFalse(format.isNone(leaf), where);
            assertEquals(pfn, format.pfn(leaf, level), where);
            assertTrue(format.isYoung(leaf), where);
            assertFalse(format.isDirty(leaf), where);
            assertFalse(format.isSwap(leaf) || format.isMigration(leaf) || format.markerKind(leaf) != 0, where);
            assertFalse(format.describe(leaf, level).isBlank(), where);
            for (int protection : PROTECTIONS) {
                long changed = format.withProtection(leaf, level, protection);
                assertEquals(format.leaf(pfn, level, protection), changed, where + " changed to " + protection);
                assertEquals((protection & Protection.WRITE) != 0, format.isWritable(changed), where);
            }
        });
    }

    @Test
    void A03_changes_of_one_property_leave_the_others_alone() {
        forLeaves((layout, format, level, pfn, leaf, where) -> {
            long dirty = format.makeDirty(leaf);
            assertTrue(format.isDirty(dirty), where);
            assertEquals(pfn, format.pfn(dirty, level), where);
            assertEquals(format.isWritable(leaf), format.isWritable(dirty), where);
            assertFalse(format.isDirty(format.makeClean(dirty)), where);

            long old = format.makeOld(dirty);
            assertFalse(format.isYoung(old), where);
            assertTrue(format.isDirty(old), where);
            assertEquals(dirty, format.makeYoung(old), where);

            long guarded = format.writeProtect(dirty);
            assertFalse(format.isWritable(guarded), where);
            assertTrue(format.isDirty(guarded), where + ": a write-protected page stays dirty");
            assertEquals(pfn, format.pfn(guarded, level), where);
            long writable = format.makeWritable(guarded);
            assertTrue(format.isWritable(writable) && format.isDirty(writable), where);

            long changed = format.withProtection(dirty, level, Protection.READ);
            assertTrue(format.isDirty(changed) && format.isYoung(changed), where + ": a change of permissions keeps D and A");
            // Linux on RISC-V makes the entry accessed, elsewhere it stays as it is.
            assertTrue(format.isDirty(format.withProtection(old, level, Protection.READ)), where);
        });
    }

    @Test
    void A03_a_special_leaf_stays_special() {
        forLeaves((layout, format, level, pfn, leaf, where) -> {
            assertFalse(format.isSpecial(leaf), where);
            if (!has(ArchitectureBehavior.SPECIAL_BIT)) {
                assertThrows(UnsupportedOperationException.class, () -> format.makeSpecial(leaf), where);
                return;
            }
            long special = format.makeSpecial(leaf);
            assertTrue(format.isSpecial(special), where);
            assertTrue(format.isSpecial(format.withProtection(special, level, Protection.READ)), where);
            assertEquals(pfn, format.pfn(special, level), where);
        });
    }

    @Test
    void A03_masks_answer_as_the_format_itself_does() {
        inEachConfiguration((layout, format) -> {
            if (format.masks().isEmpty()) {
                return;
            }
            EntryFormat masked = MaskedFormat.of(format, layout);
            for (long seed = 1; seed <= 2000; seed++) {
                Random random = new Random(seed);
                // Random words, sparse ones, and words with one bit: what no table holds must be answered alike, too.
                long word = seed <= 64 ? 1L << seed - 1 : random.nextBoolean() ? random.nextLong() : random.nextLong() & random.nextLong() & random.nextLong();
                int level = 1 + random.nextInt(layout.levels());
                String where = "seed " + seed + ", level " + level + ", entry 0x" + Long.toHexString(word);
                assertEquals(answers(format, word, level), answers(masked, word, level), where);
                if (format.isPresent(word) && format.isLeaf(word, level) && layout.mayBeLeaf(level)) {
                    assertEquals(format.pfn(word, level), masked.pfn(word, level), where);
                }
                if (layout.mayBeLeaf(level)) {
                    long pfn = random.nextLong() >>> 64 - random.nextInt(layout.paBits() - layout.pageShift()) - 1 & -1L << layout.order(level);
                    int protection = PROTECTIONS[random.nextInt(PROTECTIONS.length)];
                    assertEquals(format.leaf(pfn, level, protection), masked.leaf(pfn, level, protection), "pfn 0x" + Long.toHexString(pfn) + " of " + where);
                }
            }
        });
    }

    private static List<Object> answers(EntryFormat format, long word, int level) {
        return List.of(format.isNone(word), format.isValid(word), format.isPresent(word), format.isLeaf(word, level), format.isUserAccessible(word),
                format.isWritable(word), format.isDirty(word), format.isYoung(word), format.makeYoung(word), format.makeOld(word),
                format.isSpecial(word), format.makeSpecial(word), format.none());
    }

    @Test
    void A03_a_leaf_without_permission_keeps_its_frame_and_is_not_writable() {
        forLeaves((layout, format, level, pfn, leaf, where) -> {
            if (!has(ArchitectureBehavior.PROT_NONE_LEAVES)) {
                assertThrows(
                        UnsupportedOperationException.class, () -> format.leaf(pfn, level, Protection.NONE), where);
                return;
            }
            long dirty = format.makeDirty(leaf);
            long closed = format.withProtection(dirty, level, Protection.NONE);
            assertTrue(format.isPresent(closed), where + ": the kernel's walkers still see it");
            assertTrue(format.isLeaf(closed, level), where);
            assertEquals(pfn, format.pfn(closed, level), where);
            assertFalse(format.isWritable(closed), where);
            assertTrue(format.isDirty(closed), where);
            assertFalse(format.isSwap(closed) || format.isMigration(closed) || format.markerKind(closed) != 0, where);
            assertEquals(pfn, format.pfn(format.leaf(pfn, level, Protection.NONE), level), where);
            long open = format.withProtection(closed, level, Protection.READ | Protection.WRITE);
            assertEquals(format.withProtection(dirty, level, Protection.READ | Protection.WRITE), open, where);
        });
    }

    @Test
    void A03_leaves_above_level_1_exist_as_declared() {
        inEachConfiguration((layout, format) -> {
            boolean any = false;
            for (int level = 2; level <= layout.levels(); level++) {
                any |= layout.mayBeLeaf(level);
            }
            assertEquals(has(ArchitectureBehavior.HUGE_LEAVES), any, "leaves above level 1");
        });
    }

    @Test
    void A03_every_bit_of_an_entry_is_explained_once() {
        forLeaves((layout, format, level, pfn, leaf, where) -> {
            checkExplained(format, leaf, level, where);
            checkExplained(format, format.makeDirty(format.makeOld(leaf)), level, where);
            if (has(ArchitectureBehavior.PROT_NONE_LEAVES)) {
                checkExplained(format, format.withProtection(leaf, level, Protection.NONE), level, where);
            }
        });
        inEachConfiguration((layout, format) -> {
            assertTrue(format.explain(format.none(), 1).isEmpty(), "the empty entry has no fields");
            for (int level = 2; level <= layout.levels(); level++) {
                checkExplained(format, format.table(0x12345, level), level, "table of level " + level);
            }
            if (has(ArchitectureBehavior.SWAP_ENTRIES)) {
                checkExplained(format, format.swap(3, 0x1234, true), 1, "swap entry");
            }
            if (has(ArchitectureBehavior.MIGRATION_ENTRIES)) {
                checkExplained(format, format.migration(0x1234, true, true, true, true), 1, "migration entry");
            }
        });
    }

    private static void checkExplained(EntryFormat format, long entry, int level, String where) {
        long seen = 0;
        int last = 64;
        for (EntryField field : format.explain(entry, level)) {
            String what = where + ", entry 0x" + Long.toHexString(entry) + ": " + field;
            assertTrue(field.high() < last, what + " is not below the field before it");
            last = field.low();
            seen |= field.mask();
            assertEquals((entry & field.mask()) >>> field.low(), field.value(), what);
            assertFalse(field.name().isBlank() || field.meaning().isBlank(), what);
        }
        assertEquals(0, entry & ~seen, where + ": bits of 0x" + Long.toHexString(entry) + " that are not explained");
    }

    @Test
    void A03_what_the_hardware_lets_through_is_what_the_permissions_say() {
        forLeaves((layout, format, level, pfn, leaf, where) -> {
            assertTrue(format.isValid(leaf), where);
            assertEquals(0, format.reservedBits(leaf, level), where + ": the hardware would refuse the model's own entry");
            int access = format.access(leaf, level);
            assertEquals(format.isWritable(leaf), (access & Access.USER_WRITE) != 0, where);
            assertTrue((access & Access.USER_READ) != 0, where);
            if (has(ArchitectureBehavior.PROT_NONE_LEAVES)) {
                assertFalse(format.isValid(format.withProtection(leaf, level, Protection.NONE)), where);
            }
        });
        inEachConfiguration((layout, format) -> {
            for (int level = 2; level <= layout.levels(); level++) {
                long table = format.table(0x123, level);
                assertTrue(format.isValid(table));
                assertEquals(0, format.reservedBits(table, level));
                assertEquals(Access.USER_READ | Access.USER_WRITE, format.access(table, level) & (Access.USER_READ | Access.USER_WRITE));
            }
        });
    }

    @Test
    void A03_runs_of_entries_exist_as_the_layout_says_and_come_apart_again() {
        inEachConfiguration((layout, format) -> {
            for (int level = 1; level <= layout.levels(); level++) {
                int entries = layout.contiguousEntries(level);
                if (!layout.mayBeLeaf(level) || entries == 1) {
                    continue;
                }
                long step = 1L << layout.order(level);
                long first = 3 * entries * step;
                for (int n = 0; n < entries; n++) {
                    long single = format.leaf(first + n * step, level, Protection.READ);
                    long one = format.makeContiguous(single, level);
                    assertTrue(format.isContiguous(one, level) && !format.isContiguous(single, level));
                    assertEquals(single, format.makeSingle(one, level, n), "entry " + n + " of a run of level " + level);
                    assertEquals(format.repeatShift(one, level) == 0 ? first + n * step : first, format.pfn(one, level));
                    assertEquals(0, format.reservedBits(one, level));
                }
            }
        });
    }

    @Test
    void A03_an_entry_may_come_and_go_and_change_its_accessed_bit_in_one_step() {
        forLeaves((layout, format, level, pfn, leaf, where) -> {
            assertTrue(format.mayFollow(format.none(), leaf, level) && format.mayFollow(leaf, format.none(), level), where);
            assertTrue(format.mayFollow(leaf, format.makeOld(leaf), level) && format.mayFollow(leaf, format.makeDirty(leaf), level), where);
        });
    }

    @Test
    void A03_addresses_of_user_space_and_of_the_direct_map_are_translated() {
        for (Configuration configuration : configurations()) {
            PageTableLayout layout = architecture().layout(configuration);
            VirtualLayout space = architecture().virtualLayout(configuration);
            assertTrue(architecture().isCanonical(layout, space.userStart()));
            assertTrue(architecture().isCanonical(layout, space.userEnd() - 1));
            assertTrue(architecture().isCanonical(layout, space.directMapBase()), Long.toHexString(space.directMapBase()));
            assertEquals(0x4000, architecture().rootAddress(configuration, 0x4000));
            for (long va : new long[] {space.userEnd() - layout.size(1), space.directMapBase()}) {
                assertEquals(va, architecture().canonical(layout, va, va < 0 || Long.compareUnsigned(va, space.userEnd()) >= 0));
            }
        }
    }

    @Test
    void A03_the_children_of_a_huge_leaf_map_its_base_pages_with_the_same_bits() {
        forLeaves((layout, format, level, pfn, leaf, where) -> {
            if (level == 1) {
                return;
            }
            int last = (1 << layout.order(level)) - 1;
            for (long huge : new long[] {leaf, format.makeOld(format.makeDirty(leaf)), format.writeProtect(leaf)}) {
                for (int n : new int[] {0, 1, last / 2, last}) {
                    long child = format.childLeaf(huge, level, n);
                    assertEquals(pfn + n, format.pfn(child, 1), where + " child " + n);
                    assertTrue(format.isPresent(child) && format.isLeaf(child, 1), where);
                    assertEquals(format.isWritable(huge), format.isWritable(child), where);
                    assertEquals(format.isDirty(huge), format.isDirty(child), where);
                    assertEquals(format.isYoung(huge), format.isYoung(child), where);
                    assertEquals(format.isSpecial(huge), format.isSpecial(child), where);
                }
            }
            assertEquals(format.leaf(pfn + 5, 1, Protection.READ), format.childLeaf(format.leaf(pfn, level, Protection.READ), level, 5), where);
        });
    }

    @Test
    void A03_an_entry_moves_on_by_frames_and_back() {
        forLeaves((layout, format, level, pfn, leaf, where) -> {
            long step = 1L << layout.order(level);
            if (pfn + step >>> layout.paBits() - layout.pageShift() != 0) {
                return;
            }
            long moved = format.advance(leaf, level, step);
            assertEquals(pfn + step, format.pfn(moved, level), where);
            assertEquals(leaf, format.advance(moved, level, -step), where);
        });
    }

    @Test
    void A03_a_table_entry_is_present_no_leaf_and_gives_back_its_frame() {
        inEachConfiguration((layout, format) -> {
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

    @Test
    void A03_software_entries_give_back_what_went_in_and_are_never_mistaken_for_each_other() {
        inEachConfiguration((layout, format) -> {
            Random random = new Random(1);
            for (int i = 0; i < 2000; i++) {
                long bits = Math.min(40, layout.paBits() - layout.pageShift());
                long number = random.nextLong() & (1L << bits) - 1;
                boolean exclusive = random.nextBoolean();
                boolean writable = random.nextBoolean();
                boolean dirty = random.nextBoolean();
                boolean young = random.nextBoolean();
                checkSwap(format, random.nextInt(8), number & (1L << 32) - 1, exclusive);
                checkMigration(format, number, writable, exclusive, dirty, young);
            }
            for (int kind = 1; kind <= 7; kind++) {
                checkMarker(format, kind);
            }
        });
    }

    private void checkSwap(EntryFormat format, int type, long offset, boolean exclusive) {
        if (!has(ArchitectureBehavior.SWAP_ENTRIES)) {
            assertThrows(UnsupportedOperationException.class, () -> format.swap(type, offset, exclusive));
            return;
        }
        long entry = format.swap(type, offset, exclusive);
        String where = "device " + type + " offset 0x" + Long.toHexString(offset) + " is " + Long.toHexString(entry);
        assertTrue(format.isSwap(entry), where);
        assertFalse(format.isNone(entry) || format.isPresent(entry) || format.isMigration(entry), where);
        assertEquals(0, format.markerKind(entry), where);
        assertEquals(type, format.swapType(entry), where);
        assertEquals(offset, format.swapOffset(entry), where);
        assertEquals(exclusive, format.isExclusive(entry), where);
        assertEquals(format.swap(type, offset, false), format.clearExclusive(entry), where);
        assertFalse(format.describe(entry, 1).isBlank());
    }

    private void checkMigration(
            EntryFormat format, long pfn, boolean writable, boolean exclusive, boolean dirty, boolean young) {
        if (!has(ArchitectureBehavior.MIGRATION_ENTRIES)) {
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> format.migration(pfn, writable, exclusive, dirty, young));
            return;
        }
        long entry = format.migration(pfn, writable, exclusive, dirty, young);
        String where = "migration of 0x" + Long.toHexString(pfn) + " is " + Long.toHexString(entry);
        assertTrue(format.isMigration(entry), where);
        assertFalse(format.isNone(entry) || format.isPresent(entry) || format.isSwap(entry), where);
        assertEquals(0, format.markerKind(entry), where);
        assertEquals(pfn, format.migrationPfn(entry), where);
        assertEquals(writable, format.isMigrationWritable(entry), where);
        assertEquals(dirty, format.isMigrationDirty(entry), where);
        assertEquals(young, format.isMigrationYoung(entry), where);
        // A writable mapping of an anonymous page is exclusive, whatever was asked for.
        assertEquals(writable || exclusive, format.isExclusive(entry), where);
    }

    private void checkMarker(EntryFormat format, int kind) {
        if (!has(ArchitectureBehavior.MARKER_ENTRIES)) {
            assertThrows(UnsupportedOperationException.class, () -> format.marker(kind));
            return;
        }
        long entry = format.marker(kind);
        assertEquals(kind, format.markerKind(entry));
        assertFalse(format.isNone(entry) || format.isPresent(entry), "marker " + kind);
        assertFalse(format.isSwap(entry) || format.isMigration(entry), "marker " + kind);
    }

    @Test
    void A03_the_hardware_would_walk_the_tables_that_the_engine_builds() throws Exception {
        for (Configuration configuration : configurations()) {
            PageTableLayout layout = architecture().layout(configuration);
            for (int level = 1; level <= layout.levels(); level++) {
                if (layout.mayBeLeaf(level)) {
                    mapExactRanges(configuration, layout, level);
                }
            }
        }
    }

    /** Maps whole entries of {@code level} next to each other and walks for their first, middle and last byte. */
    private void mapExactRanges(Configuration configuration, PageTableLayout layout, int level) throws Exception {
        Tables tables = new Tables(configuration);
        EntryFormat format = tables.format;
        long size = layout.size(level);
        long start = architecture().virtualLayout(configuration).userEnd() / 2 / size * size;
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

    @Test
    void A03_random_mappings_translate_as_a_plain_map_says_and_all_tables_come_back() throws Exception {
        for (Configuration configuration : configurations()) {
            for (long seed = 1; seed <= 3; seed++) {
                randomMappings(configuration, seed);
            }
        }
    }

    private void randomMappings(Configuration configuration, long seed) throws Exception {
        Tables tables = new Tables(configuration);
        PageTableLayout layout = tables.layout;
        VirtualLayout space = architecture().virtualLayout(configuration);
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
            layout = architecture().layout(configuration);
            format = MaskedFormat.of(architecture().entryFormat(configuration), layout);
            SystemMemory memory = new SystemMemory.Builder(
                            architecture().physicalMap(MEMORY), layout, architecture().sectionOrder(configuration))
                    .maxOrder(architecture().maxOrder(configuration))
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

    @Test
    void A02_the_firmware_map_ascends_and_holds_about_the_memory_asked_for() {
        for (long bytes : new long[] {MEMORY, 4L << 30, 64L << 30, 16L << 40}) {
            PhysicalMap map = architecture().physicalMap(bytes);
            long end = 0;
            long usable = 0;
            for (PhysicalMap.Range range : map.ranges()) {
                assertTrue(range.start() >= end && range.bytes() > 0, "range " + range + " of " + bytes);
                end = range.start() + range.bytes();
                usable += range.usable() ? range.bytes() : 0;
            }
            assertTrue(usable <= bytes && usable > bytes - (64L << 20), usable + " usable of " + bytes);
        }
    }

    @Test
    void A02_the_address_space_is_plausible() {
        for (Configuration configuration : configurations()) {
            PageTableLayout layout = architecture().layout(configuration);
            VirtualLayout space = architecture().virtualLayout(configuration);
            long page = layout.size(1);
            assertTrue(space.userStart() > 0 && space.userStart() < space.mmapBase());
            assertTrue(space.mmapBase() < space.stackTop() && space.stackTop() <= space.userEnd());
            assertEquals(0, (space.userStart() | space.mmapBase() | space.stackTop() | space.userEnd()) & page - 1);
            long half = layout.signExtended() ? layout.vaBits() - 1 : layout.vaBits();
            assertTrue(half >= 63 || space.userEnd() <= 1L << half, "user space ends at " + space.userEnd());
            assertNotEquals(space.directMapBase(), space.vmemmapBase());
            assertTrue(architecture().sectionOrder(configuration) >= architecture().maxOrder(configuration),
                    "a section holds a block of the largest order");
        }
    }

    @Test
    void A02_translation_caches_can_be_built() {
        MmuGeometry mmu = architecture().mmu();
        assertFalse(mmu.tlbs().isEmpty());
        for (MmuGeometry.Tlb tlb : mmu.tlbs()) {
            assertTrue(tlb.entries() > 0 && tlb.ways() > 0 && tlb.entries() % tlb.ways() == 0, tlb.toString());
            assertTrue(tlb.cacheLevel() >= 1 && tlb.levels() != 0, tlb.toString());
        }
    }
}
