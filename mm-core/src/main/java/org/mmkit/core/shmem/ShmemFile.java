package org.mmkit.core.shmem;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.file.FileFlags;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.file.Inode;
import org.mmkit.api.file.ShmemMapping;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameContents;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmaOperations;
import org.mmkit.core.pagecache.PageCache;

/**
 * A file of shared memory.
 *
 * <p>Pages that fallocate made stay not {@link FolioFlags#UPTODATE} until their first use, so that a failed call can take
 * them back.
 */
public final class ShmemFile extends PageCache implements Inode, ShmemMapping {

    /** Areas of a file that has a name. */
    private static final VmaOperations NAMED = new VmaOperations() {};
    /** Areas of a file that had none when it was mapped. */
    private static final VmaOperations ANONYMOUS = new VmaOperations() {};

    private static final String UNNAMED = " (deleted)";

    private final Shmem shmem;
    private final TmpfsInstance instance;
    private final int pageShift;
    private final SwappedPages swapped;
    private final String entryName;
    /** Bytes that one round of a write stays within, aligned. */
    private final long chunk;
    private long size;
    /** Pages charged to the file. */
    private long allocated;
    private boolean linked = true;
    /** Pages promised as a whole; -1 when each page is as it comes. */
    private long promised = -1;
    /** Page behind the last one that fallocate has filled. */
    private long preallocatedEnd;
    /** The pages that a preallocation under way has got so far; empty when none is. */
    private long fillStart;
    private long fillNext;
    /** Pages that it has added, and times that reclaim has come for one of them. */
    private long added;
    private long refused;

    ShmemFile(Shmem shmem, TmpfsInstance instance, String name) {
        super(shmem.context(), name, instance.device(), shmem.context().newInode());
        this.shmem = shmem;
        this.instance = instance;
        this.pageShift = shmem.context().pageShift;
        // Files of the internal mount are born without a name, and shown so.
        entryName = instance.huge() == INTERNAL && name.endsWith(UNNAMED)
                ? name.substring(1, name.length() - UNNAMED.length())
                : name.substring(name.lastIndexOf('/') + 1);
        this.swapped = new SwappedPages(this, shmem.context(), shmem.swap());
        seals().makePossible();
        shmem.files().add(this);
        setUnevictable(instance.isNoSwap());
        chunk = 1L << pageShift + (shmem.copiesWholeFolios() && shmem.policy().hasLargeFolios(this) ? context.hugeOrder : 0);
    }

    /** Its pages on swap devices. */
    public SwappedPages swapped() {
        return swapped;
    }

    Shmem shmem() {
        return shmem;
    }

    @Override
    public FileMapping mapping() {
        return this;
    }

    @Override
    public boolean isShmem() {
        return true;
    }

    @Override
    public int hugeOption() {
        return instance.huge();
    }

    @Override
    public boolean isAnonymous(Vma vma) {
        return vma.hasFile() && vma.operations() == ANONYMOUS;
    }

    @Override
    public VmaOperations operations() {
        return linked ? NAMED : ANONYMOUS;
    }

    @Override
    public long alignment(long length, boolean opened) {
        int order = shmem.policy().areaOrder(this, opened);
        return order == 0 || length < 1L << pageShift + order ? 0 : 1L << pageShift + order;
    }

    @Override
    public boolean isSwapped(long index) {
        return swapped.contains(index);
    }

    @Override
    public int swappedPages(long index) {
        return swapped.pages(index);
    }

    @Override
    public String entryName() {
        return entryName;
    }

    @Override
    public long size() {
        return size;
    }

    void setSize(long bytes) {
        size = bytes;
    }

    private long pages(long bytes) {
        return bytes + (1L << pageShift) - 1 >>> pageShift;
    }

    /** Promises {@code bytes}, or no more than those, whether they are ever used or not; false when they may not be promised (shmem_acct_size). */
    boolean promiseAll(long bytes) {
        long more = pages(bytes) - Math.max(0, promised);
        if (more > 0 && !shmem.mayPromise(more)) {
            return false;
        }
        shmem.promise(more);
        promised = pages(bytes);
        return true;
    }

    @Override
    public long blocks() {
        return allocated << pageShift - 9;
    }

    @Override
    public long blockSize() {
        return shmem.policy().isHuge(this) ? 1L << pageShift + context.hugeOrder : 1L << pageShift;
    }

    @Override
    public boolean charge(long pages) {
        if (promised < 0 && pages > 0 && !shmem.mayPromise(pages) || !instance.charge(pages)) {
            return false;
        }
        if (promised < 0) {
            shmem.promise(pages);
        }
        allocated += pages;
        return true;
    }

    @Override
    public void dropBehindEnd(long head) {
        if (frames.index(head) >= allocatedEnd()) {
            discard(head);
        }
    }

    TmpfsInstance instance() {
        return instance;
    }

    /** The first page behind the file's end and behind all that was preallocated beyond it (Linux: shmem_fallocend). */
    long allocatedEnd() {
        return Math.max(size + (1L << pageShift) - 1 >>> pageShift, preallocatedEnd);
    }

    /** Pages [{@code start}, {@code end}) are removed. */
    void removed(long start, long end) {
        if (preallocatedEnd > start && preallocatedEnd <= end) {
            preallocatedEnd = start;
        }
    }

    /** {@inheritDoc} Its charge is given back. */
    @Override
    public void discard(long head) {
        charge(-frames.pages(head));
        remove(head);
    }

    @Override
    public long faultIn(long index, Fault fault) {
        if (index << pageShift >= size) {
            return -Fault.SIGBUS;
        }
        boolean major = swapped.mustBeRead(index);
        long head = lookUp(index);
        if (head == Frames.NONE) {
            head = allocate(index, fault.vma(), fault.address(), 0);
        }
        if (head >= 0 && major) {
            fault.setMajor();
        }
        if (head < 0) {
            return head == -Errno.ENOMEM ? -Fault.OOM : -Fault.SIGBUS;
        }
        clear(head);
        return head + (index - frames.index(head));
    }

    /** The folio of page {@code index}, brought back from swap if it is there, with a reference; {@link Frames#NONE}; or -ENOMEM. */
    private long lookUp(long index) {
        long head = find(index);
        if (head != Frames.NONE) {
            frames.get(head, 1);
            return head;
        }
        return swapped.contains(index) ? swapped.swapIn(index) : Frames.NONE;
    }

    /** Fills a folio that nobody has used yet with zeroes. */
    private void clear(long head) {
        if (!frames.test(head, FolioFlags.UPTODATE)) {
            context.memory().contents().clear(head, frames.pages(head));
            frames.set(head, FolioFlags.UPTODATE);
        }
    }

    /**
     * Allocates the folio for page {@code index} and adds it; not cleared (Linux: shmem_alloc_and_add_folio).
     *
     * @param vma the area of a fault at {@code address}, or null
     * @param writeEnd first byte behind a write or preallocation, 0 for a fault
     * @return the head with a reference for the caller, or a negated error number
     */
    private long allocate(long index, @Nullable Vma vma, long address, long writeEnd) {
        int orders = shmem.policy().orders(this, vma, index, writeEnd);
        if (orders > 1) {
            long got = allocateLarge(suitable(orders, vma, address, index), index, shmem.policy().gfp(vma));
            if (got >= 0) {
                return got;
            }
        }
        long head = context.memory().allocateFolio(0, Gfp.HIGHUSER_MOVABLE);
        return head == Frames.NONE ? -Errno.ENOMEM : enter(head, index, 1);
    }

    private long allocateLarge(int orders, long index, int gfp) {
        for (int order = highest(orders); order > 0; order = highest(orders & (1 << order) - 1)) {
            long head = context.memory().allocateUserFolio(order, gfp);
            if (head != Frames.NONE) {
                long got = enter(head, index & -(1L << order), 1L << order);
                if (got >= 0) {
                    if (size + (1L << pageShift) - 1 >>> pageShift < frames.index(got) + (1L << order)) {
                        shmem.unusedTails().add(this);
                    }
                    shmem.countAllocated(order);
                }
                return got;
            }
            shmem.countFallback(order);
        }
        return -Errno.ENOMEM;
    }

    private static int highest(int orders) {
        return 31 - Integer.numberOfLeadingZeros(orders & ~1 | 1);
    }

    private long enter(long head, long index, long pages) {
        if (!charge(pages)) {
            shmem.unusedTails().makeRoom(instance, pages);
            if (!charge(pages)) {
                frames.put(head, 1);
                return -Errno.ENOSPC;
            }
        }
        frames.set(head, FolioFlags.SWAPBACKED);
        add(head, index);
        return head;
    }

    /** The orders of {@code orders} from the largest that fits downwards (Linux: shmem_suitable_orders). */
    private int suitable(int orders, @Nullable Vma vma, long address, long index) {
        int left = orders & ~1;
        while (left != 0) {
            int order = highest(left);
            if ((vma == null || fits(vma, address, order)) && isEmpty(index & -(1L << order), 1L << order)) {
                break;
            }
            left &= ~(1 << order);
        }
        return left;
    }

    private boolean fits(Vma vma, long address, int order) {
        long bytes = 1L << pageShift + order;
        long pages = 1L << order;
        if (((vma.start() >>> pageShift) - vma.pgoff() & pages - 1) != 0) {
            return false;
        }
        long aligned = address & -bytes;
        return aligned >= vma.start() && aligned + bytes <= vma.end();
    }

    private boolean isEmpty(long first, long pages) {
        long next = next(first);
        return (next < 0 || next >= first + pages) && !swapped.anyIn(first, pages);
    }

    @Override
    public int truncate(long bytes) {
        if (promised >= 0 && !promiseAll(bytes)) {
            return -Errno.ENOMEM;
        }
        long old = size;
        long page = 1L << pageShift;
        zeroBehindEnd(bytes);
        size = bytes;
        if (bytes <= old) { // what was allocated behind the end goes even where the size stays
            long hole = bytes + page - 1 & -page;
            boolean unmaps = old > hole;
            if (unmaps) {
                unmap(hole >>> pageShift, RangeRemoval.REST, true);
            }
            new RangeRemoval(this, context, bytes, -1).run();
            if (unmaps) {
                unmap(hole >>> pageShift, RangeRemoval.REST, true);
            }
        }
        return 0;
    }

    @Override
    public int allocate(int mode, long offset, long length) {
        if ((mode & ~(FileFlags.FALLOC_FL_KEEP_SIZE | FileFlags.FALLOC_FL_PUNCH_HOLE)) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        if ((mode & FileFlags.FALLOC_FL_PUNCH_HOLE) != 0) {
            punchHole(offset, length);
            return 0;
        }
        int result = preallocate(offset, length);
        if (result == 0 && (mode & FileFlags.FALLOC_FL_KEEP_SIZE) == 0) {
            zeroBehindEnd(offset + length);
            size = Math.max(size, offset + length);
        }
        return result;
    }

    private void punchHole(long offset, long length) {
        long page = 1L << pageShift;
        long from = offset + page - 1 & -page;
        long to = offset + length & -page;
        unmap(from >>> pageShift, to - from >> pageShift, false);
        new RangeRemoval(this, context, offset, offset + length - 1).run();
    }

    private int preallocate(long offset, long length) {
        long start = offset >>> pageShift;
        long end = offset + length + (1L << pageShift) - 1 >>> pageShift;
        if (!instance.couldHold(end - start)) {
            return -Errno.ENOSPC;
        }
        long before = preallocatedEnd;
        preallocatedEnd = Math.max(before, end);
        fillStart = start;
        fillNext = start;
        added = 0;
        refused = 0;
        long result = 0;
        while (fillNext < end && result >= 0) {
            result = preallocateNext(offset + length);
        }
        if (result < 0) {
            preallocatedEnd = before;
            removeUnused(start, fillNext);
        }
        fillStart = 0;
        fillNext = 0;
        return (int) Math.min(0, result);
    }

    /** One folio of a preallocation up to byte {@code end}: its head, or a negated error number. */
    private long preallocateNext(long end) {
        context.relieve();
        if (context.isCallerKilled()) {
            return -Errno.EINTR;
        }
        if (refused > added) {
            return -Errno.ENOMEM; // memory is so short that its own pages would have to go
        }
        long head = lookUp(fillNext);
        if (head >= 0) {
            clear(head);
        } else if (head == Frames.NONE) {
            head = allocate(fillNext, null, 0, end);
        }
        if (head >= 0) {
            frames.put(head, 1);
            frames.markDirty(head);
            long next = frames.index(head) + frames.pages(head);
            added += frames.test(head, FolioFlags.UPTODATE) ? 0 : next - fillNext;
            fillNext = next;
        }
        return head;
    }

    /**
     * Reclaim is about to write the folio to swap. What fallocate made and nobody has used is filled with zeroes first; false for one of a
     * preallocation that is still under way, which may have to be undone (Linux: shmem_writeout).
     */
    public boolean mayLeave(long head) {
        long index = frames.index(head);
        if (!frames.test(head, FolioFlags.UPTODATE) && index >= fillStart && index < fillNext) {
            refused += frames.pages(head);
            return false;
        }
        clear(head);
        return true;
    }

    /**
     * Takes back what a failed preallocation added: the folios in [{@code start}, {@code end}) that were never used. One that begins before is
     * split at {@code start}; what lies behind stays all the same unless it began just there, as Linux 6.18 does it (shmem_undo_range).
     */
    private void removeUnused(long start, long end) {
        RangeRemoval removal = new RangeRemoval(this, context, start << pageShift, (end << pageShift) - 1);
        long before = find(start);
        long from = start;
        if (before != Frames.NONE && frames.index(before) < start && !frames.test(before, FolioFlags.UPTODATE)) {
            long next = frames.index(before) + frames.pages(before);
            from = removal.removePart(before) && frames.order(before) == 0 ? start : next;
        }
        for (long index = next(from); index >= 0 && index < end; ) {
            long head = find(index);
            index = next(frames.index(head) + frames.pages(head));
            if (!frames.test(head, FolioFlags.UPTODATE)) {
                discard(head);
            }
        }
    }

    /**
     * {@inheritDoc} Pages come back from swap for it; what is read from its beginning on is marked accessed (Linux: shmem_file_read_iter).
     */
    @Override
    public long read(long offset, long length) {
        long end = Math.min(size, length > size - offset ? size : offset + length);
        long at = offset;
        while (at < end) {
            long index = at >>> pageShift;
            long head = lookUp(index);
            if (head < 0 && head != Frames.NONE) {
                return at > offset ? at - offset : head;
            }
            long unit = 1L << pageShift;
            if (head != Frames.NONE) {
                // What fallocate made and nobody used yet reads as a hole.
                if (frames.test(head, FolioFlags.UPTODATE)) {
                    unit = shmem.copiesWholeFolios() ? frames.pages(head) << pageShift : unit;
                    if ((at & unit - 1) == 0) {
                        context.memory().lru().markAccessed(head);
                    }
                }
                frames.put(head, 1);
            }
            at += Math.min(end - at, unit - (at & unit - 1));
        }
        return Math.max(0, at - offset);
    }

    @Override
    public long write(long offset, long length, int value) {
        // One round writes within one aligned chunk and within one folio (Linux: generic_perform_write).
        zeroBehindEnd(offset);
        long done = 0;
        while (done < length) {
            long at = offset + done;
            long wanted = Math.min(length - done, chunk - (at & chunk - 1));
            int sealed = seals().checkWrite(size, at + wanted);
            if (sealed != 0) {
                return done > 0 ? done : sealed;
            }
            if (context.isCallerKilled()) {
                return done > 0 ? done : -Errno.EINTR;
            }
            long index = at >>> pageShift;
            context.relieve();
            long head = lookUp(index);
            if (head >= 0) {
                context.memory().lru().markAccessed(head);
            } else if (head == Frames.NONE) {
                head = allocate(index, null, 0, at + wanted);
                if (head >= 0) {
                    frames.set(head, FolioFlags.REFERENCED);
                }
            }
            if (head < 0) {
                return done > 0 ? done : head;
            }
            frames.put(head, 1);
            clear(head);
            long inside = at - (frames.index(head) << pageShift);
            long count = Math.min(wanted, (frames.pages(head) << pageShift) - inside);
            fill(head, inside, count, value);
            frames.markDirty(head);
            done += count;
            size = Math.max(size, offset + done);
        }
        return done;
    }

    /** What a mapping wrote behind the end is not to be seen when the file grows to {@code bytes} (Linux: shmem_zero_eof). */
    private void zeroBehindEnd(long bytes) {
        long head = bytes > size ? find(size >>> pageShift) : Frames.NONE;
        if (head != Frames.NONE && frames.test(head, FolioFlags.UPTODATE)) {
            long inside = size - (frames.index(head) << pageShift);
            fill(head, inside, Math.min((frames.pages(head) << pageShift) - inside, bytes - size), 0);
        }
    }

    /** Sets {@code count} bytes from byte {@code inside} of the folio. */
    void fill(long head, long inside, long count, int value) {
        FrameContents contents = context.memory().contents();
        long page = 1L << pageShift;
        for (long done = 0; done < count; ) {
            long at = inside + done;
            int offset = (int) (at & page - 1);
            int n = (int) Math.min(count - done, page - offset);
            contents.fill(head + (at >>> pageShift), offset, n, value);
            done += n;
        }
    }

    @Override
    public void unlinked() {
        linked = false;
    }

    @Override
    public void evict() {
        shmem.files().remove(this);
        shmem.unusedTails().remove(this);
        boolean any = next(0) >= 0;
        for (long index = next(0); index >= 0; index = next(index)) {
            discard(find(index));
        }
        if (any) {
            context.memory().lru().drain();
        }
        swapped.free(0, RangeRemoval.REST);
        if (promised > 0) {
            shmem.promise(-promised);
            promised = 0;
        }
        instance.inodeGone();
    }
}
