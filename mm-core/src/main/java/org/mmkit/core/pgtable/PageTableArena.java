package org.mmkit.core.pgtable;

import java.util.Arrays;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;

/**
 * The words of all page tables of a machine.
 *
 * <p>Each table occupies one frame of the machine and one stretch of words here. Tables of level 1 and tables above
 * are kept apart: bit {@link #UPPER} of a slot tells which. Beside each word of an upper table stands its <em>child</em>, the
 * number of the table it leads to, so that a walk needs neither the entry codec nor a lookup by frame; a write
 * to an upper slot keeps it true.
 *
 * <p>Not thread-safe.
 */
public final class PageTableArena {

    /** Set in the slots of tables above level 1. */
    static final long UPPER = 1L << 48;

    /** Child of an entry that is not none and leads to no table: a huge leaf, a swap or migration entry. */
    static final int CHILD_OTHER = -1;

    /** Words of one array. */
    private static final int CHUNK_SHIFT = 16;

    private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;
    private static final long[] NO_WORDS = {};
    private static final int[] NO_INTS = {};

    private final EntryFormat format;
    private final FrameAllocator allocator;
    private final Frames frames;
    private final int tableShift;
    private final int tableWords;
    private final int sectionOrder;
    private final long none;

    private final Pool leaves = new Pool();
    private final Pool uppers = new Pool();
    private int[][] children = {};
    private byte[] upperLevels = {};

    /** Per frame: number + 1 of the leaf table in it, or -(number + 1) of the upper table; 0 without a table. */
    private final int[][] tableOf;

    /**
     * Changes whenever an entry of an upper table stops leading to a table. Whoever remembers the way to a table must
     * forget it then.
     */
    private long generation;

    /** Word storage of one kind of table. */
    private static final class Pool {
        long[][] words = {};
        long[] frameOf = {};
        int[] free = {};
        int freeCount;
        int used;

        int take() {
            return freeCount > 0 ? free[--freeCount] : used++;
        }

        void giveBack(int number) {
            if (freeCount == free.length) {
                free = Arrays.copyOf(free, Math.max(16, 2 * freeCount));
            }
            free[freeCount++] = number;
        }
    }

    /**
     * An arena without tables.
     *
     * @param spanned frames that the machine spans
     * @param sectionOrder log2 of the frames of a section
     */
    public PageTableArena(
            PageTableLayout layout,
            EntryFormat format,
            FrameAllocator allocator,
            Frames frames,
            long spanned,
            int sectionOrder) {
        this.format = format;
        this.allocator = allocator;
        this.frames = frames;
        this.sectionOrder = sectionOrder;
        int bits = 0;
        for (int level = 1; level <= layout.levels(); level++) {
            bits = Math.max(bits, Integer.numberOfTrailingZeros(layout.entries(level)));
        }
        if (bits > layout.pageShift() - 3) {
            throw new IllegalArgumentException("a table of 2^" + bits + " entries of 8 bytes does not fit a page of 2^"
                    + layout.pageShift() + " bytes");
        }
        tableShift = bits;
        tableWords = 1 << bits;
        none = format.none();
        tableOf = new int[Math.toIntExact(spanned + (1L << sectionOrder) - 1 >>> sectionOrder)][];
        Arrays.fill(tableOf, NO_INTS);
    }

    /** log2 of the words that a table takes. */
    int tableShift() {
        return tableShift;
    }

    long generation() {
        return generation;
    }

    /** Reads the word of any slot. */
    long read(long slot) {
        long index = slot & UPPER - 1;
        long[][] words = (slot & UPPER) == 0 ? leaves.words : uppers.words;
        return words[(int) (index >>> CHUNK_SHIFT)][(int) index & CHUNK_MASK];
    }

    /** Writes the word of any slot. */
    void write(long slot, long entry) {
        if ((slot & UPPER) == 0) {
            leaves.words[(int) (slot >>> CHUNK_SHIFT)][(int) slot & CHUNK_MASK] = entry;
        } else {
            writeUpper(slot, entry);
        }
    }

    private void writeUpper(long slot, long entry) {
        long index = slot & UPPER - 1;
        int chunk = (int) (index >>> CHUNK_SHIFT);
        int i = (int) index & CHUNK_MASK;
        uppers.words[chunk][i] = entry;
        int child = 0;
        if (entry != none) {
            int level = upperLevels[(int) (index >>> tableShift)];
            child = CHILD_OTHER;
            if (format.isPresent(entry) && !format.isLeaf(entry, level)) {
                int number = tableOf(format.tablePfn(entry));
                if (number == 0 || number > 0 != (level == 2)) {
                    throw new InvariantViolation("entry 0x" + Long.toHexString(entry) + " of level " + level
                            + " points to frame 0x" + Long.toHexString(format.tablePfn(entry))
                            + ", which holds no table of the level below");
                }
                child = Math.abs(number);
            }
        }
        if (children[chunk][i] > 0 && children[chunk][i] != child) {
            generation++;
        }
        children[chunk][i] = child;
    }

    /** The array that holds the words of the leaf slots around {@code slot}; index it by {@link #offset}. */
    long[] leafWords(long slot) {
        return leaves.words[(int) (slot >>> CHUNK_SHIFT)];
    }

    /** Where {@code slot} stands in the array that holds it. */
    static int offset(long slot) {
        return (int) slot & CHUNK_MASK;
    }

    /** The child of entry {@code i} of the upper table {@code number}: 0, {@link #CHILD_OTHER} or a number + 1. */
    int child(int number, int i) {
        long index = ((long) number << tableShift) + i;
        return children[(int) (index >>> CHUNK_SHIFT)][(int) index & CHUNK_MASK];
    }

    long leafSlot(int number) {
        return (long) number << tableShift;
    }

    long upperSlot(int number) {
        return UPPER | (long) number << tableShift;
    }

    /** The frame of the leaf table that {@code slot} belongs to, or of the upper one. */
    long frameOf(long slot) {
        int number = (int) ((slot & UPPER - 1) >>> tableShift);
        return (slot & UPPER) == 0 ? leaves.frameOf[number] : uppers.frameOf[number];
    }

    private int tableOf(long pfn) {
        int[] t = tableOf[(int) (pfn >>> sectionOrder)];
        return t == NO_INTS ? 0 : t[(int) pfn & (1 << sectionOrder) - 1];
    }

    /** First slot of the table in frame {@code pfn}. */
    long firstSlot(long pfn) {
        int number = tableOf(pfn);
        if (number == 0) {
            throw new IllegalArgumentException("frame 0x" + Long.toHexString(pfn) + " holds no page table");
        }
        return number > 0 ? leafSlot(number - 1) : upperSlot(-number - 1);
    }

    /** An empty table of {@code level} in a fresh frame; returns the frame, or {@link Frames#NONE}. */
    long allocate(int level) {
        long pfn = allocator.allocate(0, Gfp.KERNEL | Gfp.ZERO);
        if (pfn == FrameAllocator.NONE) {
            return Frames.NONE;
        }
        frames.makeFolio(pfn, 0, false);
        frames.set(pfn, FolioFlags.TABLE);
        int s = (int) (pfn >>> sectionOrder);
        if (tableOf[s] == NO_INTS) {
            tableOf[s] = new int[1 << sectionOrder];
        }
        Pool pool = level == 1 ? leaves : uppers;
        int number = pool.take();
        ensure(pool, number);
        pool.frameOf[number] = pfn;
        tableOf[s][(int) pfn & (1 << sectionOrder) - 1] = level == 1 ? number + 1 : -(number + 1);
        if (level > 1) {
            upperLevels[number] = (byte) level;
        }
        return pfn;
    }

    private void ensure(Pool pool, int number) {
        if (number >= pool.frameOf.length) {
            int length = Math.max(64, 2 * pool.frameOf.length);
            pool.frameOf = Arrays.copyOf(pool.frameOf, length);
            if (pool == uppers) {
                upperLevels = Arrays.copyOf(upperLevels, length);
            }
        }
        int chunk = (int) ((long) number << tableShift >>> CHUNK_SHIFT);
        int have = pool.words.length;
        if (chunk >= have) {
            int length = Math.max(4, 2 * have);
            pool.words = Arrays.copyOf(pool.words, length);
            Arrays.fill(pool.words, have, length, NO_WORDS);
            if (pool == uppers) {
                children = Arrays.copyOf(children, length);
                Arrays.fill(children, have, length, NO_INTS);
            }
        }
        if (pool.words[chunk] == NO_WORDS) {
            pool.words[chunk] = new long[1 << CHUNK_SHIFT];
            if (none != 0) {
                Arrays.fill(pool.words[chunk], none);
            }
            if (pool == uppers) {
                children[chunk] = new int[1 << CHUNK_SHIFT];
            }
        }
    }

    /** Gives the table in frame {@code pfn} back, whatever it holds. */
    void free(long pfn) {
        long slot = firstSlot(pfn);
        long index = slot & UPPER - 1;
        int chunk = (int) (index >>> CHUNK_SHIFT);
        int i = (int) index & CHUNK_MASK;
        Pool pool = (slot & UPPER) == 0 ? leaves : uppers;
        Arrays.fill(pool.words[chunk], i, i + tableWords, none);
        if (pool == uppers) {
            Arrays.fill(children[chunk], i, i + tableWords, 0);
        }
        pool.giveBack((int) (index >>> tableShift));
        generation++;
        tableOf[(int) (pfn >>> sectionOrder)][(int) pfn & (1 << sectionOrder) - 1] = 0;
        frames.clear(pfn, FolioFlags.TABLE);
        frames.put(pfn, 1);
    }

    /** Tables in use, of all address spaces. */
    public long tables() {
        return (long) leaves.used - leaves.freeCount + uppers.used - uppers.freeCount;
    }

    /** Checks children against entries and frames against tables. */
    public void verify() {
        long counted = 0;
        for (int s = 0; s < tableOf.length; s++) {
            for (int i = 0; i < tableOf[s].length; i++) {
                int number = tableOf[s][i];
                if (number != 0) {
                    counted++;
                    verifyTable(((long) s << sectionOrder) + i, number);
                }
            }
        }
        if (counted != tables()) {
            throw new InvariantViolation(counted + " frames hold page tables, but " + tables() + " are in use");
        }
    }

    private void verifyTable(long pfn, int number) {
        String where = "frame 0x" + Long.toHexString(pfn) + ": ";
        Pool pool = number > 0 ? leaves : uppers;
        if (pool.frameOf[Math.abs(number) - 1] != pfn) {
            throw new InvariantViolation(where + "its page table belongs to another frame");
        }
        if (!frames.test(pfn, FolioFlags.TABLE) || frames.refcount(pfn) != 1) {
            throw new InvariantViolation(where + "holds a page table, but has flags 0x"
                    + Integer.toHexString(frames.flags(pfn)) + " and " + frames.refcount(pfn) + " references");
        }
        if (number > 0) {
            return;
        }
        int table = -number - 1;
        int level = upperLevels[table];
        for (int i = 0; i < tableWords; i++) {
            long entry = read(upperSlot(table) + i);
            int child = child(table, i);
            boolean leads = entry != none && format.isPresent(entry) && !format.isLeaf(entry, level);
            int expected = entry == none ? 0 : leads ? Math.abs(tableOf(format.tablePfn(entry))) : CHILD_OTHER;
            if (child != expected || leads && expected == 0) {
                throw new InvariantViolation(where + "entry " + i + " of level " + level + " leads to table " + expected
                        + ", but " + child + " is remembered");
            }
        }
    }
}
