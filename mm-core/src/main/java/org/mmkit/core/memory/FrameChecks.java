package org.mmkit.core.memory;

import static org.mmkit.api.memory.FolioFlags.HEAD;

import org.mmkit.api.InvariantViolation;
import org.mmkit.api.memory.FolioFlags;

/** The invariants of a {@link FrameTable}, as CONFIG_DEBUG_VM checks them in the kernel; the first frame that is wrong is named. */
final class FrameChecks {

    private final FrameTable frames;

    FrameChecks(FrameTable frames) {
        this.frames = frames;
    }

    /** A statement about one frame; throws {@link InvariantViolation} when it is false. */
    private interface Check {
        void frame(long pfn);
    }

    private void forTouched(Check check) {
        long sectionPages = 1L << frames.sectionOrder();
        for (long base = 0; base < frames.spanned(); base += sectionPages) {
            if (frames.isTouched((int) (base >>> frames.sectionOrder()))) {
                long end = frames.isInsideOneFolio(base) ? base + 1 : base + sectionPages; // one frame speaks for all
                // a frame of which nothing is recorded is in order
                for (long pfn = frames.nextUsed(base, end); pfn < end; pfn = frames.nextUsed(pfn + 1, end)) {
                    check.frame(pfn);
                }
            }
        }
    }

    void verify() {
        forTouched(this::verifyFrame);
        // of a folio of whole blocks a single frame may have something recorded, so each block is asked
        for (long pfn = 0; pfn < frames.spanned(); pfn += 1L << FolioOrders.BLOCK_ORDER) {
            if (frames.isTouched((int) (pfn >>> frames.sectionOrder()))) {
                verifyFrame(pfn);
            } else {
                pfn |= (1L << frames.sectionOrder()) - (1L << FolioOrders.BLOCK_ORDER);
            }
        }
    }

    void verifyFree(BuddyAllocator buddy) {
        forTouched(pfn -> {
            int used = frames.flags(pfn) | frames.refcount(pfn) | frames.pageMapcount(pfn) | frames.pins(pfn);
            if ((used != 0 || frames.isLarge(pfn)) && buddy.isFree(pfn)) {
                throw frames.wrong(
                        pfn,
                        "free, but with " + frames.refcount(pfn) + " references and " + frames.pageMapcount(pfn)
                                + " mappings");
            }
        });
    }

    private void verifyFrame(long pfn) {
        int flags = frames.flags(pfn);
        int order = frames.order(pfn);
        if (order == 0) {
            if ((flags & HEAD) != 0) {
                throw frames.wrong(pfn, "part of a large folio, but without an order");
            }
            if (frames.refcount(pfn) == 0 && frames.pageMapcount(pfn) != 0) {
                throw frames.wrong(pfn, "mapped " + frames.pageMapcount(pfn) + " times without a reference");
            }
            return;
        }
        long head = frames.head(pfn);
        if (frames.order(head) != order || !frames.test(head, HEAD)) {
            throw frames.wrong(
                    pfn, "its head 0x" + Long.toHexString(head) + " is not the head of an order-" + order + " folio");
        }
        if (pfn == head) {
            verifyHead(head, order);
        } else if ((flags & ~FolioFlags.ANON_EXCLUSIVE) != 0 || frames.refcount(pfn) != 0) {
            throw frames.wrong(pfn, "a tail with flags of a head or references (references " + frames.refcount(pfn) + ")");
        }
    }

    private void verifyHead(long head, int order) {
        long sum = frames.entireMapcount(head);
        for (long pfn = head; pfn < head + (1L << order); pfn++) {
            sum += frames.pageMapcount(pfn);
        }
        if (sum != frames.largeMapcount(head)) {
            throw frames.wrong(head, "counts " + frames.largeMapcount(head) + " mappings, its pages have " + sum);
        }
        if (frames.refcount(head) == 0 && sum != 0) {
            throw frames.wrong(head, "mapped " + sum + " times without a reference");
        }
    }
}
