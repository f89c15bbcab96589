package org.mmkit.core.memory;

import java.util.Arrays;
import org.mmkit.api.memory.FolioFlags;

/**
 * Loops over the metadata of frames that follow each other, for a {@link FrameTable} of a machine with one processor: what many frames have in
 * common is found out once.
 *
 * <p>A run ends at the end of a section at the latest.
 */
final class FrameRuns {

    /** The words of an untouched section. */
    private final int[] zero;
    private final FolioOrders orders;
    private final int[][] flags;
    private final int[][] references;
    private final int[][] mapcounts;
    private final int[][] pins;
    private final FolioOwners owners;
    private final int sectionOrder;
    private final int mask;

    FrameRuns(
            int[] zero,
            FolioOrders orders,
            int[][] flags,
            int[][] references,
            int[][] mapcounts,
            int[][] pins,
            FolioOwners owners,
            int sectionOrder) {
        this.zero = zero;
        this.orders = orders;
        this.flags = flags;
        this.references = references;
        this.mapcounts = mapcounts;
        this.pins = pins;
        this.owners = owners;
        this.sectionOrder = sectionOrder;
        mask = (1 << sectionOrder) - 1;
    }

    /**
     * The first frame from {@code from} on that has a flag, a place in a folio smaller than a block, a reference, a mapping or a pin; {@code to}
     * without one.
     * Both lie in one section, {@code to} at its end at the latest.
     */
    long nextUsed(long from, long to) {
        if (from >= to) {
            return to;
        }
        int s = (int) (from >>> sectionOrder);
        int[] f = flags[s];
        int[] r = references[s];
        int[] m = mapcounts[s];
        int[] p = pins[s];
        int i = (int) from & mask;
        int end = i + (int) (to - from);
        while (i < end && (f[i] | r[i] | m[i] | p[i]) == 0) {
            i++;
        }
        return to - (end - i);
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
        if (orders.order(pfn) != 0
                || references[s][i] != 1
                || mapcounts[s][i] != 1
                || pins[s][i] != 0) {
            return 0;
        }
        // A head has a flag that a single frame has not, a tail no reference.
        int n = equal(f, i, inSection(i, most, direction), direction);
        n = equal(references[s], i, n, direction);
        n = equal(mapcounts[s], i, n, direction);
        if (pins[s] != zero) {
            n = equal(pins[s], i, n, direction);
        }
        return owners.withoutWord(pfn, n, direction);
    }

    /** How many of {@code most} words from {@code i} on in {@code direction} are like the first. */
    private static int equal(int[] a, int i, int most, int direction) {
        int low = direction > 0 ? i : i - most + 1;
        int differ = Arrays.mismatch(a, low, low + most - 1, a, low + 1, low + most);
        if (differ < 0) {
            return most;
        }
        if (direction > 0) {
            return differ + 1;
        }
        int n = 1;
        while (a[i - n] == a[i]) {
            n++;
        }
        return n;
    }

    /** See {@link FrameTable#duplicateMappings}. */
    int duplicateMappings(long pfn, int most, int direction) {
        int s = (int) (pfn >>> sectionOrder);
        int i = (int) pfn & mask;
        int[] f = flags[s];
        if (orders.order(pfn) != 0 || pins[s][i] != 0) {
            return 0;
        }
        // Within the block of a single frame a word tells singles from others.
        int n = equal(f, i, FolioOrders.inBlock(i, most, direction), direction);
        if (pins[s] != zero) {
            n = equal(pins[s], i, n, direction);
        }
        int low = direction > 0 ? i : i - n + 1;
        Arrays.fill(f, low, low + n, f[i] & ~FolioFlags.ANON_EXCLUSIVE);
        addAll(references[s], low, n, 1);
        addAll(mapcounts[s], low, n, 1);
        return n;
    }

    /** See {@link FrameTable#dropSharedMappings}. */
    int dropSharedMappings(long pfn, int most, int direction) {
        int s = (int) (pfn >>> sectionOrder);
        int i = (int) pfn & mask;
        int[] r = references[s];
        int[] m = mapcounts[s];
        if (r[i] < 2 || m[i] < 2 || pins[s][i] != 0 || orders.order(pfn) != 0) {
            return 0;
        }
        int n = equal(flags[s], i, FolioOrders.inBlock(i, most, direction), direction);
        n = equal(r, i, n, direction);
        n = equal(m, i, n, direction);
        if (pins[s] != zero) {
            n = equal(pins[s], i, n, direction);
        }
        int low = direction > 0 ? i : i - n + 1;
        addAll(r, low, n, -1);
        addAll(m, low, n, -1);
        return n;
    }

    private static void addAll(int[] a, int from, int n, int delta) {
        for (int i = from; i < from + n; i++) {
            a[i] += delta;
        }
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
