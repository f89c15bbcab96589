package org.mmkit.hugetlb.pool;

import org.mmkit.api.Errno;

/**
 * The share of a pool that a mount may use: at most {@code max} pages, of which {@code min} are promised to it at all times (Linux:
 * struct hugepage_subpool). Not thread-safe.
 */
public final class Subpool {

    /** No limit. */
    public static final long NONE = -1;

    private final long max;
    private final long min;
    /** Pages taken or promised; only kept where there is a {@link #max}. */
    private long used;
    /** Pages of the minimum that nobody has taken. */
    private long promised;

    /**
     * A share whose minimum the caller has reserved in the pool.
     *
     * @param max pages, or {@link #NONE}
     * @param min pages, or {@link #NONE}
     */
    public Subpool(long max, long min) {
        this.max = max;
        this.min = min;
        this.promised = Math.max(min, 0);
    }

    /** The most pages, or {@link #NONE}. */
    public long max() {
        return max;
    }

    /** The promised pages, or {@link #NONE}. */
    public long min() {
        return min;
    }

    /** Pages of the minimum that nobody has taken. */
    public long promised() {
        return promised;
    }

    /** Pages that may still be used (statfs); meaningless without a maximum. */
    public long free() {
        return max - used;
    }

    /**
     * Takes {@code pages}.
     *
     * @return how many of them the pool has to promise beyond the minimum that it has promised already, or -ENOMEM above the maximum
     */
    public long take(long pages) {
        if (max != NONE) {
            if (used + pages > max) {
                return -Errno.ENOMEM;
            }
            used += pages;
        }
        if (min == NONE || promised == 0) {
            return pages;
        }
        long covered = Math.min(pages, promised);
        promised -= covered;
        return pages - covered;
    }

    /** Gives {@code pages} back; returns how many of them the pool no longer has to promise. */
    public long giveBack(long pages) {
        if (max != NONE) {
            used -= pages;
        }
        if (min == NONE || used >= min) {
            return pages;
        }
        long surplus = Math.max(0, promised + pages - min);
        promised = Math.min(min, promised + pages);
        return surplus;
    }

    /**
     * Undoes {@link #take} of {@code pages}, for which the pool did not promise the {@code beyond} that were needed (Linux since 6.16: the
     * minimum gets back only what was taken of it).
     *
     * @return how many the pool no longer has to promise
     */
    public long undo(long pages, long beyond) {
        if (max != NONE) {
            used -= beyond;
        }
        return pages == beyond ? 0 : giveBack(pages - beyond);
    }
}
