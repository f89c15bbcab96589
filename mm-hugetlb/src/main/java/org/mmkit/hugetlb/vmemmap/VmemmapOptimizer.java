package org.mmkit.hugetlb.vmemmap;

import java.util.Arrays;
import org.mmkit.api.Errno;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.PhysicalMemory;
import org.mmkit.api.pgtable.KernelTables;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.stat.Counters;

/**
 * Gives back the pages of the memory map that describe the tails of huge pages (Linux: mm/hugetlb_vmemmap.c,
 * Documentation/mm/vmemmap_dedup.rst). Every descriptor of a tail says the same, so the pages that hold nothing else can all be one.
 *
 * <pre>
 *   6.18   [ copy rw ][ copy ro ] … [ copy ro ]            all 8 pages of a 2M page are freed, one copy of the first is allocated
 *   5.14   [ 0 rw ][ 1 rw ][ 1 ro ] … [ 1 ro ]             the last 6 are freed
 * </pre>
 *
 * <p>The memory map is mapped by the kernel's own page tables: a leaf of level 2 in the way is split first, for which a page table is
 * allocated. Pages that enter or leave a pool together are remapped together where the kernel does so, and translations are forgotten
 * once. Not thread-safe.
 */
public final class VmemmapOptimizer {

    private final PhysicalMemory memory;
    private final Frames frames;
    private final KernelTables tables;
    private final Counters counters;
    private final int pageShift;
    private final int kept;
    private final boolean batches;
    private final int bootPages;
    private final int laterPages;
    private boolean enabled;
    private long optimized;

    /** Frames taken out of the memory map by the operation under way, not given back yet. */
    private final FrameList freed = new FrameList();

    /**
     * An optimizer that is switched off; it counts the memory map in {@code nr_memmap_boot_pages} and {@code nr_memmap_pages}.
     *
     * @param context a machine whose memory map is mapped
     */
    public VmemmapOptimizer(FeatureContext context) {
        this.memory = context.memory();
        this.frames = memory.frames();
        this.tables = context.kernelTables();
        this.counters = context.counters();
        this.pageShift = tables.layout().pageShift();
        this.kept = context.profile().vmemmapPagesKept();
        this.batches = context.profile().remapsVmemmapInBatches();
        this.bootPages = counters.register("nr_memmap_boot_pages");
        this.laterPages = counters.register("nr_memmap_pages");
        counters.add(bootPages, tables.memmapPages());
    }

    /** Whether pages that enter a pool from now on are optimized. */
    public boolean isEnabled() {
        return enabled;
    }

    /** Switches it on or off for pages to come; pages that there are stay as they are. */
    public void setEnabled(boolean on) {
        enabled = on;
    }

    /** Whether this kernel remaps pages that enter or leave a pool together together. */
    public boolean worksInBatches() {
        return batches;
    }

    /** Pages that are optimized now. */
    public long optimized() {
        return optimized;
    }

    /** Pages of the memory map that describe one huge page of 2^{@code order} base pages. */
    public long pages(int order) {
        return Math.max(1, (long) tables.descriptorBytes() << order >>> pageShift);
    }

    /** Pages of the memory map that are saved for each huge page of 2^{@code order} base pages. */
    public long savedPages(int order) {
        return Math.max(0, pages(order) - kept);
    }

    private long size() {
        return 1L << pageShift;
    }

    private boolean isWanted(long head, int order) {
        return enabled && savedPages(order) > 0 && !frames.test(head, FolioFlags.VMEMMAP_OPTIMIZED);
    }

    // ---- optimizing -------------------------------------------------------------------------------------------

    /** Frees what the descriptors of the page {@code head} do not need, if that is switched on, there is anything, and memory suffices. */
    public void optimize(long head, int order) {
        if (isWanted(head, order)) {
            optimizeOne(head, order, true);
            release();
        }
    }

    /**
     * {@link #optimize} for the first {@code n} of {@code heads}, which enter a pool together (hugetlb_vmemmap_optimize_folios): first the
     * leaves in the way of all are split, as long as memory lasts, then each is remapped; what they give up is freed at the end, or
     * when memory runs out before.
     */
    public void optimize(long[] heads, int n, int order) {
        if (!batches || !enabled || savedPages(order) == 0) {
            for (int i = 0; i < n; i++) {
                optimize(heads[i], order);
            }
            return;
        }
        for (int i = 0; i < n; i++) {
            if (isWanted(heads[i], order) && !split(tables.memmapAddress(heads[i]), pages(order), false)) {
                break;
            }
        }
        tables.flushAll();
        for (int i = 0; i < n; i++) {
            if (!isWanted(heads[i], order) || optimizeOne(heads[i], order, false) == 0 || freed.isEmpty()) {
                continue;
            }
            // what was saved so far is memory for the rest
            tables.flushAll();
            release();
            optimizeOne(heads[i], order, false);
        }
        tables.flushAll();
        release();
    }

    /** Splits the leaves above level 1 that map {@code pages} from {@code start} on; false when there is no memory for a page table. */
    private boolean split(long start, long pages, boolean flush) {
        long end = start + (pages << pageShift);
        long size = tables.layout().size(2);
        for (long va = start & -size; va < end; va += size) {
            long slot = tables.find(va, 2);
            long entry = tables.read(slot);
            if (!tables.format().isLeaf(entry, 2)) {
                continue;
            }
            long table = tables.allocateTable(1);
            if (table == Frames.NONE) {
                return false;
            }
            long first = tables.firstSlot(table);
            long pfn = tables.format().pfn(entry, 2);
            for (int i = 0; i < tables.layout().entries(1); i++) {
                tables.write(first + i, tables.format().kernelLeaf(pfn + i, 1, true));
            }
            tables.replace(slot, tables.format().table(table, 2));
            if (flush) {
                tables.flush(va, va + size);
            }
        }
        return true;
    }

    /** Remaps the descriptors of {@code head}; 0, or -ENOMEM and nothing is changed but for leaves that were split. */
    private int optimizeOne(long head, int order, boolean flush) {
        long start = tables.memmapAddress(head);
        long pages = pages(order);
        long copy = Frames.NONE;
        if (kept == 1) {
            // the first page is copied into ordinary memory, for boot memory cannot be had back in one piece otherwise
            copy = memory.allocateFolio(0, Gfp.KERNEL | Gfp.NOWARN);
            if (copy == Frames.NONE) {
                return -Errno.ENOMEM;
            }
        }
        if (!split(start, pages, flush)) {
            if (copy != Frames.NONE) {
                frames.put(copy, 1);
            }
            return -Errno.ENOMEM;
        }
        long reused = copy == Frames.NONE ? frameAt(start + (kept - 1) * size()) : copy;
        counters.add(laterPages, copy == Frames.NONE ? 0 : 1);
        for (long page = copy == Frames.NONE ? kept : 0; page < pages; page++) {
            long slot = tables.find(start + (page << pageShift), 1);
            freed.add(tables.format().pfn(tables.read(slot), 1));
            tables.replace(slot, tables.format().kernelLeaf(reused, 1, page < kept));
        }
        if (flush) {
            tables.flush(start, start + (pages << pageShift));
        }
        frames.set(head, FolioFlags.VMEMMAP_OPTIMIZED);
        optimized++;
        return 0;
    }

    private long frameAt(long va) {
        return tables.format().pfn(tables.read(tables.find(va, 1)), 1);
    }

    /** Gives the frames taken out of the memory map to the allocator, boot memory in runs. */
    private void release() {
        for (int i = 0; i < freed.size(); ) {
            long pfn = freed.get(i);
            if (!frames.test(pfn, FolioFlags.RESERVED)) {
                counters.add(laterPages, -1);
                frames.put(pfn, 1);
                i++;
                continue;
            }
            int run = 1;
            while (i + run < freed.size() && freed.get(i + run) == pfn + run && frames.test(pfn + run, FolioFlags.RESERVED)) {
                run++;
            }
            counters.add(bootPages, -run);
            memory.releaseReserved(pfn, run);
            i += run;
        }
        freed.clear();
    }

    // ---- restoring --------------------------------------------------------------------------------------------

    /**
     * Gives the page {@code head} a whole set of descriptors again: memory first, then the remapping.
     *
     * @return false, with nothing changed, when there is no memory for them
     */
    public boolean restore(long head, int order) {
        return restore(head, order, true);
    }

    /**
     * {@link #restore} for {@code heads} from the first one on, until memory runs out (hugetlb_vmemmap_restore_folios).
     *
     * @return how many of the first {@code n} have all their descriptors now
     */
    public int restore(long[] heads, int n, int order) {
        long before = optimized;
        int done = 0;
        while (done < n && restore(heads[done], order, !batches)) {
            done++;
        }
        if (batches && optimized != before) {
            tables.flushAll();
        }
        return done;
    }

    private boolean restore(long head, int order, boolean flush) {
        if (!frames.test(head, FolioFlags.VMEMMAP_OPTIMIZED)) {
            return true;
        }
        int missing = Math.toIntExact(savedPages(order));
        long[] fresh = new long[missing];
        for (int i = 0; i < missing; i++) {
            fresh[i] = memory.allocateFolio(0, Gfp.KERNEL | Gfp.NOWARN);
            if (fresh[i] == Frames.NONE) {
                while (--i >= 0) {
                    frames.put(fresh[i], 1);
                }
                return false;
            }
        }
        counters.add(laterPages, missing);
        long start = tables.memmapAddress(head) + kept * size();
        for (int i = 0; i < missing; i++) {
            tables.write(tables.find(start + i * size(), 1), tables.format().kernelLeaf(fresh[i], 1, true));
        }
        if (flush) {
            tables.flush(start, start + missing * size());
        }
        frames.clear(head, FolioFlags.VMEMMAP_OPTIMIZED);
        optimized--;
        return true;
    }

    // ---- checking ---------------------------------------------------------------------------------------------

    /** What is wrong with the entries that map the descriptors of the page {@code head}; empty when nothing is. */
    public String check(long head, int order) {
        if (savedPages(order) == 0) {
            return "";
        }
        boolean shared = frames.test(head, FolioFlags.VMEMMAP_OPTIMIZED);
        long start = tables.memmapAddress(head);
        long reused = Frames.NONE;
        for (long page = 0; page < pages(order); page++) {
            long slot = tables.find(start + (page << pageShift), 1);
            if (slot == PageTables.NO_SLOT) {
                return shared ? "its descriptors are optimized, but mapped by a huge leaf" : "";
            }
            long entry = tables.read(slot);
            long pfn = tables.format().pfn(entry, 1);
            reused = page == kept - 1 ? pfn : reused;
            boolean tail = page >= kept;
            if (tables.format().isWritable(entry) == (tail && shared)) {
                return "page " + page + " of its descriptors is mapped " + (tail && shared ? "for writing" : "read-only");
            }
            if (tail && shared != (pfn == reused)) {
                return "page " + page + " of its descriptors is frame 0x" + Long.toHexString(pfn) + (shared ? ", not the shared one" : "");
            }
        }
        return "";
    }

    /** A list of frames. */
    private static final class FrameList {

        private long[] pfns = new long[64];
        private int size;

        void add(long pfn) {
            if (size == pfns.length) {
                pfns = Arrays.copyOf(pfns, 2 * size);
            }
            pfns[size++] = pfn;
        }

        long get(int i) {
            return pfns[i];
        }

        int size() {
            return size;
        }

        boolean isEmpty() {
            return size == 0;
        }

        void clear() {
            size = 0;
            pfns = pfns.length > 1 << 16 ? new long[64] : pfns;
        }
    }
}
