package org.mmkit.core.space;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.space.AreaPaging;
import org.mmkit.api.space.MapFlags;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.space.VmaOperations;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.rmap.AnonChains;

/** mmap(2), munmap(2), brk(2) (Linux: mm/mmap.c, mm/vma.c). Results are those of the raw system calls. */
public final class MapCalls {

    /** Flags that mmap knows; others are ignored but under MAP_SHARED_VALIDATE. */
    private static final int KNOWN = MapFlags.MAP_SHARED_VALIDATE
            | MapFlags.MAP_FIXED
            | MapFlags.MAP_ANONYMOUS
            | MapFlags.MAP_32BIT
            | MapFlags.MAP_GROWSDOWN
            | MapFlags.MAP_DENYWRITE
            | MapFlags.MAP_EXECUTABLE
            | MapFlags.MAP_LOCKED
            | MapFlags.MAP_NORESERVE
            | MapFlags.MAP_POPULATE
            | MapFlags.MAP_NONBLOCK
            | MapFlags.MAP_STACK
            | MapFlags.MAP_HUGETLB
            | MapFlags.MAP_HUGE_MASK << MapFlags.MAP_HUGE_SHIFT;

    private static final long MAY_ALL = VmFlags.MAYREAD | VmFlags.MAYWRITE | VmFlags.MAYEXEC;

    /** Soft limit of the stack (RLIMIT_STACK), bytes. */
    private static final long STACK_LIMIT = 8L << 20;

    private final UserAddressSpace space;
    private final Engine engine;
    private final UnmappedAddress addresses;

    MapCalls(UserAddressSpace space) {
        this.space = space;
        this.engine = space.engine();
        this.addresses = new UnmappedAddress(space, space.areaList());
    }

    /**
     * mmap.
     *
     * @param source what is mapped; null with MAP_ANONYMOUS, or for a file descriptor that is not open (EBADF)
     * @return the address or a negated error number
     */
    public long mmap(long addr, long length, int prot, int flags, @Nullable Mappable source, long offset) {
        if ((offset & engine.pageSize - 1) != 0) {
            return -Errno.EINVAL;
        }
        boolean anonymous = (flags & MapFlags.MAP_ANONYMOUS) != 0;
        if (anonymous) {
            source = null;
        } else if (source == null) {
            return -Errno.EBADF;
        } else if ((flags & MapFlags.MAP_HUGETLB) != 0 && source.granularity() <= engine.pageSize) {
            return -Errno.EINVAL;
        }
        if (anonymous && (flags & MapFlags.MAP_HUGETLB) != 0) {
            if (length == 0) {
                return -Errno.EINVAL;
            }
            try {
                source = engine.sources().huge(
                        length,
                        flags >>> MapFlags.MAP_HUGE_SHIFT & MapFlags.MAP_HUGE_MASK,
                        (flags & MapFlags.MAP_NORESERVE) == 0);
            } catch (ErrnoException e) {
                return -e.errno();
            }
        }
        if (length == 0) {
            return -Errno.EINVAL;
        }
        boolean fixed = (flags & (MapFlags.MAP_FIXED | MapFlags.MAP_FIXED_NOREPLACE)) != 0;
        if (!fixed) {
            addr &= -engine.pageSize;
            if (addr != 0 && Long.compareUnsigned(addr, engine.virtual.userStart()) < 0) {
                addr = engine.virtual.userStart();
            }
        }
        long unit = source == null ? engine.pageSize : Math.max(source.granularity(), engine.pageSize);
        long rounded = length + unit - 1 & -unit;
        if (rounded == 0 || Long.compareUnsigned(rounded, length) < 0) {
            return -Errno.ENOMEM;
        }
        if (space.areaCount() > engine.areaLimit.most()) {
            return -Errno.ENOMEM;
        }
        if (fixed) {
            int bad = checkFixed(addr, rounded, unit);
            if (bad != 0) {
                return bad;
            }
            if ((flags & MapFlags.MAP_FIXED_NOREPLACE) != 0 && meets(addr, addr + rounded)) {
                return -Errno.EEXIST;
            }
        } else {
            addr = addresses.find(addr, rounded, flags, source, offset);
            if (addr < 0) {
                return addr;
            }
        }
        return mapAt(addr, rounded, prot, flags, source, offset);
    }

    private int checkFixed(long addr, long length, long unit) {
        if (Long.compareUnsigned(length, engine.virtual.userEnd()) > 0
                || Long.compareUnsigned(addr, engine.virtual.userEnd() - length) > 0) {
            return -Errno.ENOMEM;
        }
        // Every process is root's, who may map below mmap_min_addr (Linux: cap_mmap_addr).
        return (addr & unit - 1) != 0 ? -Errno.EINVAL : 0;
    }

    private boolean meets(long start, long end) {
        VmArea next = space.findOrNext(start);
        return next != null && Long.compareUnsigned(next.start, end) < 0;
    }

    private long mapAt(long addr, long length, int prot, int flags, @Nullable Mappable source, long offset) {
        long vmFlags = prot & VmFlags.ACCESS | space.defaultFlags() | MAY_ALL;
        if ((flags & MapFlags.MAP_GROWSDOWN) != 0) {
            vmFlags |= VmFlags.GROWSDOWN;
        }
        if ((flags & MapFlags.MAP_LOCKED) != 0) {
            vmFlags |= VmFlags.LOCKED;
        }
        if ((flags & MapFlags.MAP_STACK) != 0) {
            vmFlags |= VmFlags.NOHUGEPAGE;
        }
        if ((flags & MapFlags.MAP_LOCKED) != 0 && !space.lock().mayLock()) {
            return -Errno.EPERM;
        }
        if ((vmFlags & VmFlags.LOCKED) != 0 && space.lock().exceedsLimit(length)) {
            return -Errno.EAGAIN;
        }
        long pgoff = offset >>> engine.pageShift;
        int type = flags & MapFlags.MAP_TYPE;
        boolean shared = type == MapFlags.MAP_SHARED || type == MapFlags.MAP_SHARED_VALIDATE;
        if ((flags & MapFlags.MAP_SYNC) != 0) {
            vmFlags |= VmFlags.SYNC;
        }
        if (source != null) {
            if (Long.compareUnsigned(offset, Long.MAX_VALUE - length) > 0) {
                return -Errno.EOVERFLOW;
            }
            if (type == MapFlags.MAP_SHARED_VALIDATE && (flags & ~KNOWN) != 0) {
                return -Errno.EOPNOTSUPP;
            }
            if (!shared && type != MapFlags.MAP_PRIVATE) {
                return -Errno.EINVAL;
            }
            if (shared) {
                if ((prot & VmFlags.WRITE) != 0 && !source.isWritable()) {
                    return -Errno.EACCES;
                }
                vmFlags |= VmFlags.SHARED | VmFlags.MAYSHARE;
                if (!source.isWritable()) {
                    vmFlags &= ~(VmFlags.MAYWRITE | VmFlags.SHARED);
                } else if (source.isWriteSealed()) {
                    if ((prot & VmFlags.WRITE) != 0) {
                        return -Errno.EPERM;
                    }
                    vmFlags &= ~VmFlags.MAYWRITE;
                }
            }
            if (!source.isReadable()) {
                return -Errno.EACCES;
            }
            if ((vmFlags & VmFlags.GROWSDOWN) != 0) {
                return -Errno.EINVAL;
            }
            vmFlags |= source.areaFlags();
        } else if (type == MapFlags.MAP_SHARED) {
            if ((vmFlags & VmFlags.GROWSDOWN) != 0) {
                return -Errno.EINVAL;
            }
            pgoff = 0;
            vmFlags |= VmFlags.SHARED | VmFlags.MAYSHARE;
        } else if (type == MapFlags.MAP_PRIVATE) {
            pgoff = addr >>> engine.pageShift;
        } else if (type == MapFlags.MAP_DROPPABLE) {
            if ((vmFlags & VmFlags.LOCKED) != 0) {
                return -Errno.EINVAL;
            }
            pgoff = addr >>> engine.pageShift;
            vmFlags |= VmFlags.DROPPABLE | VmFlags.NORESERVE | VmFlags.WIPEONFORK | VmFlags.DONTDUMP;
        } else {
            return -Errno.EINVAL;
        }
        if ((flags & MapFlags.MAP_NORESERVE) != 0 && engine.overcommit.mode() != Overcommit.NEVER) {
            vmFlags |= VmFlags.NORESERVE;
        }
        long result = mapRegion(addr, length, vmFlags, pgoff, source, "");
        if (result >= 0) {
            boolean locked = (vmFlags & VmFlags.LOCKED) != 0 && (vmFlags & VmFlags.LOCKONFAULT) == 0;
            boolean populate = (flags & (MapFlags.MAP_POPULATE | MapFlags.MAP_NONBLOCK)) == MapFlags.MAP_POPULATE;
            if (locked || populate) {
                space.lock().populateMapped(addr, addr + length);
            }
        }
        return result;
    }

    /** Whether the memory of a private writable area may be promised; what it takes the place of is given back. */
    private boolean mayPromise(long start, long end) {
        long pages = end - start >>> engine.pageShift;
        if (engine.overcommit.mode() == Overcommit.NEVER) {
            for (VmArea area = space.findOrNext(start);
                    area != null && Long.compareUnsigned(area.start, end) < 0;
                    area = space.findOrNext(area.end)) {
                if (area.has(VmFlags.ACCOUNT)) {
                    pages -= Math.min(area.end, end) - Math.max(area.start, start) >>> engine.pageShift;
                }
            }
        }
        return pages <= 0 || engine.overcommit.allows(space, pages);
    }

    /** Unmaps what is there and makes the area, or merges it into a neighbour; the address or a negated error number. */
    private long mapRegion(
            long addr, long length, long vmFlags, long pgoff, @Nullable Mappable source, String specialName) {
        long end = addr + length;
        boolean shared = (vmFlags & VmFlags.SHARED) != 0;
        if (!shared
                && (vmFlags & VmFlags.WRITE) != 0
                && (vmFlags & (VmFlags.NORESERVE | VmFlags.HUGETLB)) == 0) {
            vmFlags |= VmFlags.ACCOUNT;
            if (!mayPromise(addr, end)) {
                return -Errno.ENOMEM;
            }
        }
        if (!meets(addr, end)) {
            return enter(addr, length, vmFlags, pgoff, source, specialName);
        }
        if (source == null) {
            long failed = unmap(addr, end);
            return failed != 0 ? failed : enter(addr, length, vmFlags, pgoff, source, specialName);
        }
        // a file that loses its last area here still has what it was promised when the new area asks
        engine.lateWork.hold();
        try {
            long failed = unmap(addr, end);
            return failed != 0 ? failed : enter(addr, length, vmFlags, pgoff, source, specialName);
        } finally {
            engine.lateWork.release();
        }
    }

    /** Makes the area, or merges it into a neighbour; the address or a negated error number. */
    private long enter(long addr, long length, long vmFlags, long pgoff, @Nullable Mappable source, String specialName) {
        long end = addr + length;
        VmArea merged =
                space.merger().mergeNew(addr, end, vmFlags, pgoff, source, specialName, null);
        if (merged == null) {
            if (source == null && (vmFlags & VmFlags.MAYSHARE) != 0) {
                try {
                    source = engine.sources().sharedAnonymous(length, vmFlags);
                } catch (ErrnoException e) {
                    return -e.errno();
                }
            }
            VmArea area = new VmArea(space, addr, end, pgoff, vmFlags, source, specialName);
            if (source != null) {
                int refused = source.mapped(area);
                if (refused != 0) {
                    return refused;
                }
            }
            space.enter(area);
            account(area, length);
            if (source != null) {
                engine.mapped(area);
            }
        } else {
            account(merged, length);
        }
        return addr;
    }

    private void account(VmArea area, long length) {
        long pages = length >>> engine.pageShift;
        space.addMapped(pages);
        if (area.has(VmFlags.LOCKED)) {
            if ((area.flags & (VmFlags.SPECIAL | VmFlags.HUGETLB)) != 0) {
                area.flags &= ~(VmFlags.LOCKED | VmFlags.LOCKONFAULT);
            } else {
                space.addLocked(pages);
            }
        }
    }

    /**
     * Makes an area that no system call makes: the stack, the vdso, a segment of exec. Flags are complete; nothing may be there.
     */
    public VmArea mapSpecial(
            long start, long end, long vmFlags, long pgoff, @Nullable Mappable source, String name) {
        if (meets(start, end)) {
            throw new IllegalArgumentException("something is mapped at " + Long.toHexString(start));
        }
        VmArea area = space.addArea(start, end, pgoff, vmFlags, source, name);
        space.addMapped(area.pages());
        return area;
    }

    /** An address for a mapping that mremap moves; see {@link UnmappedAddress#find}. */
    long freeAddress(long hint, long length, int mapFlags, @Nullable Mappable source, long offset) {
        return addresses.find(hint, length, mapFlags, source, offset);
    }

    /** munmap. */
    public long munmap(long addr, long length) {
        long unit = engine.pageSize;
        if ((addr & unit - 1) != 0
                || Long.compareUnsigned(addr, engine.virtual.userEnd()) > 0
                || Long.compareUnsigned(length, engine.virtual.userEnd() - addr) > 0) {
            return -Errno.EINVAL;
        }
        long rounded = length + unit - 1 & -unit;
        if (rounded == 0) {
            return -Errno.EINVAL;
        }
        return unmap(addr, addr + rounded);
    }

    /** Unmaps [{@code start}, {@code end}): 0 or a negated error number, and then nothing was unmapped. */
    long unmap(long start, long end) {
        AreaList areas = space.areaList();
        VmArea first = areas.findOrNext(start);
        if (first == null || Long.compareUnsigned(first.start, end) >= 0) {
            return 0;
        }
        if (Long.compareUnsigned(start, first.start) > 0) {
            if (Long.compareUnsigned(end, first.end) < 0 && areas.size() >= engine.areaLimit.most()) {
                return -Errno.ENOMEM;
            }
            int refused = space.merger().cut(first, start);
            if (refused != 0) {
                return refused;
            }
        }
        VmArea last = areas.find(end - 1);
        if (last != null && Long.compareUnsigned(end, last.end) < 0) {
            int refused = space.merger().cut(last, end);
            if (refused != 0) {
                return refused;
            }
        }
        int index = areas.indexOf(start);
        List<VmArea> going = new ArrayList<>();
        for (int i = index; i < areas.size() && Long.compareUnsigned(areas.get(i).start, end) < 0; i++) {
            going.add(areas.get(i));
        }
        VmArea before = areas.before(index);
        long floor = before == null ? 0 : before.end;
        for (VmArea area : going) {
            areas.remove(area);
        }
        VmArea after = areas.findOrNext(start);
        long ceiling = after == null ? 0 : after.start;
        remove(going, floor, ceiling);
        return 0;
    }

    private void remove(List<VmArea> going, long floor, long ceiling) {
        for (VmArea area : going) {
            clearRange(area);
        }
        // Tables go per area with the neighbours' borders as limits, as free_pgtables does.
        for (int i = 0; i < going.size(); i++) {
            VmArea area = going.get(i);
            AnonChains.unlinkAll(area);
            if (area.hasFile()) {
                area.file().unlink(area);
            }
            long areaCeiling = i + 1 < going.size() ? going.get(i + 1).start : ceiling;
            space.tables().freeTables(area.start, area.end, floor, areaCeiling);
            VmaOperations operations = area.operationsOrNull();
            if (operations != null) {
                operations.close(area);
            }
            space.addMapped(-area.pages());
            if (area.has(VmFlags.LOCKED)) {
                space.addLocked(-area.pages());
            }
        }
    }

    private void clearRange(VmArea area) {
        VmaOperations operations = area.operationsOrNull();
        AreaPaging paging = operations == null ? null : operations.paging();
        if (paging != null) {
            paging.unmap(area, area.start, area.end, true);
        } else {
            space.zapper().zap(area, area.start, area.end, true, true, false);
        }
    }

    /** exit: everything goes. */
    void unmapAll() {
        AreaList areas = space.areaList();
        List<VmArea> going = space.areas();
        for (VmArea area : going) {
            areas.remove(area);
        }
        remove(going, 0, 0);
    }

    /** brk: the new break, or the old one when it cannot be moved. */
    public long brk(long wanted) {
        long old = space.brk();
        if (Long.compareUnsigned(wanted, space.brkStart()) < 0) {
            return old;
        }
        long mask = engine.pageSize - 1;
        long newEnd = wanted + mask & ~mask;
        long oldEnd = old + mask & ~mask;
        if (newEnd == oldEnd) {
            space.setBrk(wanted);
            return wanted;
        }
        if (Long.compareUnsigned(wanted, old) <= 0) {
            VmArea heap = space.findOrNext(newEnd);
            if (heap == null || Long.compareUnsigned(heap.start, oldEnd) >= 0) {
                return old;
            }
            space.setBrk(wanted);
            if (unmap(newEnd, oldEnd) != 0) {
                space.setBrk(old);
                return old;
            }
            return wanted;
        }
        VmArea next = space.findOrNext(oldEnd);
        if (next != null && Long.compareUnsigned(newEnd + engine.pageSize, next.start) > 0) {
            return old;
        }
        boolean locks = (space.defaultFlags() & VmFlags.LOCKED) != 0;
        if (locks && space.lock().exceedsLimit(newEnd - oldEnd) || expandBreak(oldEnd, newEnd) != 0) {
            return old;
        }
        space.setBrk(wanted);
        if ((space.defaultFlags() & VmFlags.LOCKED) != 0 && (space.defaultFlags() & VmFlags.LOCKONFAULT) == 0) {
            space.lock().populateMapped(oldEnd, newEnd);
        }
        return wanted;
    }

    private long expandBreak(long start, long end) {
        long flags = VmFlags.READ | VmFlags.WRITE | MAY_ALL | VmFlags.ACCOUNT | space.defaultFlags();
        long pgoff = start >>> engine.pageShift;
        VmArea previous = space.areaList().previous(start);
        // The data segment of exec is never grown, even where it touches the heap and looks alike.
        if (previous != null && Long.compareUnsigned(previous.end, space.brkStart()) <= 0) {
            previous = null;
        }
        if (!engine.overcommit.allows(space, end - start >>> engine.pageShift)) {
            return -Errno.ENOMEM;
        }
        if (space.merger().expandLeft(previous, start, end, flags, pgoff)) {
            account(Objects.requireNonNull(previous), end - start);
            return 0;
        }
        if (space.areaCount() > engine.areaLimit.most()) {
            return -Errno.ENOMEM;
        }
        account(space.addArea(start, end, pgoff, flags, null, ""), end - start);
        return 0;
    }

    /**
     * Lets a stack grow down to hold {@code address} (Linux: expand_downwards).
     *
     * @return the stack's area, or null when the address belongs to none
     */
    public @Nullable VmArea growStack(long address) {
        VmArea area = space.findOrNext(address);
        if (area == null || !area.has(VmFlags.GROWSDOWN)) {
            return null;
        }
        address &= -engine.pageSize;
        if (Long.compareUnsigned(address, engine.virtual.userStart()) < 0) {
            return null;
        }
        VmArea previous = space.areaList().previous(area.start);
        if (previous != null
                && !previous.has(VmFlags.GROWSDOWN)
                && (previous.flags & VmFlags.ACCESS) != 0
                && Long.compareUnsigned(address - previous.end, 256L << engine.pageShift) < 0) {
            return null;
        }
        if (area.end - address > STACK_LIMIT) {
            return null;
        }
        long pages = area.start - address >>> engine.pageShift;
        if (area.has(VmFlags.LOCKED) && space.lock().exceedsLimit(area.start - address)) {
            return null;
        }
        if (pages > area.pgoff || area.has(VmFlags.ACCOUNT) && !engine.overcommit.allows(space, pages)) {
            return null;
        }
        if (area.anonVma() == null) {
            space.prepareAnon(area);
        }
        area.start = address;
        area.pgoff -= pages;
        space.addMapped(pages);
        if (area.has(VmFlags.LOCKED)) {
            space.addLocked(pages);
        }
        engine.mapped(area);
        return area;
    }
}
