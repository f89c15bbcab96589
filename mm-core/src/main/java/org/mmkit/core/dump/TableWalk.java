package org.mmkit.core.dump;

import org.mmkit.api.arch.Access;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.pgtable.PhysicalWords;

/**
 * Translates addresses by the tables below one root, as the hardware does, and keeps what each step saw until the next walk. A walk
 * allocates nothing. Not thread-safe.
 */
public final class TableWalk {

    /** How a walk ended. */
    public enum Outcome {
        /** A leaf maps the address. */
        MAPPED,
        /** The last entry read is not valid: the hardware raises a fault. */
        NOT_VALID,
        /** The last entry read has bits set that must be 0: the hardware raises a fault. */
        MALFORMED,
        /** The bits of the address above the translated ones are wrong: the hardware reads no table. */
        NOT_CANONICAL,
        /** The table that the last entry points to is not among the words. */
        NOT_HELD
    }

    private static final int WORD_SHIFT = 3;

    private final PhysicalWords words;
    private final Architecture architecture;
    private final PageTableLayout layout;
    private final EntryFormat format;
    private final long root;
    private final int pageShift;
    private final int levels;
    private final int[] shifts;
    private final int[] masks;
    private final long[] entries;
    private final long[] places;
    private int last;
    private long physical;
    private int access;

    /** Walks from the root table at the physical address {@code root}. */
    public TableWalk(PhysicalWords words, Architecture architecture, PageTableLayout layout, EntryFormat format, long root) {
        this.words = words;
        this.architecture = architecture;
        this.layout = layout;
        this.format = format;
        this.root = root;
        this.pageShift = layout.pageShift();
        this.levels = layout.levels();
        this.shifts = new int[levels + 1];
        this.masks = new int[levels + 1];
        for (int level = 1; level <= levels; level++) {
            shifts[level] = layout.shift(level);
            masks[level] = layout.entries(level) - 1;
        }
        this.entries = new long[levels + 1];
        this.places = new long[levels + 1];
    }

    /** Walks for {@code va}. */
    public Outcome walk(long va) {
        last = levels + 1;
        access = Access.ALL;
        if (!architecture.isCanonical(layout, va)) {
            return Outcome.NOT_CANONICAL;
        }
        long table = root;
        for (int level = levels; level >= 1; level--) {
            long place = table + ((long) ((int) (va >>> shifts[level]) & masks[level]) << WORD_SHIFT);
            if (!words.holds(place)) {
                places[level] = place;
                return Outcome.NOT_HELD;
            }
            long entry = words.word(place);
            places[level] = place;
            entries[level] = entry;
            last = level;
            if (!format.isValid(entry)) {
                return Outcome.NOT_VALID;
            }
            if (format.reservedBits(entry, level) != 0) {
                return Outcome.MALFORMED;
            }
            access &= format.access(entry, level);
            if (format.isLeaf(entry, level)) {
                long bytes = 1L << shifts[level] + format.repeatShift(entry, level);
                physical = (format.pfn(entry, level) << pageShift) + (va & bytes - 1);
                return Outcome.MAPPED;
            }
            table = format.tablePfn(entry) << pageShift;
        }
        throw new IllegalStateException("no leaf at level 1");
    }

    /** The physical address, after {@link Outcome#MAPPED}. */
    public long physical() {
        return physical;
    }

    /** What all entries read together let through, in bits of {@link Access}. */
    public int access() {
        return access;
    }

    /** The level of the last entry read; above {@link PageTableLayout#levels} when none was. */
    public int lastLevel() {
        return last;
    }

    /** The entry that was read at {@code level}, which is not below {@link #lastLevel}. */
    public long entry(int level) {
        return entries[level];
    }

    /** The physical address that the entry of {@code level} was read at, or could not be read at. */
    public long place(int level) {
        return places[level];
    }

    /** The shape of the tables. */
    public PageTableLayout layout() {
        return layout;
    }

    /** The codec of the entries. */
    public EntryFormat format() {
        return format;
    }
}
