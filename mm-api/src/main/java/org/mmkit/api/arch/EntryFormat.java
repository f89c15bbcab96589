package org.mmkit.api.arch;

import java.util.List;
import java.util.Optional;

/**
 * How one architecture writes a page-table entry into a 64-bit word.
 *
 * <p>Pure functions on the word; none allocates, all are safe for any thread. A level counts from the leaf
 * table upwards: entries of level 1 map base pages, a leaf above level 1 is a huge page. An entry is one of
 * <ul>
 *   <li>none: nothing there;
 *   <li>a table: points to the table one level below;
 *   <li>a leaf: maps memory and the hardware walks it ({@link #isPresent});
 *   <li>a swap, migration or marker entry: the hardware takes a fault, the words are software's.
 * </ul>
 * Permissions are given in the neutral bits of {@link Protection}.
 */
public interface EntryFormat {

    /** The empty entry. */
    default long none() {
        return 0;
    }

    /** Whether {@code entry} is empty. */
    default boolean isNone(long entry) {
        return entry == none();
    }

    /**
     * Whether {@code entry} is a leaf with memory behind it that page-table walkers of the kernel regard as
     * there; includes the PROT_NONE form, which the hardware does not walk. False for none, swap, migration,
     * marker, and table entries are true as well.
     */
    boolean isPresent(long entry);

    /** Whether the present {@code entry} of {@code level} maps memory itself; always true at level 1. */
    boolean isLeaf(long entry, int level);

    /** The first base-page frame (pfn) that the leaf {@code entry} of {@code level} maps. */
    long pfn(long entry, int level);

    /** The frame of the table that the table entry {@code entry} points to. */
    long tablePfn(long entry);

    /** An entry that points to the table in frame {@code pfn}; {@code level} is that of the entry itself. */
    long table(long pfn, int level);

    /**
     * A leaf of {@code level} that maps frame {@code pfn} (a multiple of the level's size) for user space with
     * {@code protection}; accessed and clean. Without any permission it takes the PROT_NONE form.
     */
    long leaf(long pfn, int level, int protection);

    /**
     * A leaf of {@code level} that maps frame {@code pfn} for the kernel alone: accessed, never executable (Linux: PAGE_KERNEL and
     * PAGE_KERNEL_RO). What a codec has no bit for is left out; the default has none that keeps user space away.
     */
    default long kernelLeaf(long pfn, int level, boolean writable) {
        long leaf = leaf(pfn, level, Protection.READ | (writable ? Protection.WRITE : 0));
        return writable ? makeWritable(makeDirty(leaf)) : writeProtect(leaf);
    }

    /** {@code entry} with the permissions replaced; frame, accessed, dirty and software bits stay. */
    long withProtection(long entry, int level, int protection);

    /** Whether the hardware lets user space through the present leaf {@code entry} at all; false for the PROT_NONE form. */
    boolean isUserAccessible(long entry);

    /** Whether user space may write through {@code entry}. */
    boolean isWritable(long entry);

    /** {@code entry} with write permission; only for an entry whose area may be written. */
    long makeWritable(long entry);

    /** {@code entry} without write permission. */
    long writeProtect(long entry);

    /** Whether the hardware or the kernel marked the memory as written through this entry. */
    boolean isDirty(long entry);

    /** {@code entry}, dirty. */
    long makeDirty(long entry);

    /** {@code entry}, clean. */
    long makeClean(long entry);

    /** Whether the entry was used since the accessed bit was last cleared. */
    boolean isYoung(long entry);

    /** {@code entry}, accessed. */
    long makeYoung(long entry);

    /** {@code entry}, not accessed. */
    long makeOld(long entry);

    /** Whether the leaf maps a page without mapping counts, such as the zero page (Linux: pte_special). */
    boolean isSpecial(long entry);

    /** {@code entry}, marked special. */
    long makeSpecial(long entry);

    /** The leaf of level 1 that maps the {@code n}-th base page behind the leaf {@code huge} of {@code level}, same bits. */
    long childLeaf(long huge, int level, int n);

    /** {@code entry} of {@code level} moved on by {@code n} frames. */
    long advance(long entry, int level, long n);

    /**
     * What the word of the level-1 leaf {@code leaf} grows by from one frame to the next, so that loops over a table need not ask for each
     * entry: {@link #advance}{@code (leaf, 1, n)} is {@code leaf + n * frameStep(leaf)} for all frames of an aligned table's worth. 0 where
     * words do not follow each other so.
     */
    default long frameStep(long leaf) {
        return 0;
    }

    /** A swap entry: device {@code type} and page {@code offset} on it; {@code exclusive} to this mapping. */
    long swap(int type, long offset, boolean exclusive);

    /** Whether {@code entry} is a swap entry made by {@link #swap}. */
    boolean isSwap(long entry);

    /** The swap device of a swap entry. */
    int swapType(long entry);

    /** The page on the swap device of a swap entry. */
    long swapOffset(long entry);

    /** Whether the swap or migration entry was exclusive to this mapping. */
    boolean isExclusive(long entry);

    /** {@code entry}, a swap entry, no longer exclusive. */
    long clearExclusive(long entry);

    /**
     * A migration entry: the page at {@code pfn} is being moved or split.
     *
     * @param writable the mapping could write
     * @param exclusive the page was exclusive to the mapping
     * @param dirty the mapping was dirty
     * @param young the mapping was accessed
     */
    long migration(long pfn, boolean writable, boolean exclusive, boolean dirty, boolean young);

    /** Whether {@code entry} is a migration entry. */
    boolean isMigration(long entry);

    /** The frame that a migration entry stands for. */
    long migrationPfn(long entry);

    /** Whether a migration entry was writable. */
    boolean isMigrationWritable(long entry);

    /** Whether a migration entry was dirty. */
    boolean isMigrationDirty(long entry);

    /** Whether a migration entry was accessed. */
    boolean isMigrationYoung(long entry);

    /** A marker: no memory, but a fault on it is answered by its {@code kind} (1 to 7; 1 is a guard page). */
    long marker(int kind);

    /** The kind of a marker entry; 0 when {@code entry} is no marker. */
    int markerKind(long entry);

    /** The bits that answer {@link #isPresent} and its kin, if there are such; the answers are the same. */
    default Optional<EntryMasks> masks() {
        return Optional.empty();
    }

    /** Explains every bit of {@code entry} of {@code level} for a person, one line. */
    String describe(long entry, int level);

    // ---- what hardware makes of an entry: for walks through memory that a real machine left --------------------------

    /** Whether the hardware walks {@code entry}; unlike {@link #isPresent} false for the PROT_NONE form. */
    default boolean isValid(long entry) {
        return isPresent(entry);
    }

    /** Bits set in the valid {@code entry} of {@code level} that must be 0: the hardware would raise a fault, or the entry is none at all. */
    default long reservedBits(long entry, int level) {
        return 0;
    }

    /** What the valid {@code entry} of {@code level} lets through, in bits of {@link Access}; of a table entry: to what is below it. */
    default int access(long entry, int level) {
        if (!isLeaf(entry, level)) {
            return Access.ALL;
        }
        return Access.ALL & ~(isWritable(entry) ? 0 : Access.KERNEL_WRITE | Access.USER_WRITE)
                & ~(isUserAccessible(entry) ? 0 : Access.USER);
    }

    /** The fields of {@code entry} of {@code level}, the highest bits first; together they hold every bit that is set. */
    default List<EntryField> explain(long entry, int level) {
        return entry == none() ? List.of() : List.of(EntryField.of(entry, 63, 0, "entry", describe(entry, level)));
    }

    // ---- runs of entries that the hardware may cache as one -------------------------------------------------------------

    /** The leaf {@code entry} of {@code level}, marked as one of an aligned run of {@link PageTableLayout#contiguousEntries} entries. */
    default long makeContiguous(long entry, int level) {
        throw new UnsupportedOperationException("this format has no runs of entries");
    }

    /** The leaf {@code entry} of {@code level}, on its own again; {@code n} is its place in the run. */
    default long makeSingle(long entry, int level, int n) {
        return entry;
    }

    /** Whether the leaf {@code entry} of {@code level} is marked as one of a run. */
    default boolean isContiguous(long entry, int level) {
        return false;
    }

    /**
     * log2 of the entries that hold one and the same word, of which {@link #pfn} names the first page (RISC-V: Svnapot); 0 where each
     * entry names its own page.
     */
    default int repeatShift(long entry, int level) {
        return 0;
    }

    // ---- order of changes ----------------------------------------------------------------------------------------------

    /**
     * Whether {@code next} may be written over {@code old} in one step while other processors walk the tables. Where not (Arm: other
     * output address, size or memory type), an entry that is not valid and an invalidation of translations must come between.
     */
    default boolean mayFollow(long old, long next, int level) {
        return true;
    }
}
