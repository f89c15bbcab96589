package org.mmkit.core.pgtable;

import static org.mmkit.core.pgtable.PageTableArena.CHILD_OTHER;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.lock.SpinLock;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;

/**
 * The page tables of one address space, as a radix tree in a {@link PageTableArena}.
 *
 * <p>The way to the last leaf table is remembered, as the paging-structure caches of a processor do. Calls on ranges take
 * addresses of user space; none is negative. With {@code SMP=y} nothing is remembered, and the locks are those of {@link PageTables}.
 */
public final class RadixPageTables implements PageTables {

    private final PageTableArena arena;
    private final PageTableLayout layout;
    private final EntryFormat format;
    private final boolean smp;
    /** Guards deposits and the numbers of tables. */
    private final SpinLock accountsLock;
    private final int levels;
    private final int pageShift;
    private final int leafMask;
    private final int tableShift2;

    /** By level: address bits below the index, and the mask of the index. */
    private final int[] shifts;

    private final int[] masks;
    private final int mask2;
    private final int shift3;
    private final int mask3;
    private final int shift4;
    private final int mask4;
    private final int shift5;
    private final int mask5;
    private final int[] tablesOfLevel;
    private int deposits;

    private final long root;
    private final int rootNumber;
    /** Of the call that has the address space locked for writing. */
    private @Nullable TableReserve reserved;
    private long bytes;

    /** The leaf table used last: {@code va >>> tableShift2}, its first slot, and the arena's generation at that time. */
    private long cachedRange = -1;

    private long cachedSlot;
    private long cachedGeneration;

    private RadixPageTables(PageTableArena arena, PageTableLayout layout, EntryFormat format, long root) {
        this.arena = arena;
        this.smp = arena.isSmp();
        this.accountsLock = arena.newLock();
        this.layout = layout;
        this.format = format;
        this.root = root;
        levels = layout.levels();
        pageShift = layout.pageShift();
        leafMask = layout.entries(1) - 1;
        tableShift2 = layout.shift(2);
        shifts = new int[levels + 1];
        masks = new int[levels + 1];
        for (int level = 1; level <= levels; level++) {
            shifts[level] = layout.shift(level);
            masks[level] = layout.entries(level) - 1;
        }
        if (levels < 2 || levels > 5) {
            throw new IllegalArgumentException(levels + " levels of page tables; 2 to 5 are supported");
        }
        mask2 = masks[2];
        shift3 = levels >= 3 ? shifts[3] : 0;
        mask3 = levels >= 3 ? masks[3] : 0;
        shift4 = levels >= 4 ? shifts[4] : 0;
        mask4 = levels >= 4 ? masks[4] : 0;
        shift5 = levels >= 5 ? shifts[5] : 0;
        mask5 = levels >= 5 ? masks[5] : 0;
        tablesOfLevel = new int[levels + 1];
        tablesOfLevel[levels] = 1;
        rootNumber = (int) arena.firstSlot(root) >>> arena.tableShift();
    }

    /**
     * Allocates the root of a new address space.
     *
     * @throws OutOfFramesException when there is no frame for it
     */
    public static RadixPageTables create(PageTableArena arena, PageTableLayout layout, EntryFormat format)
            throws OutOfFramesException {
        long root = arena.allocate(layout.levels());
        if (root == Frames.NONE) {
            throw new OutOfFramesException("no frame for the root of a page-table tree");
        }
        return new RadixPageTables(arena, layout, format, root);
    }

    /** The tree whose empty root stands in frame {@code root} already. */
    static RadixPageTables at(PageTableArena arena, PageTableLayout layout, EntryFormat format, long root) {
        return new RadixPageTables(arena, layout, format, root);
    }

    /** No frame was left for a page table. */
    public static final class OutOfFramesException extends Exception {

        private static final long serialVersionUID = 1;

        OutOfFramesException(String message) {
            super(message);
        }
    }

    /** The frame of the root table (what CR3 or TTBR0 holds). */
    public long rootPfn() {
        return root;
    }

    /**
     * Gives the root back. All other tables must be gone ({@link #freeTables}).
     *
     * @throws InvariantViolation when tables or deposits are left
     */
    public void close() {
        for (int level = 1; level < levels; level++) {
            if (tablesOfLevel[level] != 0) {
                throw new InvariantViolation("address space closed with " + tablesOfLevel[level] + " tables of level "
                        + level + ", " + deposits + " of them deposited");
            }
        }
        arena.free(root);
    }

    @Override
    public PageTableLayout layout() {
        return layout;
    }

    @Override
    public EntryFormat format() {
        return format;
    }

    private int index(long va, int level) {
        return (int) (va >>> shifts[level]) & masks[level];
    }

    @Override
    public long find(long va, int level) {
        if (level == 1) {
            if (va >>> tableShift2 == cachedRange && cachedGeneration == arena.generation()) {
                return cachedSlot + ((int) (va >>> pageShift) & leafMask);
            }
            return findLeaf(va);
        }
        int number = rootNumber;
        for (int l = levels; l > level; l--) {
            int child = arena.child(number, index(va, l));
            if (child <= 0) {
                return NO_SLOT;
            }
            number = child - 1;
        }
        return arena.upperSlot(number) + index(va, level);
    }

    private long findLeaf(long va) {
        int child = childOfLevel2(va);
        return child <= 0 ? NO_SLOT : remember(va, child - 1);
    }

    /**
     * The child of the level-2 entry for {@code va}; 0 or {@link PageTableArena#CHILD_OTHER} when the walk ends above. Unrolled: this
     * is the walk of each translation that the remembered table does not serve.
     */
    private int childOfLevel2(long va) {
        int[] children = arena.children();
        int shift = arena.tableShift();
        int child = rootNumber + 1;
        if (levels >= 5) {
            child = children[(child - 1 << shift) + ((int) (va >>> shift5) & mask5)];
            if (child <= 0) {
                return child;
            }
        }
        if (levels >= 4) {
            child = children[(child - 1 << shift) + ((int) (va >>> shift4) & mask4)];
            if (child <= 0) {
                return child;
            }
        }
        if (levels >= 3) {
            child = children[(child - 1 << shift) + ((int) (va >>> shift3) & mask3)];
            if (child <= 0) {
                return child;
            }
        }
        return children[(child - 1 << shift) + ((int) (va >>> tableShift2) & mask2)];
    }

    private long remember(long va, int leafNumber) {
        if (smp) {
            return arena.leafSlot(leafNumber) + ((int) (va >>> pageShift) & leafMask);
        }
        cachedRange = va >>> tableShift2;
        cachedSlot = arena.leafSlot(leafNumber);
        cachedGeneration = arena.generation();
        return cachedSlot + ((int) (va >>> pageShift) & leafMask);
    }

    @Override
    public long obtain(long va, int level) {
        if (level == 1 && va >>> tableShift2 == cachedRange && cachedGeneration == arena.generation()) {
            return cachedSlot + ((int) (va >>> pageShift) & leafMask);
        }
        if (level == 1) {
            int child = childOfLevel2(va);
            if (child > 0) {
                return remember(va, child - 1);
            }
        }
        return smp ? makeBesideOthers(va, level) : make(va, level);
    }

    /** {@link #make} while others may make the same tables: who finds the entry taken gives his own table back. */
    private long makeBesideOthers(long va, int level) {
        int number = rootNumber;
        for (int l = levels; l > level; l--) {
            int child = arena.child(number, index(va, l));
            if (child == 0) {
                long table = allocateTable(l - 1);
                if (table == Frames.NONE) {
                    return NO_SLOT;
                }
                long slot = arena.upperSlot(number) + index(va, l);
                arena.lock(slot, false);
                boolean free = arena.read(slot) == format.none();
                if (free) {
                    arena.write(slot, format.table(table, l));
                }
                arena.unlock(slot, false);
                if (!free) {
                    freeTable(table, l - 1);
                }
                child = arena.child(number, index(va, l));
            }
            if (child <= 0) {
                return NO_SLOT;
            }
            number = child - 1;
        }
        return level == 1 ? remember(va, number) : arena.upperSlot(number) + index(va, level);
    }

    /** Walks to the table of {@code level} and makes the tables that are missing on the way. */
    private long make(long va, int level) {
        int number = rootNumber;
        for (int l = levels; l > level; l--) {
            int child = arena.child(number, index(va, l));
            if (child <= 0) {
                if (child == CHILD_OTHER) {
                    return NO_SLOT;
                }
                long table = allocateTable(l - 1);
                if (table == Frames.NONE) {
                    return NO_SLOT;
                }
                arena.write(arena.upperSlot(number) + index(va, l), format.table(table, l));
                child = arena.child(number, index(va, l));
            }
            number = child - 1;
        }
        return level == 1 ? remember(va, number) : arena.upperSlot(number) + index(va, level);
    }

    @Override
    public void lock(long slot) {
        if (smp) {
            arena.lock(slot, false);
        }
    }

    @Override
    public void lockNested(long slot) {
        if (smp) {
            arena.lock(slot, true);
        }
    }

    @Override
    public void unlock(long slot) {
        if (smp) {
            arena.unlock(slot, false);
        }
    }

    @Override
    public void unlockNested(long slot) {
        if (smp) {
            arena.unlock(slot, true);
        }
    }

    @Override
    public long findLocked(long va, int level) {
        long slot = find(va, level);
        if (!smp) {
            return slot;
        }
        while (slot != NO_SLOT) {
            arena.lock(slot, false);
            long now = find(va, level);
            if (now == slot) {
                return slot;
            }
            arena.unlock(slot, false);
            slot = now;
        }
        return NO_SLOT;
    }

    /** Locks the tables of two entries of one level, which may be one table; for who has the address space locked for writing. */
    public void lockBoth(long slot, long other) {
        if (smp) {
            arena.lock(slot, false);
            if (!arena.isSameTable(slot, other)) {
                arena.lock(other, true);
            }
        }
    }

    /** Ends {@link #lockBoth}. */
    public void unlockBoth(long slot, long other) {
        if (smp) {
            if (!arena.isSameTable(slot, other)) {
                arena.unlock(other, true);
            }
            arena.unlock(slot, false);
        }
    }

    @Override
    public long read(long slot) {
        return arena.read(slot);
    }

    @Override
    public void write(long slot, long entry) {
        arena.write(slot, entry);
    }

    /**
     * Writes the leaf {@code entry} over one that maps the same frame with fewer rights (Linux: ptep_set_access_flags). Unlike {@link #write}
     * it makes no run of leaves where the architecture has such.
     */
    public void relax(long slot, long entry) {
        arena.relax(slot, entry);
    }

    @Override
    public void fill(long slot, int n, long first, long step) {
        arena.fill(slot, n, first, step);
    }

    /** Adds {@code delta} to {@code n} entries of one level-1 table, which go on mapping their frames. */
    public void add(long slot, int n, long delta) {
        arena.add(slot, n, delta);
    }

    /** Writes {@code n} entries into one level-1 table: those from {@code from} on of another one in the machine, each {@code delta} more. */
    public void copyFrom(long from, long to, int n, long delta) {
        arena.copy(from, to, n, delta);
    }

    @Override
    public int matching(long slot, int most, long first, long step) {
        return arena.matching(slot, most, first, step);
    }

    @Override
    public void replace(long slot, long entry) {
        if (!arena.mayFollow(slot, entry)) {
            arena.write(slot, format.none());
        }
        arena.write(slot, entry);
    }

    @Override
    public boolean compareAndSet(long slot, long expected, long next) {
        if (arena.read(slot) != expected) {
            return false;
        }
        arena.write(slot, next);
        return true;
    }

    /**
     * The array that holds the entries of all level-1 tables, for loops over a table: the entry of the level-1 {@code slot} is
     * at index {@code slot}. Valid until the next table is allocated.
     */
    public long[] leafWords() {
        return arena.leafWords();
    }

    @Override
    public long firstSlot(long tablePfn) {
        return arena.firstSlot(tablePfn);
    }

    /** The frame of the table that {@code slot} belongs to. */
    public long tablePfn(long slot) {
        return arena.frameOf(slot);
    }

    @Override
    public long allocateTable(int level) {
        if (reserved != null && reserved.left(level) > 0) {
            return reserved.take(level);
        }
        long pfn = arena.allocate(level);
        if (pfn != Frames.NONE) {
            account(level, 1);
        }
        return pfn;
    }

    /**
     * Sets tables aside for a call that has the address space locked for writing and cannot stop half-way: {@code wanted} by level. They are
     * accounted at once, and the next to be made are taken from them, until {@link #release}.
     *
     * @return false when memory is short, and then none is set aside
     */
    public boolean reserve(int[] wanted) {
        TableReserve reserve = new TableReserve(wanted);
        for (int level = 1; level < wanted.length; level++) {
            for (int i = 0; i < wanted[level]; i++) {
                long table = allocateTable(level);
                if (table == Frames.NONE) {
                    reserve.release(this);
                    return false;
                }
                reserve.put(level, table);
            }
        }
        reserved = reserve;
        return true;
    }

    /** Gives back what is left of {@link #reserve}. */
    public void release() {
        TableReserve reserve = reserved;
        reserved = null;
        if (reserve != null) {
            reserve.release(this);
        }
    }

    /** Linux counts PTE, PMD and PUD tables (mm_inc_nr_ptes and its kin), and neither P4D tables nor the root. */
    private void account(int level, int delta) {
        accountsLock.lock();
        tablesOfLevel[level] += delta;
        if (level <= 3 && level != levels) {
            bytes += (long) delta << pageShift;
        }
        accountsLock.unlock();
    }

    @Override
    public void freeTable(long tablePfn, int level) {
        arena.free(tablePfn);
        account(level, -1);
    }

    @Override
    public void deposit(long slot, long tablePfn) {
        arena.deposit(slot, tablePfn);
        accountsLock.lock();
        deposits++;
        accountsLock.unlock();
    }

    @Override
    public long withdraw(long slot) {
        long table = arena.withdraw(slot);
        if (table != Frames.NONE) {
            accountsLock.lock();
            deposits--;
            accountsLock.unlock();
        }
        return table;
    }

    @Override
    public boolean hasDeposit(long slot) {
        return arena.hasDeposit(slot);
    }

    /** Tables that are deposited now. */
    public int deposits() {
        return deposits;
    }

    @Override
    public long tableBytes() {
        return bytes;
    }

    /** Tables of {@code level}, deposited ones included. */
    public int tables(int level) {
        return tablesOfLevel[level];
    }

    /**
     * Frees the tables that only serve [{@code start}, {@code end}), the range of areas that are being unmapped, whose entries
     * are none already. A table goes when all it covers lies within [{@code floor}, {@code ceiling}), that is, when no area
     * outside the range needs it (mm/memory.c, free_pgd_range).
     *
     * @param floor end of the area below the range, 0 without one
     * @param ceiling start of the area above the range, 0 without one
     */
    public void freeTables(long start, long end, long floor, long ceiling) {
        long size = 1L << tableShift2;
        start &= -size;
        if (start < floor) {
            start += size;
        }
        if (ceiling != 0) {
            ceiling &= -size;
            if (ceiling == 0) {
                return;
            }
        }
        if (end - 1 > ceiling - 1 && ceiling != 0) {
            end -= size;
        }
        if (start > end - 1) {
            return;
        }
        freeBelow(rootNumber, levels, start, end, floor, ceiling);
    }

    /** Frees the tables that the entries for [start, end) of the upper table {@code number} lead to. */
    private void freeBelow(int number, int level, long start, long end, long floor, long ceiling) {
        long size = 1L << shifts[level];
        long va = start;
        while (va < end) {
            long next = Math.min((va & -size) + size, end);
            int i = index(va, level);
            int child = arena.child(number, i);
            if (child > 0) {
                if (level == 2) {
                    freeChild(number, i, level, arena.leafSlot(child - 1));
                } else {
                    freeBelow(child - 1, level - 1, va, next, floor, ceiling);
                    long from = va & -size;
                    long top = ceiling == 0 ? 0 : ceiling & -size;
                    if (from >= floor && (ceiling == 0 || top != 0 && next - 1 <= top - 1)) {
                        freeChild(number, i, level, arena.upperSlot(child - 1));
                    }
                }
            }
            va = next;
        }
    }

    private void freeChild(int number, int i, int level, long firstSlot) {
        assert isEmpty(firstSlot, level - 1) : "table of level " + (level - 1) + " freed with entries in it";
        arena.write(arena.upperSlot(number) + i, format.none());
        freeTable(arena.frameOf(firstSlot), level - 1);
    }

    private boolean isEmpty(long firstSlot, int level) {
        for (int i = 0; i <= masks[level]; i++) {
            if (arena.read(firstSlot + i) != format.none()) {
                return false;
            }
        }
        return true;
    }

    /** Checks that the tables reachable from the root and the deposits are exactly those accounted. */
    public void verify() {
        int[] seen = new int[levels + 1];
        seen[levels] = 1;
        count(rootNumber, levels, seen);
        seen[1] += deposits;
        if (!Arrays.equals(seen, tablesOfLevel)) {
            throw new InvariantViolation("page tables under the root in frame 0x" + Long.toHexString(root)
                    + ": counted by level " + Arrays.toString(tablesOfLevel) + ", found " + Arrays.toString(seen));
        }
    }

    private void count(int number, int level, int[] seen) {
        for (int i = 0; i <= masks[level]; i++) {
            int child = arena.child(number, i);
            if (child > 0) {
                seen[level - 1]++;
                if (level > 2) {
                    count(child - 1, level - 1, seen);
                }
            }
        }
    }
}
