package org.mmkit.core.pseudofs;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.core.memory.MemmapPlan;
import org.mmkit.core.pgtable.KernelPageTables;

/**
 * /sys/kernel/debug/page_tables/kernel (mm/ptdump.c): runs of virtual addresses with the same level and permission, of the part of the
 * kernel's address space that the machine maps. Ranges that nobody has looked at stay unwritten and are shown as boot leaves them.
 */
final class KernelTableDump {

    private static final String[] LEVELS = {"", "pte", "pmd", "pud", "p4d", "pgd"};
    private static final int KIB_SHIFT = 10;

    private final KernelPageTables tables;
    private final PageTableLayout layout;
    private final EntryFormat format;

    KernelTableDump(KernelPageTables tables) {
        this.tables = tables;
        this.layout = tables.layout();
        this.format = tables.format();
    }

    /** Collects runs; a run ends where level or permission changes, or addresses do not follow on. */
    private static final class Runs {

        private final StringBuilder out = new StringBuilder();
        private long start;
        private long end;
        private int level;
        private boolean writable;

        void add(long from, long to, int leafLevel, boolean mayWrite) {
            if (from != end || leafLevel != level || mayWrite != writable) {
                finish();
                start = from;
                level = leafLevel;
                writable = mayWrite;
            }
            end = to;
        }

        void finish() {
            if (start < end) {
                out.append(String.format("0x%016x-0x%016x %11s %s %s%n", start, end, size(end - start), writable ? "RW" : "ro",
                        LEVELS[level]));
            }
            start = end;
        }
    }

    private static String size(long bytes) {
        int unit = 0;
        long n = bytes >>> KIB_SHIFT;
        while ((n & (1 << KIB_SHIFT) - 1) == 0 && unit < 3) {
            n >>>= KIB_SHIFT;
            unit++;
        }
        return n + "KMGT".substring(unit, unit + 1);
    }

    /** The text of the file. */
    String text() {
        Runs runs = new Runs();
        runs.out.append("---[ Vmemmap ]---\n");
        tables.plan().forEachRange((start, end) -> range(runs, start, end));
        runs.finish();
        return runs.out.toString();
    }

    private void range(Runs runs, long start, long end) {
        MemmapPlan plan = tables.plan();
        int level = plan.leafLevel();
        long table = layout.size(level + 1);
        for (long va = start; va < end; ) {
            if (!tables.isMaterialised(va)) {
                long next = Math.min(end, (va & -table) + table);
                runs.add(va, next, level, true);
                va = next;
                continue;
            }
            long next = Math.min(end, (va & -layout.size(level)) + layout.size(level));
            long entry = tables.read(tables.find(va, level));
            if (format.isLeaf(entry, level)) {
                runs.add(va, next, level, format.isWritable(entry));
            } else {
                for (long page = va; page < next; page += layout.size(1)) {
                    long slot = tables.find(page, 1);
                    if (slot != PageTables.NO_SLOT) {
                        runs.add(page, page + layout.size(1), 1, format.isWritable(tables.read(slot)));
                    }
                }
            }
            va = next;
        }
    }
}
