package org.mmkit.core.swap;

import org.mmkit.api.Errno;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.RssKind;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.space.TableCursor;
import org.mmkit.core.space.UserAddressSpace;
import org.mmkit.core.space.VmArea;

/** swapon and swapoff of a machine (Linux: try_to_unuse). */
public final class SwapOff {

    private final Engine engine;
    private final SwapSpace swap;
    private final SwapPages pages;
    private final SwapUsers files;
    private final EntryFormat format;
    private final Frames frames;

    /** What else than page tables refers to slots. */
    public interface SwapUsers {

        /** Brings all that lies on device {@code type} back; false when memory ran out. */
        boolean leave(int type);
    }

    /** Works on {@code swap}, whose pages {@code pages} brings back. */
    public SwapOff(Engine engine, SwapSpace swap, SwapPages pages, SwapUsers files) {
        this.files = files;
        this.engine = engine;
        this.swap = swap;
        this.pages = pages;
        this.format = engine.format;
        this.frames = engine.frames;
    }

    /**
     * Brings every page of device {@code type} back, one base page at a time, and takes the device away.
     *
     * @return 0, EINVAL when there is no such device, ENOMEM when memory ran out; what was brought back then stays
     */
    public int run(int type) {
        if (!swap.exists(type)) {
            return -Errno.EINVAL;
        }
        swap.setClosed(type, true);
        if (!bringBack(type)) {
            swap.setClosed(type, false);
            return -Errno.ENOMEM;
        }
        swap.remove(type);
        return 0;
    }

    private boolean bringBack(int type) {
        if (!files.leave(type)) {
            return false;
        }
        for (UserAddressSpace space : engine.spaces()) {
            if (space.rss(RssKind.SWAP) > 0) {
                for (VmArea area : space.areas()) {
                    if (area.hasAnonVma() && !restore(area, type)) {
                        return false;
                    }
                }
            }
        }
        for (long slot = swap.nextUsed(type, 1); slot > 0; slot = swap.nextUsed(type, slot + 1)) {
            long head = swap.cached(type, slot);
            if (head != Frames.NONE) {
                swap.freeFolio(head);
            }
        }
        return true;
    }

    private boolean restore(VmArea area, int type) {
        PageTables tables = area.space().tables();
        TableCursor cursor = new TableCursor(tables);
        for (cursor.begin(tables, area.start(), area.end()); cursor.next(); ) {
            if (cursor.isLeaf()) {
                continue;
            }
            long slot = cursor.firstSlot();
            for (long va = cursor.start(); va != cursor.end(); va += engine.pageSize, slot++) {
                long entry = tables.read(slot);
                if (format.isSwap(entry) && format.swapType(entry) == type && !restore(area, slot, va, entry)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Linux: unuse_pte. The page is mapped old and not yet writable. */
    private boolean restore(VmArea area, long slot, long va, long entry) {
        int type = format.swapType(entry);
        long offset = format.swapOffset(entry);
        long head = swap.getCached(type, offset);
        if (head == Frames.NONE) {
            head = pages.readahead().read(area, va, slot, type, offset, pages::readIntoCache);
            if (head == Frames.NONE) {
                return false;
            }
        }
        long pfn = head + (offset - SwapSpace.offset(frames.privateWord(head)));
        boolean exclusive = format.isExclusive(entry);
        // The reference is the mapping's now.
        area.space().addRss(RssKind.ANON, 1);
        area.space().addRss(RssKind.SWAP, -1);
        pages.addMapping(area, head, pfn, 1, va, exclusive);
        area.space().tables().write(slot, format.makeOld(format.leaf(pfn, 1, area.entryProtection())));
        swap.release(type, offset, 1);
        return true;
    }
}
