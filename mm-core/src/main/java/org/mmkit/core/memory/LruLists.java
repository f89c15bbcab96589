package org.mmkit.core.memory;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.lock.SpinLock;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.core.lock.StopMachine;

/**
 * The lists of each node: active and inactive, of anonymous memory and of files, and the pages that cannot be reclaimed (Linux: struct
 * lruvec, include/linux/mm_inline.h). Folios come here by way of {@link FolioBatches}.
 *
 * <pre>
 *   INACTIVE_ANON ACTIVE_ANON INACTIVE_FILE ACTIVE_FILE    | youngest | … | oldest |    linked by FolioLinks
 *   UNEVICTABLE                                            only counted; each folio counts its locks
 * </pre>
 *
 * <p>Which list a folio is on follows from its flags; whoever changes {@link FolioFlags#ACTIVE}, {@link FolioFlags#SWAPBACKED} or {@link
 * FolioFlags#UNEVICTABLE} of a folio that has {@link FolioFlags#LRU} does it between {@link #leave} and {@link #join}. Allocates nothing but a
 * section's links. With {@code SMP=y} adding, isolating, freeing, and what ages folios may happen beside other calls ({@link LruIncoming}); all
 * else is for calls that run alone. What is counted beside other calls is counted under a lock of its own; who reads a number only to decide how
 * much to look at reads it without.
 */
public final class LruLists {

    public static final int INACTIVE_ANON = 0;
    public static final int ACTIVE_ANON = 1;
    public static final int INACTIVE_FILE = 2;
    public static final int ACTIVE_FILE = 3;
    public static final int UNEVICTABLE = 4;
    /** How many lists there are. */
    public static final int LISTS = 5;

    /** Added to the number of an inactive list gives the active one. */
    public static final int ACTIVE = 1;
    /** The first list of files. */
    public static final int FILE = 2;

    /** Folios that reclaim takes at a time (SWAP_CLUSTER_MAX). */
    public static final int CLUSTER = 32;

    /** Flags of folios that do not simply join the list that their flags say, each as one page. */
    private static final int NOT_PLAIN = FolioFlags.LRU | FolioFlags.MLOCKED | FolioFlags.UNEVICTABLE | FolioFlags.HEAD;

    private final FrameTable frames;
    private final StopMachine calls;
    /** Where calls that run beside others put folios; null on a machine with one processor. */
    private final @Nullable LruIncoming incoming;
    private final LruEvents events = new LruEvents();
    /** Guards events, costs and clocks. */
    private final SpinLock countLock;
    private final FolioLinks links;
    private NodeMap nodes = NodeMap.single();
    /** By node and list the youngest and the oldest folio. */
    private int[] ends = new int[2 * LISTS];
    /** By node and list. */
    private long[] pages = new long[LISTS];
    private long[] zonePages = new long[Zone.ZONES * LISTS];
    /** By node the first frame above each zone but the last. */
    private long[][] zoneEnds = new long[1][Zone.ZONES - 1];
    private final MlockedFolios mlocked;
    private long[] nonresidentAge = new long[1];
    /** What reclaim has cost of late by node: of anonymous memory, of files. */
    private long[] anonCost = new long[1];
    private long[] fileCost = new long[1];
    /** Refaults made active by node: of anonymous memory, of files. */
    private long[][] refaultActivated = new long[1][2];
    private final WorkingSet workingSet;

    LruLists(FrameTable frames, int sections, int sectionOrder, Locks locks) {
        links = new FolioLinks(sections, sectionOrder);
        incoming = locks.isSmp() ? new LruIncoming(this, frames, links, sections, sectionOrder, locks) : null;
        countLock = locks.spinLock(LockClass.LEAF);
        calls = StopMachine.of(locks);
        this.frames = frames;
        Arrays.fill(zoneEnds[0], Long.MAX_VALUE);
        workingSet = new WorkingSet(this, frames);
        mlocked = new MlockedFolios(frames, this);
    }

    /** Gives each of {@code map} lists of its own; before anything is on one. */
    void setZones(NodeMap map, long[][] endsOfZones) {
        nodes = map;
        int n = map.count();
        ends = new int[n * 2 * LISTS];
        pages = new long[n * LISTS];
        zonePages = new long[n * Zone.ZONES * LISTS];
        zoneEnds = endsOfZones;
        nonresidentAge = new long[n];
        anonCost = new long[n];
        fileCost = new long[n];
        refaultActivated = new long[n][2];
    }

    /** The node of {@code pfn}. */
    public int node(long pfn) {
        return pages.length == LISTS ? 0 : nodes.of(pfn);
    }

    /** The place of {@code list} of the node of {@code pfn} among the lists of all nodes. */
    private int place(long pfn, int list) {
        return pages.length == LISTS ? list : nodes.of(pfn) * LISTS + list;
    }

    /** What has happened on the lists. */
    public LruEvents events() {
        return events;
    }

    /** Who recognises pages that come back. */
    public WorkingSet workingSet() {
        return workingSet;
    }

    /** What reclaim of anonymous memory of {@code node} has cost of late, beside {@link #fileCost}: the side that cost less is scanned more. */
    public long anonCost(int node) {
        return anonCost[node];
    }

    /** The same of files. */
    public long fileCost(int node) {
        return fileCost[node];
    }

    /**
     * Adds to what one side of {@code node} has cost: {@code written} pages that went to a device or came back from one, {@code rotated} that were looked at
     * in vain; old costs fade (Linux: lru_note_cost).
     */
    public void noteCost(int node, boolean file, long written, long rotated) {
        long cost = written * CLUSTER + rotated;
        long size = 0;
        for (int list = 0; list < UNEVICTABLE; list++) {
            size += pages[node * LISTS + list];
        }
        countLock.lock();
        if (file) {
            fileCost[node] += cost;
        } else {
            anonCost[node] += cost;
        }
        if (fileCost[node] + anonCost[node] > size / 4) {
            fileCost[node] /= 2;
            anonCost[node] /= 2;
        }
        countLock.unlock();
    }

    /** {@code n} pages came back soon enough to be made active. */
    void countRefaultActivated(int node, int kind, long n) {
        events.refaultActivated[kind] += n;
        refaultActivated[node][kind] += n;
    }

    /** Refaults of {@code node} that were made active: 0 of anonymous memory, 1 of files. */
    public long refaultActivated(int node, int kind) {
        return refaultActivated[node][kind];
    }

    /** How many nodes have lists. */
    public int nodes() {
        return nodes.count();
    }

    /** Pages on {@code list} of all nodes. */
    public long pages(int list) {
        long n = pages[list];
        for (int i = LISTS + list; i < pages.length; i += LISTS) {
            n += pages[i];
        }
        return n;
    }

    /** Pages on {@code list} of {@code node}. */
    public long pagesOfNode(int node, int list) {
        return pages[node * LISTS + list];
    }

    /** Pages of zone {@code zone} on {@code list}. */
    public long pages(int zone, int list) {
        return zonePages[zone * LISTS + list];
    }

    /** Pages of {@code list} in the zones of {@code node} up to {@code highest} (Linux: lruvec_lru_size). */
    public long pagesUpTo(int node, int highest, int list) {
        long n = 0;
        for (int z = Zone.first(node); z <= Zone.first(node) + highest; z++) {
            n += zonePages[z * LISTS + list];
        }
        return n;
    }

    /** Pages that mlock holds (nr_mlock). */
    public long mlocked() {
        return mlocked.pages();
    }

    /** The folios that mlock holds. */
    MlockedFolios locked() {
        return mlocked;
    }

    /** Pages of {@code node} evicted and activated since boot: the clock by which refaults are measured (Linux: nonresident_age). */
    public long nonresidentAge(int node) {
        return nonresidentAge[node];
    }

    /** Moves that clock. */
    public void age(int node, long pageCount) {
        countLock.lock();
        nonresidentAge[node] += pageCount;
        countLock.unlock();
    }

    /** The number of the zone that {@code pfn} lies in. */
    public int zone(long pfn) {
        int node = node(pfn);
        long[] above = zoneEnds[node];
        int z = Zone.first(node);
        if (pfn < above[Zone.DMA32]) {
            return z + (pfn < above[Zone.DMA] ? Zone.DMA : Zone.DMA32);
        }
        return z + (pfn < above[Zone.NORMAL] ? Zone.NORMAL : Zone.MOVABLE);
    }

    /** The list that a folio with {@code flags} is on. */
    public static int list(int flags) {
        if ((flags & FolioFlags.UNEVICTABLE) != 0) {
            return UNEVICTABLE;
        }
        return ((flags & FolioFlags.SWAPBACKED) == 0 ? FILE : 0) + ((flags & FolioFlags.ACTIVE) != 0 ? ACTIVE : 0);
    }

    /** The folio that was put on {@code list} of {@code node} longest ago, or 0. */
    public long oldest(int node, int list) {
        return ends[(node * LISTS + list) * 2 + 1] & 0xffff_ffffL;
    }

    /** The folio on the same evictable list next younger than {@code head}, or 0. */
    public long younger(long head) {
        return links.younger((int) head) & 0xffff_ffffL;
    }

    /** The frame that was put on {@code list} of {@code node} last, or 0. */
    long youngest(int node, int list) {
        return ends[(node * LISTS + list) * 2] & 0xffff_ffffL;
    }

    /** The folio on the same evictable list next older than {@code head}, or 0. */
    long older(long head) {
        return links.older((int) head) & 0xffff_ffffL;
    }

    /** Where the youngest folio of {@code list} of the node of {@code pfn} stands among the ends of all lists. */
    private int end(long pfn, int list) {
        return place(pfn, list) * 2;
    }

    private void count(long head, int list, long n) {
        pages[place(head, list)] += n;
        zonePages[zone(head) * LISTS + list] += n;
    }

    private void link(long head, int list) {
        if (list == UNEVICTABLE) {
            links.setLocks((int) head, 0);
        } else {
            links.addYoungest((int) head, ends, end(head, list));
        }
        count(head, list, frames.pages(head));
    }

    /** A folio that has waited joins the list that its flags say. */
    void linkGathered(long head) {
        link(head, list(frames.flags(head)));
    }

    /** Takes a folio of {@code n} pages off {@code list}. */
    void unlink(long head, int list, long n) {
        if (list != UNEVICTABLE) {
            links.remove((int) head, ends, end(head, list));
        }
        count(head, list, -n);
    }

    // ---- joining and leaving ----------------------------------------------------------------------------------

    /** Puts the folio {@code head}, which is on no list, to the younger end of its own at once; a locked one becomes unevictable (Linux: lru_add). */
    public void add(long head) {
        if (frames.test(head, FolioFlags.LRU)) {
            throw frames.wrong(head, "put on a list while it is on one");
        }
        if (incoming == null || calls.isStopped()) {
            settle(head);
            join(head);
        } else if ((frames.flags(head) & (FolioFlags.MLOCKED | FolioFlags.UNEVICTABLE)) != 0) {
            // Locks are counted on the lists proper only.
            incoming.lock();
            try {
                settle(head);
                join(head);
            } finally {
                incoming.unlock();
            }
        } else {
            incoming.add(head);
        }
    }

    /** Has a folio that is on no list become unevictable if it is locked, and evictable if it is not. */
    private void settle(long head) {
        int flags = frames.flags(head);
        if ((flags & (FolioFlags.MLOCKED | FolioFlags.UNEVICTABLE)) == 0) {
            return;
        }
        long n = frames.pages(head);
        if ((flags & FolioFlags.MLOCKED) == 0) {
            frames.clear(head, FolioFlags.UNEVICTABLE);
            events.rescued += n;
        } else {
            frames.clear(head, FolioFlags.ACTIVE);
            frames.set(head, FolioFlags.UNEVICTABLE);
            events.culled += (flags & FolioFlags.UNEVICTABLE) != 0 ? 0 : n;
        }
    }

    /** {@link #add} of {@code heads} from {@code from} to {@code to}, one after the other; what the lists count changes once for those of one list and zone. */
    void addAll(long[] heads, int from, int to) {
        int i = from;
        while (i < to) {
            int flags = frames.flags(heads[i]);
            if (incoming != null || (flags & NOT_PLAIN) != 0) {
                add(heads[i]);
                i++;
                continue;
            }
            int list = list(flags);
            int zone = zone(heads[i]);
            int end = end(heads[i], list);
            int first = i;
            do {
                frames.setNew(heads[i], FolioFlags.LRU);
                links.addYoungest((int) heads[i], ends, end);
                i++;
            } while (i < to && frames.flags(heads[i]) == flags && zone(heads[i]) == zone);
            pages[place(heads[first], list)] += i - first;
            zonePages[zone * LISTS + list] += i - first;
        }
    }

    /** Puts a folio to the younger end of the list that its flags say. */
    void join(long head) {
        frames.set(head, FolioFlags.LRU);
        link(head, list(frames.flags(head)));
    }

    /** Puts a folio to the older end of its evictable list: it is the next to be reclaimed. */
    void joinLast(long head) {
        frames.set(head, FolioFlags.LRU);
        int list = list(frames.flags(head));
        links.addOldest((int) head, ends, end(head, list));
        count(head, list, frames.pages(head));
    }

    /** Takes a listed folio off its list, for its flags to change. */
    void leave(long head) {
        unlink(head, list(frames.flags(head)), frames.pages(head));
    }

    /** Whether calls on the lists and batches have the machine to themselves. */
    boolean isAlone() {
        return incoming == null || calls.isStopped();
    }

    /** Locks the lists proper, for a call that runs beside others on a machine with several processors. */
    void lock() {
        Objects.requireNonNull(incoming).lock();
    }

    /** Ends what {@link #lock()} began. */
    void unlock() {
        Objects.requireNonNull(incoming).unlock();
    }

    /** Takes the folio {@code head}, from which the caller has just taken {@link FolioFlags#LRU}, off its list beside other calls. */
    void leaveBeside(long head) {
        Objects.requireNonNull(incoming).leave(head, list(frames.flags(head)), frames.pages(head));
    }

    /** Whether folios join without waiting for others: where there are several processors, threads gather them ({@link LruIncoming}). */
    boolean joinsAtOnce() {
        return incoming != null;
    }

    /** Takes a folio off its list, for the caller to work on (Linux: folio_isolate_lru); false when it is on none. */
    public boolean isolate(long head) {
        int flags = frames.flags(head);
        if ((flags & FolioFlags.LRU) == 0) {
            return false;
        }
        if (incoming != null && !calls.isStopped()) {
            if (!frames.testAndClear(head, FolioFlags.LRU)) {
                return false;
            }
            incoming.leave(head, list(frames.flags(head)), frames.pages(head));
            return true;
        }
        unlink(head, list(flags), frames.pages(head));
        frames.clear(head, FolioFlags.LRU);
        return true;
    }

    /** Puts a folio that was isolated back on the list that its flags say. */
    public void putBack(long head) {
        add(head);
        if (incoming != null && !calls.isStopped()) {
            mlocked.catchUp(head);
        }
    }

    /** {@code n} pages were found in use by reclaim. */
    public void countActivated(long n) {
        countLock.lock();
        events.activated += n;
        countLock.unlock();
    }

    /** {@code n} active pages become inactive. */
    public void countDeactivated(long n) {
        countLock.lock();
        events.deactivated += n;
        countLock.unlock();
    }

    /** {@link #isolateOldest} may be asked: whether others may be at the lists. */
    public boolean isShared() {
        return !isAlone();
    }

    /** Before a call that runs beside others looks at the lists: what threads have brought joins them. */
    public void gather() {
        Objects.requireNonNull(incoming).gather();
    }

    /**
     * Beside other calls, takes anonymous folios of zones up to {@code highest} off the older end of {@code list} of {@code node}, with a reference for the
     * caller each (Linux: isolate_lru_folios); looks at no more than {@code looks} folios.
     *
     * @return how many were put into {@code taken}, of about {@code most} pages
     */
    public int isolateOldest(int node, int list, long most, int looks, int highest, long[] taken) {
        return Objects.requireNonNull(incoming).isolate(node, list, most, looks, highest, taken);
    }

    /** A folio on a list, or a locked one, goes back to the allocator; its flags are cleared by the caller. */
    void freed(long head, int flags, long n) {
        if ((flags & FolioFlags.LRU) != 0) {
            if (incoming != null && !calls.isStopped()) {
                incoming.leave(head, list(flags), n);
            } else {
                unlink(head, list(flags), n);
            }
        }
        if ((flags & FolioFlags.MLOCKED) != 0) {
            mlocked.freed(n);
        }
    }

    /** The part {@code part} of the folio {@code head}, which is being split, joins the list on its younger side (Linux: lru_add_split_folio). */
    void addPart(long head, long part, long n) {
        int list = list(frames.flags(part));
        if (incoming != null && !calls.isStopped()) {
            incoming.addPart(head, part, list, n);
        } else {
            addProperPart(head, part, list, n);
        }
    }

    /** {@link #addPart} for a folio on the lists proper. */
    void addProperPart(long head, long part, int list, long n) {
        if (list == UNEVICTABLE) {
            links.setLocks((int) part, 0);
        } else {
            links.addBeside((int) part, (int) head, ends, end(head, list));
        }
        count(part, list, n);
        count(head, list, -n);
    }

    /**
     * Moves a folio, to which the caller has a reference, to the list that it belongs to without the flags {@code cleared}, beside other calls
     * (Linux: folio_batch_move_lru). Whoever takes {@link FolioFlags#LRU} from it first may move it.
     */
    void moveBeside(long head, int cleared) {
        if (!frames.testAndClear(head, FolioFlags.LRU)) {
            return;
        }
        leaveBeside(head);
        frames.clear(head, cleared);
        lock();
        rejoin(head);
        unlock();
        mlocked.catchUp(head);
    }

    /** The inactive folio {@code head}, to which the caller has a reference, becomes active beside other calls. */
    void activateBeside(long head) {
        if (!frames.testAndClear(head, FolioFlags.LRU)) {
            return;
        }
        leaveBeside(head);
        if ((frames.flags(head) & (FolioFlags.UNEVICTABLE | FolioFlags.ACTIVE)) == 0) {
            frames.set(head, FolioFlags.ACTIVE);
            countActivated(frames.pages(head));
        }
        lock();
        join(head);
        unlock();
        mlocked.catchUp(head);
    }

    /** {@link #join} of an inactive folio under the lock of the lists, with its event: nothing else moves beside other calls. */
    private void rejoin(long head) {
        join(head);
        countLock.lock();
        if (frames.test(head, FolioFlags.SWAPBACKED)) {
            events.deactivated += frames.pages(head);
        } else {
            events.lazilyFreed += frames.pages(head);
        }
        countLock.unlock();
    }

    /**
     * {@link #freed} for {@code n} single frames of one section from {@code low} on, all with {@code flags}, which name no locked folio; for
     * calls that run alone.
     */
    void freedSingles(long low, int n, int flags) {
        int list = list(flags);
        for (int done = 0; done < n; ) {
            int pfn = (int) low + done;
            int at = end(low + done, list);
            int some = links.countYounger(pfn, n - done);
            if (some > 1) {
                links.remove(pfn + some - 1, pfn, ends, at);
            } else {
                some = links.countOlder(pfn, n - done);
                links.remove(pfn, pfn + some - 1, ends, at);
            }
            done += some;
        }
        if (zone(low) == zone(low + n - 1)) {
            count(low, list, -n);
        } else {
            for (int i = 0; i < n; i++) {
                count(low + i, list, -1);
            }
        }
    }

    /** Moves a listed folio to the younger end of its list. */
    public void rotateToYoungest(long head) {
        int list = list(frames.flags(head));
        unlink(head, list, frames.pages(head));
        link(head, list);
    }

    /** Locks of the unevictable folio {@code head} that are counted (mlock_count). */
    int locks(long head) {
        return links.locks((int) head);
    }

    void setLocks(long head, int n) {
        links.setLocks((int) head, n);
    }

    /** Checks that each evictable list holds just the folios whose flags say so, and that all totals are right. */
    void verify(FolioBatches batches) {
        new LruChecks(frames, this, batches).verify();
    }
}
