package org.mmkit.core.fault;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.pgtable.RadixPageTables;
import org.mmkit.core.space.VmArea;

/** Writes to write-protected base pages (Linux: do_wp_page): reuse where the page belongs to nobody else, copy otherwise. */
final class CopyOnWrite {

    /** A page's mapping, the swap cache and a batch that it waits in; with more references somebody else uses it. */
    private static final int MOST_REFERENCES = 3;

    private final Engine engine;
    private final EntryFormat format;
    private final Frames frames;
    private final BasePages basePages;

    CopyOnWrite(Engine engine, BasePages basePages) {
        this.engine = engine;
        this.format = engine.format;
        this.frames = engine.frames;
        this.basePages = basePages;
    }

    int write(VmArea area, Fault fault) {
        long entry = fault.entry();
        if (area.has(VmFlags.SHARED) || area.has(VmFlags.MAYSHARE)) {
            if (fault.isUnshare()) {
                return Fault.DONE;
            }
            long head = frames.head(format.pfn(entry, 1));
            frames.markDirty(head);
            reuse(area, fault);
            return Fault.DONE;
        }
        if (!format.isSpecial(entry)) {
            long pfn = format.pfn(entry, 1);
            long head = frames.head(pfn);
            if (frames.test(head, FolioFlags.ANON)
                    && (frames.test(pfn, FolioFlags.ANON_EXCLUSIVE) || mayReuse(area, head))) {
                frames.set(pfn, FolioFlags.ANON_EXCLUSIVE);
                if (!fault.isUnshare()) {
                    reuse(area, fault);
                }
                return Fault.DONE;
            }
        }
        return copy(area, fault);
    }

    /** Whether this mapping is the only user of the folio (Linux: wp_can_reuse_anon_folio). */
    private boolean mayReuse(VmArea area, long head) {
        if (frames.isLarge(head)) {
            // The last mapped page of a large folio is copied, so that the folio can go (6.15).
            return frames.largeMapcount(head) > 1
                    && !frames.maybeMappedShared(head)
                    && !frames.test(head, FolioFlags.SWAPCACHE)
                    && frames.largeMapcount(head) == frames.refcount(head);
        }
        if (frames.refcount(head) > MOST_REFERENCES) {
            return false;
        }
        if (!frames.test(head, FolioFlags.LRU)) {
            engine.frames.batches().drain();
        }
        int cached = frames.test(head, FolioFlags.SWAPCACHE) ? 1 : 0;
        if (frames.refcount(head) > 1 + cached) {
            return false;
        }
        if (cached == 1) {
            engine.swap().releaseCached(head);
            if (frames.refcount(head) != 1) {
                return false;
            }
        }
        if (!frames.tryLockFolio(head)) {
            return false; // who splits or moves it is about to change its owner too
        }
        engine.rmap.moveAnon(head, area);
        frames.unlockFolio(head);
        return true;
    }

    private void reuse(VmArea area, Fault fault) {
        long entry = format.makeDirty(format.makeYoung(fault.entry()));
        area.space().tables().relax(fault.slot(), area.has(VmFlags.WRITE) ? format.makeWritable(entry) : entry);
    }

    private int copy(VmArea area, Fault fault) {
        long entry = fault.entry();
        boolean zero = format.isSpecial(entry);
        if (!area.hasAnonVma()) {
            engine.rmap.prepareAnon(area);
        }
        long va = fault.address() & -engine.pageSize;
        RadixPageTables tables = area.space().tables();
        long fresh;
        if (zero) {
            fresh = basePages.take(area, va);
        } else {
            long old = frames.head(format.pfn(entry, 1));
            frames.get(old, 1);
            fresh = engine.memory.allocateFolio(0, Gfp.HIGHUSER_MOVABLE);
            frames.put(frames.head(format.pfn(entry, 1)), 1);
            if (fresh != Frames.NONE && tables.read(fault.slot()) != entry) {
                // Reclaim has taken the page away meanwhile, or compaction has moved it: the access faults again.
                frames.put(fresh, 1);
                return Fault.DONE;
            }
        }
        if (fresh == Frames.NONE) {
            return Fault.OOM;
        }
        if (zero) {
            engine.memory.contents().clear(fresh, 1);
            area.space().addRss(RssKind.ANON, 1);
        } else {
            long pfn = format.pfn(entry, 1);
            long head = frames.head(pfn);
            engine.memory.contents().copy(pfn, fresh, 1);
            RssKind kind = engine.rssKind(head);
            if (kind != RssKind.ANON) {
                area.space().addRss(kind, -1);
                area.space().addRss(RssKind.ANON, 1);
            }
        }
        long leaf = format.leaf(fresh, 1, area.entryProtection());
        if (!fault.isUnshare()) {
            leaf = format.makeDirty(leaf);
            if (area.has(VmFlags.WRITE)) {
                leaf = format.makeWritable(leaf);
            }
        }
        basePages.add(fresh, area, va);
        tables.replace(fault.slot(), leaf);
        if (zero) {
            basePages.mapped(fresh, area, va);
        } else {
            long pfn = format.pfn(entry, 1);
            long head = frames.head(pfn);
            if (format.isDirty(entry) && !frames.test(head, FolioFlags.ANON)) {
                frames.markDirty(head);
            }
            engine.rmap.remove(pfn, 1, area, 1);
            engine.memory.freeSwapCache(head);
            frames.put(head, 1);
        }
        return Fault.DONE;
    }
}
