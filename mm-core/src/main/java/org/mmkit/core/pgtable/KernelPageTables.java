package org.mmkit.core.pgtable;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.KernelTables;
import org.mmkit.core.memory.MemmapPlan;

/**
 * The kernel's page tables of one machine. What boot wrote into them is written when a range is first looked at: a level-2 table of leaves
 * maps the descriptors of 64 GiB on x86-64, so a machine of 16 TiB costs nothing until then.
 *
 * <p>Not thread-safe.
 */
public final class KernelPageTables implements KernelTables {

    private final PageTableArena arena;
    private final PageTableLayout layout;
    private final EntryFormat format;
    private final MemmapPlan plan;
    private final boolean mapped;
    private @Nullable RadixPageTables tables;
    private long laterTables;
    private long flushes;

    /**
     * Tables as boot leaves them.
     *
     * @param mapped whether the memory map is mapped at all
     */
    public KernelPageTables(
            PageTableArena arena, PageTableLayout layout, EntryFormat format, MemmapPlan plan, boolean mapped) {
        this.arena = arena;
        this.layout = layout;
        this.format = format;
        this.plan = plan;
        this.mapped = mapped;
    }

    private RadixPageTables tables() {
        RadixPageTables rooted = tables;
        if (rooted == null) {
            arena.adopt(plan.rootTable(), layout.levels());
            rooted = RadixPageTables.at(arena, layout, format, plan.rootTable());
            tables = rooted;
        }
        return rooted;
    }

    /** The plan of the memory map. */
    public MemmapPlan plan() {
        return plan;
    }

    /** The frame of the root table (what CR3 held before the first process). */
    public long rootPfn() {
        return plan.rootTable();
    }

    /** Tables that were allocated after boot; they are never given back. */
    public long laterTables() {
        return laterTables;
    }

    @Override
    public boolean hasMemmap() {
        return mapped;
    }

    @Override
    public long memmapAddress(long pfn) {
        return plan.addressOf(pfn);
    }

    @Override
    public int descriptorBytes() {
        return MemmapPlan.DESCRIPTOR_BYTES;
    }

    @Override
    public long memmapPages() {
        return plan.pages();
    }

    @Override
    public void flush(long start, long end) {
        if (start < end) {
            flushes++;
        }
    }

    @Override
    public void flushAll() {
        flushes++;
    }

    @Override
    public long flushes() {
        return flushes;
    }

    @Override
    public PageTableLayout layout() {
        return layout;
    }

    @Override
    public EntryFormat format() {
        return format;
    }

    @Override
    public long find(long va, int level) {
        RadixPageTables rooted = tables();
        long slot = rooted.find(va, level);
        return slot == NO_SLOT && materialise(rooted, va) ? rooted.find(va, level) : slot;
    }

    @Override
    public long obtain(long va, int level) {
        long slot = find(va, level);
        return slot != NO_SLOT ? slot : tables().obtain(va, level);
    }

    /** Whether the tables of boot for {@code va} have been written; those of a range that nobody has looked at have not. */
    public boolean isMaterialised(long va) {
        return tables != null && tables().find(va, plan.leafLevel()) != NO_SLOT;
    }

    /** Writes the tables of boot that serve {@code va}; false when there are none, or nothing was left to write. */
    private boolean materialise(RadixPageTables rooted, long va) {
        if (!mapped) {
            return false;
        }
        boolean written = false;
        for (int level = layout.levels(); level > plan.leafLevel(); level--) {
            long slot = rooted.find(va, level);
            if (slot == NO_SLOT || !format.isNone(read(slot))) {
                continue;
            }
            long frame = plan.tableFrame(level - 1, va);
            if (frame == Frames.NONE) {
                return written;
            }
            arena.adopt(frame, level - 1);
            write(slot, format.table(frame, level));
            written = true;
            if (level - 1 == plan.leafLevel()) {
                fill(rooted, va);
            }
        }
        return written;
    }

    private void fill(RadixPageTables rooted, long va) {
        int level = plan.leafLevel();
        long first = va & -layout.size(level + 1);
        long slot = rooted.find(va, level) - layout.index(va, level);
        for (int i = 0; i < layout.entries(level); i++) {
            long frame = plan.frameAt(first + ((long) i << layout.shift(level)));
            if (frame != Frames.NONE) {
                write(slot + i, format.kernelLeaf(frame, level, true));
            }
        }
    }

    @Override
    public long findLocked(long va, int level) {
        find(va, level);
        return tables().findLocked(va, level);
    }

    @Override
    public void lock(long slot) {
        tables().lock(slot);
    }

    @Override
    public void lockNested(long slot) {
        tables().lockNested(slot);
    }

    @Override
    public void unlock(long slot) {
        tables().unlock(slot);
    }

    @Override
    public void unlockNested(long slot) {
        tables().unlockNested(slot);
    }

    @Override
    public long read(long slot) {
        return tables().read(slot);
    }

    @Override
    public void write(long slot, long entry) {
        tables().write(slot, entry);
    }

    @Override
    public boolean compareAndSet(long slot, long expected, long next) {
        return tables().compareAndSet(slot, expected, next);
    }

    @Override
    public long firstSlot(long tablePfn) {
        return tables().firstSlot(tablePfn);
    }

    @Override
    public long allocateTable(int level) {
        long pfn = tables().allocateTable(level);
        laterTables += pfn == Frames.NONE ? 0 : 1;
        return pfn;
    }

    @Override
    public void freeTable(long tablePfn, int level) {
        tables().freeTable(tablePfn, level);
        laterTables--;
    }

    @Override
    public void deposit(long slot, long tablePfn) {
        tables().deposit(slot, tablePfn);
    }

    @Override
    public long withdraw(long slot) {
        return tables().withdraw(slot);
    }

    @Override
    public boolean hasDeposit(long slot) {
        return tables().hasDeposit(slot);
    }

    @Override
    public long tableBytes() {
        return tables().tableBytes();
    }
}
