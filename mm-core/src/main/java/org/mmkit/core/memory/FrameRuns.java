package org.mmkit.core.memory;

import org.mmkit.api.memory.FolioFlags;

/**
 * Loops over the metadata of frames that follow each other, for a {@link FrameTable} of a machine with one processor: what many frames have in
 * common is found out once.
 *
 * <p>A run ends at the end of a section at the latest.
 */
final class FrameRuns {

    private final int[][] flags;
    private final int[][] references;
    private final int[][] mapcounts;
    private final int[][] pins;
    private final long[][] words;
    private final long[] zeroLongs;
    private final int sectionOrder;
    private final int mask;

    FrameRuns(int[][] flags, int[][] references, int[][] mapcounts, int[][] pins, long[][] words, long[] zeroLongs, int sectionOrder) {
        this.flags = flags;
        this.references = references;
        this.mapcounts = mapcounts;
        this.pins = pins;
        this.words = words;
        this.zeroLongs = zeroLongs;
        this.sectionOrder = sectionOrder;
        mask = (1 << sectionOrder) - 1;
    }

    /** How many of {@code most} frames from index {@code i} of a section lie in it. */
    private int inSection(int i, int most, int direction) {
        return Math.min(most, direction > 0 ? mask + 1 - i : i + 1);
    }

    /** See {@link org.mmkit.api.memory.Frames#singlesAlike}. */
    int alike(long pfn, int most, int direction) {
        int s = (int) (pfn >>> sectionOrder);
        int i = (int) pfn & mask;
        int[] f = flags[s];
        int first = f[i];
        if (first >>> FlagWords.ORDER_SHIFT != 0) {
            return 0;
        }
        int n = inSection(i, most, direction);
        int low = direction > 0 ? i : i - n + 1;
        if (!isAll(f, low, n, first) || !isAll(references[s], low, n, 1) || !isAll(mapcounts[s], low, n, 1) || !isAll(pins[s], low, n, 0)) {
            n = alikeOneByOne(s, i, n, direction);
        }
        long[] w = words[s];
        if (w != zeroLongs) {
            for (int k = 0; k < n; k++) {
                if (w[i + k * direction] != 0) {
                    return k;
                }
            }
        }
        return n;
    }

    private int alikeOneByOne(int s, int i, int most, int direction) {
        int[] f = flags[s];
        int[] r = references[s];
        int[] m = mapcounts[s];
        int[] p = pins[s];
        int first = f[i];
        int k = 0;
        for (int at = i; k < most && f[at] == first && r[at] == 1 && m[at] == 1 && p[at] == 0; at += direction) {
            k++;
        }
        return k;
    }

    /** Whether {@code n} words from {@code from} on are all {@code value}; looks at all, which is quicker than to stop early. */
    private static boolean isAll(int[] a, int from, int n, int value) {
        int differ = 0;
        for (int i = from; i < from + n; i++) {
            differ |= a[i] ^ value;
        }
        return differ == 0;
    }

    /** See {@link FrameTable#duplicateMappings}. */
    int duplicateMappings(long pfn, int most, int direction) {
        int s = (int) (pfn >>> sectionOrder);
        int i = (int) pfn & mask;
        int[] f = flags[s];
        int[] p = pins[s];
        int first = f[i] & ~FolioFlags.ANON_EXCLUSIVE;
        if (first >>> FlagWords.ORDER_SHIFT != 0) {
            return 0;
        }
        int n = inSection(i, most, direction);
        int low = direction > 0 ? i : i - n + 1;
        int differ = 0;
        for (int at = low; at < low + n; at++) {
            differ |= f[at] & ~FolioFlags.ANON_EXCLUSIVE ^ first | p[at];
        }
        if (differ != 0) {
            int k = 0;
            for (int at = i; k < n && (f[at] & ~FolioFlags.ANON_EXCLUSIVE) == first && p[at] == 0; at += direction) {
                k++;
            }
            n = k;
            low = direction > 0 ? i : i - n + 1;
        }
        int[] r = references[s];
        int[] m = mapcounts[s];
        for (int at = low; at < low + n; at++) {
            r[at]++;
        }
        for (int at = low; at < low + n; at++) {
            m[at]++;
        }
        for (int at = low; at < low + n; at++) {
            f[at] = first;
        }
        return n;
    }

    /** Adds {@code delta} to {@code n} counts; the index from {@code from} of the first that becomes negative, or -1. */
    static int add(int[] a, int from, int n, int delta) {
        int all = 0;
        for (int i = from; i < from + n; i++) {
            int count = a[i] + delta;
            a[i] = count;
            all |= count;
        }
        if (all < 0) {
            for (int i = 0; i < n; i++) {
                if (a[from + i] < 0) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** How many of {@code n} words from {@code from} on are {@code value}. */
    static int count(int[] a, int from, int n, int value) {
        int found = 0;
        for (int i = from; i < from + n; i++) {
            found += a[i] == value ? 1 : 0;
        }
        return found;
    }
}
