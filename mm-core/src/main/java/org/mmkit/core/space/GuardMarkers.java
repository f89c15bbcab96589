package org.mmkit.core.space;

import org.mmkit.api.Errno;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;

/**
 * MADV_GUARD_INSTALL and MADV_GUARD_REMOVE (Linux: mm/madvise.c, guard regions). Beside other calls the address space is locked for writing, which
 * Linux has for reading: no fault comes between the pages that go and the markers.
 */
final class GuardMarkers {

    /** The marker kind of a guard page. */
    static final int GUARD = 1;

    private final UserAddressSpace space;
    private final Engine engine;
    private final EntryFormat format;
    private final TableCursor cursor;

    GuardMarkers(UserAddressSpace space) {
        this.space = space;
        this.engine = space.engine();
        this.format = engine.format;
        this.cursor = new TableCursor(space.tables());
    }

    long install(VmArea area, long start, long end) {
        if ((area.flags & (VmFlags.SPECIAL | VmFlags.HUGETLB | VmFlags.LOCKED)) != 0) {
            return -Errno.EINVAL;
        }
        if (area.anonVma() == null) {
            space.prepareAnon(area);
        }
        area.flags |= VmFlags.MAYBE_GUARD;
        if (holdsMemory(start, end)) {
            space.zapper().zap(area, start, end, false, true, false);
        }
        PageTables tables = space.tables();
        for (long va = start; va != end; va += engine.pageSize) {
            long slot = tables.obtain(va, 1);
            if (slot == PageTables.NO_SLOT) {
                return -Errno.ENOMEM;
            }
            tables.lock(slot);
            tables.write(slot, format.marker(GUARD));
            tables.unlock(slot);
        }
        return 0;
    }

    private boolean holdsMemory(long start, long end) {
        for (cursor.begin(space.tables(), start, end); cursor.next(); ) {
            if (cursor.isLeaf()) {
                return true;
            }
            long slot = cursor.firstSlot();
            for (long va = cursor.start(); va != cursor.end(); va += engine.pageSize, slot++) {
                long entry = space.tables().read(slot);
                if (!format.isNone(entry) && format.markerKind(entry) != GUARD) {
                    return true;
                }
            }
        }
        return false;
    }

    long remove(VmArea area, long start, long end) {
        if ((area.flags & (VmFlags.SPECIAL | VmFlags.HUGETLB)) != 0) {
            return -Errno.EINVAL;
        }
        for (cursor.begin(space.tables(), start, end); cursor.next(); ) {
            if (cursor.isLeaf()) {
                continue;
            }
            long slot = cursor.firstSlot();
            space.tables().lock(slot);
            for (long va = cursor.start(); va != cursor.end(); va += engine.pageSize) {
                long at = slot + (va - cursor.start() >>> engine.pageShift);
                if (format.markerKind(space.tables().read(at)) == GUARD) {
                    space.tables().write(at, format.none());
                }
            }
            space.tables().unlock(slot);
        }
        return 0;
    }
}
