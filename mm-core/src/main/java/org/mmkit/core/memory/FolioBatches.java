package org.mmkit.core.memory;

import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Lru;

/**
 * Where folios wait until {@value #SIZE} have come together that are to join or to change lists in the same way (Linux: the per-CPU folio
 * batches of mm/swap.c and mm/mlock.c).
 *
 * <p>A batch holds a reference to each folio in it. One that is to be added is on no list and has no {@link FolioFlags#LRU} meanwhile;
 * one that is to change lists stays where it is. Whether it still is to change is looked at again when the batch is emptied: that is when it is
 * full, when a large folio joins it, and at {@link #drain}. There is one set of batches, as if all ran on one processor. Not thread-safe; with
 * {@code SMP=y} folios are added and locked at once ({@link LruLists#add}, {@link MlockedFolios}), and only calls that run alone use the other
 * batches; calls beside others move theirs at once too. Allocates nothing.
 */
public final class FolioBatches implements Lru {

    /** Folios of a full batch (PAGEVEC_SIZE). */
    public static final int SIZE = 31;

    private static final int ADD = 0;
    private static final int DEACTIVATE_FILE = 1;
    private static final int DEACTIVATE = 2;
    private static final int LAZY_FREE = 3;
    private static final int ACTIVATE = 4;
    /** The batch of locks taken and dropped, in their order; in its words a frame number is shifted by {@link #LOCK_SHIFT}. */
    private static final int MLOCK = 5;
    private static final int KINDS = 6;

    private static final int LOCK_SHIFT = 2;

    private static final int LAZY = FolioFlags.ANON | FolioFlags.SWAPBACKED | FolioFlags.LRU;
    private static final int ACTIVE = FolioFlags.ACTIVE | FolioFlags.LRU;

    private final FrameTable frames;
    private final LruLists lists;
    private final LruEvents events;
    private final MlockedFolios locked;
    private final long[] waiting = new long[KINDS * SIZE];
    private final int[] counts = new int[KINDS];

    FolioBatches(FrameTable frames, LruLists lists) {
        this.frames = frames;
        this.lists = lists;
        this.events = lists.events();
        this.locked = lists.locked();
    }

    private void put(int kind, long head, long word) {
        frames.get(head, 1);
        int n = counts[kind];
        waiting[kind * SIZE + n] = word;
        counts[kind] = n + 1;
        if (n + 1 == SIZE || frames.isLarge(head)) {
            empty(kind);
        }
    }

    /** {@link #add} of a single frame. */
    public void addSingle(long pfn) {
        if (lists.joinsAtOnce()) {
            lists.add(pfn);
            return;
        }
        frames.get(pfn, 1);
        int n = counts[ADD];
        waiting[n] = pfn;
        counts[ADD] = n + 1;
        if (n + 1 == SIZE) {
            empty(ADD);
        }
    }

    private void empty(int kind) {
        int from = kind * SIZE;
        int to = from + counts[kind];
        counts[kind] = 0;
        if (kind == ADD) {
            lists.addAll(waiting, from, to);
        }
        for (int i = from; i < to && kind != ADD; i++) {
            long head = waiting[i];
            switch (kind) {
                case DEACTIVATE_FILE -> moveUnused(head);
                case DEACTIVATE -> moveInactive(head);
                case LAZY_FREE -> moveLazy(head);
                case ACTIVATE -> moveActive(head);
                default -> locked.move(head >>> LOCK_SHIFT, (int) head & (1 << LOCK_SHIFT) - 1);
            }
        }
        for (int i = from; i < to; i++) {
            frames.put(kind == MLOCK ? waiting[i] >>> LOCK_SHIFT : waiting[i], 1);
        }
    }

    /** {@inheritDoc} A call that runs beside others leaves it to the next that runs alone. */
    @Override
    public void drain() {
        if (!lists.isAlone()) {
            return;
        }
        for (int kind = 0; kind < KINDS; kind++) {
            if (counts[kind] > 0) {
                empty(kind);
            }
        }
    }

    /** References that the batches hold to the folio {@code head}. */
    public int references(long head) {
        int n = 0;
        for (int kind = 0; kind < KINDS; kind++) {
            for (int i = 0; i < counts[kind]; i++) {
                long word = waiting[kind * SIZE + i];
                n += (kind == MLOCK ? word >>> LOCK_SHIFT : word) == head ? 1 : 0;
            }
        }
        return n;
    }

    /** Moves those that wait to be locked or unlocked (Linux: mlock_drain_local). */
    public void drainLocks() {
        if (counts[MLOCK] > 0 && lists.isAlone()) {
            empty(MLOCK);
        }
    }

    /** Who recognises pages that come back. */
    public WorkingSet workingSet() {
        return lists.workingSet();
    }

    // ---- adding and activity ----------------------------------------------------------------------------------

    /** {@inheritDoc} It waits with others; where several processors are, threads gather them. */
    @Override
    public void add(long head) {
        // A large folio would empty the batch: where nobody waits before it, it need not wait either.
        if (lists.joinsAtOnce() || counts[ADD] == 0 && frames.isLarge(head)) {
            lists.add(head);
        } else {
            put(ADD, head, head);
        }
    }

    /** A folio that was isolated is to go back to its list (Linux: folio_putback_lru, but for the caller's reference). */
    public void putBack(long head) {
        if (lists.joinsAtOnce()) {
            lists.putBack(head);
        } else {
            put(ADD, head, head);
        }
    }

    @Override
    public void markAccessed(long head) {
        int flags = frames.flags(head);
        if ((flags & FolioFlags.REFERENCED) == 0) {
            frames.set(head, FolioFlags.REFERENCED);
        } else if ((flags & (FolioFlags.UNEVICTABLE | FolioFlags.ACTIVE)) == 0) {
            if ((flags & FolioFlags.LRU) != 0) {
                activate(head);
            } else if (isToBeAdded(head)) {
                frames.set(head, FolioFlags.ACTIVE);
            }
            frames.clear(head, FolioFlags.REFERENCED);
            lists.age(lists.node(head), frames.pages(head));
        }
    }

    private boolean isToBeAdded(long head) {
        for (int i = counts[ADD] - 1; i >= 0; i--) {
            if (waiting[ADD * SIZE + i] == head) {
                return true;
            }
        }
        return false;
    }

    /** An inactive folio is to become active (Linux: folio_activate). */
    public void activate(long head) {
        if ((frames.flags(head) & (ACTIVE | FolioFlags.UNEVICTABLE)) != FolioFlags.LRU) {
            return;
        }
        if (lists.isAlone()) {
            put(ACTIVATE, head, head);
        } else {
            lists.activateBeside(head);
        }
    }

    private void moveActive(long head) {
        if ((frames.flags(head) & (ACTIVE | FolioFlags.UNEVICTABLE)) == FolioFlags.LRU) {
            lists.leave(head);
            frames.set(head, FolioFlags.ACTIVE);
            lists.join(head);
            events.activated += frames.pages(head);
        }
    }

    @Override
    public void deactivate(long head) {
        if ((frames.flags(head) & (ACTIVE | FolioFlags.UNEVICTABLE)) != ACTIVE) {
            return;
        }
        if (lists.isAlone()) {
            put(DEACTIVATE, head, head);
        } else {
            lists.moveBeside(head, FolioFlags.ACTIVE | FolioFlags.REFERENCED);
        }
    }

    private void moveInactive(long head) {
        if ((frames.flags(head) & (ACTIVE | FolioFlags.UNEVICTABLE)) == ACTIVE) {
            lists.leave(head);
            frames.clear(head, FolioFlags.ACTIVE | FolioFlags.REFERENCED);
            lists.join(head);
            events.deactivated += frames.pages(head);
        }
    }

    /**
     * A folio of a file could not be dropped, being dirty or in use; when nobody maps it, it is to be reclaimed soon (Linux:
     * deactivate_file_folio).
     */
    public void deactivateFile(long head) {
        if ((frames.flags(head) & (FolioFlags.UNEVICTABLE | FolioFlags.LRU)) == FolioFlags.LRU) {
            put(DEACTIVATE_FILE, head, head);
        }
    }

    private void moveUnused(long head) {
        int flags = frames.flags(head);
        if ((flags & (FolioFlags.UNEVICTABLE | FolioFlags.LRU)) != FolioFlags.LRU || frames.isMapped(head)) {
            return;
        }
        long n = frames.pages(head);
        lists.leave(head);
        frames.clear(head, FolioFlags.ACTIVE | FolioFlags.REFERENCED);
        if ((flags & (FolioFlags.DIRTY | FolioFlags.WRITEBACK)) != 0) {
            lists.join(head);
            frames.set(head, FolioFlags.RECLAIM);
        } else {
            lists.joinLast(head);
            events.rotated += n;
        }
        events.deactivated += (flags & FolioFlags.ACTIVE) != 0 ? n : 0;
    }

    @Override
    public void lazyFree(long head) {
        if (!mayFreeLazily(frames.flags(head))) {
            return;
        }
        if (lists.isAlone()) {
            put(LAZY_FREE, head, head);
        } else {
            lists.moveBeside(head, FolioFlags.ACTIVE | FolioFlags.REFERENCED | FolioFlags.SWAPBACKED);
        }
    }

    private static boolean mayFreeLazily(int flags) {
        return (flags & (LAZY | FolioFlags.SWAPCACHE | FolioFlags.UNEVICTABLE)) == LAZY;
    }

    private void moveLazy(long head) {
        if (mayFreeLazily(frames.flags(head))) {
            lists.leave(head);
            frames.clear(head, FolioFlags.ACTIVE | FolioFlags.REFERENCED | FolioFlags.SWAPBACKED);
            lists.join(head);
            events.lazilyFreed += frames.pages(head);
        }
    }

    // ---- mlock ------------------------------------------------------------------------------------------------

    /** The new folio {@code head}, which is on no list, belongs to a locked area (Linux: mlock_new_folio). */
    public void addLocked(long head) {
        putLocked(head, MlockedFolios.LOCKED_NEW);
    }

    /** A locked area maps the folio {@code head} (Linux: mlock_folio): it is to become unevictable, or to count one more lock. */
    public void mlock(long head) {
        putLocked(head, MlockedFolios.LOCKED);
    }

    /** A locked area no longer maps the folio {@code head}, or is locked no longer (Linux: munlock_folio); it counts as locked until the batch is emptied. */
    public void munlock(long head) {
        putLocked(head, MlockedFolios.UNLOCKED);
    }

    private void putLocked(long head, int how) {
        if (!lists.isAlone()) {
            locked.moveBeside(head, how);
            return;
        }
        if (how != MlockedFolios.UNLOCKED) {
            locked.mark(head);
        }
        if (lists.joinsAtOnce()) {
            locked.move(head, how);
        } else {
            put(MLOCK, head, head << LOCK_SHIFT | how);
        }
    }
}
