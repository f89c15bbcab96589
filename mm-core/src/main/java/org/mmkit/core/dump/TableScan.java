package org.mmkit.core.dump;

import java.util.HashMap;
import java.util.Map;
import org.mmkit.api.arch.Access;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.pgtable.PhysicalWords;

/**
 * Finds everything that the tables below one root map. Neighbours that differ in nothing but the address, and in the accessed and
 * dirty bits if so wished, come as one run. A table that is met again is not entered twice, so tables that contain themselves end
 * too. Not thread-safe.
 */
public final class TableScan {

    private static final int WORD_SHIFT = 3;

    private final PhysicalWords words;
    private final Architecture architecture;
    private final PageTableLayout layout;
    private final EntryFormat format;
    private final boolean kernelRoot;
    private final boolean exact;
    private final Visitor visitor;
    /** Where each table was met first, by its address and level. */
    private final Map<Long, Long> seen = new HashMap<>();
    private final long[] path;
    private final long[] tables;
    private final long[] software;

    private Run run = new Run();
    private boolean open;

    /** Receives what is found, in the order of addresses of the tables' indexes. */
    public interface Visitor {

        /** The table of {@code level} at {@code address}, before its entries. */
        default void table(long address, long bytes, int level) {}

        /** A run of mappings; {@code run} is used again. */
        void mapped(Run run);

        /** An entry that is not valid and not empty either: swap, migration, PROT_NONE, or bits that nobody knows. */
        default void notValid(long va, int level, long entry) {}

        /** A valid entry with bits set that must be 0; what is below it is left out. */
        default void malformed(long va, int level, long entry, long reserved) {}

        /** The entry points to a table that is not among the words. */
        default void notHeld(long va, int level, long entry, long table) {}

        /** The table of {@code level} was met before, when {@code firstVa} was reached. */
        default void again(long va, int level, long table, long firstVa) {}

        /** The table contains itself, as the table of {@code ancestorLevel}. */
        default void loop(long va, int level, long table, int ancestorLevel) {}
    }

    /** Mappings that follow on each other. */
    public static final class Run {
        /** First address. */
        public long va;
        /** Its physical address. */
        public long physical;
        /** Level of the leaves. */
        public int level;
        /** How many leaves. */
        public long leaves;
        /** Bytes of all of them. */
        public long bytes;
        /** The first leaf. */
        public long entry;
        /** What all entries on the way let through. */
        public int access;
        /** Leaves with the accessed bit. */
        public long young;
        /** Leaves that are dirty. */
        public long dirty;

        private long lastEntry;

        private Run() {}
    }

    /**
     * A scan for {@code visitor}.
     *
     * @param kernelRoot the root is for the upper half only (Arm: TTBR1)
     * @param exact whether leaves that differ in the accessed or dirty bit are told apart
     */
    public TableScan(
            PhysicalWords words, Architecture architecture, PageTableLayout layout, EntryFormat format, boolean kernelRoot,
            boolean exact, Visitor visitor) {
        this.words = words;
        this.architecture = architecture;
        this.layout = layout;
        this.format = format;
        this.kernelRoot = kernelRoot;
        this.exact = exact;
        this.visitor = visitor;
        this.path = new long[layout.levels() + 1];
        this.tables = new long[layout.levels() + 1];
        this.software = new long[layout.levels() + 1];
    }

    /** Scans the tables below the root at the physical address {@code root}; false when the root itself is not held. */
    public boolean scan(long root) {
        if (!words.holds(root) || !words.holds(root + ((long) layout.entries(layout.levels()) - 1 << WORD_SHIFT))) {
            return false;
        }
        table(root, layout.levels(), 0, Access.ALL);
        finish();
        return true;
    }

    /** Tables of {@code level} met, each once. */
    public long tables(int level) {
        return tables[level];
    }

    /** Entries of {@code level} that are neither valid nor empty. */
    public long notValid(int level) {
        return software[level];
    }

    private void table(long table, int level, long base, int allowed) {
        path[level] = table;
        tables[level]++;
        int n = layout.entries(level);
        visitor.table(table, (long) n << WORD_SHIFT, level);
        for (int i = 0; i < n; i++) {
            long place = table + ((long) i << WORD_SHIFT);
            long va = architecture.canonical(layout, base + ((long) i << layout.shift(level)), kernelRoot);
            long entry = words.word(place);
            if (format.isNone(entry)) {
                continue;
            }
            if (!format.isValid(entry)) {
                finish();
                software[level]++;
                visitor.notValid(va, level, entry);
            } else if (format.reservedBits(entry, level) != 0) {
                finish();
                visitor.malformed(va, level, entry, format.reservedBits(entry, level));
            } else if (format.isLeaf(entry, level)) {
                leaf(va, level, entry, i, allowed & format.access(entry, level));
            } else {
                child(va, level, entry, base + ((long) i << layout.shift(level)), allowed & format.access(entry, level));
            }
        }
    }

    private void child(long va, int level, long entry, long base, int allowed) {
        long table = format.tablePfn(entry) << layout.pageShift();
        for (int above = layout.levels(); above >= level; above--) {
            if (path[above] == table) {
                finish();
                visitor.loop(va, level - 1, table, above);
                return;
            }
        }
        if (!words.holds(table) || !words.holds(table + ((long) layout.entries(level - 1) - 1 << WORD_SHIFT))) {
            finish();
            visitor.notHeld(va, level, entry, table);
            return;
        }
        // Tables are pages, so the low bits are free for the level.
        Long first = seen.putIfAbsent(table | level, va);
        if (first != null) {
            finish();
            visitor.again(va, level - 1, table, first);
            return;
        }
        table(table, level - 1, base, allowed);
    }

    private long folded(long entry) {
        return exact ? entry : format.makeYoung(format.makeClean(entry));
    }

    private void leaf(long va, int level, long entry, int index, int access) {
        long bytes = 1L << layout.shift(level);
        int repeat = format.repeatShift(entry, level);
        long physical = (format.pfn(entry, level) << layout.pageShift()) + ((index & (1L << repeat) - 1) << layout.shift(level));
        boolean follows = open && run.level == level && run.access == access && va == run.va + run.bytes
                && physical == run.physical + run.bytes
                && folded(entry) == folded(expected(level, index, repeat));
        if (!follows) {
            finish();
            open = true;
            run.va = va;
            run.physical = physical;
            run.level = level;
            run.leaves = 0;
            run.bytes = 0;
            run.entry = entry;
            run.access = access;
            run.young = 0;
            run.dirty = 0;
        }
        run.lastEntry = entry;
        run.leaves++;
        run.bytes += bytes;
        run.young += format.isYoung(entry) ? 1 : 0;
        run.dirty += format.isDirty(entry) ? 1 : 0;
    }

    /** What the entry after the last one of the run is, if it continues the run. */
    private long expected(int level, int index, int repeat) {
        long step = 1L << layout.order(level);
        if (repeat == 0) {
            return format.advance(run.lastEntry, level, step);
        }
        return (index & (1 << repeat) - 1) != 0 ? run.lastEntry : format.advance(run.lastEntry, level, step << repeat);
    }

    private void finish() {
        if (open) {
            open = false;
            visitor.mapped(run);
        }
    }
}
