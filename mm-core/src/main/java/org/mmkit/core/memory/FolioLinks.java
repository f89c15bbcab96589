package org.mmkit.core.memory;

import java.util.Arrays;

/**
 * Doubly linked lists of folios without an object for each: two words per frame, made for a whole section when its first folio is linked.
 *
 * <pre>
 *   ends[at] ──► | youngest | … | oldest | ◄── ends[at + 1]        both 0 of an empty list
 *   words of a frame: how far from it its older neighbour is, and its younger one, 0 without one; of an unevictable folio, which is on no
 *                     list, the first counts its locks
 * </pre>
 *
 * <p>Folios that came one after the other, as most do, so have the same words, and many are compared at once.
 *
 * <p>Who calls says which list is meant, and guards it and the words of its folios. Allocates nothing but a section's words, which any
 * thread may be the first to need.
 */
final class FolioLinks {

    /** No frame: frame 0 is the firmware's and never on a list. */
    static final int NONE = 0;

    private static final int[] NO_WORDS = {};

    private final int sectionOrder;
    private final int mask;
    private final int[][] words;

    FolioLinks(int sections, int sectionOrder) {
        this.sectionOrder = sectionOrder;
        mask = (1 << sectionOrder) - 1;
        words = new int[sections][];
        Arrays.fill(words, NO_WORDS);
    }

    /** The words of the section of {@code pfn}, made if there are none yet. */
    private int[] made(int pfn) {
        int s = section(pfn);
        int[] w = words[s];
        if (w == NO_WORDS) {
            synchronized (words) {
                w = words[s];
                if (w == NO_WORDS) {
                    w = new int[2 * (mask + 1)];
                    words[s] = w;
                }
            }
        }
        return w;
    }

    private int section(int pfn) {
        return (int) ((pfn & 0xffff_ffffL) >>> sectionOrder);
    }

    /** Where the two words of {@code pfn} begin among those of its section. */
    private int at(int pfn) {
        return (pfn & mask) * 2;
    }

    /** The next older folio on the list of {@code pfn}, or {@link #NONE}. */
    int older(int pfn) {
        int distance = words[section(pfn)][at(pfn)];
        return distance == 0 ? NONE : pfn + distance;
    }

    /** The next younger folio on the list of {@code pfn}, or {@link #NONE}. */
    int younger(int pfn) {
        int distance = words[section(pfn)][at(pfn) + 1];
        return distance == 0 ? NONE : pfn + distance;
    }

    private void setOlder(int pfn, int value) {
        words[section(pfn)][at(pfn)] = distance(pfn, value);
    }

    private void setYounger(int pfn, int value) {
        words[section(pfn)][at(pfn) + 1] = distance(pfn, value);
    }

    private static int distance(int pfn, int neighbour) {
        return neighbour == NONE ? 0 : neighbour - pfn;
    }

    /** Puts {@code pfn} to the younger end. */
    void addYoungest(int pfn, int[] ends, int at) {
        int[] w = made(pfn);
        int i = at(pfn);
        int older = ends[at];
        w[i] = distance(pfn, older);
        w[i + 1] = 0;
        ends[at] = pfn;
        if (older == NONE) {
            ends[at + 1] = pfn;
        } else {
            setYounger(older, pfn);
        }
    }

    /** Puts {@code pfn} to the older end. */
    void addOldest(int pfn, int[] ends, int at) {
        int[] w = made(pfn);
        int i = at(pfn);
        int younger = ends[at + 1];
        w[i] = 0;
        w[i + 1] = distance(pfn, younger);
        ends[at + 1] = pfn;
        if (younger == NONE) {
            ends[at] = pfn;
        } else {
            setOlder(younger, pfn);
        }
    }

    /** Puts {@code pfn} on the younger side of {@code listed}. */
    void addBeside(int pfn, int listed, int[] ends, int at) {
        int[] w = made(pfn);
        int i = at(pfn);
        int younger = younger(listed);
        w[i] = distance(pfn, listed);
        w[i + 1] = distance(pfn, younger);
        setYounger(listed, pfn);
        if (younger == NONE) {
            ends[at] = pfn;
        } else {
            setOlder(younger, pfn);
        }
    }

    /** Takes {@code pfn} off its list. */
    void remove(int pfn, int[] ends, int at) {
        remove(pfn, pfn, ends, at);
    }

    /** Takes the folios from {@code youngest} to {@code oldest}, which stand beside each other, off their list. */
    void remove(int youngest, int oldest, int[] ends, int at) {
        int older = older(oldest);
        int younger = younger(youngest);
        if (older == NONE) {
            ends[at + 1] = younger;
        } else {
            setYounger(older, younger);
        }
        if (younger == NONE) {
            ends[at] = older;
        } else {
            setOlder(younger, older);
        }
    }

    /** How many of the {@code n} frames of one section from {@code pfn} on stand beside each other, the one at {@code pfn} being the oldest. */
    int countYounger(int pfn, int n) {
        return countBeside(words[section(pfn)], at(pfn), n);
    }

    /** As {@link #countYounger}, the one at {@code pfn} being the youngest. */
    int countOlder(int pfn, int n) {
        return countBeside(words[section(pfn)], at(pfn) + 1, n);
    }

    /** How many of {@code n} frames, the first of which has the word {@code at}, have the frame before them as the neighbour that such a word names. */
    private static int countBeside(int[] w, int at, int n) {
        if (n < 2 || w[at + 2] != -1) {
            return 1;
        }
        // Both words of the second frame and those that follow, against the words of the frame behind each.
        int from = at + 2 & ~1;
        int length = 2 * (n - 2);
        int differ = Arrays.mismatch(w, from, from + length, w, from + 2, from + 2 + length);
        int some = differ < 0 ? n : differ / 2 + 2;
        while (some < n && w[at + 2 * some] == -1) {
            some++;
        }
        return some;
    }

    /** Locks of an unevictable folio that are counted (mlock_count). */
    int locks(int pfn) {
        return made(pfn)[at(pfn)];
    }

    /** Sets them. */
    void setLocks(int pfn, int n) {
        made(pfn)[at(pfn)] = n;
    }
}
