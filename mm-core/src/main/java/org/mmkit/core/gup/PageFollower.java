package org.mmkit.core.gup;

import org.mmkit.api.Errno;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.lock.Backoff;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.space.UserAddressSpace;
import org.mmkit.core.space.VmArea;

/**
 * Finds the frame behind an address, and faults it in where it is missing (Linux: follow_page_mask, faultin_page). Flags are those of
 * {@link Foll}. A page that is taken gets its reference, and its pin, under the lock of the table that maps it, so that nobody moves or shares it in
 * between. For one call; the caller has the address space locked for reading, or runs alone. What splits or moves pages stalls beside other calls.
 */
final class PageFollower {

    /** The place is to be looked at again. */
    private static final long CHANGED = Long.MIN_VALUE;

    private final UserAddressSpace space;
    private final Engine engine;
    private final EntryFormat format;
    private final Frames frames;
    private final MovableZone movable;

    private final StopMachine calls;

    /** The level of the entry that was looked at last. */
    private int level;

    /** Whether that entry was dirty. */
    private boolean dirty;

    PageFollower(UserAddressSpace space) {
        this.space = space;
        this.engine = space.engine();
        this.format = engine.format;
        this.frames = engine.frames;
        this.movable = new MovableZone(engine);
        this.calls = engine.calls;
    }

    /** The frame behind {@code va}, taken, if it is there and fit as it is; {@link Frames#NONE} or a negated error number otherwise (Linux: gup_fast). */
    long grabFast(long va, int flags) {
        VmArea area = space.find(va);
        if (area == null || !allowed(area, flags) || (flags & (Foll.SPLIT | Foll.SPLIT_PMD)) != 0) {
            return Frames.NONE;
        }
        long pfn = follow(va, flags, true);
        return pfn >= 0 && !mayTake(pfn, flags) ? Frames.NONE : pfn;
    }

    private boolean mayTake(long pfn, int flags) {
        return (flags & Foll.LONGTERM) == 0 || movable.mayPin(pfn);
    }

    /** Whether a small entry maps what was found last. */
    boolean foundSmall() {
        return level == 1;
    }

    /** Whether the entry that was found last knows of a write. */
    boolean foundDirty() {
        return dirty;
    }

    /** The frame behind {@code va}, faulted in and taken; a negated error number otherwise, which means nothing when the call stalled. */
    long grab(long va, int flags) {
        for (int round = 0; ; round = calls.isAlone() ? 0 : Backoff.pause(round)) {
            VmArea area = space.find(va);
            if (area == null || !allowed(area, flags)) {
                return -Errno.EFAULT;
            }
            long pfn = follow(va, flags, true);
            if (pfn >= 0) {
                if (mayTake(pfn, flags)) {
                    return pfn;
                }
                calls.stall();
                if (calls.isStalled() || !movable.leave(pfn)) {
                    return -Errno.ENOMEM;
                }
                continue;
            }
            if (pfn != Frames.NONE) {
                return pfn;
            }
            int wanted = faultFlags(va, flags);
            int outcome = calls.isAlone() ? engine.faults.handle(area, va, wanted) : engine.faults.parallel().resolve(area, va, wanted);
            if (calls.isStalled()) {
                return -Errno.EAGAIN;
            }
            if ((outcome & Fault.OOM) != 0) {
                return -Errno.ENOMEM;
            }
            if ((outcome & Fault.ERROR) != 0) {
                return -Errno.EFAULT;
            }
        }
    }

    /** Whether the area lets the caller in (Linux: check_vma_flags). */
    private static boolean allowed(VmArea area, int flags) {
        if ((area.flags() & (VmFlags.IO | VmFlags.PFNMAP)) != 0) {
            return false;
        }
        boolean force = (flags & Foll.FORCE) != 0;
        if ((flags & Foll.WRITE) != 0) {
            boolean private_ = (area.flags() & (VmFlags.SHARED | VmFlags.MAYWRITE)) == VmFlags.MAYWRITE;
            return area.has(VmFlags.WRITE) || force && private_;
        }
        return area.has(VmFlags.READ) || force && area.has(VmFlags.MAYREAD);
    }

    private int faultFlags(long va, int flags) {
        if ((flags & Foll.WRITE) != 0) {
            return Fault.WRITE | Fault.REMOTE;
        }
        // A page to be pinned that others may copy from gets a copy of its own first (Linux: gup_must_unshare).
        boolean present = follow(va, flags & ~(Foll.PIN | Foll.SPLIT | Foll.SPLIT_PMD), false) >= 0;
        return Fault.REMOTE | ((flags & Foll.PIN) != 0 && present ? Fault.UNSHARE : 0);
    }

    /**
     * The frame that is mapped at {@code va} and fit for {@code flags}; {@link Frames#NONE} if there is none; -EBUSY when a huge page could not
     * be split.
     *
     * @param take it gets the reference, and the pin, that {@code flags} ask for, if it may have them
     */
    private long follow(long va, int flags, boolean take) {
        PageTables tables = space.tables();
        level = 1;
        while (level <= engine.layout.highestLeafLevel()) {
            long slot = tables.findLocked(va, level);
            if (slot == PageTables.NO_SLOT) {
                level++;
                continue;
            }
            long pfn;
            try {
                pfn = followEntry(va, slot, flags);
                if (pfn >= 0 && take && mayTake(pfn, flags)) {
                    take(pfn, flags);
                }
            } finally {
                tables.unlock(slot);
            }
            if (pfn != CHANGED) {
                return pfn;
            }
            level = 1;
        }
        return Frames.NONE;
    }

    private void take(long pfn, int flags) {
        long head = frames.head(pfn);
        frames.get(head, 1);
        if ((flags & Foll.PIN) != 0) {
            frames.addPins(head, 1);
        }
    }

    /** {@link #follow} by the entry in {@code slot}, whose table is locked; {@link #CHANGED} when a huge page was split. */
    private long followEntry(long va, long slot, int flags) {
        long entry = space.tables().read(slot);
        if (!format.isPresent(entry) || !format.isLeaf(entry, level)) {
            return Frames.NONE;
        }
        long offset = va & (engine.layout.size(level) << format.repeatShift(entry, level)) - 1;
        long pfn = format.pfn(entry, level) + (offset >>> engine.pageShift);
        VmArea area = space.find(va);
        if (area != null && !area.has(VmFlags.HUGETLB)) {
            if (level > 1 && (flags & (Foll.SPLIT | Foll.SPLIT_PMD)) != 0) {
                int failed = splitLeaf(area, slot, va - offset, level, pfn, flags);
                return failed != 0 ? failed : CHANGED;
            }
            if (level == 1 && (flags & Foll.SPLIT) != 0 && !format.isSpecial(entry) && frames.isLarge(pfn)) {
                int failed = splitFolio(pfn);
                return failed != 0 ? failed : CHANGED;
            }
        }
        dirty = format.isDirty(entry);
        return isFit(entry, pfn, flags) ? pfn : Frames.NONE;
    }

    private int splitLeaf(VmArea area, long slot, long va, int level, long pfn, int flags) {
        boolean whole = (flags & Foll.SPLIT) != 0 && !frames.test(frames.head(pfn), FolioFlags.HUGE_ZERO);
        if (whole) {
            return splitFolio(pfn);
        }
        engine.extensions.hugeLeaf(level).split(area, slot, va);
        // Of page-cache memory nothing is left; with a table in place the next fault maps a small page.
        return space.tables().obtain(va, 1) == PageTables.NO_SLOT ? -Errno.ENOMEM : 0;
    }

    private int splitFolio(long pfn) {
        long head = frames.head(pfn);
        frames.get(head, 1);
        int result = engine.extensions.largeFolios().split(head, 0);
        // The reference stays on the first of the new folios.
        frames.put(head, 1);
        return result == 0 ? 0 : -Errno.EBUSY;
    }

    private boolean isFit(long entry, long pfn, int flags) {
        boolean zero = format.isSpecial(entry) || frames.test(frames.head(pfn), FolioFlags.HUGE_ZERO);
        boolean anon = !zero && frames.test(frames.head(pfn), FolioFlags.ANON);
        boolean exclusive = anon && isExclusive(pfn);
        if ((flags & Foll.WRITE) != 0) {
            return !zero
                    && (format.isWritable(entry) || (flags & Foll.FORCE) != 0 && exclusive && format.isDirty(entry));
        }
        return (flags & Foll.PIN) == 0 || !anon || exclusive;
    }

    private boolean isExclusive(long pfn) {
        return frames.test(pfn, FolioFlags.ANON_EXCLUSIVE)
                || frames.entireMapcount(frames.head(pfn)) > 0 && frames.test(frames.head(pfn), FolioFlags.ANON_EXCLUSIVE);
    }
}
