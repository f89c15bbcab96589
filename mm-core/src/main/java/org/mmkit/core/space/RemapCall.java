package org.mmkit.core.space;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.lock.RwSemaphore;
import org.mmkit.api.space.AreaPaging;
import org.mmkit.api.space.MapFlags;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.space.VmaOperations;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.rmap.AnonChains;

/** mremap(2) (Linux: mm/mremap.c as of 6.17, with moves of several areas at once). */
public final class RemapCall {

    private final UserAddressSpace space;
    private final Engine engine;
    private final TableMover mover;

    RemapCall(UserAddressSpace space) {
        this.space = space;
        this.engine = space.engine();
        this.mover = new TableMover(space);
    }

    /**
     * mremap beside other calls: {@link #mremap}, with all the tables that a move may need set aside first. The result means nothing when the call
     * stalled, and then nothing has happened.
     */
    public long mremapBeside(long addr, long oldLength, long newLength, int flags, long newAddr) {
        if ((flags & MapFlags.MREMAP_MAYMOVE) != 0 && !mover.reserve(addr, Math.min(oldLength, newLength) + engine.pageSize)) {
            return -Errno.ENOMEM;
        }
        try {
            return mremap(addr, oldLength, newLength, flags, newAddr);
        } finally {
            space.tables().release();
        }
    }

    /** mremap: the address or a negated error number. */
    public long mremap(long addr, long oldLength, long newLength, int flags, long newAddr) {
        if ((flags & ~(MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED | MapFlags.MREMAP_DONTUNMAP)) != 0
                || (addr & engine.pageSize - 1) != 0) {
            return -Errno.EINVAL;
        }
        long oldLen = oldLength + engine.pageSize - 1 & -engine.pageSize;
        long newLen = newLength + engine.pageSize - 1 & -engine.pageSize;
        long top = engine.virtual.userEnd();
        if (newLen == 0 || Long.compareUnsigned(newLen, top) > 0) {
            return -Errno.EINVAL;
        }
        boolean fixed = (flags & MapFlags.MREMAP_FIXED) != 0;
        boolean dontUnmap = (flags & MapFlags.MREMAP_DONTUNMAP) != 0;
        if (fixed || dontUnmap) {
            if (Long.compareUnsigned(newAddr, top - newLen) > 0
                    || (newAddr & engine.pageSize - 1) != 0
                    || (flags & MapFlags.MREMAP_MAYMOVE) == 0
                    || dontUnmap && oldLen != newLen
                    || overlaps(addr, oldLen, newAddr, newLen)) {
                return -Errno.EINVAL;
            }
            if (space.areaCount() + 2 >= engine.areaLimit.most() - 3) {
                return -Errno.ENOMEM;
            }
        }
        if (fixed && oldLen == newLen) {
            return moveAreas(addr, oldLen, newAddr, dontUnmap);
        }
        Move move = new Move(addr, oldLen, newLen, newAddr, flags);
        VmArea area = space.find(addr);
        long failed = check(area, move);
        if (failed != 0) {
            return failed;
        }
        if (fixed || dontUnmap) {
            return moveTo(move);
        }
        if (move.newLen == move.oldLen) {
            return addr;
        }
        if (move.newLen < move.oldLen) {
            long refused = space.map().unmap(addr + move.newLen, addr + move.oldLen);
            return refused != 0 ? refused : addr;
        }
        return expand(Objects.requireNonNull(area), move);
    }

    /** What is asked for; lengths may be rounded up for the area's page size. */
    private static final class Move {
        final long addr;
        long oldLen;
        long newLen;
        long newAddr;
        final int flags;

        Move(long addr, long oldLen, long newLen, long newAddr, int flags) {
            this.addr = addr;
            this.oldLen = oldLen;
            this.newLen = newLen;
            this.newAddr = newAddr;
            this.flags = flags;
        }

        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        boolean hasTarget() {
            return has(MapFlags.MREMAP_FIXED) || has(MapFlags.MREMAP_DONTUNMAP);
        }
    }

    private static boolean overlaps(long a, long aLength, long b, long bLength) {
        return Long.compareUnsigned(a, b + bLength) < 0 && Long.compareUnsigned(b, a + aLength) < 0;
    }

    private static int pageShift(VmArea area) {
        VmaOperations operations = area.operationsOrNull();
        return operations == null || operations.paging() == null ? 0 : operations.pageShift(area);
    }

    private long check(@Nullable VmArea area, Move move) {
        if (area == null) {
            return -Errno.EFAULT;
        }
        int shift = pageShift(area);
        if (shift > 0) {
            long mask = (1L << shift) - 1;
            move.oldLen = move.oldLen + mask & ~mask;
            move.newLen = move.newLen + mask & ~mask;
            if ((move.addr & mask) != 0
                    || move.has(MapFlags.MREMAP_FIXED) && (move.newAddr & mask) != 0
                    || move.newLen > move.oldLen) {
                return -Errno.EINVAL;
            }
        }
        if (move.newLen <= move.oldLen && !move.hasTarget()) {
            return 0;
        }
        if (move.oldLen == 0 && (area.flags & (VmFlags.SHARED | VmFlags.MAYSHARE)) == 0) {
            return -Errno.EINVAL;
        }
        if (move.has(MapFlags.MREMAP_DONTUNMAP) && (area.flags & (VmFlags.DONTEXPAND | VmFlags.PFNMAP)) != 0) {
            return -Errno.EINVAL;
        }
        // What a shrinking move leaves behind may lie anywhere: it is unmapped first.
        if (Long.compareUnsigned(Math.min(move.oldLen, move.newLen), area.end - move.addr) > 0) {
            return -Errno.EFAULT;
        }
        if (move.newLen <= move.oldLen) {
            return 0;
        }
        if ((area.flags & (VmFlags.DONTEXPAND | VmFlags.PFNMAP)) != 0) {
            return -Errno.EFAULT;
        }
        return area.has(VmFlags.LOCKED) && space.lock().exceedsLimit(move.newLen - move.oldLen) ? -Errno.EAGAIN : 0;
    }

    /** A plain move: all areas of the range go, with the gaps between them. */
    private long moveAreas(long addr, long length, long newAddr, boolean dontUnmap) {
        long end = addr + length;
        long result = -Errno.EFAULT;
        boolean seen = false;
        long at = addr;
        while (Long.compareUnsigned(at, end) < 0) {
            VmArea area = space.findOrNext(at);
            if (area == null || Long.compareUnsigned(area.start, end) >= 0) {
                break;
            }
            if (!seen && Long.compareUnsigned(area.start, addr) > 0) {
                return -Errno.EFAULT;
            }
            VmaOperations operations = area.operationsOrNull();
            boolean alone = operations != null && !operations.movesWithOthers();
            if (alone && (seen || Long.compareUnsigned(area.end, end) < 0)) {
                return -Errno.EFAULT;
            }
            long from = Long.compareUnsigned(area.start, at) > 0 ? area.start : at;
            long to = Long.compareUnsigned(area.end, end) < 0 ? area.end : end;
            int flags = MapFlags.MREMAP_MAYMOVE
                    | MapFlags.MREMAP_FIXED
                    | (dontUnmap ? MapFlags.MREMAP_DONTUNMAP : 0);
            Move move = new Move(from, to - from, to - from, newAddr + (from - addr), flags);
            long moved = check(area, move);
            if (moved == 0) {
                moved = moveTo(move);
            }
            if (moved < 0) {
                return moved;
            }
            if (!seen) {
                result = moved;
                seen = true;
            }
            at = to;
        }
        return result;
    }

    private long moveTo(Move move) {
        if (move.has(MapFlags.MREMAP_FIXED)) {
            long failed = space.map().munmap(move.newAddr, move.newLen);
            if (failed != 0) {
                return failed;
            }
        }
        if (move.newLen < move.oldLen) {
            long failed = space.map().unmap(move.addr + move.newLen, move.addr + move.oldLen);
            if (failed != 0) {
                return failed;
            }
            move.oldLen = move.newLen;
        }
        VmArea area = space.find(move.addr);
        if (area == null) {
            return -Errno.EFAULT;
        }
        if (!move.has(MapFlags.MREMAP_FIXED)) {
            long hint = move.newAddr;
            move.newAddr = freeAddress(area, move, hint);
            if (move.newAddr < 0) {
                return move.newAddr;
            }
        }
        return move(area, move);
    }

    private long freeAddress(VmArea area, Move move, long hint) {
        int flags = area.isAnonymous() ? MapFlags.MAP_ANONYMOUS : 0;
        if (area.has(VmFlags.MAYSHARE)) {
            flags |= MapFlags.MAP_SHARED;
        }
        long offset = area.index(move.addr) << engine.pageShift;
        return space.map().freeAddress(
                hint, move.newLen, flags, area.source(), area.isAnonymous() ? 0 : offset);
    }

    private long expand(VmArea area, Move move) {
        long delta = move.newLen - move.oldLen;
        if (area.has(VmFlags.ACCOUNT) && !engine.overcommit.allows(space, delta >>> engine.pageShift)) {
            return -Errno.ENOMEM;
        }
        if (area.end - move.addr == move.oldLen) {
            long end = area.end + delta;
            VmArea next = space.findOrNext(area.end);
            boolean free = Long.compareUnsigned(end, area.end) > 0
                    && Long.compareUnsigned(end, engine.virtual.userEnd()) <= 0
                    && (next == null || Long.compareUnsigned(next.start, end) >= 0);
            if (free) {
                long oldEnd = area.end;
                VmArea grown = space.merger()
                        .mergeNew(oldEnd, end, area.flags, area.pgoff + area.pages(), area.source(), area.specialName(), area);
                if (grown == null) {
                    return -Errno.ENOMEM;
                }
                space.addMapped(delta >>> engine.pageShift);
                if (area.has(VmFlags.LOCKED)) {
                    space.addLocked(delta >>> engine.pageShift);
                    space.lock().populateMapped(oldEnd, end);
                }
                return move.addr;
            }
        }
        if (!move.has(MapFlags.MREMAP_MAYMOVE)) {
            return -Errno.ENOMEM;
        }
        move.newAddr = freeAddress(area, move, 0);
        return move.newAddr < 0 ? move.newAddr : move(area, move);
    }

    private long move(VmArea area, Move move) {
        if (space.areaCount() >= engine.areaLimit.most() - 3) {
            return -Errno.ENOMEM;
        }
        long promised = move.has(MapFlags.MREMAP_DONTUNMAP) ? move.newLen : Math.max(0, move.newLen - move.oldLen);
        if (area.has(VmFlags.ACCOUNT) && !engine.overcommit.allows(space, promised >>> engine.pageShift)) {
            return -Errno.ENOMEM;
        }
        VmaOperations operations = area.operationsOrNull();
        if (operations != null) {
            int refused = 0;
            if (area.start != move.addr) {
                refused = operations.maySplit(area, move.addr);
            }
            if (refused == 0 && area.end != move.addr + move.oldLen) {
                refused = operations.maySplit(area, move.addr + move.oldLen);
            }
            if (refused == 0) {
                refused = operations.mayMove(area);
            }
            if (refused != 0) {
                return refused;
            }
        }
        long pgoff = area.index(move.addr);
        if (area.isAnonymous() && area.anonVma() == null) {
            pgoff = move.newAddr >>> engine.pageShift;
        }
        VmArea target = space.merger()
                .mergeNew(
                        move.newAddr,
                        move.newAddr + move.newLen,
                        area.flags,
                        pgoff,
                        area.source(),
                        area.specialName(),
                        area);
        if (target == null) {
            target = area.copy(space);
            target.start = move.newAddr;
            target.end = move.newAddr + move.newLen;
            target.pgoff = pgoff;
            AnonChains.cloneChain(target, area);
            space.enter(target);
            if (operations != null) {
                operations.open(target, area);
            }
        }
        space.addMapped(move.newLen >>> engine.pageShift);
        boolean locked = area.has(VmFlags.LOCKED);
        if (locked) {
            space.addLocked(move.newLen >>> engine.pageShift);
        }
        VmArea source = Objects.requireNonNull(space.find(move.addr));
        AreaPaging paging = operations == null ? null : operations.paging();
        if (paging != null) {
            paging.move(source, move.addr, target, move.newAddr, move.oldLen);
        } else {
            RwSemaphore roots = AnonChains.lockUnlessMine(source);
            mover.move(source, move.addr, target, move.newAddr, move.oldLen);
            roots.writeUnlock();
        }
        if (move.has(MapFlags.MREMAP_DONTUNMAP)) {
            keepSource(source, target, move);
        } else if (move.oldLen > 0) {
            space.map().unmap(move.addr, move.addr + move.oldLen);
        }
        if (locked && move.newLen > move.oldLen) {
            space.lock().populateMapped(move.newAddr + move.oldLen, move.newAddr + move.newLen);
        }
        return move.newAddr;
    }

    private void keepSource(VmArea source, VmArea target, Move move) {
        // As the kernel does: the source is no longer locked, yet stays counted in VmLck.
        if (source.has(VmFlags.LOCKED)) {
            space.leaveLocked(source.pages());
        }
        source.flags &= ~(VmFlags.LOCKED | VmFlags.LOCKONFAULT);
        // Nothing of the old roots can be mapped in a wholly moved area any more.
        if (target != source && source.start == move.addr && source.end == move.addr + move.oldLen) {
            AnonChains.unlinkAll(source);
        }
    }
}
