package org.mmkit.core.pagecache;

import java.util.ArrayList;
import java.util.List;
import org.mmkit.api.file.FilePages;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.RwSemaphore;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.space.MappingVisitor;
import org.mmkit.api.space.Vma;
import org.mmkit.core.memory.FolioBatches;

/** The pages of one file and the areas that map it. */
public abstract class PageCache implements FilePages {

    /** What all caches share. */
    protected final CacheContext context;
    /** Metadata of all frames. */
    protected final Frames frames;
    private final PageTree pages = new PageTree();
    /** What reclaim has left in place of pages. */
    private final PageTree shadows = new PageTree();
    private final AreaSet areas = new AreaSet();
    private final RwSemaphore areasLock;
    private final List<Runnable> unmapped = new ArrayList<>(1);
    private final long inode;
    private final long device;
    private String name;
    private final Seals seals;
    /** Its pages stay in memory (Linux: AS_UNEVICTABLE). */
    private boolean unevictable;

    /** An empty cache. */
    protected PageCache(CacheContext context, String name, long device, long inode) {
        this.context = context;
        this.frames = context.frames;
        this.areasLock = context.locks.rwSemaphore(LockClass.I_MMAP);
        this.name = name;
        this.device = device;
        this.inode = inode;
        this.seals = new Seals(this, frames);
    }

    /** What can no longer be done with the file. */
    public Seals seals() {
        return seals;
    }

    /** Whether reclaim leaves its pages alone, as SHM_LOCK and the mount option noswap want it. */
    public boolean isUnevictable() {
        return unevictable;
    }

    /** Sets whether reclaim leaves its pages alone. */
    public void setUnevictable(boolean value) {
        unevictable = value;
    }

    @Override
    public RwSemaphore areasLock() {
        return areasLock;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void rename(String value) {
        name = value;
    }

    @Override
    public long inode() {
        return inode;
    }

    @Override
    public long device() {
        return device;
    }

    @Override
    public long find(long index) {
        long pfn = pages.get(index);
        return pfn == PageTree.NONE ? Frames.NONE : frames.head(pfn);
    }

    @Override
    public long findAround(long index) {
        long pfn = pages.get(index);
        if (pfn == PageTree.NONE || index << context.pageShift >= size()) {
            return Frames.NONE;
        }
        long head = frames.head(pfn);
        return frames.test(head, FolioFlags.UPTODATE) && !frames.isToBeReclaimed(head) ? pfn : Frames.NONE;
    }

    @Override
    public void add(long head, long index) {
        insert(head, index);
        enterLists(head, index, frames.pages(head));
    }

    /** Like {@link #add}, for a folio that is on the LRU lists, or waits to be. */
    public void insert(long head, long index) {
        long n = frames.pages(head);
        frames.setOwner(head, this, index);
        frames.get(head, (int) n);
        pages.put(index, head, n);
        count(head, n);
    }

    @Override
    public void remove(long head) {
        long n = frames.pages(head);
        pages.remove(frames.index(head), n);
        count(head, -n);
        frames.clearOwner(head);
        frames.put(head, (int) n);
    }

    /**
     * The unmapped folio {@code from} moves to {@code to}, which has owner and index already: page tree and references follow
     * (folio_migrate_mapping).
     */
    @Override
    public void replace(long from, long to) {
        long n = frames.pages(from);
        frames.get(to, (int) n);
        pages.put(frames.index(to), to, n);
        frames.clearOwner(from);
        frames.put(from, (int) n);
    }

    /** Takes the folio, which is being reclaimed, out of the cache; {@code shadow} stands for each of its pages until they come back. */
    public void reclaimed(long head, long shadow) {
        long first = frames.index(head);
        for (long i = 0; i < frames.pages(head); i++) {
            shadows.put(first + i, shadow, 1);
        }
        remove(head);
    }

    /**
     * Drops the folios that are clean and that nobody maps or holds; the others are to be reclaimed early. Letting go of the first folios that
     * were looked up empties the batches (Linux: mapping_try_invalidate).
     */
    public void dropUnused() {
        int seen = 0;
        boolean drained = false;
        for (long index = pages.next(0); index >= 0; ) {
            long head = frames.head(pages.get(index));
            index = pages.next(frames.index(head) + frames.pages(head));
            boolean held = frames.isMapped(head) || frames.refcount(head) != frames.pages(head);
            if (held || frames.test(head, FolioFlags.DIRTY) || frames.test(head, FolioFlags.WRITEBACK)) {
                context.lru.deactivateFile(head);
            } else {
                discard(head);
            }
            if (++seen == FolioBatches.SIZE || index < 0 && !drained) {
                context.lru.drain();
                drained = true;
            }
        }
    }

    /** Takes the folio out of the cache for good. */
    public void discard(long head) {
        remove(head);
    }

    private void enterLists(long head, long index, long n) {
        if (frames.test(head, FolioFlags.HUGETLB)) {
            return;
        }
        long shadow = shadows.size() == 0 ? PageTree.NONE : shadows.get(index);
        if (shadow != PageTree.NONE) {
            shadows.remove(index, n);
            context.workingSet().refault(head, shadow);
        }
        context.lru.add(head);
    }

    private void count(long head, long n) {
        if (frames.test(head, FolioFlags.HUGETLB)) {
            return;
        }
        context.counters.add(context.nrFilePages, n);
        boolean huge = frames.order(head) == context.hugeOrder;
        if (isShmem()) {
            context.counters.add(context.nrShmem, n);
        }
        if (huge) {
            context.counters.add(isShmem() ? context.nrShmemHuge : context.nrFileHuge, Long.signum(n));
        }
    }

    @Override
    public long next(long index) {
        return pages.next(index);
    }

    @Override
    public long cachedPages() {
        return pages.size();
    }

    @Override
    public void link(Vma vma) {
        areas.add(vma);
    }

    @Override
    public void unlink(Vma vma) {
        areas.remove(vma);
        if (areas.size() == 0) {
            for (Runnable action : unmapped) {
                context.lateWork.add(action);
            }
        }
    }

    @Override
    public int areas() {
        return areas.size();
    }

    @Override
    public void whenUnmapped(Runnable action) {
        unmapped.add(action);
    }

    @Override
    public void forEachVma(long first, long n, MappingVisitor visitor) {
        areas.forEach(first, n, visitor);
    }

    @Override
    public void unmap(long first, long n, boolean copiesToo) {
        if (n <= 0 || areas.size() == 0) {
            return;
        }
        areas.forEach(first, n, (vma, va) -> {
            long from = Math.max(first, vma.pgoff());
            long to = Math.min(first + n, vma.index(vma.end()));
            context.unmapper().unmap(vma, vma.address(from), vma.address(to), copiesToo);
            return true;
        });
    }

    @Override
    public String toString() {
        return name;
    }
}
