package org.mmkit.core.space;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.feature.UnmappedAreaPolicy;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.space.MapFlags;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;

/** Finds room for mappings nobody gave an address for: downwards from the mmap base (Linux: arch_get_unmapped_area_topdown). */
final class UnmappedAddress {

    /** Pages kept free below a stack that grows down. */
    private static final long STACK_GUARD_PAGES = 256;

    private final AreaList areas;
    private final Engine engine;

    UnmappedAddress(UserAddressSpace space, AreaList areas) {
        this.areas = areas;
        this.engine = space.engine();
    }

    /** An address for {@code length} bytes, near {@code hint} if that is free, or a negated error number. */
    long find(long hint, long length, int mapFlags, @Nullable Mappable source, long offset) {
        long top = engine.virtual.userEnd();
        if (Long.compareUnsigned(length, top - engine.virtual.userStart()) > 0) {
            return -Errno.ENOMEM;
        }
        long granularity = source == null ? 0 : source.granularity();
        long unit = Math.max(granularity, engine.pageSize);
        if (hint != 0) {
            long at = hint + unit - 1 & -unit;
            if (Long.compareUnsigned(at, engine.virtual.userStart()) >= 0
                    && Long.compareUnsigned(at, top - length) <= 0
                    && isFree(at, at + length)) {
                return at;
            }
        }
        if (unit > engine.pageSize) {
            return aligned(length, unit, 0, top);
        }
        long alignment = 0;
        if (source != null) {
            alignment = source.alignment(length, offset);
        } else {
            UnmappedAreaPolicy policy = engine.extensions.unmappedArea();
            if (policy != null && hint == 0) {
                alignment = policy.alignment(length, (mapFlags & MapFlags.MAP_ANONYMOUS) != 0, mapFlags);
            }
        }
        if (alignment > engine.pageSize) {
            long at = padded(length, alignment, offset, top);
            if (at > 0) {
                return at;
            }
        }
        return plain(length, top);
    }

    /** As thp_get_unmapped_area pads and trims: file offset and address agree modulo {@code alignment}. */
    private long padded(long length, long alignment, long offset, long top) {
        long end = offset + length;
        long first = offset + alignment - 1 & -alignment;
        if (end <= first || end - first < alignment) {
            return 0;
        }
        long at = plain(length + alignment, top);
        if (at < 0) {
            return 0;
        }
        long shift = offset - at & alignment - 1;
        return shift == 0 ? at + alignment : at + shift;
    }

    private long aligned(long length, long alignment, long offset, long top) {
        long at = plain(length + alignment - engine.pageSize, top);
        return at < 0 ? at : (at + alignment - 1 & -alignment) + offset;
    }

    private long plain(long length, long top) {
        long at = below(engine.virtual.mmapBase(), length);
        return at != 0 ? at : above(length, top);
    }

    /** Start of the highest gap of {@code length} bytes whose end is at most {@code ceiling}, cut at its top; 0 when there is none. */
    private long below(long ceiling, long length) {
        long end = ceiling;
        for (int i = areas.indexOf(ceiling - 1); ; i--) {
            if (i < areas.size()) {
                long roof = guardedStart(areas.get(i));
                if (Long.compareUnsigned(roof, end) < 0) {
                    end = roof;
                }
            }
            long floor = i == 0 ? engine.virtual.userStart() : areas.get(i - 1).end;
            if (Long.compareUnsigned(floor, end) < 0 && Long.compareUnsigned(length, end - floor) <= 0) {
                return end - length;
            }
            if (i == 0) {
                return 0;
            }
        }
    }

    private long above(long length, long top) {
        long start = engine.virtual.mmapBase();
        for (int i = areas.indexOf(start); ; i++) {
            long end = i < areas.size() ? guardedStart(areas.get(i)) : top;
            if (Long.compareUnsigned(start, end) < 0 && Long.compareUnsigned(length, end - start) <= 0) {
                return start;
            }
            if (i >= areas.size()) {
                return -Errno.ENOMEM;
            }
            start = areas.get(i).end;
        }
    }

    private long guardedStart(VmArea area) {
        if (!area.has(VmFlags.GROWSDOWN)) {
            return area.start;
        }
        long gap = STACK_GUARD_PAGES << engine.pageShift;
        return Long.compareUnsigned(area.start, gap) > 0 ? area.start - gap : 0;
    }

    private boolean isFree(long start, long end) {
        VmArea next = areas.findOrNext(start);
        return next == null || Long.compareUnsigned(end, guardedStart(next)) <= 0;
    }
}
