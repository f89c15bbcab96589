package org.mmkit.core.pgtable;

import java.util.List;
import java.util.Optional;
import org.mmkit.api.arch.EntryField;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.EntryMasks;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.Protection;

/**
 * The format of one machine, asked by masks where it has such ({@link EntryMasks}), so that the engine meets one class whatever
 * backends the JVM has used and the compiler sees through its calls. What no mask answers goes to the backend's codec.
 *
 * <p>Immutable.
 */
public final class MaskedFormat implements EntryFormat {

    private static final int PROTECTIONS = (Protection.READ | Protection.WRITE | Protection.EXEC) + 1;

    private final EntryFormat format;
    private final EntryMasks masks;
    private final long none;
    private final long valid;
    private final long present;
    private final long leaf;
    private final long leafFlip;
    private final long user;
    private final long writable;
    private final long accessed;
    private final long dirty;
    private final long dirtyField;
    private final long dirtyValue;
    private final long special;
    private final long plainField;
    private final long plainValue;
    private final int frameShift;

    /** By level: the bits of the frame in a plain leaf. */
    private final long[] frames;

    /** By level and permissions: the leaf of frame 0; the empty entry where it is not plain. */
    private final long[] leaves;

    private MaskedFormat(EntryFormat format, EntryMasks masks, PageTableLayout layout) {
        this.format = format;
        this.masks = masks;
        none = format.none();
        valid = masks.valid();
        present = masks.present();
        leaf = masks.leaf();
        leafFlip = masks.leafFlip();
        user = masks.user();
        writable = masks.writable();
        accessed = masks.accessed();
        dirty = masks.dirty();
        dirtyField = masks.dirtyField();
        dirtyValue = masks.dirtyValue();
        special = masks.special();
        plainField = masks.plainField();
        plainValue = masks.plainValue();
        frameShift = masks.frameShift();
        frames = new long[layout.levels() + 1];
        leaves = new long[(layout.levels() + 1) * PROTECTIONS];
        for (int level = 1; level <= layout.levels(); level++) {
            frames[level] = masks.frame() & -1L << frameShift + layout.order(level);
            for (int protection = 1; protection < PROTECTIONS && layout.mayBeLeaf(level); protection++) {
                long word = format.leaf(0, level, protection);
                leaves[level * PROTECTIONS + protection] = (word & plainField) == plainValue ? word : none;
            }
        }
    }

    /** {@code format} by its masks; itself if it has none. */
    public static EntryFormat of(EntryFormat format, PageTableLayout layout) {
        Optional<EntryMasks> masks = format.masks();
        return masks.isPresent() ? new MaskedFormat(format, masks.get(), layout) : format;
    }

    @Override
    public Optional<EntryMasks> masks() {
        return Optional.of(masks);
    }

    @Override
    public long none() {
        return none;
    }

    @Override
    public boolean isNone(long entry) {
        return entry == none;
    }

    @Override
    public boolean isValid(long entry) {
        return (entry & valid) != 0;
    }

    @Override
    public boolean isPresent(long entry) {
        return (entry & present) != 0;
    }

    @Override
    public boolean isLeaf(long entry, int level) {
        return level == 1 || ((entry ^ leafFlip) & leaf) != 0;
    }

    @Override
    public long pfn(long entry, int level) {
        return (entry & plainField) == plainValue ? (entry & frames[level]) >>> frameShift : format.pfn(entry, level);
    }

    @Override
    public long leaf(long pfn, int level, int protection) {
        long word = leaves[level * PROTECTIONS + (protection & PROTECTIONS - 1)];
        long frame = pfn << frameShift;
        return word != none && (frame & ~frames[level]) == 0 ? word | frame : format.leaf(pfn, level, protection);
    }

    @Override
    public boolean isUserAccessible(long entry) {
        return (entry & user) == user;
    }

    @Override
    public boolean isWritable(long entry) {
        return (entry & writable) != 0;
    }

    @Override
    public boolean isDirty(long entry) {
        return (entry & dirty) != 0 || (entry & dirtyField) == dirtyValue;
    }

    @Override
    public boolean isYoung(long entry) {
        return (entry & accessed) != 0;
    }

    @Override
    public long makeYoung(long entry) {
        return entry | accessed;
    }

    @Override
    public long makeOld(long entry) {
        return entry & ~accessed;
    }

    @Override
    public boolean isSpecial(long entry) {
        return (entry & special) != 0;
    }

    @Override
    public long makeSpecial(long entry) {
        return entry | special;
    }

    // ---- asked of the backend ------------------------------------------------------------------------------------

    @Override
    public long tablePfn(long entry) {
        return format.tablePfn(entry);
    }

    @Override
    public long table(long pfn, int level) {
        return format.table(pfn, level);
    }

    @Override
    public long kernelLeaf(long pfn, int level, boolean writable) {
        return format.kernelLeaf(pfn, level, writable);
    }

    @Override
    public long withProtection(long entry, int level, int protection) {
        return format.withProtection(entry, level, protection);
    }

    @Override
    public long makeWritable(long entry) {
        return format.makeWritable(entry);
    }

    @Override
    public long writeProtect(long entry) {
        return format.writeProtect(entry);
    }

    @Override
    public long makeDirty(long entry) {
        return format.makeDirty(entry);
    }

    @Override
    public long makeClean(long entry) {
        return format.makeClean(entry);
    }

    @Override
    public long childLeaf(long huge, int level, int n) {
        return format.childLeaf(huge, level, n);
    }

    @Override
    public long advance(long entry, int level, long n) {
        return format.advance(entry, level, n);
    }

    @Override
    public long frameStep(long leaf) {
        return format.frameStep(leaf);
    }

    @Override
    public long swap(int type, long offset, boolean exclusive) {
        return format.swap(type, offset, exclusive);
    }

    @Override
    public boolean isSwap(long entry) {
        return format.isSwap(entry);
    }

    @Override
    public int swapType(long entry) {
        return format.swapType(entry);
    }

    @Override
    public long swapOffset(long entry) {
        return format.swapOffset(entry);
    }

    @Override
    public boolean isExclusive(long entry) {
        return format.isExclusive(entry);
    }

    @Override
    public long clearExclusive(long entry) {
        return format.clearExclusive(entry);
    }

    @Override
    public long migration(long pfn, boolean writable, boolean exclusive, boolean dirty, boolean young) {
        return format.migration(pfn, writable, exclusive, dirty, young);
    }

    @Override
    public boolean isMigration(long entry) {
        return format.isMigration(entry);
    }

    @Override
    public long migrationPfn(long entry) {
        return format.migrationPfn(entry);
    }

    @Override
    public boolean isMigrationWritable(long entry) {
        return format.isMigrationWritable(entry);
    }

    @Override
    public boolean isMigrationDirty(long entry) {
        return format.isMigrationDirty(entry);
    }

    @Override
    public boolean isMigrationYoung(long entry) {
        return format.isMigrationYoung(entry);
    }

    @Override
    public long marker(int kind) {
        return format.marker(kind);
    }

    @Override
    public int markerKind(long entry) {
        return format.markerKind(entry);
    }

    @Override
    public String describe(long entry, int level) {
        return format.describe(entry, level);
    }

    @Override
    public long reservedBits(long entry, int level) {
        return format.reservedBits(entry, level);
    }

    @Override
    public int access(long entry, int level) {
        return format.access(entry, level);
    }

    @Override
    public List<EntryField> explain(long entry, int level) {
        return format.explain(entry, level);
    }

    @Override
    public long makeContiguous(long entry, int level) {
        return format.makeContiguous(entry, level);
    }

    @Override
    public long makeSingle(long entry, int level, int n) {
        return format.makeSingle(entry, level, n);
    }

    @Override
    public boolean isContiguous(long entry, int level) {
        return format.isContiguous(entry, level);
    }

    @Override
    public int repeatShift(long entry, int level) {
        return format.repeatShift(entry, level);
    }

    @Override
    public boolean mayFollow(long old, long next, int level) {
        return format.mayFollow(old, next, level);
    }
}
