package org.mmkit.hugetlb.vmemmap;

import java.util.HashMap;
import java.util.Map;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.PhysicalMemory;
import org.mmkit.api.stat.Counters;

/**
 * Gives back the pages of the memory map that describe the tails of huge pages (Linux: mm/hugetlb_vmemmap.c). Every descriptor of a
 * tail says the same, so that the pages that hold nothing else can all be the one that is kept.
 *
 * <pre>
 *   memory map of a 2M page:  [ kept ][ freed ] … [ freed ]      8 pages; 1 is kept (2 in 5.14)
 * </pre>
 *
 * <p>Not thread-safe.
 */
public final class VmemmapOptimizer {

    /** Bytes of a descriptor (struct page). */
    private static final int DESCRIPTOR_SHIFT = 6;

    private final PhysicalMemory memory;
    private final Frames frames;
    private final Counters counters;
    private final int kept;
    private final int pageShift;
    private final int bootPages;
    private final int runtimePages;
    private boolean enabled;

    /** Frames that were allocated for parts of the memory map after those of boot had been given back, by the frame of boot. */
    private final Map<Long, Long> replacements = new HashMap<>();

    /**
     * An optimizer that is switched off.
     *
     * @param kept pages of the memory map that stay for each huge page
     * @param pageShift log2 of the base page size
     */
    public VmemmapOptimizer(PhysicalMemory memory, Counters counters, int kept, int pageShift) {
        this.memory = memory;
        this.frames = memory.frames();
        this.counters = counters;
        this.kept = kept;
        this.pageShift = pageShift;
        this.bootPages = counters.register("nr_memmap_boot_pages");
        this.runtimePages = counters.register("nr_memmap_pages");
    }

    /** Whether pages that enter a pool from now on are optimized. */
    public boolean isEnabled() {
        return enabled;
    }

    /** Switches it on or off for pages to come; pages that there are stay as they are. */
    public void setEnabled(boolean on) {
        enabled = on;
    }

    private long pages(int order) {
        return 1L << Math.max(0, order + DESCRIPTOR_SHIFT - pageShift);
    }

    /** Frees what the descriptors of the page {@code head} do not need, if it is switched on and there is anything. */
    public void optimize(long head, int order) {
        long pages = pages(order);
        if (!enabled || pages <= kept) {
            return;
        }
        long first = memory.memmapFrame(head);
        for (long i = kept; i < pages; i++) {
            Long replacement = replacements.remove(first + i);
            if (replacement != null) {
                counters.add(runtimePages, -1);
                frames.put(replacement, 1);
            } else {
                counters.add(bootPages, -1);
                memory.releaseReserved(first + i);
            }
        }
        frames.set(head, FolioFlags.VMEMMAP_OPTIMIZED);
    }

    /**
     * Gives the page {@code head} a whole set of descriptors again.
     *
     * @return false, with nothing changed, when there is no memory for them
     */
    public boolean restore(long head, int order) {
        if (!frames.test(head, FolioFlags.VMEMMAP_OPTIMIZED)) {
            return true;
        }
        int missing = Math.toIntExact(pages(order) - kept);
        long[] fresh = new long[missing];
        for (int i = 0; i < missing; i++) {
            fresh[i] = memory.allocateFolio(0, Gfp.KERNEL | Gfp.NOWARN);
            if (fresh[i] == FrameAllocator.NONE) {
                while (--i >= 0) {
                    frames.put(fresh[i], 1);
                }
                return false;
            }
        }
        long first = memory.memmapFrame(head) + kept;
        for (int i = 0; i < missing; i++) {
            replacements.put(first + i, fresh[i]);
        }
        counters.add(runtimePages, missing);
        frames.clear(head, FolioFlags.VMEMMAP_OPTIMIZED);
        return true;
    }
}
