package org.mmkit.hugetlb.fs;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.file.FileFlags;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.file.FilePages;
import org.mmkit.api.file.Inode;
import org.mmkit.api.file.MappingHost;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.MappingVisitor;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.space.VmaOperations;
import org.mmkit.hugetlb.HugePages;
import org.mmkit.hugetlb.cgroup.HugetlbController;
import org.mmkit.hugetlb.paging.HugeAreas;
import org.mmkit.hugetlb.pool.HugePagePool;
import org.mmkit.hugetlb.pool.ReservationMap;
import org.mmkit.hugetlb.pool.Subpool;

/**
 * A file of huge pages (Linux: fs/hugetlbfs/inode.c, mm/hugetlb.c). Page numbers are those of huge pages, unless base pages are said.
 * Not thread-safe.
 */
public final class HugeFile implements Inode, MappingHost {

    private static final int BLOCK_SHIFT = 9;

    private final HugePages machine;
    private final HugePagePool pool;
    private final @Nullable Subpool share;
    private final Runnable evicted;
    private final FilePages pages;
    private final HugeAreas areas;
    /** Pages that are promised to shared mappings, or there. */
    private final ReservationMap promised = new ReservationMap();
    /** Who was charged for which entry of {@link #promised}. */
    private final TreeMap<Long, HugetlbController.Account> payers = new TreeMap<>();
    private final int basePages;
    private long size;
    private long present;

    /**
     * An empty file.
     *
     * @param share the mount's share of the pool, or null without limits
     * @param evicted is told when the file is no more
     */
    public HugeFile(HugePages machine, HugePagePool pool, @Nullable Subpool share, String name, long device, Runnable evicted) {
        this.machine = machine;
        this.pool = pool;
        this.share = share;
        this.evicted = evicted;
        this.pages = machine.context().files().newPages(this, name, device);
        this.areas = new HugeAreas(machine, this);
        this.basePages = pool.order();
        machine.files().add(this);
    }

    /** Where its pages come from. */
    public HugePagePool pool() {
        return pool;
    }

    @Override
    public FileMapping mapping() {
        return pages;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long blocks() {
        return present << pool.pageShift() - BLOCK_SHIFT;
    }

    @Override
    public long blockSize() {
        return pool.pageSize();
    }

    @Override
    public int pageShift() {
        return pool.pageShift();
    }

    @Override
    public long areaFlags() {
        return VmFlags.HUGETLB | VmFlags.DONTEXPAND;
    }

    @Override
    public VmaOperations operations() {
        return areas;
    }

    /** Faults of its areas never come here: they do their own paging. */
    @Override
    public long faultIn(long index, Fault fault) {
        return -Fault.SIGBUS;
    }

    /** Makes the file {@code bytes} long without any page, as at its making. */
    void setSize(long bytes) {
        size = bytes;
    }

    /** Pages that were promised to shared mappings and are not there yet. */
    public long outstanding() {
        return promised.count(0, Long.MAX_VALUE) - present;
    }

    /** Of the pages that the private area {@code vma} was promised, {@code used} up so far, those that it can still have. */
    public long outstanding(Vma vma, ReservationMap used) {
        long from = vma.pgoff() >>> basePages;
        return used.missing(from, from + (vma.end() - vma.start() >>> pool.pageShift()));
    }

    // ---- promises and pages -------------------------------------------------------------------------------------

    /** Promises the pages of [{@code from}, {@code to}) to shared mappings: 0 or -ENOMEM. */
    int reserveShared(long from, long to, HugetlbController.@Nullable Account payer) {
        int result = promise(promised.missing(from, to), payer);
        if (result != 0) {
            return result;
        }
        for (long index = from; payer != null && index < to; index++) {
            if (promised.count(index, index + 1) == 0) {
                payers.put(index, payer);
            }
        }
        promised.add(from, to);
        return 0;
    }

    private int promise(long count, HugetlbController.@Nullable Account payer) {
        Optional<HugetlbController> controller = machine.controller();
        if (controller.isPresent() && !controller.get().chargePromises(payer, pool, count)) {
            return -Errno.ENOMEM;
        }
        int result = promise(count);
        if (result != 0) {
            controller.ifPresent(c -> c.unchargePromises(payer, pool, count));
        }
        return result;
    }

    /** Takes the entries of [{@code from}, {@code to}) out of the map, and back from those who were charged; returns how many there were. */
    private long forget(long from, long to) {
        Map<Long, HugetlbController.Account> charged = payers.subMap(from, to);
        machine.controller().ifPresent(c -> charged.values().forEach(payer -> c.unchargePromises(payer, pool, 1)));
        charged.clear();
        return promised.remove(from, to);
    }

    private int promise(long count) {
        long beyond = share == null ? count : share.take(count);
        if (beyond < 0) {
            return -Errno.ENOMEM;
        }
        int result = pool.promise(beyond);
        if (result != 0 && share != null) {
            undo(share, count, beyond);
        }
        return result;
    }

    /** Gives back to {@code from} what it was asked for by a call that failed, {@code beyond} of it without success. */
    private void undo(Subpool from, long count, long beyond) {
        if (machine.context().profile().undoesOnlyWhatAShareTook()) {
            pool.promise(-from.undo(count, beyond));
            return;
        }
        // the minimum gets back all, even what it never gave: the pool then counts fewer promises than there are
        long before = from.promised();
        from.giveBack(count);
        pool.lose(before + count - beyond - from.promised());
    }

    private void withdraw(long count) {
        pool.promise(-(share == null ? count : share.giveBack(count)));
    }

    @Override
    public int mapped(Vma vma) {
        if ((vma.pgoff() & (1L << basePages) - 1) != 0) {
            return -Errno.EINVAL;
        }
        long from = vma.pgoff() >>> basePages;
        long to = from + (vma.end() - vma.start() >>> pool.pageShift());
        if (!vma.has(VmFlags.NORESERVE)) {
            boolean shared = vma.has(VmFlags.MAYSHARE);
            HugetlbController.Account payer = machine.payer(vma);
            int result = shared ? reserveShared(from, to, payer) : promise(to - from, payer);
            if (result != 0) {
                return result;
            }
            if (!shared) {
                machine.reservations().own(vma, payer);
            }
        }
        if (vma.has(VmFlags.WRITE)) {
            size = Math.max(size, to << pool.pageShift());
        }
        return 0;
    }

    /** The private area {@code vma} is gone: what it was promised and did not use is free for others. */
    public void closed(Vma vma) {
        ReservationMap used = vma.has(VmFlags.MAYSHARE) ? null : machine.reservations().map(vma);
        if (used != null) {
            HugetlbController.Account payer = machine.reservations().payer(vma);
            long all = vma.end() - vma.start() >>> pool.pageShift();
            machine.controller().ifPresent(c -> c.unchargePromises(payer, pool, all));
            long unused = outstanding(vma, used);
            if (unused > 0) {
                withdraw(unused);
            }
        }
        machine.reservations().forget(vma);
    }

    /** The map in which an allocation for {@code vma} (null: for the file itself) is noted, or null for none. */
    private @Nullable ReservationMap notes(@Nullable Vma vma) {
        return vma == null || vma.has(VmFlags.MAYSHARE) ? promised : machine.reservations().map(vma);
    }

    /**
     * A page for page number {@code index} (Linux: alloc_hugetlb_folio), with one reference and unspecified content.
     *
     * @param vma the area that needs it, or null for the file itself
     * @param beyondPromise whether a promise made to the area must not be used, because the page it was for is there already
     * @return the head, or {@link Frames#NONE}
     */
    public long allocate(@Nullable Vma vma, long index, boolean beyondPromise) {
        ReservationMap notes = notes(vma);
        boolean shared = notes == promised;
        boolean noted = notes != null && notes.count(index, index + 1) > 0;
        boolean needed = beyondPromise || notes == null || noted != shared;
        long beyond = 0;
        if (needed) {
            beyond = share == null ? 1 : share.take(1);
            if (beyond < 0) {
                return Frames.NONE;
            }
        }
        HugetlbController.Account payer = machine.payer(vma);
        long head = obtain(payer, beyond == 0, needed, policy(vma), index);
        if (head == Frames.NONE) {
            if (needed && share != null) {
                undo(share, 1, beyond);
            }
            return Frames.NONE;
        }
        if (share != null) {
            pool.belongsTo(head, share);
        }
        if (!beyondPromise && notes != null) {
            notes.add(index, index + 1);
        }
        return head;
    }

    /** By which nodes a page for {@code vma} is chosen: by its own policy, else by that of the task. */
    private MemoryPolicy policy(@Nullable Vma vma) {
        return vma != null && vma.policy().mode() != MemoryPolicy.Mode.DEFAULT ? vma.policy() : machine.context().memory().taskPolicy();
    }

    /** A page of the pool that {@code payer} is charged for; {@link Frames#NONE} without one, or at the payer's limit. */
    private long obtain(HugetlbController.@Nullable Account payer, boolean promisedPage, boolean unpromised,
            MemoryPolicy policy, long index) {
        HugetlbController controller = machine.controller().orElse(null);
        if (controller == null || payer == null) {
            return pool.obtain(promisedPage, policy, index);
        }
        if (!controller.chargePage(payer, pool, unpromised)) {
            return Frames.NONE;
        }
        long head = pool.obtain(promisedPage, policy, index);
        if (head == Frames.NONE) {
            controller.cancelPage(payer, pool, unpromised);
        } else {
            controller.commitPage(payer, head, unpromised);
        }
        return head;
    }

    /** Notes that the promise for page {@code index} of the private area {@code vma} can be used again. */
    public void restorePromise(Vma vma, long index) {
        ReservationMap used = machine.reservations().map(vma);
        if (used != null) {
            used.remove(index, index + 1);
        }
    }

    /** The page at {@code index} if the file has it, or {@link Frames#NONE}. */
    public long find(long index) {
        return pages.find(index << basePages);
    }

    /** Puts the page {@code head} into the file. */
    public void add(long head, long index) {
        pool.commit(head);
        pages.add(head, index << basePages);
        present++;
    }

    // ---- the calls on files -----------------------------------------------------------------------------------

    @Override
    public int truncate(long bytes) {
        if ((bytes & pool.pageSize() - 1) != 0) {
            return -Errno.EINVAL;
        }
        size = bytes;
        long from = bytes >>> pool.pageShift();
        areas.unmapAll(from, Long.MAX_VALUE >>> pool.pageShift());
        removeFrom(from);
        return 0;
    }

    private void removeFrom(long from) {
        long freed = 0;
        for (long at = pages.next(from << basePages); at >= 0; at = pages.next(at + 1)) {
            pages.remove(pages.find(at));
            freed++;
        }
        present -= freed;
        long entries = forget(from, Long.MAX_VALUE);
        withdraw(entries - freed);
    }

    @Override
    public int allocate(int mode, long offset, long length) {
        if ((mode & ~(FileFlags.FALLOC_FL_KEEP_SIZE | FileFlags.FALLOC_FL_PUNCH_HOLE)) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        if ((mode & FileFlags.FALLOC_FL_PUNCH_HOLE) != 0) {
            return punch(offset, length);
        }
        long end = offset + length + pool.pageSize() - 1 >>> pool.pageShift();
        for (long index = offset >>> pool.pageShift(); index < end; index++) {
            if (find(index) != Frames.NONE) {
                continue;
            }
            long head = allocate(null, index, false);
            if (head == Frames.NONE) {
                return -Errno.ENOSPC;
            }
            machine.clear(head);
            add(head, index);
            machine.frames().put(head, 1);
        }
        if ((mode & FileFlags.FALLOC_FL_KEEP_SIZE) == 0) {
            size = Math.max(size, offset + length);
        }
        return 0;
    }

    @Override
    public int punch(long offset, long length) {
        long mask = pool.pageSize() - 1;
        long end = offset + length;
        long from = offset + mask & ~mask;
        long to = end & ~mask;
        if (offset < from) {
            zero(offset, Math.min(end, from));
        }
        if (end > to && end > from) {
            zero(to, end);
        }
        if (to > from) {
            areas.unmapAll(from >>> pool.pageShift(), to >>> pool.pageShift());
            long first = from >>> pool.pageShift();
            for (long index = first; index < to >>> pool.pageShift(); index++) {
                long head = find(index);
                if (head != Frames.NONE) {
                    pages.remove(head);
                    present--;
                    withdraw(forget(index, index + 1) - 1);
                }
            }
        }
        return 0;
    }

    /** Fills [{@code from}, {@code to}), within one page, with zeroes if the page is there. */
    private void zero(long from, long to) {
        long head = find(from >>> pool.pageShift());
        int shift = machine.pageShift();
        int mask = (1 << shift) - 1;
        for (long at = from; head != Frames.NONE && at < to; ) {
            long inPage = at & pool.pageSize() - 1;
            int offset = (int) inPage & mask;
            int n = (int) Math.min(mask + 1 - offset, to - at);
            machine.contents().fill(head + (inPage >>> shift), offset, n, 0);
            at += n;
        }
    }

    @Override
    public long read(long offset, long length) {
        return Math.max(0, Math.min(length, size - offset));
    }

    @Override
    public long write(long offset, long length, int value) {
        return -Errno.EINVAL;
    }

    @Override
    public void evict() {
        removeFrom(0);
        machine.files().remove(this);
        evicted.run();
    }

    /** Shows {@code visitor} the areas that map page {@code index}. */
    public void forEachArea(long index, MappingVisitor visitor) {
        pages.forEachVma(index << basePages, 1L << basePages, visitor);
    }

    /** Shows {@code visitor} the areas that map any page of [{@code from}, {@code to}). */
    public void forEachArea(long from, long to, MappingVisitor visitor) {
        pages.forEachVma(from << basePages, to - from << basePages, visitor);
    }

    /** Whether the page {@code head} is a private copy, not one of the file's. */
    public boolean isCopy(long head) {
        return machine.frames().test(head, FolioFlags.ANON);
    }
}
