package org.mmkit.hugetlb.paging;

import org.mmkit.api.Errno;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.feature.HugePageMover;
import org.mmkit.api.file.FilePages;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.ReverseMapping;
import org.mmkit.api.space.Vma;
import org.mmkit.hugetlb.HugePages;
import org.mmkit.hugetlb.pool.HugePagePool;

/**
 * Moves huge pages in use to other pages of their pool (mm/migrate.c, unmap_and_move_huge_page). A page that somebody else holds stays as it
 * was. Not thread-safe.
 */
public final class PageMove implements HugePageMover {

    /** How often a page that somebody holds is tried (NR_MAX_MIGRATE_PAGES_RETRY). */
    private static final int TRIES = 10;

    /** What the new page takes over; exclusiveness goes with the mappings. */
    private static final int MOVED =
            FolioFlags.ANON | FolioFlags.SWAPBACKED | FolioFlags.UPTODATE | FolioFlags.DIRTY | FolioFlags.REFERENCED;

    private final HugePages machine;
    private final Frames frames;
    private final ReverseMapping rmap;

    /** Moves pages of the pools of {@code machine}. */
    public PageMove(HugePages machine) {
        this.machine = machine;
        this.frames = machine.frames();
        this.rmap = machine.context().reverseMapping();
    }

    @Override
    public int move(long head, MemoryPolicy policy, int node) {
        HugePagePool pool = machine.ofOrder(frames.order(head));
        for (int i = 0; i < TRIES; i++) {
            if (frames.refcount(head) == 1) {
                frames.put(head, 1); // it was freed meanwhile
                return 0;
            }
            long to = pool.target(node, policy.allowed());
            if (to == Frames.NONE) {
                return -Errno.ENOMEM;
            }
            if (isHeld(head)) {
                frames.put(to, 1);
                continue;
            }
            move(pool, head, to);
            frames.put(head, 1);
            frames.put(to, 1);
            return 0;
        }
        return -Errno.EAGAIN;
    }

    @Override
    public int dissolve(long head) {
        return machine.ofOrder(frames.order(head)).dissolveFree(head);
    }

    /** Whether others than its mappings, its file and the caller have references to the page {@code head}. */
    private boolean isHeld(long head) {
        int cached = frames.hasOwner(head) && !frames.test(head, FolioFlags.ANON) ? 1 << frames.order(head) : 0;
        return frames.refcount(head) != 1 + frames.largeMapcount(head) + cached;
    }

    private void move(HugePagePool pool, long from, long to) {
        int flags = frames.flags(from);
        boolean anon = (flags & FolioFlags.ANON) != 0;
        machine.contents().copy(from, to, 1 << pool.order());
        frames.set(to, flags & MOVED);
        frames.setOwner(to, frames.owner(from), frames.index(from));
        Leaves leaves = new Leaves(pool, from, to, anon, (flags & FolioFlags.ANON_EXCLUSIVE) != 0);
        rmap.walk(from, (vma, va) -> {
            leaves.move(vma, va);
            return true;
        });
        if (!anon) {
            ((FilePages) frames.owner(from)).replace(from, to);
        }
        pool.moved(from, to);
        machine.controller().ifPresent(controller -> controller.moved(from, to));
    }

    /** The entries that map one page. */
    private final class Leaves {

        private final HugePagePool pool;
        private final LeafRun entries;
        private final int mappingLevel;
        private final int basePages;
        private final long from;
        private final long to;
        private final boolean anon;
        private final boolean exclusive;

        Leaves(HugePagePool pool, long from, long to, boolean anon, boolean exclusive) {
            this.pool = pool;
            this.from = from;
            this.to = to;
            this.anon = anon;
            this.exclusive = exclusive;
            entries = new LeafRun(machine.layout(), pool);
            mappingLevel = Math.max(2, pool.level());
            basePages = 1 << pool.order();
        }

        void move(Vma vma, long va) {
            PageTables tables = vma.space().tables();
            EntryFormat format = tables.format();
            int level = pool.level();
            long slot = tables.find(va, level);
            long entry = slot == PageTables.NO_SLOT ? format.none() : entries.read(tables, slot);
            if (!format.isPresent(entry) || format.pfn(entry, level) != from) {
                return;
            }
            long leaf = format.leaf(to, level, vma.entryProtection());
            leaf = format.isYoung(entry) ? leaf : format.makeOld(leaf);
            leaf = format.isDirty(entry) ? format.makeDirty(leaf) : leaf;
            leaf = format.isWritable(entry) ? format.makeWritable(leaf) : format.writeProtect(leaf);
            rmap.remove(from, basePages, vma, mappingLevel);
            entries.write(tables, slot, leaf);
            frames.get(to, 1);
            if (anon) {
                rmap.addAnon(to, basePages, vma, va, mappingLevel, exclusive);
            } else {
                rmap.addFile(to, basePages, vma, mappingLevel);
            }
            frames.put(from, 1);
        }
    }
}
