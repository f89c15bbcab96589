package org.mmkit.core.memory;

import static org.mmkit.api.memory.FolioFlags.MAPPED_SHARED;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.core.lock.AtomicWords;
import org.mmkit.core.lock.Backoff;
import org.mmkit.core.lock.LockChecker;
import org.mmkit.core.lock.SmpLocks;
import org.mmkit.core.lock.StopMachine;

/**
 * What a large folio counts as a whole: its mappings, those of all of it, its mapped pages, and the two address spaces that map it most of
 * the time (Linux: the fields of struct folio behind the first page). One record of eight words per two frames.
 *
 * <pre>
 *   | all mappings | whole mappings | mapped pages | space 0 | its mappings | space 1 | its mappings | lock |
 * </pre>
 *
 * <p>Changed under {@link #lock} while others may change the same folio.
 */
final class FolioRecords {

    // Words of a large folio's record; a folio has at least two frames, so a record per two frames is enough.
    private static final int LARGE_MAPCOUNT = 0;
    private static final int ENTIRE_MAPCOUNT = 1;
    private static final int MAPPED_PAGES = 2;
    /** Address space of slot 0 or 0; its count follows. Slot 1 comes next. */
    private static final int SLOT_0 = 3;

    private static final int SLOT_1 = 5;
    /** 1 while the counts of the record are being changed. */
    private static final int RECORD_LOCK = 7;
    private static final int RECORD_SHIFT = 3;

    private final FrameTable frames;
    private final boolean smp;
    private final @Nullable LockChecker checker;
    private final StopMachine calls;
    private final int sectionOrder;
    private final int mask;
    private final int[][] large;

    FolioRecords(FrameTable frames, int sections, int sectionOrder, Locks locks) {
        this.frames = frames;
        smp = locks.isSmp();
        checker = locks instanceof SmpLocks real ? real.checker() : null;
        calls = StopMachine.of(locks);
        this.sectionOrder = sectionOrder;
        mask = (1 << sectionOrder) - 1;
        large = new int[sections][];
    }

    private int section(long pfn) {
        return (int) (pfn >>> sectionOrder);
    }

    /** Index of the record of the folio at {@code head} in its section. */
    private int record(long head) {
        return ((int) head & mask) >>> 1 << RECORD_SHIFT;
    }

    /** Makes the record of a new folio, or the new part of one, empty. */
    void clear(long head) {
        int[] l = large[section(head)];
        if (l == null) {
            synchronized (large) {
                l = large[section(head)];
                if (l == null) {
                    l = new int[(mask + 1) / 2 << RECORD_SHIFT];
                    VarHandle.releaseFence();
                    large[section(head)] = l;
                }
            }
        }
        int r = record(head);
        Arrays.fill(l, r, r + (1 << RECORD_SHIFT), 0);
    }

    void lock(long head) {
        if (smp && !calls.isStopped()) {
            if (checker != null) {
                checker.acquire(LockClass.LARGE_MAPCOUNT);
            }
            int[] l = large[section(head)];
            int round = 0;
            while (!AtomicWords.compareAndSet(l, record(head) + RECORD_LOCK, 0, 1)) {
                round = Backoff.pause(round, checker, LockClass.LARGE_MAPCOUNT);
            }
        }
    }

    void unlock(long head) {
        if (smp && !calls.isStopped()) {
            AtomicWords.setRelease(large[section(head)], record(head) + RECORD_LOCK, 0);
            if (checker != null) {
                checker.release(LockClass.LARGE_MAPCOUNT);
            }
        }
    }

    private int add(long head, int word, int delta) {
        int[] l = large[section(head)];
        int i = record(head) + word;
        int count = l[i] + delta;
        if (count < 0) {
            throw frames.wrong(head, "mapping count of the folio would be " + count);
        }
        l[i] = count;
        return count;
    }

    int mapcount(long head) {
        return large[section(head)][record(head) + LARGE_MAPCOUNT];
    }

    void setMapcount(long head, int count) {
        large[section(head)][record(head) + LARGE_MAPCOUNT] = count;
    }

    int entireMapcount(long head) {
        return large[section(head)][record(head) + ENTIRE_MAPCOUNT];
    }

    int addEntireMapcount(long head, int delta) {
        return add(head, ENTIRE_MAPCOUNT, delta);
    }

    int mappedPages(long head) {
        return large[section(head)][record(head) + MAPPED_PAGES];
    }

    int addMappedPages(long head, int delta) {
        return add(head, MAPPED_PAGES, delta);
    }

    /**
     * Counts {@code delta} mappings by address space {@code spaceId} and keeps {@link FolioFlags#MAPPED_SHARED}; returns the new total.
     *
     * <p>A mapping is counted in the slot of its address space; an address space without a slot takes a free one, and
     * the folio becomes shared when mappings exist that the slot does not count. Mappings made while both slots were
     * taken are in the total only. A slot that falls to zero or below is freed, and when one slot then holds
     * the whole total (zero included) the folio is exclusive again.
     */
    int addMapcount(long head, int delta, int spaceId) {
        int[] l = large[section(head)];
        int r = record(head);
        int total = l[r] + delta;
        if (total < 0) {
            throw frames.wrong(head, "mapping count of the folio would be " + total);
        }
        l[r] = total;
        if (delta > 0) {
            if (l[r + SLOT_0] == spaceId) {
                l[r + SLOT_0 + 1] += delta;
            } else if (l[r + SLOT_1] == spaceId) {
                l[r + SLOT_1 + 1] += delta;
            } else if (l[r + SLOT_0] == 0) {
                l[r + SLOT_0] = spaceId;
                l[r + SLOT_0 + 1] = delta;
                if (total != delta) {
                    frames.set(head, MAPPED_SHARED);
                }
            } else if (l[r + SLOT_1] == 0) {
                l[r + SLOT_1] = spaceId;
                l[r + SLOT_1 + 1] = delta;
                frames.set(head, MAPPED_SHARED);
            }
            return total;
        }
        int slot = l[r + SLOT_0] == spaceId ? SLOT_0 : l[r + SLOT_1] == spaceId ? SLOT_1 : 0;
        if (slot != 0) {
            l[r + slot + 1] += delta;
            if (l[r + slot + 1] <= 0) {
                l[r + slot] = 0;
                l[r + slot + 1] = 0;
            }
        }
        if (l[r + SLOT_0 + 1] == total || l[r + SLOT_1 + 1] == total) {
            frames.clear(head, MAPPED_SHARED);
        }
        return total;
    }
}
