package org.mmkit.api.pgtable;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;

/**
 * The page tables of one address space.
 *
 * <p>Tables occupy frames of the machine's memory. An entry is addressed by a <em>slot</em>, a handle that stays valid as
 * long as its table; the slots of one table follow on each other, so {@code slot + i} is the i-th entry further in
 * the same table. Reading, writing and compare-and-set of a slot are the only primitives.
 *
 * <p>A level counts from the leaf table upwards (1 is Linux's PTE, 2 its PMD).
 */
public interface PageTables {

    /** No slot. */
    long NO_SLOT = -1;

    /** The shape of these tables. */
    PageTableLayout layout();

    /** The codec of their entries. */
    EntryFormat format();

    /**
     * The slot of level {@code level} that covers {@code va}; {@link #NO_SLOT} when a table above it is missing or a leaf above
     * it maps {@code va}.
     */
    long find(long va, int level);

    /** Like {@link #find}, but makes the tables that are missing; {@link #NO_SLOT} when memory ran out or a leaf is in the way. */
    long obtain(long va, int level);

    /**
     * Locks the table that {@code slot} belongs to (Linux: pmd_lock, spin_lock(ptl)): its entries are not changed by others until {@link
     * #unlock}. Nothing on a machine with one processor. A table found without a lock may have gone meanwhile: see {@link #findLocked}.
     */
    void lock(long slot);

    /** Locks a second table while one of the same kind is locked: the child's in fork, the new place in mremap. */
    void lockNested(long slot);

    /** Ends {@link #lock}. */
    void unlock(long slot);

    /** Ends {@link #lockNested}. */
    void unlockNested(long slot);

    /**
     * {@link #find} with the table of the slot locked, and looked up again under the lock (Linux: pte_offset_map_lock); {@link #NO_SLOT} with
     * nothing locked.
     */
    long findLocked(long va, int level);

    /** The entry in {@code slot}. */
    long read(long slot);

    /** Writes the entry in {@code slot}. */
    void write(long slot, long entry);

    /**
     * Writes an entry in {@code slot} that maps something else than the one before it did: another frame, or memory of another size.
     * Where the architecture wants it ({@link EntryFormat#mayFollow}), the slot is empty in between (Arm: break before make).
     */
    default void replace(long slot, long entry) {
        write(slot, format().none());
        write(slot, entry);
    }

    /**
     * Writes {@code n} entries of one table, from {@code slot} on: {@code first}, and each {@code step} more than the one before it
     * ({@link EntryFormat#frameStep}).
     */
    default void fill(long slot, int n, long first, long step) {
        for (int i = 0; i < n; i++) {
            write(slot + i, first + i * step);
        }
    }

    /**
     * How many entries of one table from {@code slot} on, at most {@code most}, hold {@code first} and each {@code step} more than the one
     * before it.
     */
    default int matching(long slot, int most, long first, long step) {
        int n = 0;
        while (n < most && read(slot + n) == first + n * step) {
            n++;
        }
        return n;
    }

    /** Writes {@code next} if the slot still holds {@code expected}; returns whether it did. */
    boolean compareAndSet(long slot, long expected, long next);

    /** The first slot of the table in frame {@code tablePfn}. */
    long firstSlot(long tablePfn);

    /**
     * Allocates an empty table that holds entries of {@code level} and accounts it to the address space.
     *
     * @return its frame, or {@link org.mmkit.api.memory.Frames#NONE}
     */
    long allocateTable(int level);

    /** Gives back the table of {@code level} in frame {@code tablePfn}, whatever it holds. */
    void freeTable(long tablePfn, int level);

    /**
     * Keeps the preallocated level-1 table {@code tablePfn} beside the level-2 leaf in {@code slot}, so that a split of the
     * leaf can never fail (Linux: pgtable_trans_huge_deposit). It stays accounted.
     */
    void deposit(long slot, long tablePfn);

    /** Takes a deposited table back; the entries are empty. {@link org.mmkit.api.memory.Frames#NONE} when there is none. */
    long withdraw(long slot);

    /** Whether a table is deposited beside the leaf in {@code slot}. */
    boolean hasDeposit(long slot);

    /** Bytes of all tables of this address space but the root, deposited ones included (VmPTE). */
    long tableBytes();
}
