package org.mmkit.core.memory;

import java.util.ArrayList;
import java.util.List;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.memory.Frames;

/**
 * Where boot put the memory map and the page tables that map it (Linux: sparse_init, vmemmap_populate). Everything follows from the place
 * of a few rows of sections by arithmetic, so that nothing need be written down for memory that nobody looks at.
 *
 * <pre>
 *   virtual    base + first section … last section        base + …            (holes between the rows)
 *   physical   frame … one run per row
 *   tables     root | tables of the next level, each once | … | tables that hold the leaves
 * </pre>
 *
 * <p>Leaves are of level 2 where the descriptors of a section fill whole ones, else of level 1. Immutable after boot.
 */
public final class MemmapPlan {

    /** Bytes that the kernel keeps for each frame (sizeof(struct page) on 64 bits). */
    public static final int DESCRIPTOR_BYTES = 64;

    /** The sections {@code first} to {@code last} hold memory; their descriptors begin at {@code frame}. */
    private record Row(long first, long last, long frame) {}

    /** Tables of {@code level} for the stretches {@code first} to {@code last} of the memory map; {@code place} is that of the first. */
    private record Tables(int level, long first, long last, long place) {}

    private final PageTableLayout layout;
    private final long base;
    private final int sectionOrder;
    private final long framesPerSection;
    private final int leafLevel;
    private final List<Row> rows = new ArrayList<>();
    private final List<Tables> tables = new ArrayList<>();
    private long firstTable = Frames.NONE;
    private long tableCount;

    /** A plan without memory, for descriptors from virtual address {@code base} on. */
    MemmapPlan(PageTableLayout layout, long base, int sectionOrder) {
        this.layout = layout;
        this.base = base;
        this.sectionOrder = sectionOrder;
        long bytesPerSection = (long) DESCRIPTOR_BYTES << sectionOrder;
        framesPerSection = bytesPerSection >>> layout.pageShift();
        leafLevel = layout.levels() > 2 && layout.mayBeLeaf(2) && bytesPerSection >= layout.size(2) ? 2 : 1;
    }

    /** Adds the sections {@code first} to {@code last}, above all before, with descriptors from {@code frame} on. */
    void add(long first, long last, long frame) {
        rows.add(new Row(first, last, frame));
    }

    /** Counts the page tables that all rows need, the root included. */
    long countTables() {
        tables.clear();
        tableCount = 1;
        for (int level = layout.levels() - 1; level >= leafLevel; level--) {
            long next = Long.MIN_VALUE;
            for (Row row : rows) {
                long first = Math.max(next, stretch(address(row.first), level));
                long last = stretch(address(row.last + 1) - 1, level);
                if (first <= last) {
                    tables.add(new Tables(level, first, last, tableCount));
                    tableCount += last - first + 1;
                    next = last + 1;
                }
            }
        }
        return tableCount;
    }

    /** The tables stand from {@code frame} on. */
    void placeTables(long frame) {
        firstTable = frame;
    }

    /** Which stretch of address space the table of {@code level} that serves {@code va} covers; signed, as upper addresses are negative. */
    private long stretch(long va, int level) {
        return va >> layout.shift(level + 1);
    }

    private long address(long section) {
        return base + (section << sectionOrder) * DESCRIPTOR_BYTES;
    }

    /** The virtual address of the descriptor of frame {@code pfn}, whether or not there is such a frame. */
    public long addressOf(long pfn) {
        return base + pfn * DESCRIPTOR_BYTES;
    }

    /** The level of the leaves that map the memory map. */
    public int leafLevel() {
        return leafLevel;
    }

    /** The frame of the memory map that boot put at virtual address {@code va}; {@link Frames#NONE} outside of it. */
    public long frameAt(long va) {
        long bytes = va - base;
        return bytes < 0 ? Frames.NONE : frameOf(bytes / DESCRIPTOR_BYTES);
    }

    /** The frame that boot gave the descriptor of frame {@code pfn}; {@link Frames#NONE} when {@code pfn} lies in a hole. */
    public long frameOf(long pfn) {
        long section = pfn >>> sectionOrder;
        for (Row row : rows) {
            if (section >= row.first && section <= row.last) {
                return row.frame + ((pfn - (row.first << sectionOrder)) * DESCRIPTOR_BYTES >>> layout.pageShift());
            }
        }
        return Frames.NONE;
    }

    /** The section whose descriptors boot put into frame {@code pfn}; -1 for other frames. */
    long sectionOf(long pfn) {
        for (Row row : rows) {
            long place = pfn - row.frame;
            if (place >= 0 && place < (row.last - row.first + 1) * framesPerSection) {
                return row.first + place / framesPerSection;
            }
        }
        return -1;
    }

    /** Frames of the memory map. */
    public long pages() {
        long n = 0;
        for (Row row : rows) {
            n += (row.last - row.first + 1) * framesPerSection;
        }
        return n;
    }

    /** The frame of the root table. */
    public long rootTable() {
        return firstTable;
    }

    /** The frame that boot set aside for the table of {@code level} that serves {@code va}; {@link Frames#NONE} when there is none. */
    public long tableFrame(int level, long va) {
        long stretch = stretch(va, level);
        for (Tables t : tables) {
            if (t.level == level && stretch >= t.first && stretch <= t.last) {
                return firstTable + t.place + stretch - t.first;
            }
        }
        return Frames.NONE;
    }

    /** Whether {@code pfn} was set aside for a table below the root. */
    boolean isTable(long pfn) {
        return firstTable != Frames.NONE && pfn > firstTable && pfn < firstTable + tableCount;
    }

    /** Shows {@code visitor} the virtual ranges of the memory map, in ascending order. */
    public void forEachRange(RangeVisitor visitor) {
        for (Row row : rows) {
            visitor.range(address(row.first), address(row.last + 1));
        }
    }

    /** Takes virtual ranges. */
    public interface RangeVisitor {

        /** One range, page-aligned; {@code end} is outside. */
        void range(long start, long end);
    }
}
