package org.mmkit.thp.policy;

import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.Vma;
import org.mmkit.thp.Thp;
import org.mmkit.thp.split.DeferredSplitQueue;

/**
 * Folios set aside of which faults map one page at a time. Nothing is kept here: a reservation is the large folio that an entry nearby maps in
 * its right place, so it ends with that folio, whoever frees or splits it. It waits in the deferred split queue as any partly
 * mapped folio does, which is how memory pressure breaks it.
 */
final class Reservations {

    private final Thp thp;
    private final DeferredSplitQueue queue;

    Reservations(Thp thp, DeferredSplitQueue queue) {
        this.thp = thp;
        this.queue = queue;
    }

    /** The frame for the page at {@code va}, in the reservation of its block of {@code order} or in a new one; {@link Frames#NONE} if there is neither. */
    long frame(Vma vma, long va, int order) {
        PageTables tables = vma.space().tables();
        long slot = tables.find(va, 1);
        if (slot == PageTables.NO_SLOT) {
            return Frames.NONE;
        }
        int pages = 1 << order;
        int place = (int) (va >>> thp.pageShift) & pages - 1;
        long first = slot - place;
        // The nearest page is the likeliest to be mapped, and any one of the block tells.
        for (int distance = 1; distance < pages; distance++) {
            long entry = thp.format.none();
            if (place - distance >= 0) {
                entry = tables.read(first + place - distance);
            }
            if (isMapped(entry)) {
                return beside(vma, va, entry, -distance, order);
            }
            entry = place + distance < pages ? tables.read(first + place + distance) : thp.format.none();
            if (isMapped(entry)) {
                return beside(vma, va, entry, distance, order);
            }
        }
        return reserve(vma, order, place);
    }

    private boolean isMapped(long entry) {
        return thp.format.isPresent(entry) && !thp.format.isSpecial(entry);
    }

    /** The frame of the page whose neighbour {@code distance} further is mapped by {@code entry}, if both are of one reservation. */
    private long beside(Vma vma, long va, long entry, int distance, int order) {
        long neighbour = thp.format.pfn(entry, 1);
        long head = thp.frames.head(neighbour);
        long pfn = neighbour - distance;
        boolean fits = thp.frames.order(head) == order
                && thp.frames.test(head, FolioFlags.ANON)
                && pfn - head == vma.index(va) - thp.frames.index(head)
                && pfn >= head
                && pfn < head + (1L << order)
                && thp.frames.pageMapcount(pfn) == 0
                && thp.frames.entireMapcount(head) == 0
                && !thp.frames.maybeMappedShared(head)
                && !thp.frames.test(head, FolioFlags.SWAPCACHE)
                && thp.frames.refcount(head) == thp.frames.largeMapcount(head);
        return fits ? pfn : Frames.NONE;
    }

    private long reserve(Vma vma, int order, int place) {
        long head = thp.memory.allocateUserFolio(order, thp.eligibility.gfp(vma));
        if (head == Frames.NONE) {
            return Frames.NONE;
        }
        queue.add(head, true);
        return head + place;
    }
}
