package org.mmkit.core.memory;

import java.util.Arrays;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.memory.FrameContents;
import org.mmkit.core.lock.AtomicWords;
import org.mmkit.core.stat.CounterTable;

/**
 * Contents that are not kept: one bit per frame tells whether it was written since it was last cleared. For replays,
 * which ask how much is cleared and copied but never what is read. With {@code SMP=y} different
 * frames may be used by different threads.
 */
public final class ContentsOff implements FrameContents {

    private static final long[] EMPTY = {};

    private final int sectionOrder;
    private final int mask;
    private final int pageSize;
    private final long[][] written;
    private final boolean smp;
    private final CounterTable amounts;
    private final int cleared;
    private final int copied;

    /**
     * Contents of the frames 0 to {@code spanned} - 1, none written.
     *
     * @param pageSize bytes of a frame
     */
    public ContentsOff(long spanned, int sectionOrder, int pageSize) {
        this(spanned, sectionOrder, pageSize, Locks.NONE);
    }

    /** The same, for as many processors as {@code locks} are made for. */
    public ContentsOff(long spanned, int sectionOrder, int pageSize, Locks locks) {
        smp = locks.isSmp();
        amounts = new CounterTable(locks);
        cleared = amounts.register("cleared");
        copied = amounts.register("copied");
        this.sectionOrder = sectionOrder;
        this.mask = (1 << sectionOrder) - 1;
        this.pageSize = pageSize;
        written = new long[Math.toIntExact((spanned + mask) >>> sectionOrder)][];
        Arrays.fill(written, EMPTY);
    }

    private boolean isWritten(long pfn) {
        long[] w = written[(int) (pfn >>> sectionOrder)];
        int i = (int) pfn & mask;
        return w != EMPTY && (w[i >>> 6] >>> i & 1) != 0;
    }

    private void mark(long pfn, boolean value) {
        int s = (int) (pfn >>> sectionOrder);
        if (written[s] == EMPTY) {
            if (!value) {
                return;
            }
            synchronized (written) {
                if (written[s] == EMPTY) {
                    written[s] = new long[(mask >>> 6) + 1];
                }
            }
        }
        int i = (int) pfn & mask;
        if (smp) {
            // Neighbours share the word.
            if (isWritten(pfn) == value) {
                return;
            }
            if (value) {
                AtomicWords.or(written[s], i >>> 6, 1L << i);
            } else {
                AtomicWords.and(written[s], i >>> 6, ~(1L << i));
            }
        } else if (value) {
            written[s][i >>> 6] |= 1L << i;
        } else {
            written[s][i >>> 6] &= ~(1L << i);
        }
    }

    private void unmark(long pfn, long pages) {
        long end = pfn + pages;
        while (pfn < end) {
            long[] w = written[(int) (pfn >>> sectionOrder)];
            long to = Math.min(end, (pfn | mask) + 1);
            if (w != EMPTY) {
                unmark(w, (int) pfn & mask, (int) (to - pfn));
            }
            pfn = to;
        }
    }

    /** Clears {@code n} bits of {@code w} from {@code from} on. */
    private void unmark(long[] w, int from, int n) {
        int end = from + n;
        while (from < end) {
            int i = from >>> 6;
            int to = Math.min(end, i + 1 << 6);
            long bits = -1L >>> 64 - (to - from) << from;
            if ((w[i] & bits) != 0) {
                if (smp) {
                    AtomicWords.and(w, i, ~bits); // neighbours share the word
                } else {
                    w[i] &= ~bits;
                }
            }
            from = to;
        }
    }

    @Override
    public void clear(long pfn, long pages) {
        amounts.add(cleared, pages * pageSize);
        unmark(pfn, pages);
    }

    @Override
    public void copy(long fromPfn, long toPfn, long pages) {
        amounts.add(copied, pages * pageSize);
        long end = fromPfn + pages;
        long shift = toPfn - fromPfn;
        for (long pfn = fromPfn; pfn < end; ) {
            long to = Math.min(end, (pfn | mask) + 1);
            if (written[(int) (pfn >>> sectionOrder)] == EMPTY) {
                unmark(pfn + shift, to - pfn);
                pfn = to;
            }
            for (; pfn < to; pfn++) {
                mark(pfn + shift, isWritten(pfn));
            }
        }
    }

    @Override
    public void copySingles(long fromPfn, int direction, long toPfn, int n) {
        long last = fromPfn + (n - 1L) * direction;
        if (direction > 0) {
            copy(fromPfn, toPfn, n);
        } else if (written[(int) (fromPfn >>> sectionOrder)] == EMPTY && last >>> sectionOrder == fromPfn >>> sectionOrder) {
            amounts.add(copied, (long) n * pageSize);
            unmark(toPfn, n);
        } else {
            FrameContents.super.copySingles(fromPfn, direction, toPfn, n);
        }
    }

    @Override
    public int read(long pfn, int offset) {
        return 0;
    }

    @Override
    public void write(long pfn, int offset, int value) {
        mark(pfn, true);
    }

    @Override
    public void fill(long pfn, int offset, int length, int value) {
        if (length == pageSize && value == 0) {
            mark(pfn, false);
        } else if (length > 0) {
            mark(pfn, true);
        }
    }

    @Override
    public boolean isZero(long pfn) {
        return !isWritten(pfn);
    }

    @Override
    public long bytesCleared() {
        return amounts.get(cleared);
    }

    @Override
    public long bytesCopied() {
        return amounts.get(copied);
    }

    @Override
    public long save(long pfn) {
        return isWritten(pfn) ? 1 : 0;
    }

    @Override
    public void restore(long snapshot, long pfn) {
        mark(pfn, snapshot != 0);
    }

    @Override
    public void forget(long snapshot) {
        // A snapshot is one bit in the hand of its owner; nothing is held for it.
    }

    @Override
    public boolean isZeroSnapshot(long snapshot) {
        return snapshot == 0;
    }
}
