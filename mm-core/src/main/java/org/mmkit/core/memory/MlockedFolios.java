package org.mmkit.core.memory;

import org.mmkit.api.memory.FolioFlags;

/**
 * The folios that mlock holds, and how many of their locks are counted (Linux: mm/mlock.c). A folio that is locked is marked at once; it becomes
 * unevictable when it is on a list of {@link LruLists}, or when it comes back to one.
 *
 * <p>With {@code SMP=y} thread-safe: locks are counted one after the other, under a monitor of their own that is taken before the lock of the
 * lists, and who takes {@link FolioFlags#LRU} from a folio moves it. Locks of a folio that reclaim or a split has in hand go uncounted, as in
 * Linux. Allocates nothing.
 */
final class MlockedFolios {

    /** Ways of {@link #move}: an area that is locked maps the folio no longer. */
    static final int UNLOCKED = 0;
    /** A locked area maps the folio. */
    static final int LOCKED = 1;
    /** The same of a folio that was new when it was locked, and is on no list. */
    static final int LOCKED_NEW = 2;

    private final FrameTable frames;
    private final LruLists lists;
    private final LruEvents events;
    private long pages;

    MlockedFolios(FrameTable frames, LruLists lists) {
        this.frames = frames;
        this.lists = lists;
        this.events = lists.events();
    }

    /** Pages of all folios marked (nr_mlock). */
    long pages() {
        return pages;
    }

    /** Adds to the pages that are marked and to those that ever were, unlocked, and freed while marked. */
    private void count(long more, long unlocked, long stranded, long cleared) {
        if (lists.joinsAtOnce()) {
            synchronized (this) {
                add(more, unlocked, stranded, cleared);
            }
        } else {
            add(more, unlocked, stranded, cleared);
        }
    }

    private void add(long more, long unlocked, long stranded, long cleared) {
        pages += more - unlocked - stranded - cleared;
        events.mlocked += more;
        events.munlocked += unlocked;
        events.stranded += stranded;
        events.cleared += cleared;
    }

    /** Marks the folio {@code head} as locked, if it is not yet. */
    void mark(long head) {
        if (lists.joinsAtOnce()) {
            if (frames.testAndSet(head, FolioFlags.MLOCKED)) {
                count(frames.pages(head), 0, 0, 0);
            }
        } else if (!frames.test(head, FolioFlags.MLOCKED)) {
            frames.set(head, FolioFlags.MLOCKED);
            count(frames.pages(head), 0, 0, 0);
        }
    }

    /** A folio of {@code n} pages was freed with the mark. */
    void freed(long n) {
        count(0, 0, 0, n);
    }

    /** Moves the folio {@code head}, which is marked if it is locked, to the list where it belongs when {@code how} has happened to it. */
    void move(long head, int how) {
        int flags = frames.flags(head);
        if (how == UNLOCKED) {
            unlock(head, flags);
        } else if (how == LOCKED_NEW) {
            if ((flags & FolioFlags.MLOCKED) != 0) {
                becomeUnevictable(head);
            } else {
                lists.join(head);
            }
        } else if ((flags & FolioFlags.LRU) != 0) {
            lock(head, flags);
        }
    }

    private void becomeUnevictable(long head) {
        frames.clear(head, FolioFlags.ACTIVE);
        frames.set(head, FolioFlags.UNEVICTABLE);
        lists.join(head);
        lists.setLocks(head, 1);
        events.culled += frames.pages(head);
    }

    private void becomeEvictable(long head) {
        lists.leave(head);
        frames.clear(head, FolioFlags.UNEVICTABLE);
        lists.join(head);
        events.rescued += frames.pages(head);
    }

    /** Linux: __mlock_folio. */
    private void lock(long head, int flags) {
        boolean locked = (flags & FolioFlags.MLOCKED) != 0;
        boolean unevictable = (flags & FolioFlags.UNEVICTABLE) != 0;
        if (locked && unevictable) {
            lists.setLocks(head, lists.locks(head) + 1);
        } else if (locked) {
            lists.leave(head);
            becomeUnevictable(head);
        } else if (unevictable) {
            becomeEvictable(head);
        }
    }

    /** Whether the folio {@code head}, which is unevictable and on its list, has locks left when one has gone. */
    private boolean dropLock(long head) {
        int locks = Math.max(0, lists.locks(head) - 1);
        lists.setLocks(head, locks);
        return locks > 0;
    }

    /** Linux: __munlock_folio. */
    private void unlock(long head, int flags) {
        boolean listed = (flags & FolioFlags.LRU) != 0;
        boolean unevictable = (flags & FolioFlags.UNEVICTABLE) != 0;
        if (listed && unevictable && dropLock(head)) {
            return;
        }
        if ((flags & FolioFlags.MLOCKED) != 0) {
            frames.clear(head, FolioFlags.MLOCKED);
            countUnlocked(head, listed || !unevictable);
        }
        if (listed && unevictable) {
            becomeEvictable(head);
        }
    }

    private void countUnlocked(long head, boolean inTime) {
        long n = frames.pages(head);
        count(0, inTime ? n : 0, inTime ? 0 : n, 0);
    }

    // ---- beside other calls -----------------------------------------------------------------------------------

    /** {@link #mark}, if it is locked, and {@link #move}, beside other calls. */
    synchronized void moveBeside(long head, int how) {
        if (how != UNLOCKED) {
            mark(head);
        }
        if (how == LOCKED_NEW) {
            lists.lock();
            becomeUnevictable(head);
            lists.unlock();
        } else if (!frames.testAndClear(head, FolioFlags.LRU)) {
            // Whoever has it in hand looks at the mark when it is put back.
            if (how == UNLOCKED && frames.testAndClear(head, FolioFlags.MLOCKED)) {
                countUnlocked(head, !frames.test(head, FolioFlags.UNEVICTABLE));
            }
        } else if (frames.test(head, FolioFlags.UNEVICTABLE)) {
            recountBeside(head, how);
        } else {
            if (how == UNLOCKED && frames.testAndClear(head, FolioFlags.MLOCKED)) {
                countUnlocked(head, true);
            }
            goOnBeside(head);
        }
    }

    /** One lock more or less of an unevictable folio, whose mark {@link FolioFlags#LRU} the caller has taken. */
    private void recountBeside(long head, int how) {
        lists.lock();
        boolean stays;
        if (how == LOCKED) {
            stays = frames.test(head, FolioFlags.MLOCKED);
            lists.setLocks(head, lists.locks(head) + (stays ? 1 : 0));
        } else {
            stays = dropLock(head);
            if (!stays && frames.testAndClear(head, FolioFlags.MLOCKED)) {
                countUnlocked(head, true);
            }
        }
        if (stays) {
            frames.set(head, FolioFlags.LRU);
        } else {
            becomeEvictable(head);
        }
        lists.unlock();
    }

    /** Puts an evictable folio, whose mark {@link FolioFlags#LRU} the caller has taken, where it belongs. */
    private void goOnBeside(long head) {
        if (!frames.test(head, FolioFlags.MLOCKED)) {
            // It stays where it is; only the mark comes back.
            frames.set(head, FolioFlags.LRU);
            catchUp(head);
            return;
        }
        lists.leaveBeside(head);
        lists.lock();
        becomeUnevictable(head);
        lists.unlock();
    }

    /** The folio {@code head} is back on a list: has it been locked while it was on none? To be called beside other calls. */
    void catchUp(long head) {
        if (frames.test(head, FolioFlags.MLOCKED)) {
            becomeLocked(head);
        }
    }

    private synchronized void becomeLocked(long head) {
        if ((frames.flags(head) & (FolioFlags.MLOCKED | FolioFlags.UNEVICTABLE)) == FolioFlags.MLOCKED
                && frames.testAndClear(head, FolioFlags.LRU)) {
            if (frames.test(head, FolioFlags.UNEVICTABLE)) {
                frames.set(head, FolioFlags.LRU);
            } else {
                goOnBeside(head);
            }
        }
    }
}
