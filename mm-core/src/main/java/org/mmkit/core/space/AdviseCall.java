package org.mmkit.core.space;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.feature.MadviseHandler;
import org.mmkit.api.file.OpenFile;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.AreaPaging;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.space.VmaOperations;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.pagecache.PageCache;
import org.mmkit.core.reclaim.Aging;

/** madvise(2) (Linux: mm/madvise.c). Advice that features own is passed to their handlers. */
public final class AdviseCall {

    private final UserAddressSpace space;
    private final Engine engine;
    private final GuardMarkers guards;
    private final LazyFree lazyFree;

    AdviseCall(UserAddressSpace space) {
        this.space = space;
        this.engine = space.engine();
        this.guards = new GuardMarkers(space);
        this.lazyFree = new LazyFree(space);
    }

    /** madvise: 0 or a negated error number. */
    public long madvise(long start, long length, int advice) {
        MadviseHandler handler = engine.extensions.madvise().get(advice);
        if (handler == null && !isKnown(advice)) {
            return -Errno.EINVAL;
        }
        if ((start & engine.pageSize - 1) != 0) {
            return -Errno.EINVAL;
        }
        long bytes = length + engine.pageSize - 1 & -engine.pageSize;
        if (length != 0 && bytes == 0) {
            return -Errno.EINVAL;
        }
        long end = start + bytes;
        if (Long.compareUnsigned(end, start) < 0) {
            return -Errno.EINVAL;
        }
        if (end == start) {
            return 0;
        }
        if (handler != null) {
            return handler.advise(space, start, end);
        }
        if (advice == Advice.MADV_POPULATE_READ || advice == Advice.MADV_POPULATE_WRITE) {
            return populate(start, end, advice == Advice.MADV_POPULATE_WRITE);
        }
        return overAreas(start, end, (area, from, to) -> one(area, from, to, advice));
    }

    private boolean isKnown(int advice) {
        return switch (advice) {
            case Advice.MADV_NORMAL,
                    Advice.MADV_RANDOM,
                    Advice.MADV_SEQUENTIAL,
                    Advice.MADV_WILLNEED,
                    Advice.MADV_DONTNEED,
                    Advice.MADV_DONTNEED_LOCKED,
                    Advice.MADV_FREE,
                    Advice.MADV_REMOVE,
                    Advice.MADV_DONTFORK,
                    Advice.MADV_DOFORK,
                    Advice.MADV_MERGEABLE,
                    Advice.MADV_UNMERGEABLE,
                    Advice.MADV_DONTDUMP,
                    Advice.MADV_DODUMP,
                    Advice.MADV_WIPEONFORK,
                    Advice.MADV_KEEPONFORK,
                    Advice.MADV_POPULATE_READ,
                    Advice.MADV_POPULATE_WRITE,
                    Advice.MADV_GUARD_INSTALL,
                    Advice.MADV_GUARD_REMOVE -> true;
            case Advice.MADV_COLD, Advice.MADV_PAGEOUT -> engine.aging() != null;
            default -> false;
        };
    }

    /** What is done to the part of an area that lies in the range. */
    interface AreaAction {
        long apply(VmArea area, long start, long end);
    }

    /** Calls {@code action} for each area of the range; holes make the result ENOMEM but do not end it. */
    long overAreas(long start, long end, AreaAction action) {
        long hole = 0;
        long at = start;
        VmArea area = space.findOrNext(at);
        while (true) {
            if (area == null) {
                return -Errno.ENOMEM;
            }
            if (Long.compareUnsigned(at, area.start) < 0) {
                hole = -Errno.ENOMEM;
                at = area.start;
                if (Long.compareUnsigned(at, end) >= 0) {
                    return hole;
                }
            }
            long to = Long.compareUnsigned(area.end, end) < 0 ? area.end : end;
            long failed = action.apply(area, at, to);
            if (failed != 0) {
                return failed;
            }
            at = to;
            if (Long.compareUnsigned(at, end) >= 0) {
                return hole;
            }
            area = space.findOrNext(at);
        }
    }

    /** Sets and clears flags of all areas of the range. */
    long updateFlags(long start, long end, long set, long clear) {
        return overAreas(start, end, (area, from, to) -> change(area, from, to, area.flags & ~clear | set));
    }

    private long change(VmArea area, long start, long end, long flags) {
        if (flags == area.flags) {
            return 0;
        }
        VmArea changed = space.merger().modify(area, start, end, flags);
        if (changed == null) {
            int refused = space.merger().refusal(start, end);
            return refused == -Errno.ENOMEM ? -Errno.EAGAIN : refused;
        }
        changed.flags = flags | changed.flags & VmFlags.STICKY;
        return 0;
    }

    private long one(VmArea area, long start, long end, int advice) {
        long flags = area.flags;
        switch (advice) {
            case Advice.MADV_NORMAL:
                return change(area, start, end, flags & ~(VmFlags.RAND_READ | VmFlags.SEQ_READ));
            case Advice.MADV_SEQUENTIAL:
                return change(area, start, end, flags & ~VmFlags.RAND_READ | VmFlags.SEQ_READ);
            case Advice.MADV_RANDOM:
                return change(area, start, end, flags & ~VmFlags.SEQ_READ | VmFlags.RAND_READ);
            case Advice.MADV_DONTFORK:
                return change(area, start, end, flags | VmFlags.DONTCOPY);
            case Advice.MADV_DOFORK:
                return area.has(VmFlags.IO) ? -Errno.EINVAL : change(area, start, end, flags & ~VmFlags.DONTCOPY);
            case Advice.MADV_WIPEONFORK:
                return area.hasFile() || area.isShared()
                        ? -Errno.EINVAL
                        : change(area, start, end, flags | VmFlags.WIPEONFORK);
            case Advice.MADV_KEEPONFORK:
                return area.has(VmFlags.DROPPABLE)
                        ? -Errno.EINVAL
                        : change(area, start, end, flags & ~VmFlags.WIPEONFORK);
            case Advice.MADV_DONTDUMP:
                return change(area, start, end, flags | VmFlags.DONTDUMP);
            case Advice.MADV_DODUMP:
                return !area.has(VmFlags.HUGETLB) && (flags & VmFlags.SPECIAL) != 0 || area.has(VmFlags.DROPPABLE)
                        ? -Errno.EINVAL
                        : change(area, start, end, flags & ~VmFlags.DONTDUMP);
            case Advice.MADV_MERGEABLE:
                return mergeable(area)
                        ? change(area, start, end, flags | VmFlags.MERGEABLE)
                        : 0;
            case Advice.MADV_UNMERGEABLE:
                return change(area, start, end, flags & ~VmFlags.MERGEABLE);
            case Advice.MADV_DONTNEED:
            case Advice.MADV_DONTNEED_LOCKED:
            case Advice.MADV_FREE:
                return discard(area, start, end, advice);
            case Advice.MADV_REMOVE:
                return remove(area, start, end);
            case Advice.MADV_GUARD_INSTALL:
                return guards.install(area, start, end);
            case Advice.MADV_GUARD_REMOVE:
                return guards.remove(area, start, end);
            default:
                return age(area, start, end, advice);
        }
    }

    private static boolean mergeable(VmArea area) {
        return (area.flags
                        & (VmFlags.SHARED
                                | VmFlags.MAYSHARE
                                | VmFlags.SPECIAL
                                | VmFlags.HUGETLB
                                | VmFlags.DROPPABLE))
                == 0;
    }

    private long discard(VmArea area, long start, long end, int advice) {
        VmaOperations operations = area.operationsOrNull();
        @Nullable AreaPaging paging = operations == null ? null : operations.paging();
        if (operations != null && paging != null) {
            long size = 1L << operations.pageShift(area);
            if (advice == Advice.MADV_FREE || (start & size - 1) != 0) {
                return -Errno.EINVAL;
            }
            long whole = end & -size;
            if (whole != start) {
                paging.unmap(area, start, whole, false);
            }
            return 0;
        }
        long forbidden = VmFlags.PFNMAP | (advice == Advice.MADV_DONTNEED_LOCKED ? 0 : VmFlags.LOCKED);
        if ((area.flags & forbidden) != 0) {
            return -Errno.EINVAL;
        }
        if (advice == Advice.MADV_FREE) {
            if (!area.isAnonymous()) {
                return -Errno.EINVAL;
            }
            // Several threads may be in here for one address space.
            LazyFree call = engine.calls.isSmp() ? new LazyFree(space) : lazyFree;
            return call.free(area, start, end);
        }
        space.zapper().zap(area, start, end, false, true, true);
        return 0;
    }

    private long remove(VmArea area, long start, long end) {
        if (area.has(VmFlags.LOCKED) || !(area.source() instanceof OpenFile file)) {
            return -Errno.EINVAL;
        }
        if ((area.flags & (VmFlags.SHARED | VmFlags.MAYWRITE)) != (VmFlags.SHARED | VmFlags.MAYWRITE)) {
            return -Errno.EACCES;
        }
        long offset = (area.pgoff << engine.pageShift) + (start - area.start);
        if (area.file() instanceof PageCache pages && pages.seals().isWriteSealed()) {
            return -Errno.EPERM;
        }
        return file.inode().punch(offset, end - start);
    }

    private long age(VmArea area, long start, long end, int advice) {
        Aging aging = engine.aging();
        if (advice == Advice.MADV_WILLNEED) {
            if (aging != null) {
                aging.willNeed(area, start, end);
            }
            return 0;
        }
        if (aging == null || (area.flags & (VmFlags.LOCKED | VmFlags.PFNMAP | VmFlags.HUGETLB)) != 0) {
            return -Errno.EINVAL;
        }
        if (advice == Advice.MADV_COLD) {
            aging.cold(area, start, end);
        } else {
            aging.pageOut(area, start, end);
        }
        return 0;
    }

    private long populate(long start, long end, boolean write) {
        for (long at = start; Long.compareUnsigned(at, end) < 0; ) {
            VmArea area = space.find(at);
            if (area == null) {
                return -Errno.ENOMEM;
            }
            long to = Long.compareUnsigned(area.end, end) < 0 ? area.end : end;
            if ((area.flags & (VmFlags.IO | VmFlags.PFNMAP)) != 0) {
                return -Errno.EINVAL;
            }
            if (write ? !area.has(VmFlags.WRITE) : (area.flags & VmFlags.ACCESS) == 0) {
                return -Errno.EINVAL;
            }
            long failed = space.lock().populate(area, at, to, write);
            if (failed != 0) {
                return failed;
            }
            at = to;
        }
        return 0;
    }
}
