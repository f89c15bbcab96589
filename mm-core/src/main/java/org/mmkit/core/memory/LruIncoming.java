package org.mmkit.core.memory;

import java.util.Arrays;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.lock.SpinLock;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.lock.Stripes;

/**
 * Where calls that run beside others put folios that are to go on the lists of {@link LruLists}: one list for each stripe of threads, so that
 * they do not wait for one lock (Linux: the per-CPU batches of mm/swap.c, lru_add). Before a call runs alone all are moved to the lists
 * proper, the stripes in turn, in the order in which they came.
 *
 * <p>A folio may be freed from here, and from the lists proper under a lock for all. Made for machines with several processors only.
 */
final class LruIncoming {

    private static final byte[] NO_STRIPES = {};

    private final FrameTable frames;
    private final LruLists lists;
    private final FolioLinks links;
    private final int sectionOrder;
    private final int mask;
    /** By frame: the stripe + 1 whose list the folio is on; 0 when it is on the lists proper or on none. */
    private final byte[][] stripeOf;
    private final Stripe[] stripes = new Stripe[Stripes.COUNT];
    /** Guards the lists proper while calls run beside each other. */
    private final SpinLock properLock;

    /** The folios that one stripe of threads has brought. */
    private static final class Stripe {

        final SpinLock lock;
        /** The youngest and the oldest folio; as long as it is so that two stripes do not share a cache line. */
        final int[] ends = new int[64];

        Stripe(SpinLock lock) {
            this.lock = lock;
        }
    }

    LruIncoming(FrameTable frames, LruLists lists, FolioLinks links, int sections, int sectionOrder, Locks locks) {
        this.frames = frames;
        this.lists = lists;
        this.links = links;
        this.sectionOrder = sectionOrder;
        this.mask = (1 << sectionOrder) - 1;
        this.properLock = locks.spinLock(LockClass.LRU);
        stripeOf = new byte[sections][];
        Arrays.fill(stripeOf, NO_STRIPES);
        Arrays.setAll(stripes, i -> new Stripe(locks.spinLock(LockClass.LRU)));
        StopMachine.of(locks).whenStopped(this::gather);
    }

    private byte[] stripesOf(long head) {
        int s = (int) (head >>> sectionOrder);
        byte[] b = stripeOf[s];
        if (b == NO_STRIPES) {
            synchronized (stripeOf) {
                if (stripeOf[s] == NO_STRIPES) {
                    stripeOf[s] = new byte[mask + 1];
                }
                b = stripeOf[s];
            }
        }
        return b;
    }

    /** The folio {@code head} waits for its list; it has {@link FolioFlags#LRU} from when it can be taken out again. */
    void add(long head) {
        int number = Stripes.number();
        Stripe stripe = stripes[number];
        stripesOf(head)[(int) head & mask] = (byte) (number + 1);
        stripe.lock.lock();
        try {
            links.addYoungest((int) head, stripe.ends, 0);
            frames.set(head, FolioFlags.LRU);
        } finally {
            stripe.lock.unlock();
        }
    }

    /** The part {@code part} of {@code head}, which is being split, joins the list of the whole on its younger side. */
    void addPart(long head, long part, int list, long pages) {
        int number = stripesOf(head)[(int) head & mask];
        if (number == 0) {
            properLock.lock();
            try {
                lists.addProperPart(head, part, list, pages);
            } finally {
                properLock.unlock();
            }
            return;
        }
        stripesOf(part)[(int) part & mask] = (byte) number;
        Stripe stripe = stripes[number - 1];
        stripe.lock.lock();
        try {
            links.addBeside((int) part, (int) head, stripe.ends, 0);
        } finally {
            stripe.lock.unlock();
        }
    }

    /** Locks the lists proper. */
    void lock() {
        properLock.lock();
    }

    /** Ends what {@link #lock} began. */
    void unlock() {
        properLock.unlock();
    }

    /** A folio on a list leaves it, to go back to the allocator or, if the caller has taken {@link FolioFlags#LRU} from it, to join another one. */
    void leave(long head, int list, long pages) {
        byte[] b = stripeOf[(int) (head >>> sectionOrder)];
        int number = b == NO_STRIPES ? 0 : b[(int) head & mask];
        if (number == 0) {
            properLock.lock();
            try {
                lists.unlink(head, list, pages);
            } finally {
                properLock.unlock();
            }
            return;
        }
        b[(int) head & mask] = 0;
        Stripe stripe = stripes[number - 1];
        stripe.lock.lock();
        try {
            links.remove((int) head, stripe.ends, 0);
        } finally {
            stripe.lock.unlock();
        }
    }

    /** Moves all to the lists proper; nobody else is in the machine. */
    private void gather() {
        for (Stripe stripe : stripes) {
            for (int pfn = stripe.ends[1]; pfn != FolioLinks.NONE; pfn = stripe.ends[1]) {
                long head = pfn & 0xffff_ffffL;
                links.remove(pfn, stripe.ends, 0);
                stripesOf(head)[pfn & mask] = 0;
                lists.linkGathered(head);
            }
        }
    }
}
