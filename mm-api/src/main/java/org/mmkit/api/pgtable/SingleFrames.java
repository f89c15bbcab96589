package org.mmkit.api.pgtable;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.Frames;

/**
 * Finds runs of level-1 entries that map single frames which follow each other, upwards or downwards, and are alike in everything: same bits
 * in the entry, and {@link Frames#singlesAlike}. What is done to one of them can be done to all at once.
 *
 * <p>To be used by one thread, which has the table locked. Allocates nothing.
 */
public final class SingleFrames {

    private final EntryFormat format;
    private final Frames frames;
    private long first;
    private int direction;

    /** Looks at entries of {@code format} and at {@code frames}. */
    public SingleFrames(EntryFormat format, Frames frames) {
        this.format = format;
        this.frames = frames;
    }

    /**
     * Looks for a run of at most {@code most} entries of one table from {@code slot} on, which holds the present leaf {@code entry} of a
     * page with mapping counts.
     *
     * @return its length; 0 when there is none of two or more
     */
    public int find(PageTables tables, long slot, long entry, int most) {
        long step = format.frameStep(entry);
        first = format.pfn(entry, 1);
        if (step == 0 || most < 2 || frames.singlesAlike(first, 1, 1) == 0) {
            return 0;
        }
        direction = 1;
        int n = tables.matching(slot, most, entry, step);
        if (n < 2) {
            direction = -1;
            n = tables.matching(slot, most, entry, -step);
            if (n < 2) {
                return 0;
            }
        }
        n = frames.singlesAlike(first, n, direction);
        return n < 2 ? 0 : n;
    }

    /** The frame that the first entry of the run found last maps. */
    public long first() {
        return first;
    }

    /** 1 when the frames of that run ascend, -1 when they descend. */
    public int direction() {
        return direction;
    }
}
