package org.mmkit.core.memory;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Lru;
import org.mmkit.core.lock.StopMachine;

/**
 * The lists of one node: active and inactive, of anonymous memory and of files, and the pages that cannot be reclaimed (Linux: struct
 * lruvec, mm/swap.c, mm/mlock.c).
 *
 * <pre>
 *   first ──► | youngest | … | oldest | ◄── last        INACTIVE_ANON ACTIVE_ANON INACTIVE_FILE ACTIVE_FILE
 *   two words per frame: the neighbours towards last and towards first; of an unevictable folio the first word counts its locks
 * </pre>
 *
 * <p>Which list a folio is on follows from its flags; whoever changes {@link FolioFlags#ACTIVE}, {@link FolioFlags#SWAPBACKED} or {@link
 * FolioFlags#UNEVICTABLE} of a folio that has {@link FolioFlags#LRU} does it here. Folios that may be thrown away change
 * lists {@value #BATCH} at a time (Linux: lru_lazyfree); differs from Linux: all other folios change lists at once. Allocates nothing but a section's links. With {@code SMP=y} {@link #add} and freeing
 * may happen beside other calls ({@link LruIncoming}); all else is for calls that run alone.
 */
public final class LruLists implements Lru {

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

    /** Folios that wait for one another before they change lists (Linux: PAGEVEC_SIZE). */
    public static final int BATCH = 31;

    /** No frame: frame 0 is the firmware's and never on a list. */
    private static final int NONE = 0;
    private static final int[] NO_LINKS = {};

    private final FrameTable frames;
    private final StopMachine calls;
    /** Where calls that run beside others put folios; null on a machine with one processor. */
    private final @Nullable LruIncoming incoming;
    private final LruEvents events = new LruEvents();
    private final int sectionOrder;
    private final int mask;
    private final int[][] links;
    private final int[] first = new int[LISTS];
    private final int[] last = new int[LISTS];
    private final long[] pages = new long[LISTS];
    private final long[] zonePages = new long[Zone.ZONES * LISTS];
    /** First frame above each zone but the last. */
    private final long[] zoneEnds = new long[Zone.ZONES - 1];
    /** Folios that are to be freed lazily, each with a reference; the first {@link #batched} count. */
    private final long[] batch = new long[BATCH];
    private int batched;
    private long mlocked;
    private long nonresidentAge;
    private long anonCost;
    private long fileCost;
    private final WorkingSet workingSet;

    LruLists(FrameTable frames, int sections, int sectionOrder, Locks locks) {
        incoming = locks.isSmp() ? new LruIncoming(this, sections, sectionOrder, locks) : null;
        calls = StopMachine.of(locks);
        this.frames = frames;
        this.sectionOrder = sectionOrder;
        this.mask = (1 << sectionOrder) - 1;
        links = new int[sections][];
        Arrays.fill(links, NO_LINKS);
        Arrays.fill(zoneEnds, Long.MAX_VALUE);
        workingSet = new WorkingSet(this, frames);
    }

    void setZoneEnds(long[] ends) {
        System.arraycopy(ends, 0, zoneEnds, 0, zoneEnds.length);
    }

    /** What has happened on the lists. */
    public LruEvents events() {
        return events;
    }

    /** Who recognises pages that come back. */
    public WorkingSet workingSet() {
        return workingSet;
    }

    /** What reclaim of anonymous memory has cost of late, beside {@link #fileCost}: the side that cost less is scanned more. */
    public long anonCost() {
        return anonCost;
    }

    /** The same of files. */
    public long fileCost() {
        return fileCost;
    }

    /**
     * Adds to what one side has cost: {@code written} pages that went to a device or came back from one, {@code rotated} that were looked at
     * in vain; old costs fade (Linux: lru_note_cost).
     */
    public void noteCost(boolean file, long written, long rotated) {
        long cost = written * CLUSTER + rotated;
        if (file) {
            fileCost += cost;
        } else {
            anonCost += cost;
        }
        long size = pages[INACTIVE_ANON] + pages[ACTIVE_ANON] + pages[INACTIVE_FILE] + pages[ACTIVE_FILE];
        if (fileCost + anonCost > size / 4) {
            fileCost /= 2;
            anonCost /= 2;
        }
    }

    /** Pages on {@code list}. */
    public long pages(int list) {
        return pages[list];
    }

    /** Pages of zone {@code zone} on {@code list}. */
    public long pages(int zone, int list) {
        return zonePages[zone * LISTS + list];
    }

    /** Pages of {@code list} in the zones 0 to {@code highest} (Linux: lruvec_lru_size). */
    public long pagesUpTo(int highest, int list) {
        long n = 0;
        for (int z = 0; z <= highest; z++) {
            n += zonePages[z * LISTS + list];
        }
        return n;
    }

    /** Pages that mlock holds (nr_mlock). */
    public long mlocked() {
        return mlocked;
    }

    /** Pages evicted and activated since boot: the clock by which refaults are measured (Linux: nonresident_age). */
    public long nonresidentAge() {
        return nonresidentAge;
    }

    /** Moves that clock. */
    public void age(long pageCount) {
        nonresidentAge += pageCount;
    }

    /** The number of the zone that {@code pfn} lies in. */
    public int zone(long pfn) {
        int z = Zone.NORMAL;
        if (pfn < zoneEnds[Zone.DMA32]) {
            return pfn < zoneEnds[Zone.DMA] ? Zone.DMA : Zone.DMA32;
        }
        return pfn < zoneEnds[z] ? z : Zone.MOVABLE;
    }

    /** The list that a folio with {@code flags} is on. */
    public static int list(int flags) {
        if ((flags & FolioFlags.UNEVICTABLE) != 0) {
            return UNEVICTABLE;
        }
        return ((flags & FolioFlags.SWAPBACKED) == 0 ? FILE : 0) + ((flags & FolioFlags.ACTIVE) != 0 ? ACTIVE : 0);
    }

    /** The folio that was put on {@code list} longest ago, or 0. */
    public long oldest(int list) {
        return last[list] & 0xffff_ffffL;
    }

    /** The folio on the same evictable list next younger than {@code head}, or 0. */
    public long younger(long head) {
        return links[(int) (head >>> sectionOrder)][((int) head & mask) * 2 + 1] & 0xffff_ffffL;
    }

    // ---- links ------------------------------------------------------------------------------------------------

    private int[] links(long pfn) {
        int s = (int) (pfn >>> sectionOrder);
        int[] l = links[s];
        if (l == NO_LINKS) {
            synchronized (links) {
                l = links[s];
                if (l == NO_LINKS) {
                    l = new int[2 * (mask + 1)];
                    links[s] = l;
                }
            }
        }
        return l;
    }

    private void setNext(int pfn, int value) {
        long frame = pfn & 0xffff_ffffL;
        links[(int) (frame >>> sectionOrder)][(pfn & mask) * 2] = value;
    }

    private void setPrevious(int pfn, int value) {
        long frame = pfn & 0xffff_ffffL;
        links[(int) (frame >>> sectionOrder)][(pfn & mask) * 2 + 1] = value;
    }

    private void count(long head, int list, long n) {
        pages[list] += n;
        zonePages[zone(head) * LISTS + list] += n;
    }

    private void link(long head, int list) {
        int pfn = (int) head;
        int[] l = links(head);
        int i = (pfn & mask) * 2;
        if (list == UNEVICTABLE) {
            l[i] = 0;
        } else {
            int next = first[list];
            l[i] = next;
            l[i + 1] = NONE;
            first[list] = pfn;
            if (next == NONE) {
                last[list] = pfn;
            } else {
                setPrevious(next, pfn);
            }
        }
        count(head, list, frames.pages(head));
    }

    /** Puts {@code pfn} at the younger end of a list of its own, whose first and last are {@code ends}. */
    void linkFirst(int pfn, int[] ends) {
        int[] l = links(pfn & 0xffff_ffffL);
        int i = (pfn & mask) * 2;
        int next = ends[0];
        l[i] = next;
        l[i + 1] = NONE;
        ends[0] = pfn;
        if (next == NONE) {
            ends[1] = pfn;
        } else {
            setPrevious(next, pfn);
        }
    }

    /** Takes {@code pfn} off such a list. */
    void unlinkFrom(int pfn, int[] ends) {
        int[] l = links(pfn & 0xffff_ffffL);
        int i = (pfn & mask) * 2;
        int next = l[i];
        int previous = l[i + 1];
        if (next == NONE) {
            ends[1] = previous;
        } else {
            setPrevious(next, previous);
        }
        if (previous == NONE) {
            ends[0] = next;
        } else {
            setNext(previous, next);
        }
    }

    /** A folio that has waited joins the list that its flags say. */
    void linkGathered(long head) {
        link(head, list(frames.flags(head)));
    }

    void unlink(long head, int list, long n) {
        if (list != UNEVICTABLE) {
            int[] l = links[(int) (head >>> sectionOrder)];
            int i = ((int) head & mask) * 2;
            int next = l[i];
            int previous = l[i + 1];
            if (next == NONE) {
                last[list] = previous;
            } else {
                setPrevious(next, previous);
            }
            if (previous == NONE) {
                first[list] = next;
            } else {
                setNext(previous, next);
            }
        }
        count(head, list, -n);
    }

    private int locks(long head) {
        return links(head)[((int) head & mask) * 2];
    }

    private void setLocks(long head, int n) {
        links(head)[((int) head & mask) * 2] = n;
    }

    // ---- joining and leaving ----------------------------------------------------------------------------------

    /** {@inheritDoc} It is the youngest there; a locked one becomes unevictable. */
    @Override
    public void add(long head) {
        int flags = frames.flags(head);
        if ((flags & FolioFlags.LRU) != 0) {
            throw frames.wrong(head, "put on a list while it is on one");
        }
        if ((flags & (FolioFlags.MLOCKED | FolioFlags.UNEVICTABLE)) != 0) {
            long n = frames.pages(head);
            boolean was = (flags & FolioFlags.UNEVICTABLE) != 0;
            if ((flags & FolioFlags.MLOCKED) == 0) {
                frames.clear(head, FolioFlags.UNEVICTABLE);
                events.rescued += n;
            } else {
                frames.clear(head, FolioFlags.ACTIVE);
                frames.set(head, FolioFlags.UNEVICTABLE);
                events.culled += was ? 0 : n;
            }
            flags = frames.flags(head);
        }
        if (incoming != null && !calls.isStopped()) {
            frames.setNew(head, FolioFlags.LRU);
            incoming.add(head);
        } else {
            frames.set(head, FolioFlags.LRU);
            link(head, list(flags));
        }
    }

    /** Puts the new folio of a locked area onto the unevictable list (Linux: mlock_new_folio). */
    public void addLocked(long head) {
        long n = frames.pages(head);
        mlocked += n;
        events.mlocked += n;
        events.culled += n;
        frames.set(head, FolioFlags.MLOCKED | FolioFlags.UNEVICTABLE | FolioFlags.LRU);
        link(head, UNEVICTABLE);
        setLocks(head, 1);
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
        if (incoming != null && !calls.isStopped()) {
            frames.set(head, FolioFlags.LRU);
            incoming.add(head);
        } else {
            add(head);
        }
    }

    /** {@code n} pages were found in use by reclaim. */
    public void countActivated(long n) {
        if (incoming == null) {
            events.activated += n;
            return;
        }
        synchronized (events) {
            events.activated += n;
        }
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
            mlocked -= n;
            events.cleared += n;
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

    void addProperPart(long head, long part, int list, long n) {
        links(part);
        if (list == UNEVICTABLE) {
            setLocks(part, 0);
        } else {
            int[] l = links(head);
            int i = ((int) head & mask) * 2;
            int previous = l[i + 1];
            l[i + 1] = (int) part;
            setNext((int) part, (int) head);
            setPrevious((int) part, previous);
            if (previous == NONE) {
                first[list] = (int) part;
            } else {
                setNext(previous, (int) part);
            }
        }
        count(part, list, n);
        count(head, list, -n);
    }

    /** Puts {@code part} before {@code pfn} on a list of its own, whose first and last are {@code ends}. */
    void linkBefore(int part, int pfn, int[] ends) {
        int[] l = links(part & 0xffff_ffffL);
        int i = (part & mask) * 2;
        int previous = links(pfn & 0xffff_ffffL)[(pfn & mask) * 2 + 1];
        l[i] = pfn;
        l[i + 1] = previous;
        setPrevious(pfn, part);
        if (previous == NONE) {
            ends[0] = part;
        } else {
            setNext(previous, part);
        }
    }

    /** Puts a folio that has left its list to the younger end of the one that its flags say. */
    void join(long head) {
        frames.set(head, FolioFlags.LRU);
        link(head, list(frames.flags(head)));
    }

    /**
     * Moves a folio, to which the caller has a reference, to the list that it belongs to without the flags {@code cleared}, beside other calls
     * (Linux: folio_batch_move_lru). Whoever takes {@link FolioFlags#LRU} from it first may move it.
     *
     */
    private void moveBeside(long head, int cleared) {
        if (!frames.testAndClear(head, FolioFlags.LRU)) {
            return;
        }
        LruIncoming in = Objects.requireNonNull(incoming);
        in.leave(head, list(frames.flags(head)), frames.pages(head));
        frames.clear(head, cleared);
        in.join(head);
    }

    /** {@link #join} of an inactive folio under the lock of the lists, with its event: nothing else moves beside other calls. */
    void rejoin(long head) {
        join(head);
        if (frames.test(head, FolioFlags.SWAPBACKED)) {
            events.deactivated += frames.pages(head);
        } else {
            events.lazilyFreed += frames.pages(head);
        }
    }

    /**
     * {@link #freed} for {@code n} single frames of one section from {@code low} on, all with {@code flags}, which name no locked folio; for
     * calls that run alone.
     */
    void freedSingles(long low, int n, int flags) {
        int list = list(flags);
        int[] l = links[(int) (low >>> sectionOrder)];
        int base = ((int) low & mask) * 2;
        int pfn = (int) low;
        for (int from = 0; from < n; ) {
            int to = from + 1;
            while (to < n && l[base + 2 * to] == pfn + to - 1) {
                to++;
            }
            if (to > from + 1) {
                unlinkStretch(pfn + to - 1, pfn + from, list);
            } else {
                while (to < n && l[base + 2 * to + 1] == pfn + to - 1) {
                    to++;
                }
                unlinkStretch(pfn + from, pfn + to - 1, list);
            }
            from = to;
        }
        if (zone(low) == zone(low + n - 1)) {
            count(low, list, -n);
        } else {
            for (int i = 0; i < n; i++) {
                count(low + i, list, -1);
            }
        }
    }

    /** Takes the folios from {@code youngest} to {@code oldest}, which stand beside each other, off an evictable list. */
    private void unlinkStretch(int youngest, int oldest, int list) {
        int next = links[(int) ((oldest & 0xffff_ffffL) >>> sectionOrder)][(oldest & mask) * 2];
        int previous = links[(int) ((youngest & 0xffff_ffffL) >>> sectionOrder)][(youngest & mask) * 2 + 1];
        if (next == NONE) {
            last[list] = previous;
        } else {
            setPrevious(next, previous);
        }
        if (previous == NONE) {
            first[list] = next;
        } else {
            setNext(previous, next);
        }
    }

    /** Moves a listed folio to the younger end of its list. */
    public void rotateToYoungest(long head) {
        int list = list(frames.flags(head));
        unlink(head, list, frames.pages(head));
        link(head, list);
    }

    // ---- activity ---------------------------------------------------------------------------------------------

    @Override
    public void markAccessed(long head) {
        int flags = frames.flags(head);
        if ((flags & FolioFlags.REFERENCED) == 0) {
            frames.set(head, FolioFlags.REFERENCED);
        } else if ((flags & (FolioFlags.UNEVICTABLE | FolioFlags.ACTIVE)) == 0) {
            activate(head);
            frames.clear(head, FolioFlags.REFERENCED);
            age(frames.pages(head));
        }
    }

    /** Moves an inactive folio to the active list (Linux: folio_activate). */
    public void activate(long head) {
        int flags = frames.flags(head);
        if ((flags & (FolioFlags.ACTIVE | FolioFlags.UNEVICTABLE | FolioFlags.LRU)) != FolioFlags.LRU) {
            return;
        }
        long n = frames.pages(head);
        unlink(head, list(flags), n);
        frames.set(head, FolioFlags.ACTIVE);
        link(head, list(flags) + ACTIVE);
        events.activated += n;
    }

    @Override
    public void deactivate(long head) {
        int flags = frames.flags(head);
        int needed = FolioFlags.ACTIVE | FolioFlags.LRU;
        if ((flags & (needed | FolioFlags.UNEVICTABLE)) != needed) {
            return;
        }
        long n = frames.pages(head);
        if (incoming != null && !calls.isStopped()) {
            moveBeside(head, FolioFlags.ACTIVE | FolioFlags.REFERENCED);
            return;
        }
        unlink(head, list(flags), n);
        frames.clear(head, FolioFlags.ACTIVE | FolioFlags.REFERENCED);
        link(head, list(flags) - ACTIVE);
        events.deactivated += n;
    }

    /** {@inheritDoc} It waits in a batch, which holds a reference, until that is full; a large folio waits for nobody. */
    @Override
    public void lazyFree(long head) {
        if (!mayFreeLazily(frames.flags(head))) {
            return;
        }
        if (incoming != null && !calls.isStopped()) {
            moveBeside(head, FolioFlags.ACTIVE | FolioFlags.REFERENCED | FolioFlags.SWAPBACKED);
            return;
        }
        frames.get(head, 1);
        batch[batched++] = head;
        if (batched == BATCH || frames.isLarge(head)) {
            drain();
        }
    }

    private static boolean mayFreeLazily(int flags) {
        int needed = FolioFlags.ANON | FolioFlags.SWAPBACKED | FolioFlags.LRU;
        return (flags & (needed | FolioFlags.SWAPCACHE | FolioFlags.UNEVICTABLE)) == needed;
    }

    /** {@inheritDoc} A call that runs beside others leaves it to the next that runs alone. */
    @Override
    public void drain() {
        if (incoming != null && !calls.isStopped()) {
            return;
        }
        int waiting = batched;
        batched = 0;
        for (int i = 0; i < waiting; i++) {
            long head = batch[i];
            int flags = frames.flags(head);
            if (mayFreeLazily(flags)) {
                long n = frames.pages(head);
                unlink(head, list(flags), n);
                frames.clear(head, FolioFlags.ACTIVE | FolioFlags.REFERENCED | FolioFlags.SWAPBACKED);
                link(head, INACTIVE_FILE);
                events.lazilyFreed += n;
            }
            frames.put(head, 1);
        }
    }

    /** References that the batch holds to the folio {@code head}. */
    public int batchReferences(long head) {
        int n = 0;
        for (int i = 0; i < batched; i++) {
            n += batch[i] == head ? 1 : 0;
        }
        return n;
    }

    // ---- mlock ------------------------------------------------------------------------------------------------

    /** A locked area maps the folio {@code head} (Linux: mlock_folio): it becomes unevictable, or counts one more lock. */
    public void mlock(long head) {
        int flags = frames.flags(head);
        long n = frames.pages(head);
        if ((flags & FolioFlags.MLOCKED) == 0) {
            frames.set(head, FolioFlags.MLOCKED);
            mlocked += n;
            events.mlocked += n;
        }
        if ((flags & FolioFlags.LRU) == 0) {
            return;
        }
        if ((flags & FolioFlags.UNEVICTABLE) != 0) {
            setLocks(head, locks(head) + 1);
            return;
        }
        unlink(head, list(flags), n);
        frames.clear(head, FolioFlags.ACTIVE);
        frames.set(head, FolioFlags.UNEVICTABLE);
        link(head, UNEVICTABLE);
        setLocks(head, 1);
        events.culled += n;
    }

    /** A locked area no longer maps the folio {@code head}, or is locked no longer (Linux: munlock_folio). */
    public void munlock(long head) {
        int flags = frames.flags(head);
        boolean listed = (flags & FolioFlags.LRU) != 0;
        boolean unevictable = (flags & FolioFlags.UNEVICTABLE) != 0;
        if (listed && unevictable) {
            int locks = Math.max(0, locks(head) - 1);
            setLocks(head, locks);
            if (locks > 0) {
                return;
            }
        }
        long n = frames.pages(head);
        if ((flags & FolioFlags.MLOCKED) != 0) {
            frames.clear(head, FolioFlags.MLOCKED);
            mlocked -= n;
            events.munlocked += n;
        }
        if (listed && unevictable) {
            unlink(head, UNEVICTABLE, n);
            frames.clear(head, FolioFlags.UNEVICTABLE);
            link(head, list(frames.flags(head)));
            events.rescued += n;
        }
    }

    // ---- checks -----------------------------------------------------------------------------------------------

    /** Checks that each evictable list holds just the folios whose flags say so, and that all totals are right. */
    void verify() {
        long[] found = new long[Zone.ZONES * LISTS];
        for (int list = 0; list < UNEVICTABLE; list++) {
            int before = NONE;
            for (int pfn = first[list]; pfn != NONE; ) {
                long head = pfn & 0xffff_ffffL;
                int flags = frames.flags(head);
                if ((flags & FolioFlags.LRU) == 0 || list(flags) != list || frames.head(head) != head) {
                    throw frames.wrong(head, "on LRU list " + list + " against its flags");
                }
                int[] l = links(head);
                int i = (pfn & mask) * 2;
                if (l[i + 1] != before) {
                    throw frames.wrong(head, "LRU list " + list + " is not linked backwards");
                }
                found[zone(head) * LISTS + list] += frames.pages(head);
                before = pfn;
                pfn = l[i];
            }
            if (last[list] != before) {
                throw new InvariantViolation("LRU list " + list + " does not end with its last folio");
            }
        }
        long locked = verifyFlags(found);
        for (int i = 0; i < found.length; i++) {
            if (found[i] != zonePages[i]) {
                throw new InvariantViolation("zone " + Zone.name(i / LISTS) + " counts " + zonePages[i] + " pages on LRU list "
                        + i % LISTS + ", but there are " + found[i]);
            }
        }
        for (int list = 0; list < LISTS; list++) {
            if (pagesUpTo(Zone.ZONES - 1, list) != pages[list]) {
                throw new InvariantViolation("LRU list " + list + " counts " + pages[list] + " pages, its zones do not");
            }
        }
        if (locked != mlocked) {
            throw new InvariantViolation("nr_mlock is " + mlocked + ", but there are " + locked + " such pages");
        }
    }

    /** Counts the folios that say they are listed against {@code found}, adds the unevictable ones to it; returns the pages locked. */
    private long verifyFlags(long[] found) {
        long locked = 0;
        long[] said = new long[LISTS];
        long section = 1L << sectionOrder;
        for (long base = 0; base < frames.spanned(); base += section) {
            for (long pfn = base; pfn < base + section && frames.isTouched(base); pfn += frames.pages(pfn)) {
                int flags = frames.flags(pfn);
                long n = frames.pages(pfn);
                locked += (flags & FolioFlags.MLOCKED) != 0 ? n : 0;
                if ((flags & FolioFlags.LRU) != 0) {
                    said[list(flags)] += n;
                    if (list(flags) == UNEVICTABLE) {
                        found[zone(pfn) * LISTS + UNEVICTABLE] += n;
                    }
                } else if ((flags & FolioFlags.UNEVICTABLE) != 0) {
                    throw frames.wrong(pfn, "unevictable, but on no list");
                }
            }
        }
        for (int list = 0; list < UNEVICTABLE; list++) {
            if (said[list] != pages[list]) {
                throw new InvariantViolation(said[list] + " pages say they are on LRU list " + list + ", which counts " + pages[list]);
            }
        }
        return locked;
    }
}
