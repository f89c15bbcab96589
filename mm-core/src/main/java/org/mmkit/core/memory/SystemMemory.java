package org.mmkit.core.memory;

import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.api.lock.Locks;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.FrameAllocatorProvider;
import org.mmkit.api.memory.FrameContents;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.memory.PhysicalMemory;
import org.mmkit.api.space.Vma;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.lock.Stripes;
import org.mmkit.core.trace.Tracing;

/**
 * The memory of one machine after boot: what firmware and kernel keep is reserved ({@link BootReservations}), the rest is the
 * allocator's.
 *
 * <p>Not thread-safe.
 */
public final class SystemMemory implements PhysicalMemory {

    private final StopMachine calls;
    private @Nullable AllocationListener listener;
    private LongConsumer swapCache = head -> {};
    private final FrameTable frames;
    private final BuddyAllocator allocator;
    private final FrameContents contents;
    private final int pageShift;
    private final int sectionOrder;
    private final long spanned;

    private final MemmapPlan memmap;

    private long reserved;
    private boolean bootInfo;
    private final Tracing tracing = new Tracing();
    private final boolean numa;

    private final NodeMap nodes;
    private @Nullable Vma faulting;
    private long faultAddress;

    /** Decides which memory belongs to which node. */
    public interface NodeDivision {

        /** All memory is of one node. */
        NodeDivision NONE = (usable, pageShift) -> NodeMap.single();

        /** The nodes for the ranges {@code usable} of frames, ascending, each {first, end}. */
        NodeMap divide(List<long[]> usable, int pageShift);
    }

    private SystemMemory(Builder b) {
        calls = StopMachine.of(b.locks);
        pageShift = b.layout.pageShift();
        numa = b.numa;
        sectionOrder = b.sectionOrder;
        UsableMemory usable = UsableMemory.of(b.map, pageShift);
        spanned = usable.end() + (1L << sectionOrder) - 1 & -(1L << sectionOrder);
        frames = new FrameTable(spanned, sectionOrder, b.locks);
        int blockOrder = Math.min(b.maxOrder, b.layout.order(2));
        nodes = b.nodes.divide(usable.pairs(), pageShift);
        if (nodes.count() > 1 && b.locks.isSmp()) {
            throw new IllegalArgumentException("several memory nodes need SMP=n");
        }
        ZoneDivision zones = new ZoneDivision(spanned, b.dma ? b.map.dmaEnd() >>> pageShift : 0, b.dma32 ? b.map.dma32End() >>> pageShift : 0);
        long[][] zoneEnds = new long[nodes.count()][];
        for (int node = 0; node < zoneEnds.length; node++) {
            UsableMemory own = usable.ofNode(nodes, node);
            if (own.isEmpty()) {
                throw new IllegalArgumentException("memory node " + node + " would have no memory");
            }
            long multiple = 1L << b.maxOrder;
            zoneEnds[node] = zones.ends(own, b.kernelCore.pages(own.pages(), pageShift, multiple), multiple);
        }
        allocator = new BuddyAllocator(spanned, sectionOrder, blockOrder, b.maxOrder, nodes, zoneEnds,
                b.locks.isSmp() ? Stripes.COUNT : Math.max(b.processors, nodes.count()), frames);
        allocator.setLocks(b.locks);
        b.allocator.ifPresent(provider -> allocator.setPlugin(provider, b.layout.order(2)));
        allocator.watermarks().setPageKilobytes(1 << pageShift - 10);
        allocator.setTracing(tracing);
        frames.lru().setZones(nodes, zoneEnds);
        frames.setAllocator(allocator);
        contents = b.contents
                ? new SparseContents(spanned, sectionOrder, 1 << pageShift, b.locks)
                : new ContentsOff(spanned, sectionOrder, 1 << pageShift, b.locks);
        memmap = new MemmapPlan(b.layout, b.vmemmapBase, sectionOrder);
        boot(usable, new BootReservations(pageShift, sectionOrder, b.maxOrder, memmap).reserve(usable, nodes));
        allocator.start();
    }

    /** Decides how much memory any allocation may use. */
    public interface KernelCore {

        /** Pages of {@code total} usable ones that any allocation may use, so that a multiple of {@code multiple} is left; 0 for all. */
        long pages(long total, int pageShift, long multiple);
    }

    /** What a machine's memory is made of. */
    public static final class Builder {

        private final PhysicalMap map;
        private final PageTableLayout layout;
        private final int sectionOrder;
        private int processors = 1;
        private Locks locks = Locks.NONE;
        private boolean contents = true;
        private KernelCore kernelCore = (total, shift, multiple) -> 0;
        private boolean numa;
        private NodeDivision nodes = NodeDivision.NONE;
        private int maxOrder = FrameAllocator.MAX_ORDER;
        private long vmemmapBase;
        private boolean dma = true;
        private Optional<FrameAllocatorProvider> allocator = Optional.empty();
        private boolean dma32 = true;

        /** Memory as firmware reports it, for pages and huge pages of {@code layout}, in sections of 2^{@code sectionOrder} frames. */
        public Builder(PhysicalMap map, PageTableLayout layout, int sectionOrder) {
            this.map = map;
            this.layout = layout;
            this.sectionOrder = sectionOrder;
        }

        /** How many processors keep lists of frames; 1 unless set. */
        public Builder processors(int n) {
            processors = n;
            return this;
        }

        /** What makes the locks; those of a machine with one processor unless set. */
        public Builder locks(Locks maker) {
            locks = maker;
            return this;
        }

        /** Whether bytes are kept, or only counted; kept unless set. */
        public Builder contents(boolean keep) {
            contents = keep;
            return this;
        }

        /** Memory at the top for movable pages only; none unless set. */
        public Builder movableBytes(long bytes) {
            kernelCore = (total, shift, multiple) -> total - ((bytes >>> shift) + multiple - 1) / multiple * multiple;
            return this;
        }

        /** How much memory any allocation may use, the rest being for movable pages only (boot parameters kernelcore, movablecore); all unless set. */
        public Builder kernelCore(KernelCore core) {
            kernelCore = core;
            return this;
        }

        /** Whether user areas have a policy which node their memory comes from (CONFIG_NUMA). */
        public Builder numa(boolean on) {
            numa = on;
            return this;
        }

        /** Which memory belongs to which node; one node unless set. */
        public Builder nodes(NodeDivision division) {
            nodes = division;
            return this;
        }

        /** Where the kernel's page tables map the memory map; at 0 unless set. */
        public Builder vmemmapBase(long address) {
            vmemmapBase = address;
            return this;
        }

        /** Whether the zones DMA and DMA32 exist where the architecture has them (CONFIG_ZONE_DMA, CONFIG_ZONE_DMA32); they do unless set. */
        public Builder zones(boolean hasDma, boolean hasDma32) {
            dma = hasDma;
            dma32 = hasDma32;
            return this;
        }

        /** log2 of the frames of the largest block of the allocator; {@link FrameAllocator#MAX_ORDER} unless set. */
        public Builder maxOrder(int order) {
            maxOrder = order;
            return this;
        }

        /** Who keeps the free frames of each zone; the buddy system unless set. */
        public Builder allocator(Optional<FrameAllocatorProvider> provider) {
            allocator = provider;
            return this;
        }

        /** Boots the memory. */
        public SystemMemory build() {
            return new SystemMemory(this);
        }
    }

    private void boot(UsableMemory usable, List<UsableMemory.Range> reservations) {
        for (UsableMemory.Range range : usable.ranges()) {
            long at = range.from();
            for (UsableMemory.Range taken : reservations) {
                long from = Math.max(taken.from(), at);
                long to = Math.min(taken.to(), range.to());
                if (from < to) {
                    allocator.addMemory(at, from);
                    allocator.addReserved(from, to);
                    frames.setRange(from, to - from, FolioFlags.RESERVED);
                    reserved += to - from;
                    at = to;
                }
            }
            allocator.addMemory(at, range.to());
        }
    }

    @Override
    public BuddyAllocator allocator() {
        return allocator;
    }

    @Override
    public NodeMap nodes() {
        return nodes;
    }

    @Override
    public FrameTable frames() {
        return frames;
    }

    @Override
    public void setHugePagesWanted(boolean wanted) {
        allocator.watermarks().setHugePagesWanted(wanted);
    }

    @Override
    public FolioBatches lru() {
        return frames.batches();
    }

    @Override
    public FrameContents contents() {
        return contents;
    }

    /** Lets {@code who} hear of each folio that is allocated. */
    public void setListener(AllocationListener who) {
        listener = who;
    }

    @Override
    public long allocateFolio(int order, int gfp) {
        Vma area = faulting;
        long head = area != null ? allocateFor(area, order, gfp) : allocator.allocate(order, gfp);
        if (head == FrameAllocator.NONE) {
            return Frames.NONE;
        }
        frames.makeFolio(head, order, order > 0 && (gfp & Gfp.COMP) != 0);
        AllocationListener told = listener;
        if (told != null) {
            told.allocated(head, order, gfp);
        }
        return head;
    }

    @Override
    public long allocateUserFolio(int order, int gfp) {
        if (numa && order == allocator.blockOrder() && mayPreferOneNode()) {
            // mm/mempolicy.c, alloc_pages_mpol: first this node without much ado, then any node as hard as asked.
            long head = allocateFolio(order, gfp | Gfp.THISNODE | Gfp.NORETRY);
            if (head != Frames.NONE || (gfp & Gfp.DIRECT_RECLAIM) == 0) {
                return head;
            }
        }
        return allocateFolio(order, gfp);
    }

    private boolean mayPreferOneNode() {
        return policyOf(faulting).mode() != MemoryPolicy.Mode.INTERLEAVE;
    }

    /** The policy by which memory for {@code area} is allocated: its own, else that of the task. */
    private MemoryPolicy policyOf(@Nullable Vma area) {
        return area != null && area.policy().mode() != MemoryPolicy.Mode.DEFAULT ? area.policy() : allocator.taskPolicy();
    }

    /** A block for the access to {@code area} under way (mm/mempolicy.c, vma_alloc_folio). */
    private long allocateFor(Vma area, int order, int gfp) {
        MemoryPolicy policy = policyOf(area);
        long place = (area.pgoff() >>> order) + (faultAddress - area.start() >>> pageShift + order);
        int node = policy.first(nodes.current(), place);
        if ((gfp & Gfp.THISNODE) != 0) {
            long allowed = policy.wanted();
            return (allowed >>> node & 1) == 0 ? FrameAllocator.NONE : allocator.allocate(order, gfp, node, allowed);
        }
        return allocator.allocate(policy, order, gfp, node);
    }

    /** Memory for an access to {@code va} of {@code area} follows; null for none. Does nothing on a machine with one node. */
    public void setFaulting(@Nullable Vma area, long va) {
        if (nodes.count() > 1) {
            faulting = area;
            faultAddress = va;
        }
    }

    @Override
    public MemoryPolicy taskPolicy() {
        return allocator.taskPolicy();
    }

    @Override
    public boolean isStalled() {
        return calls.isStalled();
    }

    @Override
    public long slowAllocations() {
        return allocator.slowRequests();
    }

    @Override
    public void freeSwapCache(long head) {
        if (frames.test(head, FolioFlags.SWAPCACHE) && !frames.isMapped(head)) {
            swapCache.accept(head);
        }
    }

    @Override
    public void releaseSwap(long head) {
        if (frames.test(head, FolioFlags.SWAPCACHE)) {
            swapCache.accept(head);
        }
    }

    /** Names who takes folios out of the swap cache. */
    public void setSwapCache(LongConsumer release) {
        swapCache = release;
    }

    @Override
    public void stall() {
        calls.stall();
    }

    /** Frames from 0 to the last one, holes included, rounded up to whole sections. */
    public long spanned() {
        return spanned;
    }

    /** The tracepoints of the machine. */
    public Tracing tracing() {
        return tracing;
    }

    /** Whether the section of {@code pfn} has a memory map: some of it is memory (Linux: online_section). */
    public boolean isPresent(long pfn) {
        if (pfn < 0 || pfn >= spanned) {
            return false;
        }
        return memmap.frameOf(pfn) >= 0;
    }

    /** Frames that were occupied before the allocator started: low memory, kernel image, memory map. */
    public long reservedPages() {
        return reserved;
    }

    /**
     * Notes for each frame of the memory map which section it describes, so that it can be given back when the section or the
     * descriptors go (mm/bootmem_info.c, register_page_bootmem_info_node; node by node). Takes no time: what a frame
     * describes follows from its place.
     */
    public void registerBootInfo() {
        bootInfo = true;
    }

    /** What {@link #registerBootInfo} noted of a frame of boot memory. */
    public enum BootInfo {
        /** Nothing: the frame cannot be given back. */
        NONE,
        /** It holds descriptors of a section (SECTION_INFO). */
        SECTION,
        /** It holds a page table that maps descriptors, maybe of several sections (MIX_SECTION_INFO). */
        MIXED
    }

    /** What was noted of frame {@code pfn}; nothing of those given back since, and nowhere unless {@link #registerBootInfo} ran. */
    public BootInfo bootInfo(long pfn) {
        if (!bootInfo) {
            return BootInfo.NONE;
        }
        if (memmap.isTable(pfn)) {
            return BootInfo.MIXED;
        }
        return frames.test(pfn, FolioFlags.RESERVED) && memmap.sectionOf(pfn) >= 0 ? BootInfo.SECTION : BootInfo.NONE;
    }

    /** The section whose descriptors the frame {@code pfn} holds, if it {@linkplain #bootInfo is noted}; else -1. */
    public long describedSection(long pfn) {
        return bootInfo(pfn) == BootInfo.SECTION ? memmap.sectionOf(pfn) : -1;
    }

    /** Frames of the memory map: the metadata of all sections that hold memory. */
    public long memmapPages() {
        return memmap.pages();
    }

    /** Where the memory map lies, and the page tables that map it. */
    public MemmapPlan memmap() {
        return memmap;
    }

    /** log2 of the bytes of a frame. */
    public int pageShift() {
        return pageShift;
    }

    /** log2 of the frames of a section. */
    public int sectionOrder() {
        return sectionOrder;
    }

    @Override
    public long nextLargeFolio(long pfn) {
        for (long at = pfn; at < frames.spanned(); at++) {
            if (!frames.isTouched(at)) {
                at |= (1L << sectionOrder) - 1;
            } else if (frames.isLarge(at) && frames.head(at) == at) {
                return at;
            }
        }
        return Frames.NONE;
    }

    @Override
    public long memmapFrame(long pfn) {
        long frame = memmap.frameOf(pfn);
        if (frame == Frames.NONE) {
            throw new IllegalArgumentException("frame 0x" + Long.toHexString(pfn) + " lies in a hole");
        }
        return frame;
    }

    @Override
    public void releaseReserved(long pfn, long pages) {
        for (long i = pfn; i < pfn + pages; i++) {
            if (!frames.test(i, FolioFlags.RESERVED)) {
                throw new InvariantViolation("frame 0x" + Long.toHexString(i) + " is released, but was not reserved");
            }
        }
        frames.clearRange(pfn, pages, FolioFlags.RESERVED);
        reserved -= pages;
        allocator.releaseReserved(pfn, pfn + pages);
    }

    /** Checks allocator, frame metadata, and that no free frame has a reference, a mapping or a flag. */
    public void verify() {
        allocator.verify();
        frames.verify();
        frames.verifyFree(allocator);
        frames.lru().verify(frames.batches());
    }
}
