package org.mmkit.core.fault;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.feature.AnonFolioPolicy;
import org.mmkit.api.feature.FolioEvent;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.pgtable.RadixPageTables;
import org.mmkit.core.space.VmArea;

/** First touches of anonymous memory by base pages and folios below the huge leaf (Linux: do_anonymous_page). */
final class AnonFaults {

    private final Engine engine;
    private final EntryFormat format;
    private final Frames frames;
    private final BasePages basePages;
    private final int leafEntries;

    AnonFaults(Engine engine, BasePages basePages) {
        this.engine = engine;
        this.format = engine.format;
        this.frames = engine.frames;
        this.basePages = basePages;
        this.leafEntries = engine.layout.entries(1);
    }

    int create(VmArea area, Fault fault) {
        if (area.isShared()) {
            return Fault.SIGBUS;
        }
        RadixPageTables tables = area.space().tables();
        long slot = fault.slot();
        if (slot == PageTables.NO_SLOT || !format.isNone(tables.read(slot))) {
            slot = tables.obtain(fault.address(), 1);
            if (slot == PageTables.NO_SLOT) {
                return Fault.OOM;
            }
        }
        if (!fault.isWrite()) {
            tables.write(slot, format.makeSpecial(format.leaf(engine.zeroPfn, 1, area.entryProtection())));
            return Fault.DONE;
        }
        if (!area.hasAnonVma()) {
            engine.rmap.prepareAnon(area);
        }
        int order = 0;
        long va = fault.address() & -engine.pageSize;
        long head = Frames.NONE;
        int orders = engine.extensions.anonFolioPolicy().faultOrders(area, va);
        if (orders != 0) {
            order = emptyOrder(tables, slot, orders & leafEntries - 1);
            if (order > 0) {
                head = allocate(area, order, orders);
                if (head == Frames.NONE && engine.calls.isStalled()) {
                    return Fault.OOM;
                }
                order = head == Frames.NONE ? 0 : frames.order(head);
            }
        }
        if (head == Frames.NONE) {
            head = basePages.take(area, va);
            if (head == Frames.NONE) {
                return Fault.OOM;
            }
        }
        int pages = 1 << order;
        long first = slot & -(long) pages;
        long start = va & -((long) pages << engine.pageShift);
        engine.memory.contents().clear(head, pages);
        long entry = format.leaf(head, 1, area.entryProtection());
        if (area.has(VmFlags.WRITE)) {
            entry = format.makeWritable(format.makeDirty(entry));
        }
        area.space().addRss(RssKind.ANON, pages);
        if (pages == 1) {
            basePages.add(head, area, va);
            tables.write(slot, entry);
            basePages.mapped(head, area, va);
            return Fault.DONE;
        }
        frames.get(head, pages - 1);
        engine.extensions.largeFolios().count(FolioEvent.ANON_FAULT_ALLOC, order, 1);
        engine.rmap.addNewAnon(head, area, start, 1);
        for (int i = 0; i < pages; i++) {
            tables.write(first + i, i == 0 ? entry : format.advance(entry, 1, i));
        }
        return Fault.DONE;
    }

    /** The largest of {@code orders} whose aligned run of entries around {@code slot} is empty; 0 when there is none. */
    private int emptyOrder(RadixPageTables tables, long slot, int orders) {
        int left = orders & ~1;
        while (left != 0) {
            int order = 31 - Integer.numberOfLeadingZeros(left);
            long first = slot & -(1L << order);
            long i = 0;
            while (i < 1L << order && format.isNone(tables.read(first + i))) {
                i++;
            }
            if (i == 1L << order) {
                return order;
            }
            left &= ~(1 << order);
        }
        return 0;
    }

    /** A folio of {@code order} or the next smaller allowed order for which there is memory. */
    private long allocate(VmArea area, int order, int orders) {
        AnonFolioPolicy policy = engine.extensions.anonFolioPolicy();
        int gfp = policy.gfp(area);
        int left = orders & (1 << order + 1) - 1 & ~1;
        while (left != 0) {
            int candidate = 31 - Integer.numberOfLeadingZeros(left);
            long head = engine.memory.allocateFolio(candidate, gfp);
            if (head != Frames.NONE) {
                return head;
            }
            if (engine.calls.isStalled()) {
                return Frames.NONE;
            }
            engine.extensions.largeFolios().count(FolioEvent.ANON_FAULT_FALLBACK, candidate, 1);
            left &= ~(1 << candidate);
        }
        return Frames.NONE;
    }
}
