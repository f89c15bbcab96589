package org.mmkit.core.space;

import org.mmkit.api.Errno;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.lock.RwSemaphore;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AreaPaging;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.MapFlags;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.space.VmaOperations;
import org.mmkit.api.task.Caller;
import org.mmkit.api.task.Capability;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.lock.Backoff;
import org.mmkit.core.lock.Task;
import org.mmkit.core.reclaim.Kswapds;
import org.mmkit.core.rmap.AnonChains;

/** mlock(2), munlock(2), mlockall(2), and populating ranges (Linux: mm/mlock.c, mm/gup.c populate_vma_page_range). */
public final class LockCalls {

    private static final long LOCK_FLAGS = VmFlags.LOCKED | VmFlags.LOCKONFAULT;

    private final UserAddressSpace space;
    private final Engine engine;
    private final EntryFormat format;
    private final Frames frames;
    private final TableCursor cursor;

    LockCalls(UserAddressSpace space) {
        this.space = space;
        this.engine = space.engine();
        this.format = engine.format;
        this.frames = engine.frames;
        this.cursor = new TableCursor(space.tables());
    }

    /** mlock2 with {@code flags} 0 (mlock) or MLOCK_ONFAULT; beside other calls {@link #fill} is to follow. */
    public long mlock(long start, long length, int flags) {
        if ((flags & ~MapFlags.MLOCK_ONFAULT) != 0) {
            return -Errno.EINVAL;
        }
        if (!mayLock()) {
            return -Errno.EPERM;
        }
        long lock = VmFlags.LOCKED | ((flags & MapFlags.MLOCK_ONFAULT) != 0 ? VmFlags.LOCKONFAULT : 0);
        long first = start & -engine.pageSize;
        long bytes = length + (start - first) + engine.pageSize - 1 & -engine.pageSize;
        if (exceedsLimit(bytes) && exceedsLimit(bytes - lockedIn(first, first + bytes))) {
            return -Errno.ENOMEM;
        }
        long failed = apply(first, bytes, lock);
        return failed != 0 || !engine.calls.isAlone() ? failed : fill(first, bytes);
    }

    /** The rest of {@link #mlock}, for calls beside others: the pages are brought in when the address space is locked for it no longer. */
    public long fill(long start, long length) {
        long first = start & -engine.pageSize;
        long populated = populate(first, first + (length + (start - first) + engine.pageSize - 1 & -engine.pageSize));
        // As the kernel says it for mlock: a page that cannot be had is a hole.
        return populated == -Errno.EFAULT ? -Errno.ENOMEM : populated == -Errno.ENOMEM ? -Errno.EAGAIN : populated;
    }

    /** munlock. */
    public long munlock(long start, long length) {
        long first = start & -engine.pageSize;
        return apply(first, length + (start - first) + engine.pageSize - 1 & -engine.pageSize, 0);
    }

    /** mlockall. */
    public long mlockall(int flags) {
        if (flags == 0
                || (flags & ~(MapFlags.MCL_CURRENT | MapFlags.MCL_FUTURE | MapFlags.MCL_ONFAULT)) != 0
                || flags == MapFlags.MCL_ONFAULT) {
            return -Errno.EINVAL;
        }
        if (!mayLock()) {
            return -Errno.EPERM;
        }
        Caller caller = engine.caller();
        if ((flags & MapFlags.MCL_CURRENT) != 0 && space.mappedPages() > caller.lockLimit() >>> engine.pageShift
                && !caller.isCapable(Capability.CAP_IPC_LOCK)) {
            return -Errno.ENOMEM;
        }
        long lock = VmFlags.LOCKED | ((flags & MapFlags.MCL_ONFAULT) != 0 ? VmFlags.LOCKONFAULT : 0);
        space.setDefaultFlags(
                space.defaultFlags() & ~LOCK_FLAGS | ((flags & MapFlags.MCL_FUTURE) != 0 ? lock : 0));
        if ((flags & MapFlags.MCL_CURRENT) == 0) {
            return 0;
        }
        applyToAll(lock);
        populateMapped(0, engine.virtual.userEnd());
        return 0;
    }

    /** Whether the caller may lock anything at all (Linux: can_do_mlock). */
    boolean mayLock() {
        Caller caller = engine.caller();
        return caller.lockLimit() != 0 || caller.isCapable(Capability.CAP_IPC_LOCK);
    }

    /** Whether {@code bytes} more of locked memory would be beyond the caller's RLIMIT_MEMLOCK (Linux: mlock_future_ok). */
    boolean exceedsLimit(long bytes) {
        Caller caller = engine.caller();
        return !caller.isCapable(Capability.CAP_IPC_LOCK)
                && (bytes >>> engine.pageShift) + space.lockedPages() > caller.lockLimit() >>> engine.pageShift;
    }

    /** Bytes of [{@code start}, {@code end}) that are locked already. */
    private long lockedIn(long start, long end) {
        long bytes = 0;
        for (VmArea area = space.findOrNext(start);
                area != null && Long.compareUnsigned(area.start, end) < 0;
                area = space.findOrNext(area.end)) {
            if (area.has(VmFlags.LOCKED)) {
                bytes += Math.min(area.end, end) - Math.max(area.start, start);
            }
        }
        return bytes;
    }

    /** msync: 0 or a negated error number; there is no device to write to. */
    public long msync(long start, long length, int flags) {
        if ((flags & ~(MapFlags.MS_ASYNC | MapFlags.MS_INVALIDATE | MapFlags.MS_SYNC)) != 0
                || (start & engine.pageSize - 1) != 0
                || (flags & MapFlags.MS_ASYNC) != 0 && (flags & MapFlags.MS_SYNC) != 0) {
            return -Errno.EINVAL;
        }
        long end = start + (length + engine.pageSize - 1 & -engine.pageSize);
        if (Long.compareUnsigned(end, start) < 0) {
            return -Errno.ENOMEM;
        }
        if (end == start) {
            return 0;
        }
        return space.advise().overAreas(
                start,
                end,
                (area, from, to) -> (flags & MapFlags.MS_INVALIDATE) != 0 && area.has(VmFlags.LOCKED) ? -Errno.EBUSY : 0);
    }

    /** munlockall. */
    public long munlockall() {
        space.setDefaultFlags(space.defaultFlags() & ~LOCK_FLAGS);
        applyToAll(0);
        return 0;
    }

    private void applyToAll(long lock) {
        for (VmArea area : space.areas()) {
            VmArea now = space.find(area.start);
            if (now != null && now == area) {
                fix(area, area.start, area.end, area.flags & ~LOCK_FLAGS | lock);
            }
        }
    }

    private long apply(long start, long length, long lock) {
        long end = start + length;
        if (Long.compareUnsigned(end, start) < 0) {
            return -Errno.EINVAL;
        }
        if (end == start) {
            return 0;
        }
        VmArea area = space.find(start);
        if (area == null) {
            return -Errno.ENOMEM;
        }
        long at = start;
        while (true) {
            long upTo = Long.compareUnsigned(area.end, end) < 0 ? area.end : end;
            long failed = fix(area, at, upTo, area.flags & ~LOCK_FLAGS | lock);
            if (failed != 0) {
                return failed;
            }
            at = upTo;
            if (at == end) {
                return 0;
            }
            area = space.find(at);
            if (area == null) {
                return -Errno.ENOMEM;
            }
        }
    }

    private long fix(VmArea area, long start, long end, long flags) {
        long old = area.flags;
        if (flags == old
                || (old & (VmFlags.SPECIAL | VmFlags.HUGETLB | VmFlags.DROPPABLE)) != 0) {
            return 0;
        }
        // Nobody who comes by the reverse mapping finds the area locked and its pages not, and counts one of them too.
        RwSemaphore roots = AnonChains.lockUnlessMine(area);
        try {
            VmArea fixed = space.merger().modify(area, start, end, flags);
            if (fixed == null) {
                return -Errno.ENOMEM;
            }
            fixed.flags = flags | fixed.flags & VmFlags.STICKY;
            boolean locked = (flags & VmFlags.LOCKED) != 0;
            if (locked != ((old & VmFlags.LOCKED) != 0)) {
                long pages = end - start >>> engine.pageShift;
                space.addLocked(locked ? pages : -pages);
                engine.frames.batches().drain();
                mark(start, end, locked);
                engine.frames.batches().drain();
            }
            return 0;
        } finally {
            roots.writeUnlock();
        }
    }

    /**
     * Marks what is mapped in the range as locked or not (Linux: mlock_vma_pages_range). The address space and the roots are locked for writing, so
     * nobody else changes these entries.
     */
    private void mark(long start, long end, boolean locked) {
        for (cursor.begin(space.tables(), start, end); cursor.next(); ) {
            if (cursor.isLeaf()) {
                markFolio(cursor.entry(), cursor.level(), locked);
                continue;
            }
            long slot = cursor.firstSlot();
            for (long va = cursor.start(); va != cursor.end(); ) {
                long entry = space.tables().read(slot);
                long run = runOf(slot, entry, cursor.end() - va >>> engine.pageShift);
                if (!locked || run == runNeeded(entry)) {
                    markFolio(entry, 1, locked);
                }
                va += run << engine.pageShift;
                slot += run;
            }
        }
    }

    /** Entries from {@code slot} that map consecutive pages of one large folio; 1 for anything else. */
    private long runOf(long slot, long entry, long limit) {
        if (!format.isPresent(entry) || format.isSpecial(entry) || !frames.isLarge(format.pfn(entry, 1))) {
            return 1;
        }
        long pfn = format.pfn(entry, 1);
        long head = frames.head(pfn);
        return cursor.run(slot, pfn, Math.min(limit, head + frames.pages(head) - pfn));
    }

    /** A large folio is locked only where all of it is mapped in the range: otherwise some of it may have to be reclaimed. */
    private long runNeeded(long entry) {
        return format.isPresent(entry) && !format.isSpecial(entry)
                ? frames.pages(frames.head(format.pfn(entry, 1)))
                : 1;
    }

    private void markFolio(long entry, int level, boolean locked) {
        if (!format.isPresent(entry) || format.isSpecial(entry)) {
            return;
        }
        long head = frames.head(format.pfn(entry, level));
        if (frames.test(head, FolioFlags.HUGE_ZERO)) {
            return;
        }
        if (locked) {
            engine.frames.batches().mlock(head);
        } else {
            engine.frames.batches().munlock(head);
        }
    }

    /**
     * {@link #populate(long, long)} for a call that has mapped the range and does not tell what becomes of it. Beside other calls that is left
     * until the address space is locked for writing no longer (Linux: mm_populate).
     */
    void populateMapped(long start, long end) {
        if (engine.calls.isAlone()) {
            populate(start, end);
        } else {
            Task task = engine.calls.task();
            task.fillStart = task.fillEnd == 0 || Long.compareUnsigned(start, task.fillStart) < 0 ? start : task.fillStart;
            task.fillEnd = Long.compareUnsigned(end, task.fillEnd) > 0 ? end : task.fillEnd;
        }
    }

    /** Faults in the areas of the range as mlock and MAP_POPULATE do, as far as they go: 0 or a negated error number. */
    public long populate(long start, long end) {
        long at = start;
        while (Long.compareUnsigned(at, end) < 0) {
            VmArea area = space.findOrNext(at);
            if (area == null || Long.compareUnsigned(area.start, end) >= 0) {
                return 0;
            }
            long from = Long.compareUnsigned(area.start, at) > 0 ? area.start : at;
            long to = Long.compareUnsigned(area.end, end) < 0 ? area.end : end;
            at = to;
            if ((area.flags & (VmFlags.IO | VmFlags.PFNMAP)) != 0 || area.has(VmFlags.LOCKONFAULT)) {
                continue;
            }
            boolean write = (area.flags & (VmFlags.WRITE | VmFlags.SHARED)) == VmFlags.WRITE;
            if (!write && !area.has(VmFlags.READ) && !area.has(VmFlags.EXEC)) {
                return -Errno.EFAULT;
            }
            long failed = populate(area, from, to, write);
            if (failed != 0) {
                return failed;
            }
        }
        return 0;
    }

    /** Makes each page of the range of one area present (and writable): 0 or a negated error number. */
    long populate(VmArea area, long start, long end, boolean write) {
        if (!area.isAnonymous() && !engine.calls.isAlone()) {
            engine.calls.stall();
            return -Errno.EAGAIN;
        }
        VmaOperations operations = area.operationsOrNull();
        AreaPaging paging = operations == null ? null : operations.paging();
        if (paging != null) {
            return paging.populate(area, start, end, write);
        }
        engine.frames.batches().drain();
        int flags = Fault.REMOTE | (write ? Fault.WRITE : 0);
        int round = 0;
        for (long va = start; Long.compareUnsigned(va, end) < 0; ) {
            long next = presentUntil(area, va, write);
            if (next != va) {
                va = next;
                round = 0;
                continue;
            }
            int outcome = engine.calls.isAlone() ? fault(area, va, flags) : engine.faults.parallel().resolve(area, va, flags);
            if (engine.calls.isStalled()) {
                return -Errno.EAGAIN;
            }
            if (round++ > 0) {
                Backoff.pause(round); // somebody moves the page, or takes it away again
            }
            if ((outcome & Fault.OOM) != 0) {
                return -Errno.ENOMEM;
            }
            if ((outcome & Fault.ERROR) != 0) {
                return -Errno.EFAULT;
            }
        }
        return 0;
    }

    private int fault(VmArea area, long va, int flags) {
        Kswapds kswapd = engine.kswapd();
        if (kswapd != null && kswapd.isDue()) {
            kswapd.runIfDue();
        }
        return engine.faults.handle(area, va, flags);
    }

    /** End of what one entry maps at {@code va} and allows; {@code va} itself when a fault is needed. */
    private long presentUntil(VmArea area, long va, boolean write) {
        PageTables tables = space.tables();
        int top = 31 - Integer.numberOfLeadingZeros(engine.extensions.hugeLevels() | 2);
        for (int level = 1; level <= top; level++) {
            long slot = tables.findLocked(va, level);
            if (slot != PageTables.NO_SLOT) {
                try {
                    return isPresent(area, tables.read(slot), level, write)
                            ? (va & -engine.layout.size(level)) + engine.layout.size(level)
                            : va;
                } finally {
                    tables.unlock(slot);
                }
            }
        }
        return va;
    }

    /** Whether {@code entry}, whose table is locked, maps a page and allows what is wanted; if so the page is noted as used. */
    private boolean isPresent(VmArea area, long entry, int level, boolean write) {
        if (level > 1 && !format.isLeaf(entry, level)) {
            return false;
        }
        // A write may go through a read-only entry only in an area that cannot be written at all.
        if (!format.isPresent(entry) || write && !format.isWritable(entry) && area.has(VmFlags.WRITE)) {
            return false;
        }
        if (write && !format.isSpecial(entry) && !format.isDirty(entry)) {
            // Who populates for writing may write without the page table's knowledge (Linux: FOLL_TOUCH).
            frames.set(frames.head(format.pfn(entry, level)), FolioFlags.DIRTY);
        }
        if (level == 1 && !format.isSpecial(entry)) {
            engine.frames.batches().markAccessed(frames.head(format.pfn(entry, level)));
        }
        return true;
    }
}
