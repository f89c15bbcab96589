package org.mmkit.core.memory;

import java.util.HashSet;
import java.util.Set;
import org.mmkit.api.InvariantViolation;

/**
 * Frames that are out of use for good (Linux: PG_hwpoison, num_poisoned_pages): they have one reference and nothing else, and the allocator never
 * gets them back. For calls that run alone.
 */
public final class BadFrames {

    private final SystemMemory memory;
    private final Set<Long> frames = new HashSet<>();

    /** Of {@code memory}; none yet. */
    public BadFrames(SystemMemory memory) {
        this.memory = memory;
    }

    /** Adds {@code pfn}, to which the caller leaves a reference. */
    public void add(long pfn) {
        frames.add(pfn);
    }

    /** Whether {@code pfn} is one. */
    public boolean contains(long pfn) {
        return !frames.isEmpty() && frames.contains(pfn);
    }

    /** How many there are. */
    public int count() {
        return frames.size();
    }

    /** Throws {@link InvariantViolation} for one that somebody uses or that the allocator may hand out. */
    public void check() {
        FrameTable table = memory.frames();
        for (long pfn : frames) {
            boolean unused = table.refcount(pfn) == 1 && table.flags(pfn) == 0 && !table.isLarge(pfn) && !table.hasOwner(pfn)
                    && !table.isMapped(pfn) && table.pins(pfn) == 0;
            if (!unused || memory.allocator().isFree(pfn)) {
                throw table.wrong(pfn, "out of use for good, but free, or used with " + table.refcount(pfn) + " references");
            }
        }
    }
}
