package org.mmkit.core.space;

import org.mmkit.api.Errno;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AreaPaging;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.space.VmaOperations;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.pgtable.RadixPageTables;
import org.mmkit.core.rmap.AnonChains;

/** Copies an address space for a child (Linux: dup_mmap, copy_page_range). */
final class ForkCopy {

    private final UserAddressSpace parent;
    private final UserAddressSpace child;
    private final Engine engine;
    private final EntryFormat format;
    private final Frames frames;
    private final TableCursor cursor;

    ForkCopy(UserAddressSpace parent, UserAddressSpace child) {
        this.parent = parent;
        this.child = child;
        this.engine = parent.engine();
        this.format = engine.format;
        this.frames = engine.frames;
        this.cursor = new TableCursor(parent.tables());
    }

    int run() {
        for (VmArea source : parent.areas()) {
            if (source.has(VmFlags.DONTCOPY)) {
                continue;
            }
            if (source.has(VmFlags.ACCOUNT) && !engine.overcommit.allows(child, source.pages())) {
                return -Errno.ENOMEM;
            }
            VmArea copy = source.copy(child);
            copy.flags &= ~(VmFlags.LOCKED | VmFlags.LOCKONFAULT);
            if (!source.has(VmFlags.WIPEONFORK)) {
                AnonChains.fork(copy, source);
            }
            child.enter(copy);
            child.addMapped(copy.pages());
            VmaOperations operations = copy.operationsOrNull();
            if (operations != null) {
                operations.open(copy, source);
            }
            if (source.has(VmFlags.WIPEONFORK)) {
                continue;
            }
            int failed = copyEntries(copy, source);
            if (failed != 0) {
                return failed;
            }
        }
        return 0;
    }

    private int copyEntries(VmArea copy, VmArea source) {
        VmaOperations operations = source.operationsOrNull();
        AreaPaging paging = operations == null ? null : operations.paging();
        if (paging != null) {
            return paging.copyAtFork(copy, source);
        }
        // Entries of files can be faulted in again by the child; only areas with copies or without backing need them.
        if (source.anonVma() == null && (source.flags & (VmFlags.PFNMAP | VmFlags.MIXEDMAP)) == 0) {
            return 0;
        }
        for (cursor.begin(parent.tables(), source.start, source.end); cursor.next(); ) {
            if (cursor.isLeaf()) {
                long copySlot = child.tables().obtain(cursor.base(), cursor.level());
                if (copySlot == PageTables.NO_SLOT) {
                    return -Errno.ENOMEM;
                }
                if (parent.tables().read(cursor.slot()) != cursor.entry()) {
                    // Reclaim has split the leaf to get memory for the table.
                    cursor.again();
                    continue;
                }
                int done = engine.extensions
                        .hugeLeaf(cursor.level())
                        .copyAtFork(copy, copySlot, source, cursor.slot(), cursor.base());
                if (done == -Errno.EAGAIN) {
                    cursor.again();
                    continue;
                }
                if (done != 0) {
                    return done;
                }
                continue;
            }
            int failed = copyTable(copy, source);
            if (failed != 0) {
                return failed;
            }
        }
        return 0;
    }

    private int copyTable(VmArea copy, VmArea source) {
        PageTables tables = parent.tables();
        long first = cursor.firstSlot();
        long start = cursor.start();
        long end = cursor.end();
        // Linux makes the child's table before it looks whether the parent's holds anything.
        long childFirst = child.tables().obtain(start, 1);
        if (childFirst == PageTables.NO_SLOT) {
            return -Errno.ENOMEM;
        }
        tables.lock(first);
        child.tables().lockNested(childFirst);
        try {
            return copyLocked(copy, source, first, childFirst, start, end);
        } finally {
            child.tables().unlockNested(childFirst);
            tables.unlock(first);
        }
    }

    private int copyLocked(VmArea copy, VmArea source, long first, long childFirst, long start, long end) {
        PageTables tables = parent.tables();
        long slot = first;
        int pages = (int) (end - start >>> engine.pageShift);
        // The sweep tells nobody what it maps.
        int copied = engine.pageOwner() == null ? copyMany(source, slot, childFirst, pages) : 0;
        for (long va = start + ((long) copied << engine.pageShift); va != end; va += engine.pageSize) {
            slot = first + (va - start >>> engine.pageShift);
            long entry = tables.read(slot);
            if (format.isNone(entry)) {
                continue;
            }
            long copySlot = childFirst + (slot - first);
            if (!format.isPresent(entry)) {
                copyAbsent(slot, copySlot, entry);
                continue;
            }
            int failed = copyPresent(copy, source, va, slot, copySlot, entry);
            if (failed != 0) {
                return failed;
            }
        }
        return 0;
    }

    /**
     * Copies entries of single, unpinned frames and of nothing in one sweep over both tables.
     *
     * @return how many entries were done; the next one is something else
     */
    private int copyMany(VmArea source, long from, long to, int pages) {
        // One array holds the leaf tables of all address spaces.
        long[] words = parent.tables().leafWords();
        int r = (int) from;
        int w = (int) to;
        boolean shared = source.isShared();
        int anon = 0;
        int file = 0;
        int shmem = 0;
        int i = 0;
        for (; i < pages; i++) {
            long entry = words[r + i];
            if (format.isNone(entry)) {
                continue;
            }
            if (!format.isPresent(entry)) {
                break;
            }
            if (!format.isSpecial(entry)) {
                int run = copyRun(shared, entry, r + i, w + i, pages - i);
                if (run > 0) {
                    int kind = frames.flags(format.pfn(entry, 1));
                    anon += (kind & FolioFlags.ANON) != 0 ? run : 0;
                    shmem += (kind & (FolioFlags.ANON | FolioFlags.SWAPBACKED)) == FolioFlags.SWAPBACKED ? run : 0;
                    file += (kind & (FolioFlags.ANON | FolioFlags.SWAPBACKED)) == 0 ? run : 0;
                    i += run - 1;
                    continue;
                }
                int flags = engine.frames.duplicateMapping(format.pfn(entry, 1));
                if (flags < 0) {
                    break;
                }
                if ((flags & FolioFlags.ANON) != 0) {
                    anon++;
                } else if ((flags & FolioFlags.SWAPBACKED) != 0) {
                    shmem++;
                } else {
                    file++;
                }
            }
            if (!shared && format.isWritable(entry)) {
                entry = format.writeProtect(entry);
                words[r + i] = entry;
            }
            words[w + i] = format.makeOld(shared ? format.makeClean(entry) : entry);
        }
        child.addRss(RssKind.ANON, anon);
        child.addRss(RssKind.FILE, file);
        child.addRss(RssKind.SHMEM, shmem);
        return i;
    }

    /**
     * Copies entries of like single frames that follow each other, all at once.
     *
     * @return how many, the first of which is {@code entry}; 0 when there are not two
     */
    private int copyRun(boolean shared, long entry, int from, int to, int most) {
        long step = format.frameStep(entry);
        if (step == 0 || most < 2) {
            return 0;
        }
        RadixPageTables tables = parent.tables();
        int direction = 1;
        int n = tables.matching(from, most, entry, step);
        if (n < 2) {
            direction = -1;
            n = tables.matching(from, most, entry, -step);
        }
        n = n < 2 ? 0 : engine.frames.duplicateMappings(format.pfn(entry, 1), n, direction);
        if (n == 0) {
            return 0;
        }
        long kept = entry;
        if (!shared && format.isWritable(entry)) {
            kept = format.writeProtect(entry);
            // Of like entries the words change by the same amount.
            tables.add(from, n, kept - entry);
        }
        child.tables().copyFrom(from, to, n, format.makeOld(shared ? format.makeClean(kept) : kept) - kept);
        return n;
    }

    private void copyAbsent(long slot, long copySlot, long entry) {
        if (format.isSwap(entry)) {
            engine.swap().duplicate(entry);
            child.addRss(RssKind.SWAP, 1);
            if (format.isExclusive(entry)) {
                entry = format.clearExclusive(entry);
                parent.tables().write(slot, entry);
            }
        }
        if (format.isMigration(entry)) {
            // The child's is put back after the parent's: its area comes later in the lists of the reverse mapping.
            child.addRss(RssKind.ANON, 1);
            entry = format.migration(
                    format.migrationPfn(entry), false, false, format.isMigrationDirty(entry), format.isMigrationYoung(entry));
            parent.tables().write(slot, entry);
        }
        // Guard markers are inherited as they are.
        child.tables().write(copySlot, entry);
    }

    private int copyPresent(VmArea copy, VmArea source, long va, long slot, long copySlot, long entry) {
        PageTables tables = parent.tables();
        if (!format.isSpecial(entry)) {
            long pfn = format.pfn(entry, 1);
            long head = frames.head(pfn);
            if (frames.test(head, FolioFlags.ANON)) {
                frames.get(head, 1);
                if (!engine.rmap.tryDuplicateAnon(pfn, 1, copy, source, 1)) {
                    frames.put(head, 1);
                    return copyPinned(copy, va, copySlot, pfn);
                }
                child.addRss(RssKind.ANON, 1);
            } else {
                frames.get(head, 1);
                engine.rmap.duplicateFile(pfn, 1, copy, 1);
                child.addRss(engine.rssKind(head), 1);
            }
        }
        if (!source.isShared() && format.isWritable(entry)) {
            entry = format.writeProtect(entry);
            tables.write(slot, entry);
        }
        long copied = source.isShared() ? format.makeClean(entry) : entry;
        child.tables().write(copySlot, format.makeOld(copied));
        return 0;
    }

    /** The parent's page is pinned for long: the child gets its copy now, so that the parent's never changes. */
    private int copyPinned(VmArea copy, long va, long copySlot, long pfn) {
        long fresh = engine.memory.allocateFolio(0, Gfp.HIGHUSER_MOVABLE);
        if (fresh == Frames.NONE) {
            return -Errno.ENOMEM;
        }
        engine.memory.contents().copy(pfn, fresh, 1);
        engine.rmap.addNewAnon(fresh, copy, va, 1);
        child.addRss(RssKind.ANON, 1);
        long leaf = format.makeDirty(format.leaf(fresh, 1, copy.entryProtection()));
        child.tables().write(copySlot, copy.has(VmFlags.WRITE) ? format.makeWritable(leaf) : leaf);
        return 0;
    }
}
