package org.mmkit.core.pgtable;

import java.util.Arrays;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;

/**
 * Marks the level-1 entries of large folios as contiguous runs, and takes the mark away before they cease to be alike
 * (arch/arm64/mm/contpte.c). Nobody else knows of it: who writes entries gets runs where they are possible.
 *
 * <pre>
 *   write of the last entry of an aligned block   all map one folio, aligned, alike but for accessed and dirty: the block is folded
 *   write over one entry of a run                 the block is unfolded first
 *   … that changes accessed or dirty alone        all entries of the run get it
 * </pre>
 *
 * <p>Accessed and dirty are one state of the whole run, in each of its words: a processor may note them in a single one, and Linux then puts
 * them together when it reads. Runs of HugeTLB pages are their owner's and left alone. Under the lock of the table; allocates nothing.
 */
final class ContiguousRuns {

    private final EntryFormat format;
    private final Frames frames;
    private final int count;
    private final int mask;

    /** Runs of 2^{@code shift} entries. */
    ContiguousRuns(EntryFormat format, Frames frames, int shift) {
        this.format = format;
        this.frames = frames;
        this.count = 1 << shift;
        this.mask = count - 1;
    }

    /** Writes {@code entry} to {@code words[at]}; {@code fold} as set_pte does, not as ptep_set_access_flags, which leaves blocks unfolded. */
    void write(long[] words, int at, long entry, boolean fold) {
        long old = words[at];
        long next = single(entry, at);
        if (isRun(old)) {
            if (format.isValid(next) && stateless(next) == stateless(format.makeSingle(old, 1, at & mask))) {
                long first = format.makeContiguous(format.advance(next, 1, -(at & mask)), 1);
                set(words, at & ~mask, first);
                return;
            }
            unfold(words, at);
        }
        assert format.mayFollow(words[at], next, 1) : "0x" + Long.toHexString(words[at]) + " becomes 0x" + Long.toHexString(next);
        words[at] = next;
        if (fold && (at & mask) == mask) {
            tryFold(words, at);
        }
    }

    /** Unfolds what writes to {@code n} words from {@code at} on leave a part of. */
    void beforeRange(long[] words, int at, int n) {
        if ((at & mask) != 0 || n < count) {
            unfoldRun(words, at);
        }
        if ((at + n & mask) != 0) {
            unfoldRun(words, at + n - 1);
        }
    }

    /** Folds the whole blocks in {@code n} words from {@code at} on, which were just written. */
    void afterRange(long[] words, int at, int n) {
        for (int last = at | mask; last < at + n; last += count) {
            if (last - mask >= at) {
                tryFold(words, last);
            }
        }
    }

    private void unfoldRun(long[] words, int at) {
        if (isRun(words[at])) {
            unfold(words, at);
        }
    }

    /** {@code entry} as it may be written to the word {@code at}: callers hand on what they have read. */
    private long single(long entry, int at) {
        return isRun(entry) ? format.makeSingle(entry, 1, at & mask) : entry;
    }

    private boolean isRun(long entry) {
        return format.isValid(entry) && format.isContiguous(entry, 1) && !frames.test(frames.head(format.pfn(entry, 1)), FolioFlags.HUGETLB);
    }

    /** {@code entry} apart from accessed and dirty. */
    private long stateless(long entry) {
        return format.makeOld(format.makeClean(entry));
    }

    /** Break before make: no entry is valid while the run becomes single leaves, or these a run. */
    private void set(long[] words, int base, long first) {
        if (words[base] == first) {
            return;
        }
        Arrays.fill(words, base, base + count, format.none());
        long step = format.frameStep(first);
        for (int i = 0; i < count; i++) {
            words[base + i] = first + i * step;
        }
    }

    private void unfold(long[] words, int at) {
        int base = at & ~mask;
        set(words, base, format.makeSingle(words[base], 1, 0));
    }

    private void tryFold(long[] words, int last) {
        long entry = words[last];
        if (!format.isValid(entry) || !format.isUserAccessible(entry) || format.isSpecial(entry) || format.isContiguous(entry, 1)) {
            return;
        }
        long pfn = format.pfn(entry, 1);
        if ((pfn & mask) != mask) {
            return;
        }
        long head = frames.head(pfn);
        if (1L << frames.order(head) < count || frames.test(head, FolioFlags.HUGETLB)) {
            return;
        }
        int base = last - mask;
        long step = format.frameStep(entry);
        long expected = stateless(entry) - mask * step;
        boolean young = false;
        boolean dirty = false;
        for (int i = 0; i < count; i++) {
            long word = words[base + i];
            if (!format.isValid(word) || stateless(word) != expected) {
                return;
            }
            expected += step;
            young |= format.isYoung(word);
            dirty |= format.isDirty(word);
        }
        long first = format.makeContiguous(words[base], 1);
        first = young ? format.makeYoung(first) : first;
        set(words, base, dirty ? format.makeDirty(first) : first);
    }
}
