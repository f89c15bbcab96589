package org.mmkit.hugetlb;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameContents;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Vma;
import org.mmkit.hugetlb.cgroup.HugetlbController;
import org.mmkit.hugetlb.fs.HugeFile;
import org.mmkit.hugetlb.paging.Gathered;
import org.mmkit.hugetlb.paging.HugeAreas;
import org.mmkit.hugetlb.pool.AreaReservations;
import org.mmkit.hugetlb.pool.HugePagePool;
import org.mmkit.hugetlb.pool.PoolAudit;
import org.mmkit.hugetlb.pool.Subpool;
import org.mmkit.hugetlb.vmemmap.VmemmapOptimizer;

/** The pools of a machine and what their users share. Not thread-safe. */
public final class HugePages {

    /** The names of the vmemmap option since 5.18 and before. */
    private static final List<String> OPTIMIZE = List.of("HUGETLB_PAGE_OPTIMIZE_VMEMMAP", "HUGETLB_PAGE_FREE_VMEMMAP");

    /** The default size is that of a leaf of this level (Linux: HPAGE_SIZE is PMD_SIZE). */
    private static final int STANDARD_LEVEL = 2;

    private final FeatureContext context;
    private final Frames frames;
    private final int pageShift;
    private final @Nullable VmemmapOptimizer vmemmap;
    private final List<HugePagePool> pools = new ArrayList<>();
    private final AreaReservations reservations = new AreaReservations();
    /** Base pages that each address space maps, by its id; without those that map none. */
    private final Map<Integer, Long> usage = new HashMap<>();

    private final Gathered gathered;

    private final Set<HugeFile> files = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Subpool, HugePagePool> shares = new IdentityHashMap<>();

    private final @Nullable HugetlbController controller;

    private HugePagePool standard;
    private int segmentGroup;

    /** Makes an empty pool for each size that a leaf of the page tables, or a run of them, can map. */
    public HugePages(FeatureContext context) {
        this.context = context;
        this.frames = context.memory().frames();
        PageTableLayout layout = context.architecture().layout(context.configuration());
        this.pageShift = layout.pageShift();
        this.gathered = new Gathered(frames);
        boolean optimizer = OPTIMIZE.stream().anyMatch(context.configuration()::isEnabled);
        this.vmemmap = optimizer && context.kernelTables().hasMemmap() ? new VmemmapOptimizer(context) : null;
        for (int level = 1; level <= layout.levels(); level++) {
            if (layout.mayBeLeaf(level)) {
                int run = Integer.numberOfTrailingZeros(layout.contiguousEntries(level));
                if (level > 1) {
                    pools.add(pool(layout, level, 0));
                }
                if (run > 0) {
                    pools.add(pool(layout, level, run));
                }
            }
        }
        this.controller = context.configuration().isEnabled("CGROUP_HUGETLB")
                ? context.cgroups().map(groups -> new HugetlbController(groups, pools, context.memory(), pageShift)).orElse(null) : null;
        this.standard = ofSize(layout.size(STANDARD_LEVEL)).orElseThrow();
        context.invariant(this::check);
        frames.setFreeing(FolioFlags.HUGETLB, this::freed);
    }

    private HugePagePool pool(PageTableLayout layout, int level, int run) {
        return new HugePagePool(context.memory(), context.counters(), vmemmap, context.configuration(), level, layout.order(level) + run,
                layout.shift(level) + run);
    }

    private boolean freed(long head) {
        HugePagePool pool = ofOrder(frames.order(head));
        if (controller != null) {
            controller.freed(pool, head);
        }
        pool.freed(head);
        return true;
    }

    /** The pool of pages of 2^{@code order} base pages; {@link IllegalStateException} when there is none. */
    public HugePagePool ofOrder(int order) {
        for (HugePagePool pool : pools) {
            if (pool.order() == order) {
                return pool;
            }
        }
        throw new IllegalStateException("a HugeTLB page of order " + order + " belongs to no pool");
    }

    /** The machine. */
    public FeatureContext context() {
        return context;
    }

    /** Frame metadata. */
    public Frames frames() {
        return frames;
    }

    /** Pages that were unmapped and wait for the end of the call. */
    public Gathered gathered() {
        return gathered;
    }

    /** Frame contents. */
    public FrameContents contents() {
        return context.memory().contents();
    }

    /** The shape of the page tables. */
    public PageTableLayout layout() {
        return context.architecture().layout(context.configuration());
    }

    /** log2 of the base page size. */
    public int pageShift() {
        return pageShift;
    }

    /** The optimizer of the memory map, where the kernel is built with one. */
    public Optional<VmemmapOptimizer> vmemmap() {
        return Optional.ofNullable(vmemmap);
    }

    /** All pools, the smallest pages first. */
    public List<HugePagePool> pools() {
        return Collections.unmodifiableList(pools);
    }

    /** Base pages in all pools, used or not (Linux: hugetlb_total_pages). */
    public long totalPages() {
        long pages = 0;
        for (HugePagePool pool : pools) {
            pages += pool.total() << pool.order();
        }
        return pages;
    }

    /** Bytes that a leaf of level 2 maps (Linux: HPAGE_SIZE). */
    public long pmdSize() {
        return context.architecture().layout(context.configuration()).size(STANDARD_LEVEL);
    }

    /** The pool of the default size. */
    public HugePagePool standard() {
        return standard;
    }

    /** Makes {@code pool} the one of the default size. */
    public void setStandard(HugePagePool pool) {
        standard = pool;
    }

    /** The pool of pages of {@code bytes}. */
    public Optional<HugePagePool> ofSize(long bytes) {
        return pools.stream().filter(pool -> pool.pageSize() == bytes).findFirst();
    }

    /** The pool of pages of 2^{@code shift} bytes; 0 for the default. */
    public Optional<HugePagePool> ofShift(int shift) {
        return shift == 0 ? Optional.of(standard) : ofSize(1L << shift);
    }

    /** Limits and counters by control group. */
    public Optional<HugetlbController> controller() {
        return Optional.ofNullable(controller);
    }

    /** Who pays for what {@code vma} needs, or, without one, the caller; null when nobody is charged. */
    public HugetlbController.@Nullable Account payer(@Nullable Vma vma) {
        AddressSpace space = vma == null ? context.caller().space() : vma.space();
        return controller == null || space == null ? null : controller.payer(space);
    }

    /** The group whose members may make System V segments of huge pages without CAP_IPC_LOCK (hugetlb_shm_group). */
    public int segmentGroup() {
        return segmentGroup;
    }

    /** Sets it. */
    public void setSegmentGroup(int group) {
        segmentGroup = group;
    }

    /** The files that there are. */
    public Set<HugeFile> files() {
        return files;
    }

    /** The mounts that have a share of a pool. */
    public Map<Subpool, HugePagePool> shares() {
        return shares;
    }

    /** Compares the counters of all pools with what files, areas and mounts know; throws {@link org.mmkit.api.InvariantViolation}. */
    public void check() {
        for (HugePagePool pool : pools) {
            PoolAudit audit = new PoolAudit(pool);
            files.stream().filter(file -> file.pool() == pool).forEach(file -> audit.promised(file.outstanding()));
            shares.forEach((share, of) -> audit.promised(of == pool ? share.promised() : 0));
            reservations.forEach((vma, used) -> {
                if (vma.operations() instanceof HugeAreas areas && areas.file().pool() == pool) {
                    audit.promised(areas.file().outstanding(vma, used));
                }
            });
            audit.check();
        }
    }

    /** What private areas were promised. */
    public AreaReservations reservations() {
        return reservations;
    }

    /** Fills the page {@code head} with zeroes. */
    public void clear(long head) {
        contents().clear(head, frames.pages(head));
        frames.set(head, FolioFlags.UPTODATE);
    }

    /** Counts {@code pages} base pages (may be negative) that {@code space} maps. */
    public void use(AddressSpace space, long pages) {
        usage.merge(space.id(), pages, (a, b) -> a + b == 0 ? null : a + b);
    }

    /** HugetlbPages of /proc/PID/status, in kilobytes. */
    public long kilobytes(AddressSpace space) {
        return usage.getOrDefault(space.id(), 0L) << pageShift - 10;
    }
}
