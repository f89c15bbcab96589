package org.mmkit.core.gup;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.space.UserAddressSpace;

/**
 * References, or pins, to the pages behind a range of addresses (Linux: get_user_pages, pin_user_pages). The frames returned may be heads
 * or tails; the reference is always the folio's, on its head. Thread-safe with {@code SMP=y}.
 */
public final class UserPages {

    private final Engine engine;
    private final int spaceId;
    private final long start;
    private final long[] pfns;
    private final boolean pinned;
    private final boolean longTerm;
    private final AtomicBoolean released = new AtomicBoolean();

    private UserPages(Engine engine, int spaceId, long start, long[] pfns, boolean pinned, boolean longTerm) {
        this.engine = engine;
        this.spaceId = spaceId;
        this.start = start;
        this.pfns = pfns;
        this.pinned = pinned;
        this.longTerm = longTerm;
    }

    /**
     * Takes {@code n} pages from the one that holds {@code start} on, faulting in what is missing; all or none. Beside other calls the address space
     * is locked for reading; an exception means nothing when the call stalled.
     *
     * @param flags bits of {@link Foll}
     * @throws ErrnoException EFAULT for a page that is not there or not allowed; EINVAL for a flag that the machine's kernel has not; EBUSY when
     *     a huge page is to be split and somebody holds it; ENOMEM
     */
    public static UserPages get(UserAddressSpace space, long start, int n, int flags) throws ErrnoException {
        Engine engine = space.engine();
        Frames frames = engine.frames;
        boolean old = engine.profile.splitsFollowedPages();
        if ((flags & Foll.SPLIT) != 0 && !old || (flags & Foll.SPLIT_PMD) != 0 && old) {
            throw new ErrnoException(Errno.EINVAL);
        }
        boolean pin = (flags & Foll.PIN) != 0 && engine.profile.hasPins();
        int wanted = pin ? flags : flags & ~(Foll.PIN | Foll.LONGTERM);
        long first = start & -engine.pageSize;
        long[] pfns = new long[n];
        PageFollower follower = new PageFollower(space);
        boolean fast = (flags & Foll.FAST) != 0;
        boolean touch = fast || !pin;
        for (int i = 0; i < n; i++) {
            long va = first + ((long) i << engine.pageShift);
            long pfn = fast ? follower.grabFast(va, wanted) : Frames.NONE;
            if (pfn < 0) {
                fast = false; // and so it stays for the pages behind
                pfn = follower.grab(va, wanted);
            }
            if (pfn < 0) {
                drop(frames, pfns, i, pin);
                throw new ErrnoException((int) -pfn);
            }
            noteUse(engine, frames.head(pfn), fast, fast || (touch && follower.foundSmall()));
            if (!fast && touch && (wanted & Foll.WRITE) != 0 && !follower.foundDirty()) {
                // The holder may write without the page table's knowledge (Linux: FOLL_TOUCH); without the lock nobody notes it.
                frames.set(frames.head(pfn), FolioFlags.DIRTY);
            }
            pfns[i] = pfn;
        }
        UserPages pages = new UserPages(engine, space.id(), first, pfns, pin, (flags & Foll.LONGTERM) != 0);
        engine.heldPages().add(pages);
        return pages;
    }

    /**
     * Without the lock of the address space a page is marked referenced; with it, a small page counts as used, and of a huge page only the entry
     * tells (Linux: gup_fast_pte_range, follow_page_pte with FOLL_TOUCH).
     */
    private static void noteUse(Engine engine, long head, boolean fast, boolean used) {
        if (!used || head == engine.zeroPfn || (engine.frames.flags(head) & (FolioFlags.HUGETLB | FolioFlags.HUGE_ZERO)) != 0) {
            return;
        }
        if (fast) {
            engine.frames.set(head, FolioFlags.REFERENCED);
        } else {
            engine.frames.batches().markAccessed(head);
        }
    }

    /** The frame of page {@code i}, a head or a tail. */
    public long pfn(int i) {
        return pfns[i];
    }

    /** How many pages are held. */
    public int pages() {
        return released.get() ? 0 : pfns.length;
    }

    /** Whether these are pins, not mere references. */
    public boolean isPinned() {
        return pinned;
    }

    /** Whether they are meant to last. */
    public boolean isLongTerm() {
        return longTerm;
    }

    /** The number of the address space that the pages were found in. */
    public int spaceId() {
        return spaceId;
    }

    /** The address of the first page. */
    public long start() {
        return start;
    }

    /** References to the folio {@code head} among these. */
    public int references(long head) {
        int n = 0;
        for (long pfn : pfns) {
            n += engine.frames.head(pfn) == head ? 1 : 0;
        }
        return n;
    }

    /** The heads of the folios held, each once. */
    long[] heads() {
        return Arrays.stream(pfns).map(engine.frames::head).distinct().toArray();
    }

    /** Drops the references; a second call does nothing. */
    public void release() {
        if (!released.compareAndSet(false, true)) {
            return;
        }
        boolean beside = isPlain();
        if (beside) {
            engine.calls.enter();
        } else {
            engine.calls.stop();
        }
        try {
            engine.heldPages().remove(this);
            drop(engine.frames, pfns, pfns.length, pinned);
        } finally {
            if (beside) {
                engine.calls.leave();
            } else {
                engine.calls.resume();
            }
        }
    }

    /** Whether these are pages of anonymous memory, or the zero page, which any call may give back; pages of files and pools are for calls that run alone. */
    private boolean isPlain() {
        for (long pfn : pfns) {
            int flags = engine.frames.flags(engine.frames.head(pfn));
            if (pfn != engine.zeroPfn && (flags & (FolioFlags.ANON | FolioFlags.HUGETLB)) != FolioFlags.ANON) {
                return false;
            }
        }
        return true;
    }

    private static void drop(Frames frames, long[] pfns, int n, boolean pinned) {
        for (int i = 0; i < n; i++) {
            long head = frames.head(pfns[i]);
            if (pinned) {
                frames.addPins(head, -1);
            }
            frames.put(head, 1);
        }
    }
}
