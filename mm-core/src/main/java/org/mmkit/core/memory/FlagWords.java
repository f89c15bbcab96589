package org.mmkit.core.memory;

import static org.mmkit.api.memory.FolioFlags.RESERVED;

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
 * The flag word of each frame: flags, and above them the order of the folio that it belongs to, if that is smaller than a block of
 * {@link FolioOrders}. The word of a free frame is 0.
 *
 * <p>Sections whose words are all alike share them until one changes: those of which nothing is recorded, and those that firmware keeps.
 */
final class FlagWords {

    /** On a head: a tail may have a flag, so all words are to be cleared when the folio goes. */
    static final int MARKED_TAILS = 1 << 27;

    /** The bits that are flags. */
    static final int FLAG_MASK = MARKED_TAILS - 1;

    private final FrameTable frames;
    private final FolioOrders orders;
    private final int[][] flags;
    private final int[] zero;
    private final int[] allReserved;

    private final boolean smp;
    private final @Nullable LockChecker checker;
    private final StopMachine calls;
    private final int sectionOrder;
    private final int mask;

    /** The words in {@code flags}, by section; {@code zero} are those of an untouched one. */
    FlagWords(FrameTable frames, FolioOrders orders, int[][] flags, int[] zero, int sectionOrder, Locks locks) {
        this.frames = frames;
        this.orders = orders;
        this.flags = flags;
        this.zero = zero;
        this.sectionOrder = sectionOrder;
        smp = locks.isSmp();
        checker = locks instanceof SmpLocks real ? real.checker() : null;
        calls = StopMachine.of(locks);
        mask = zero.length - 1;
        allReserved = new int[zero.length];
        Arrays.fill(allReserved, RESERVED);
    }

    private int section(long pfn) {
        return (int) (pfn >>> sectionOrder);
    }

    /** Whether all of {@code section} is firmware's or the kernel's own, and has been since boot. */
    boolean isAllReserved(int section) {
        return flags[section] == allReserved;
    }

    /** The words of {@code section}, to be changed. */
    int[] own(int section) {
        int[] a = flags[section];
        if (a == zero || a == allReserved) {
            synchronized (flags) {
                a = flags[section];
                if (a == zero || a == allReserved) {
                    a = a.clone();
                    VarHandle.releaseFence();
                    flags[section] = a;
                }
            }
        }
        return a;
    }

    void set(long pfn, int flag) {
        if ((flag & FolioFlags.ANON_EXCLUSIVE) != 0) {
            markTails(pfn, 1);
        }
        setAt(own(section(pfn)), (int) pfn & mask, flag & FLAG_MASK);
    }

    /** Notes at the head that some of {@code n} pages of one folio, from {@code pfn} on, get a flag, if one of them is a tail. */
    private void markTails(long pfn, long n) {
        long head = pfn & -1L << orders.order(pfn);
        if (head != pfn + n - 1) {
            setAt(own(section(head)), (int) head & mask, MARKED_TAILS);
        }
    }

    private void setAt(int[] a, int i, int flag) {
        if (!smp) {
            a[i] |= flag;
        } else if ((a[i] & flag) != flag) {
            AtomicWords.or(a, i, flag);
        }
    }

    void clearAt(int[] a, int i, int flag) {
        if (!smp) {
            a[i] &= ~flag;
        } else if ((a[i] & flag) != 0) {
            AtomicWords.and(a, i, ~flag);
        }
    }

    /** Clears {@code flag}; whether it was set, and no other thread has cleared it meanwhile. */
    boolean testAndClear(long pfn, int flag) {
        int[] a = own(section(pfn));
        int i = (int) pfn & mask;
        return (a[i] & flag) != 0 && (AtomicWords.and(a, i, ~flag) & flag) != 0;
    }

    /** Sets {@code flag}; whether it was not set, and no other thread has set it meanwhile. */
    boolean testAndSet(long pfn, int flag) {
        int[] a = own(section(pfn));
        int i = (int) pfn & mask;
        return (a[i] & flag) == 0 && (AtomicWords.or(a, i, flag) & flag) == 0;
    }

    void clear(long pfn, int flag) {
        clearAt(own(section(pfn)), (int) pfn & mask, flag & FLAG_MASK);
    }

    void setRange(long pfn, long n, int flag) {
        if ((flag & FolioFlags.ANON_EXCLUSIVE) != 0) {
            markTails(pfn, n);
        }
        long end = pfn + n;
        while (pfn < end) {
            int s = section(pfn);
            int from = (int) pfn & mask;
            int to = (int) Math.min(mask + 1L, from + end - pfn);
            if (from == 0 && to == mask + 1 && flag == RESERVED && flags[s] == zero) {
                flags[s] = allReserved;
            } else {
                int[] a = own(s);
                int bits = flag & FLAG_MASK;
                for (int i = from; smp && i < to; i++) {
                    setAt(a, i, bits);
                }
                for (int i = from; !smp && i < to; i++) {
                    a[i] |= bits;
                }
            }
            pfn += to - from;
        }
    }

    void clearRange(long pfn, long n, int flag) {
        long end = pfn + n;
        while (pfn < end) {
            int s = section(pfn);
            int from = (int) pfn & mask;
            int to = (int) Math.min(mask + 1L, from + end - pfn);
            if (flags[s] != zero) {
                int[] a = own(s);
                int bits = flag & FLAG_MASK;
                for (int i = from; smp && i < to; i++) {
                    clearAt(a, i, bits);
                }
                for (int i = from; !smp && i < to; i++) {
                    a[i] &= ~bits;
                }
            }
            pfn += to - from;
        }
    }

    /** Makes {@code value} the word of {@code n} frames from {@code pfn}. */
    void fill(long pfn, long n, int value) {
        long end = pfn + n;
        while (pfn < end) {
            int from = (int) pfn & mask;
            int to = (int) Math.min(mask + 1L, from + end - pfn);
            if (to - from == mask + 1 && value == 0) {
                flags[section(pfn)] = zero;
            } else {
                Arrays.fill(own(section(pfn)), from, to, value);
            }
            pfn += to - from;
        }
    }

    void lock(long head) {
        if (smp && !calls.isStopped()) {
            if (checker != null) {
                checker.acquire(LockClass.FOLIO);
            }
            int round = 0;
            while ((AtomicWords.or(own(section(head)), (int) head & mask, FolioFlags.LOCKED) & FolioFlags.LOCKED) != 0) {
                round = Backoff.pause(round, checker, LockClass.FOLIO);
            }
        }
    }

    boolean tryLock(long head) {
        if (!smp || calls.isStopped()) {
            return true;
        }
        if ((AtomicWords.or(own(section(head)), (int) head & mask, FolioFlags.LOCKED) & FolioFlags.LOCKED) != 0) {
            return false;
        }
        if (checker != null) {
            checker.acquired(LockClass.FOLIO);
        }
        return true;
    }

    void unlock(long head) {
        if (smp && !calls.isStopped()) {
            int before = AtomicWords.and(own(section(head)), (int) head & mask, ~FolioFlags.LOCKED);
            if ((before & FolioFlags.LOCKED) == 0) {
                throw frames.wrong(head, "unlocked without being locked");
            }
            if (checker != null) {
                checker.release(LockClass.FOLIO);
            }
        }
    }
}
