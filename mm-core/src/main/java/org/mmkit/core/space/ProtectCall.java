package org.mmkit.core.space;

import static org.mmkit.api.space.MapFlags.PROT_GROWSDOWN;
import static org.mmkit.api.space.MapFlags.PROT_GROWSUP;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AreaPaging;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.space.VmaOperations;
import org.mmkit.core.boot.Engine;

/** mprotect(2) (Linux: mm/mprotect.c). */
public final class ProtectCall {


    private final UserAddressSpace space;
    private final Engine engine;
    private final EntryFormat format;
    private final TableCursor cursor;

    ProtectCall(UserAddressSpace space) {
        this.space = space;
        this.engine = space.engine();
        this.format = engine.format;
        this.cursor = new TableCursor(space.tables());
    }

    /** mprotect: 0 or a negated error number; what lies before a hole has been changed then. */
    public long mprotect(long start, long length, int prot) {
        int grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP);
        prot &= ~(PROT_GROWSDOWN | PROT_GROWSUP);
        if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || (start & engine.pageSize - 1) != 0) {
            return -Errno.EINVAL;
        }
        if (length == 0) {
            return 0;
        }
        long end = start + (length + engine.pageSize - 1 & -engine.pageSize);
        if (Long.compareUnsigned(end, start) <= 0) {
            return -Errno.ENOMEM;
        }
        if ((prot & ~0xf) != 0) {
            return -Errno.EINVAL;
        }
        VmArea area = space.findOrNext(start);
        if (area == null) {
            return -Errno.ENOMEM;
        }
        if (grows == PROT_GROWSDOWN) {
            if (Long.compareUnsigned(area.start, end) >= 0) {
                return -Errno.ENOMEM;
            }
            if (!area.has(VmFlags.GROWSDOWN)) {
                return -Errno.EINVAL;
            }
            start = area.start;
        } else if (Long.compareUnsigned(area.start, start) > 0) {
            return -Errno.ENOMEM;
        } else if (grows == PROT_GROWSUP) {
            // No architecture of ours has areas that grow upwards.
            return -Errno.EINVAL;
        }
        long at = start;
        while (true) {
            if (Long.compareUnsigned(area.start, at) > 0) {
                return -Errno.ENOMEM;
            }
            long flags = prot & VmFlags.ACCESS | area.flags & ~VmFlags.ACCESS;
            if ((flags & ~(flags >>> 4) & VmFlags.ACCESS) != 0) {
                return -Errno.EACCES;
            }
            long upTo = Long.compareUnsigned(area.end, end) < 0 ? area.end : end;
            long failed = change(area, at, upTo, flags);
            if (failed != 0) {
                return failed;
            }
            at = upTo;
            if (at == end) {
                return 0;
            }
            area = space.findOrNext(at);
            if (area == null) {
                return -Errno.ENOMEM;
            }
        }
    }

    private long change(VmArea area, long start, long end, long flags) {
        long old = area.flags;
        if (flags == old) {
            return 0;
        }
        if ((flags & VmFlags.WRITE) != 0) {
            long none = VmFlags.ACCOUNT | VmFlags.WRITE | VmFlags.HUGETLB | VmFlags.SHARED | VmFlags.NORESERVE;
            if ((old & none) == 0) {
                flags |= VmFlags.ACCOUNT;
                if (!engine.overcommit.allows(space, end - start >>> engine.pageShift)) {
                    return -Errno.ENOMEM;
                }
            }
        } else if ((old & VmFlags.ACCOUNT) != 0 && area.isAnonymous() && area.anonVma() == null) {
            flags &= ~VmFlags.ACCOUNT;
        }
        VmArea changed = space.merger().modify(area, start, end, flags);
        if (changed == null) {
            return space.merger().refusal(start, end);
        }
        changed.flags = flags | changed.flags & VmFlags.STICKY;
        changeEntries(changed, start, end);
        if ((old & (VmFlags.WRITE | VmFlags.SHARED | VmFlags.LOCKED)) == VmFlags.LOCKED
                && (flags & VmFlags.WRITE) != 0) {
            space.lock().populateMapped(start, end);
        }
        return 0;
    }

    /** Applies the permissions of {@code area} to the entries of the range. */
    private void changeEntries(VmArea area, long start, long end) {
        VmaOperations operations = area.operationsOrNull();
        @Nullable AreaPaging paging = operations == null ? null : operations.paging();
        if (paging != null) {
            paging.changeProtection(area, start, end);
            return;
        }
        PageTables tables = space.tables();
        for (cursor.begin(tables, start, end); cursor.next(); ) {
            if (!cursor.isLeaf()) {
                changeTable(area, cursor.start(), cursor.end(), cursor.firstSlot());
            } else if (cursor.isWhole()) {
                if (!engine.extensions.hugeLeaf(cursor.level()).changeProtection(area, cursor.slot(), cursor.base())) {
                    cursor.again();
                }
            } else {
                engine.extensions.hugeLeaf(cursor.level()).split(area, cursor.slot(), cursor.base());
                cursor.again();
            }
        }
    }

    private void changeTable(VmArea area, long start, long end, long slot) {
        PageTables tables = space.tables();
        int protection = area.entryProtection();
        boolean upgrade = area.has(VmFlags.WRITE);
        tables.lock(slot);
        for (long va = start; va != end; va += engine.pageSize, slot++) {
            long entry = tables.read(slot);
            if (!format.isPresent(entry)) {
                continue;
            }
            long next = format.withProtection(entry, 1, protection);
            if (upgrade && !format.isWritable(next) && mayUpgrade(area, entry)) {
                next = format.makeWritable(next);
            } else if (area.isShared() && format.isWritable(next) && !mayWriteShared(area, entry)) {
                next = format.writeProtect(next);
            }
            tables.write(slot, next);
        }
        tables.unlock(slot - 1);
    }

    /** Whether the page behind {@code entry} may be written without a further fault (Linux: can_change_pte_writable). */
    private boolean mayUpgrade(VmArea area, long entry) {
        if (format.isSpecial(entry)) {
            return false;
        }
        if (area.isShared()) {
            return mayWriteShared(area, entry);
        }
        return engine.rmap.mayWriteAnon(area, format.pfn(entry, 1));
    }

    /** Shared files whose first write must be noticed stay write-protected until then; shared memory has no such need. */
    private boolean mayWriteShared(VmArea area, long entry) {
        return area.file().isShmem() || format.isDirty(entry);
    }
}
