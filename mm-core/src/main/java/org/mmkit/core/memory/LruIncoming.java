package org.mmkit.core.memory;

import java.util.Arrays;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.lock.SpinLock;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.lock.Stripes;

/**
 * The lists of {@link LruLists} for calls that run beside others. Folios that are to go on a list join one list for each stripe of threads
 * first, so that threads do not wait for one lock (Linux: the per-CPU batches of mm/swap.c, lru_add). They move on to the lists proper, the
 * stripes in turn, in the order in which they came, when a call is about to run alone, and when reclaim looks at the lists ({@link #gather}).
 *
 * <p>Which of the lists a folio is on is written under the locks of both, so whoever has the lock of either knows. A folio that is being split
 * or freed stays where it is: its count is 0. Made for machines with several processors only.
 */
final class LruIncoming {

    private static final byte[] NO_STRIPES = {};
    /** Folios that move to the lists proper under one hold of the locks. */
    private static final int BATCH = 64;

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

    LruIncoming(LruLists lists, FrameTable frames, FolioLinks links, int sections, int sectionOrder, Locks locks) {
        this.lists = lists;
        this.frames = frames;
        this.links = links;
        this.sectionOrder = sectionOrder;
        this.mask = (1 << sectionOrder) - 1;
        this.properLock = locks.spinLock(LockClass.LRU);
        stripeOf = new byte[sections][];
        Arrays.fill(stripeOf, NO_STRIPES);
        Arrays.setAll(stripes, i -> new Stripe(locks.spinLock(LockClass.LRU_BATCH)));
        StopMachine.of(locks).whenStopped(this::gatherAll);
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

    /** The stripe + 1 whose list the folio is on. */
    private int stripe(long head) {
        byte[] b = stripeOf[(int) (head >>> sectionOrder)];
        return b == NO_STRIPES ? 0 : b[(int) head & mask];
    }

    private SpinLock lock(int stripe) {
        return stripe == 0 ? properLock : stripes[stripe - 1].lock;
    }

    /** Locks the list that a listed folio is on, whoever may be moving it: its stripe + 1. */
    private int lockListOf(long head) {
        while (true) {
            int number = stripe(head);
            lock(number).lock();
            if (stripe(head) == number) {
                return number;
            }
            lock(number).unlock();
        }
    }

    /** The folio {@code head} waits for its list; it gets {@link FolioFlags#LRU}, and nobody sees that before it is linked. */
    void add(long head) {
        int number = Stripes.number();
        Stripe stripe = stripes[number];
        byte[] b = stripesOf(head);
        stripe.lock.lock();
        try {
            links.addYoungest((int) head, stripe.ends, 0);
            b[(int) head & mask] = (byte) (number + 1);
            frames.set(head, FolioFlags.LRU);
        } finally {
            stripe.lock.unlock();
        }
    }

    /** The part {@code part} of {@code head}, which is being split, joins the list of the whole on its younger side. */
    void addPart(long head, long part, int list, long pages) {
        byte[] b = stripesOf(part);
        int number = lockListOf(head);
        try {
            if (number == 0) {
                lists.addProperPart(head, part, list, pages);
            } else {
                links.addBeside((int) part, (int) head, stripes[number - 1].ends, 0);
                b[(int) part & mask] = (byte) number;
            }
        } finally {
            lock(number).unlock();
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
        int number = lockListOf(head);
        try {
            if (number == 0) {
                lists.unlink(head, list, pages);
            } else {
                stripesOf(head)[(int) head & mask] = 0;
                links.remove((int) head, stripes[number - 1].ends, 0);
            }
        } finally {
            lock(number).unlock();
        }
    }

    /** Moves what waits to the lists proper, but for what is just being split or freed; beside other calls. */
    void gather() {
        long[] moved = new long[BATCH];
        for (Stripe stripe : stripes) {
            int n;
            do {
                n = stripe.ends[1] == FolioLinks.NONE ? 0 : gather(stripe, moved);
                for (int i = 0; i < n; i++) {
                    frames.put(moved[i], 1);
                }
            } while (n == BATCH);
        }
    }

    /** Moves up to {@link #BATCH} folios of one stripe, each with a reference that keeps it whole; how many. */
    private int gather(Stripe stripe, long[] moved) {
        int n = 0;
        stripe.lock.lock();
        properLock.lock();
        try {
            for (int pfn = stripe.ends[1]; pfn != FolioLinks.NONE && n < BATCH; ) {
                int younger = links.younger(pfn);
                long head = pfn & 0xffff_ffffL;
                if (frames.tryGet(head)) {
                    links.remove(pfn, stripe.ends, 0);
                    stripesOf(head)[pfn & mask] = 0;
                    lists.linkGathered(head);
                    moved[n++] = head;
                }
                pfn = younger;
            }
        } finally {
            properLock.unlock();
            stripe.lock.unlock();
        }
        return n;
    }

    /**
     * Takes anonymous folios off the older end of {@code list} of {@code node}, each with a reference for the caller; what belongs to files or
     * to zones above {@code highest}, what somebody else has in hand and what is just being split or freed stays where it is.
     *
     * @param pages about how many to take
     * @param looks how many folios to look at
     * @param taken where to put them; room for {@code pages}
     * @return how many were taken
     */
    int isolate(int node, int list, long pages, int looks, int highest, long[] taken) {
        int n = 0;
        long refused = 0;
        properLock.lock();
        try {
            long scan = 0;
            long head = lists.oldest(node, list);
            for (int i = 0; i < looks && scan < pages && head != 0 && refused == 0; i++) {
                long younger = lists.younger(head);
                if (frames.test(head, FolioFlags.ANON) && Zone.kind(lists.zone(head)) <= highest && frames.tryGet(head)) {
                    if (frames.testAndClear(head, FolioFlags.LRU)) {
                        long size = frames.pages(head);
                        lists.unlink(head, list, size);
                        scan += size;
                        taken[n++] = head;
                    } else {
                        refused = head; // the reference may be the last by now, and freeing wants the lock
                    }
                }
                head = younger;
            }
        } finally {
            properLock.unlock();
        }
        if (refused != 0) {
            frames.put(refused, 1);
        }
        return n;
    }

    /** Moves all to the lists proper; nobody else is in the machine. */
    private void gatherAll() {
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
