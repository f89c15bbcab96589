package org.mmkit.core.pgtable;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.lock.SpinLock;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.core.lock.AtomicWords;
import org.mmkit.core.lock.LockWords;
import org.mmkit.core.lock.SmpLocks;
import org.mmkit.core.lock.StopMachine;

/**
 * The words of all page tables of a machine.
 *
 * <p>Each table occupies one frame of the machine and one stretch of words here. Tables of level 1 and tables above
 * are kept apart: bit {@link #UPPER} of a slot tells which. Beside each word of an upper table stands its <em>child</em>, the
 * number of the table it leads to, so that a walk needs neither the entry codec nor a lookup by frame; a write
 * to an upper slot keeps it true.
 *
 * <p>With {@code SMP=y} entries change under the lock of their table and tables come and go under one of the arena's own; the arrays only
 * grow for a call that runs alone.
 */
public final class PageTableArena {

    /** Set in the slots of tables above level 1. */
    static final long UPPER = 1L << 48;

    /** Child of an entry that is not none and leads to no table: a huge leaf, a swap or migration entry. */
    static final int CHILD_OTHER = -1;

    /** Tables that the arrays have room for at first, and the most they can have: an array holds less than 2^31 words. */
    private static final int FIRST_TABLES = 64;

    /** Words that are compared before anybody asks whether they differ. */
    private static final int STRETCH = 64;

    private static final int[] NO_INTS = {};

    private final EntryFormat format;
    private final FrameAllocator allocator;
    private final Frames frames;
    private final int tableShift;
    private final int tableWords;
    private final int sectionOrder;
    private final long none;

    private final Locks locks;
    private final StopMachine calls;
    /** Guards numbers and frames of tables. */
    private final SpinLock poolsLock;
    /** A lock for each table by its number; null on a machine with one processor. */
    private final @Nullable LockWords leafLocks;
    private final @Nullable LockWords upperLocks;
    /** Keeps runs of leaves; null where the architecture has the kernel make none. */
    private final @Nullable ContiguousRuns runs;
    private final Pool leaves = new Pool();
    private final Pool uppers = new Pool();

    // One array each: measured 1.5 to 2 times faster than arrays of chunks. They grow by doubling.
    private long[] leafWords = {};
    private long[] upperWords = {};
    private int[] children = {};
    private byte[] upperLevels = {};
    /** By the entry of an upper table: the number + 1 of the leaf table deposited beside it. */
    private int[] deposited = {};

    /** Per frame: number + 1 of the leaf table in it, or -(number + 1) of the upper table; 0 without a table. */
    private final int[][] tableOf;

    /**
     * Changes whenever an entry of an upper table stops leading to a table. Whoever remembers the way to a table must
     * forget it then.
     */
    private long generation;

    private long bootTables;

    /** Numbers and frames of one kind of table. */
    private static final class Pool {
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
        this(layout, format, allocator, frames, spanned, sectionOrder, Locks.NONE, false);
    }

    /**
     * The same, for as many processors as {@code locks} are made for.
     *
     * @param foldsRuns whether entries of level 1 are marked as runs ({@link org.mmkit.api.arch.Architecture#foldsRuns})
     */
    public PageTableArena(
            PageTableLayout layout,
            EntryFormat format,
            FrameAllocator allocator,
            Frames frames,
            long spanned,
            int sectionOrder,
            Locks locks,
            boolean foldsRuns) {
        this.locks = locks;
        runs = foldsRuns ? new ContiguousRuns(format, frames, Integer.numberOfTrailingZeros(layout.contiguousEntries(1))) : null;
        calls = StopMachine.of(locks);
        poolsLock = locks.spinLock(LockClass.LEAF);
        leafLocks = locks instanceof SmpLocks smp ? smp.lockWords() : null;
        upperLocks = locks instanceof SmpLocks smp ? smp.lockWords() : null;
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

    /** A lock for what one address space keeps about its tables. */
    SpinLock newLock() {
        return locks.spinLock(LockClass.LEAF);
    }

    boolean isSmp() {
        return leafLocks != null;
    }

    /** Locks the table of {@code slot}; {@code nested} while another one of its kind is locked. For machines with several processors. */
    void lock(long slot, boolean nested) {
        if ((slot & UPPER) == 0) {
            Objects.requireNonNull(leafLocks).lock((int) slot >>> tableShift, nested ? LockClass.PTE_NESTED : LockClass.PTE);
        } else {
            Objects.requireNonNull(upperLocks).lock((int) slot >>> tableShift, nested ? LockClass.PMD_NESTED : LockClass.PMD);
        }
    }

    void unlock(long slot, boolean nested) {
        if ((slot & UPPER) == 0) {
            Objects.requireNonNull(leafLocks).unlock((int) slot >>> tableShift, nested ? LockClass.PTE_NESTED : LockClass.PTE);
        } else {
            Objects.requireNonNull(upperLocks).unlock((int) slot >>> tableShift, nested ? LockClass.PMD_NESTED : LockClass.PMD);
        }
    }

    /** Whether two slots of one level belong to one table. */
    boolean isSameTable(long slot, long other) {
        return slot >>> tableShift == other >>> tableShift;
    }

    /** Reads the word of any slot. */
    long read(long slot) {
        return (slot & UPPER) == 0 ? leafWords[(int) slot] : upperWords[(int) slot];
    }

    /**
     * Writes the word of any slot.
     *
     * <p>With assertions on, as the kernel's CONFIG_DEBUG_VM does: a change that the architecture allows only by way of an entry that is
     * not valid (break before make) is refused.
     */
    void write(long slot, long entry) {
        if (runs != null && (slot & UPPER) == 0) {
            runs.write(leafWords, (int) slot, entry, true);
            return;
        }
        assert mayFollow(slot, entry) : brokenOrder(slot, entry);
        if ((slot & UPPER) == 0) {
            leafWords[(int) slot] = entry;
        } else {
            writeUpper((int) slot, entry);
        }
    }

    /** Writes the word of a leaf that goes on mapping its frame, with more rights or other state; no run begins with it. */
    void relax(long slot, long entry) {
        if (runs != null && (slot & UPPER) == 0) {
            runs.write(leafWords, (int) slot, entry, false);
        } else {
            write(slot, entry);
        }
    }

    /** Writes {@code n} words of one table: {@code first}, then each {@code step} more than the one before. */
    void fill(long slot, int n, long first, long step) {
        if ((slot & UPPER) != 0) {
            for (int i = 0; i < n; i++) {
                write(slot + i, first + i * step);
            }
            return;
        }
        long[] words = leafWords;
        int at = (int) slot;
        if (runs != null) {
            runs.beforeRange(words, at, n);
        }
        assert mayFill(slot, n, first, step);
        if (step == 0) {
            Arrays.fill(words, at, at + n, first);
            return;
        }
        long word = first;
        for (int i = at; i < at + n; i++) {
            words[i] = word;
            word += step;
        }
        if (runs != null) {
            runs.afterRange(words, at, n);
        }
    }

    /** Adds {@code delta} to {@code n} words of one leaf table. */
    void add(long slot, int n, long delta) {
        assert mayFollow(slot, slot, n, delta);
        long[] words = leafWords;
        for (int i = (int) slot; i < (int) slot + n; i++) {
            words[i] += delta;
        }
    }

    /** Writes {@code n} words of one leaf table, {@code delta} more than those from {@code from} on of another, from {@code to} on. */
    void copy(long from, long to, int n, long delta) {
        assert mayFollow(to, from, n, delta);
        long[] words = leafWords;
        System.arraycopy(words, (int) from, words, (int) to, n);
        for (int i = (int) to; delta != 0 && i < (int) to + n; i++) {
            words[i] += delta;
        }
    }

    private boolean mayFollow(long to, long from, int n, long delta) {
        for (int i = 0; i < n; i++) {
            if (!mayFollow(to + i, read(from + i) + delta)) {
                throw new AssertionError(brokenOrder(to + i, read(from + i) + delta));
            }
        }
        return true;
    }

    private boolean mayFill(long slot, int n, long first, long step) {
        for (int i = 0; i < n; i++) {
            if (!mayFollow(slot + i, first + i * step)) {
                throw new AssertionError(brokenOrder(slot + i, first + i * step));
            }
        }
        return true;
    }

    /** How many of at most {@code most} words of one table are {@code first}, then each {@code step} more than the one before. */
    int matching(long slot, int most, long first, long step) {
        long[] words = (slot & UPPER) == 0 ? leafWords : upperWords;
        int at = (int) slot;
        if (most < 2 || words[at + 1] != first + step) {
            return most > 0 && words[at] == first ? 1 : 0;
        }
        int n = 0;
        long word = first;
        // Most runs are long: a stretch without a way out in its middle is looked through in a fraction of the time.
        while (n + STRETCH <= most && differ(words, at + n, word, step) == 0) {
            n += STRETCH;
            word += STRETCH * step;
        }
        while (n < most && words[at + n] == word) {
            n++;
            word += step;
        }
        return n;
    }

    private static long differ(long[] words, int from, long first, long step) {
        long any = 0;
        long word = first;
        for (int i = from; i < from + STRETCH; i++) {
            any |= words[i] ^ word;
            word += step;
        }
        return any;
    }

    /** Whether the architecture allows {@code entry} to follow on what is in {@code slot}. */
    boolean mayFollow(long slot, long entry) {
        return format.mayFollow(read(slot), entry, levelOf(slot));
    }

    private int levelOf(long slot) {
        return (slot & UPPER) == 0 ? 1 : upperLevel((int) slot);
    }

    /** The level of the upper table that has the word at {@code index}. */
    byte upperLevel(int index) {
        return upperLevels[index >>> tableShift];
    }

    private String brokenOrder(long slot, long entry) {
        return "the entry 0x" + Long.toHexString(read(slot)) + " of level " + levelOf(slot) + " becomes 0x" + Long.toHexString(entry)
                + " without an invalid one in between, which the architecture does not allow";
    }

    private void writeUpper(int index, long entry) {
        upperWords[index] = entry;
        int child = 0;
        if (entry != none) {
            int level = upperLevels[index >>> tableShift];
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
        if (leafLocks != null) {
            // Walks that hold no lock must find the table as it was filled.
            AtomicWords.setRelease(children, index, child);
            return;
        }
        if (children[index] > 0 && children[index] != child) {
            generation++;
        }
        children[index] = child;
    }

    /** The array that holds the words of all leaf tables; the word of {@code slot} is at index {@code slot}. */
    long[] leafWords() {
        return leafWords;
    }

    /** The children of all entries of upper tables, one stretch per table; valid until the next table is allocated. */
    int[] children() {
        return children;
    }

    /** The child of entry {@code i} of the upper table {@code number}: 0, {@link #CHILD_OTHER} or a number + 1. */
    int child(int number, int i) {
        return children[(number << tableShift) + i];
    }

    long leafSlot(int number) {
        return (long) number << tableShift;
    }

    long upperSlot(int number) {
        return UPPER | (long) number << tableShift;
    }

    /** The frame of the leaf table that {@code slot} belongs to, or of the upper one. */
    long frameOf(long slot) {
        int number = (int) slot >>> tableShift;
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
        Pool pool = level == 1 ? leaves : uppers;
        poolsLock.lock();
        try {
            if (!calls.isAlone() && pool.freeCount == 0 && pool.used == pool.frameOf.length) {
                // Others are using the arrays that would have to grow.
                calls.stall();
            } else {
                frames.set(pfn, FolioFlags.TABLE);
                enter(pfn, level);
                return pfn;
            }
        } finally {
            poolsLock.unlock();
        }
        frames.put(pfn, 1);
        return Frames.NONE;
    }

    private void enter(long pfn, int level) {
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
    }

    private void ensure(Pool pool, int number) {
        int have = pool.frameOf.length;
        if (number < have) {
            return;
        }
        int most = Integer.MAX_VALUE >>> tableShift;
        if (number >= most) {
            throw new IllegalStateException("more than " + most + " page tables of one kind");
        }
        int length = Math.min(most, Math.max(FIRST_TABLES, 2 * have));
        pool.frameOf = Arrays.copyOf(pool.frameOf, length);
        if (pool == leaves) {
            leafWords = grown(leafWords, length);
            if (leafLocks != null) {
                leafLocks.grow(length);
            }
        } else {
            upperWords = grown(upperWords, length);
            if (upperLocks != null) {
                upperLocks.grow(length);
            }
            children = Arrays.copyOf(children, length << tableShift);
            upperLevels = Arrays.copyOf(upperLevels, length);
            deposited = Arrays.copyOf(deposited, length << tableShift);
        }
    }

    private long[] grown(long[] words, int tables) {
        long[] larger = Arrays.copyOf(words, tables << tableShift);
        if (none != 0) {
            Arrays.fill(larger, words.length, larger.length, none);
        }
        return larger;
    }

    /** Makes the reserved frame {@code pfn} an empty table of {@code level}: one of boot, which never goes back to the allocator. */
    void adopt(long pfn, int level) {
        frames.makeFolio(pfn, 0, false);
        frames.set(pfn, FolioFlags.TABLE | FolioFlags.RESERVED);
        enter(pfn, level);
        bootTables++;
    }

    /** Tables of boot, in use since somebody looked; Linux does not count them as page tables. */
    public long bootTables() {
        return bootTables;
    }

    /** Gives the table in frame {@code pfn} back, whatever it holds. */
    void free(long pfn) {
        long slot = firstSlot(pfn);
        int i = (int) slot;
        boolean leaf = (slot & UPPER) == 0;
        Arrays.fill(leaf ? leafWords : upperWords, i, i + tableWords, none);
        if (!leaf) {
            Arrays.fill(children, i, i + tableWords, 0);
            Arrays.fill(deposited, i, i + tableWords, 0);
        }
        poolsLock.lock();
        (leaf ? leaves : uppers).giveBack(i >>> tableShift);
        generation++;
        tableOf[(int) (pfn >>> sectionOrder)][(int) pfn & (1 << sectionOrder) - 1] = 0;
        poolsLock.unlock();
        frames.clear(pfn, FolioFlags.TABLE);
        frames.put(pfn, 1);
    }

    /** Keeps the leaf table in frame {@code pfn} beside the entry in the upper {@code slot}. */
    void deposit(long slot, long pfn) {
        if (deposited[(int) slot] != 0) {
            throw new InvariantViolation("a table is deposited already beside the entry 0x" + Long.toHexString(read(slot)));
        }
        deposited[(int) slot] = ((int) firstSlot(pfn) >>> tableShift) + 1;
    }

    /** Takes the table beside the upper {@code slot} away; its frame, or {@link Frames#NONE} when there is none. */
    long withdraw(long slot) {
        int number = deposited[(int) slot];
        deposited[(int) slot] = 0;
        return number == 0 ? Frames.NONE : leaves.frameOf[number - 1];
    }

    boolean hasDeposit(long slot) {
        return deposited[(int) slot] != 0;
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
