package org.mmkit.core.memory;

import java.util.Arrays;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.lock.SpinLock;
import org.mmkit.api.memory.FrameContents;
import org.mmkit.core.stat.CounterTable;

/**
 * Contents kept as small as they are: one word per frame of a section that holds anything, and a byte array only
 * for frames with more than one distinct byte.
 *
 * <pre>
 *   word   0                        all zero
 *          SINGLE  | offset | byte  one byte that is not zero
 *          UNIFORM | byte           the same byte throughout
 *          PAGE    | index          a byte array in the side table
 * </pre>
 *
 * <p>A snapshot is such a word with a page of its own. Frames never written read as zero. With {@code SMP=y} different frames may be
 * used by different threads.
 */
public final class SparseContents implements FrameContents {

    private static final long KIND = 3L << 62;
    private static final long SINGLE = 1L << 62;
    private static final long UNIFORM = 2L << 62;
    private static final long PAGE = 3L << 62;
    private static final long[] EMPTY = {};

    private final int sectionOrder;
    private final int mask;
    private final int pageSize;
    private final long[][] words;

    private byte[][] pages = new byte[16][];
    private int[] freePages = new int[16];
    private int freeCount;
    /** The side table of pages. */
    private final SpinLock pagesLock;
    private int pageCount;

    private final CounterTable amounts;
    private final int cleared;
    private final int copied;

    /**
     * Contents of the frames 0 to {@code spanned} - 1, all zero.
     *
     * @param pageSize bytes of a frame
     */
    public SparseContents(long spanned, int sectionOrder, int pageSize) {
        this(spanned, sectionOrder, pageSize, Locks.NONE);
    }

    /** The same, for as many processors as {@code locks} are made for. */
    public SparseContents(long spanned, int sectionOrder, int pageSize, Locks locks) {
        pagesLock = locks.spinLock(LockClass.LEAF);
        amounts = new CounterTable(locks);
        cleared = amounts.register("cleared");
        copied = amounts.register("copied");
        this.sectionOrder = sectionOrder;
        this.mask = (1 << sectionOrder) - 1;
        this.pageSize = pageSize;
        words = new long[Math.toIntExact((spanned + mask) >>> sectionOrder)][];
        Arrays.fill(words, EMPTY);
    }

    private long word(long pfn) {
        long[] w = words[(int) (pfn >>> sectionOrder)];
        return w == EMPTY ? 0 : w[(int) pfn & mask];
    }

    /** Replaces the word of {@code pfn}; the page of the old word is freed. */
    private void setWord(long pfn, long word) {
        int s = (int) (pfn >>> sectionOrder);
        if (words[s] == EMPTY) {
            if (word == 0) {
                return;
            }
            synchronized (words) {
                if (words[s] == EMPTY) {
                    words[s] = new long[mask + 1];
                }
            }
        }
        int i = (int) pfn & mask;
        forget(words[s][i]);
        words[s][i] = word;
    }

    private int newPage(byte[] content) {
        pagesLock.lock();
        try {
            int index;
            if (freeCount > 0) {
                index = freePages[--freeCount];
            } else {
                if (pageCount == pages.length) {
                    pages = Arrays.copyOf(pages, 2 * pages.length);
                }
                index = pageCount++;
            }
            pages[index] = content;
            return index;
        } finally {
            pagesLock.unlock();
        }
    }

    private byte[] page(long word) {
        return pages[(int) word];
    }

    private byte[] expand(long word) {
        byte[] page = new byte[pageSize];
        if ((word & KIND) == SINGLE) {
            page[(int) (word >>> 8 & 0xFF_FFFF)] = (byte) word;
        } else if ((word & KIND) == UNIFORM) {
            Arrays.fill(page, (byte) word);
        }
        return page;
    }

    /** The page array of {@code pfn}, made if it has none. */
    private byte[] pageOf(long pfn) {
        long word = word(pfn);
        if ((word & KIND) == PAGE) {
            return page(word);
        }
        byte[] page = expand(word);
        setWord(pfn, PAGE | newPage(page));
        return page;
    }

    @Override
    public void clear(long pfn, long count) {
        amounts.add(cleared, count * pageSize);
        long end = pfn + count;
        while (pfn < end) {
            int from = (int) pfn & mask;
            int to = (int) Math.min(mask + 1L, from + end - pfn);
            long[] w = words[(int) (pfn >>> sectionOrder)];
            if (w != EMPTY) {
                for (int i = from; i < to; i++) {
                    forget(w[i]);
                    w[i] = 0;
                }
            }
            pfn += to - from;
        }
    }

    @Override
    public void copy(long fromPfn, long toPfn, long count) {
        amounts.add(copied, count * pageSize);
        for (long i = 0; i < count; i++) {
            setWord(toPfn + i, save(fromPfn + i));
        }
    }

    private int checkOffset(int offset) {
        if (offset < 0 || offset >= pageSize) {
            throw new IndexOutOfBoundsException("offset " + offset + " in a page of " + pageSize + " bytes");
        }
        return offset;
    }

    @Override
    public int read(long pfn, int offset) {
        checkOffset(offset);
        long word = word(pfn);
        if (word == 0) {
            return 0;
        }
        if ((word & KIND) == PAGE) {
            return page(word)[offset] & 0xFF;
        }
        return (word & KIND) == UNIFORM || (word >>> 8 & 0xFF_FFFF) == offset ? (int) word & 0xFF : 0;
    }

    @Override
    public void write(long pfn, int offset, int value) {
        checkOffset(offset);
        long word = word(pfn);
        int v = value & 0xFF;
        if ((word & KIND) == PAGE) {
            page(word)[offset] = (byte) v;
        } else if (word == 0 || (word & KIND) == SINGLE && (word >>> 8 & 0xFF_FFFF) == offset) {
            setWord(pfn, v == 0 ? 0 : SINGLE | (long) offset << 8 | v);
        } else if (read(pfn, offset) != v) {
            pageOf(pfn)[offset] = (byte) v;
        }
    }

    @Override
    public void fill(long pfn, int offset, int length, int value) {
        if (length == 0) {
            return;
        }
        checkOffset(offset);
        checkOffset(offset + length - 1);
        int v = value & 0xFF;
        if (length == pageSize) {
            setWord(pfn, v == 0 ? 0 : UNIFORM | v);
        } else if (length == 1) {
            write(pfn, offset, v);
        } else if (v != 0 || word(pfn) != 0) {
            Arrays.fill(pageOf(pfn), offset, offset + length, (byte) v);
        }
    }

    @Override
    public boolean isZero(long pfn) {
        return isZeroSnapshot(word(pfn));
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
        long word = word(pfn);
        return (word & KIND) == PAGE ? PAGE | newPage(page(word).clone()) : word;
    }

    @Override
    public void restore(long snapshot, long pfn) {
        setWord(pfn, (snapshot & KIND) == PAGE ? PAGE | newPage(page(snapshot).clone()) : snapshot);
    }

    @Override
    public void forget(long snapshot) {
        if ((snapshot & KIND) == PAGE) {
            int index = (int) snapshot;
            pagesLock.lock();
            try {
                pages[index] = null;
                if (freeCount == freePages.length) {
                    freePages = Arrays.copyOf(freePages, 2 * freePages.length);
                }
                freePages[freeCount++] = index;
            } finally {
                pagesLock.unlock();
            }
        }
    }

    @Override
    public boolean isZeroSnapshot(long snapshot) {
        if ((snapshot & KIND) != PAGE) {
            return snapshot == 0;
        }
        for (byte b : page(snapshot)) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** Byte arrays that are held now, snapshots included; each is one page of heap. */
    public int heldPages() {
        return pageCount - freeCount;
    }
}
