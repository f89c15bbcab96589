package org.mmkit.core.boot;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.VirtualLayout;
import org.mmkit.api.feature.KernelProfile;
import org.mmkit.api.feature.SpaceListener;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.task.Caller;
import org.mmkit.core.compaction.PageMigrator;
import org.mmkit.core.fault.FaultHandler;
import org.mmkit.core.gup.HeldPages;
import org.mmkit.core.ledger.PageOwner;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.memory.BadFrames;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.pagecache.LateWork;
import org.mmkit.core.pgtable.KernelPageTables;
import org.mmkit.core.pgtable.PageTableArena;
import org.mmkit.core.pgtable.RadixPageTables;
import org.mmkit.core.process.SharedLocks;
import org.mmkit.core.reclaim.Aging;
import org.mmkit.core.reclaim.Kswapds;
import org.mmkit.core.reclaim.MemoryRelief;
import org.mmkit.core.rmap.FolioMapper;
import org.mmkit.core.space.MappingSources;
import org.mmkit.core.space.AreaLimit;
import org.mmkit.core.space.Overcommit;
import org.mmkit.core.space.UserAddressSpace;
import org.mmkit.core.space.VmArea;
import org.mmkit.core.stat.CounterTable;
import org.mmkit.core.swap.SwapEntries;
import org.mmkit.core.swap.SwapSpace;
import org.mmkit.core.trace.Tracing;

/**
 * The parts of one machine that the inner packages work with; made once at boot. Nothing in here knows who called.
 */
public final class Engine {

    public final PageTableLayout layout;
    public final EntryFormat format;
    public final VirtualLayout virtual;
    public final KernelProfile profile;
    public final SystemMemory memory;
    public final FrameTable frames;
    public final PageTableArena tables;
    public final CounterTable counters;
    /** Makes the locks of this machine. */
    public final Locks locks;
    /** Which calls run side by side, and which alone. */
    public final StopMachine calls;
    public final Extensions extensions;
    public final int pageShift;
    public final long pageSize;
    /** The frame that all reads of untouched anonymous memory map. */
    public final long zeroPfn;

    /** The kernel's own page tables. */
    public final KernelPageTables kernelTables;

    /** What waits for the end of the call under way. */
    public final LateWork lateWork = new LateWork();

    /** Frames that are out of use for good. */
    public final BadFrames badFrames;

    public final Tracing tracing;
    public final FolioMapper rmap;
    public final FaultHandler faults;
    /** How much memory may be promised. */
    public final Overcommit overcommit;
    /** How many areas an address space may have. */
    public final AreaLimit areaLimit = new AreaLimit();
    private @Nullable PageOwner pageOwner;
    private final HeldPages heldPages = new HeldPages();
    private final List<UserAddressSpace> spaces = new ArrayList<>();
    private int lastSpaceId;
    private SwapEntries swap = SwapEntries.NONE;
    private MappingSources sources = MappingSources.NONE;
    private @Nullable PageMigrator migrator;
    private @Nullable SwapSpace swapSpace;
    private @Nullable Aging aging;
    private @Nullable Kswapds kswapd;
    private MemoryRelief relief = (order, gfp, again) -> false;
    private @Nullable UserAddressSpace running;
    private Caller caller = Caller.KERNEL;
    private final SharedLocks sharedLocks = new SharedLocks();
    private boolean runningKilled;

    /** Ties the parts together. */
    public Engine(
            PageTableLayout layout,
            EntryFormat format,
            VirtualLayout virtual,
            KernelProfile profile,
            SystemMemory memory,
            PageTableArena tables,
            KernelPageTables kernelTables,
            CounterTable counters,
            Extensions extensions,
            Locks locks) {
        this.locks = locks;
        this.calls = StopMachine.of(locks);
        this.layout = layout;
        this.format = format;
        this.virtual = virtual;
        this.profile = profile;
        this.memory = memory;
        this.frames = memory.frames();
        this.badFrames = new BadFrames(memory);
        this.tracing = memory.tracing();
        this.tables = tables;
        this.kernelTables = kernelTables;
        this.counters = counters;
        this.extensions = extensions;
        this.pageShift = layout.pageShift();
        this.pageSize = 1L << pageShift;
        this.zeroPfn = memory.allocateFolio(0, Gfp.KERNEL);
        memory.contents().clear(zeroPfn, 1);
        this.rmap = new FolioMapper(this);
        this.faults = new FaultHandler(this);
        this.overcommit = new Overcommit(this);
    }

    /**
     * Makes an empty address space.
     *
     * @throws ErrnoException ENOMEM when there is no frame for its root table
     */
    public UserAddressSpace newSpace() throws ErrnoException {
        UserAddressSpace space;
        int id;
        synchronized (spaces) {
            id = ++lastSpaceId;
        }
        try {
            space = new UserAddressSpace(this, id, RadixPageTables.create(tables, layout, format));
        } catch (RadixPageTables.OutOfFramesException e) {
            throw new ErrnoException(Errno.ENOMEM);
        }
        synchronized (spaces) {
            spaces.add(space);
        }
        return space;
    }

    /** The space is torn down. */
    public void forget(UserAddressSpace space) {
        synchronized (spaces) {
            spaces.remove(space);
        }
    }

    /** All living address spaces, oldest first; with {@code SMP=y} for calls that run alone. */
    public List<UserAddressSpace> spaces() {
        return spaces;
    }

    /** What callers of get_user_pages hold. */
    public HeldPages heldPages() {
        return heldPages;
    }

    /** Records where folios come from and are mapped; null unless the machine was booted with page_owner=on. */
    public @Nullable PageOwner pageOwner() {
        return pageOwner;
    }

    /** Sets it. */
    public void setPageOwner(PageOwner owner) {
        pageOwner = owner;
        memory.setListener(owner::allocated);
    }

    /** Page tables as vmstat counts them: without those of boot, and before 6.16 without any of the kernel's. */
    public long pageTables() {
        return tables.tables() - tables.bootTables() - (profile.countsKernelTables() ? 0 : kernelTables.laterTables());
    }

    /** Tells the listeners that {@code area} is new to huge pages: made, grown or merged. */
    public void mapped(VmArea area) {
        List<SpaceListener> listeners = extensions.listeners();
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).mapped(area);
        }
    }

    /** Swap, or {@link SwapEntries#NONE}. */
    public SwapEntries swap() {
        return swap;
    }

    /** Sets the swap. */
    public void setSwap(SwapEntries entries) {
        swap = entries;
    }

    /** Swap devices and the swap cache. */
    public SwapSpace swapSpace() {
        SwapSpace space = swapSpace;
        if (space == null) {
            throw new IllegalStateException("swap is not set up yet");
        }
        return space;
    }

    /** Sets them. */
    public void setSwapSpace(SwapSpace space) {
        swapSpace = space;
    }

    /** Moves pages; made when it is first asked for. */
    public PageMigrator migrator() {
        PageMigrator present = migrator;
        if (present == null) {
            present = new PageMigrator(this);
            migrator = present;
        }
        return present;
    }

    /** Where mmap gets shared anonymous memory and huge pages. */
    public MappingSources sources() {
        return sources;
    }

    /** Sets it. */
    public void setSources(MappingSources from) {
        sources = from;
    }

    /** Reclaim as madvise sees it, or null on a machine without. */
    public @Nullable Aging aging() {
        return aging;
    }

    /** Sets it. */
    public void setAging(Aging reclaim) {
        aging = reclaim;
    }

    /** Who takes pages back when memory runs short, or null. */
    public @Nullable Kswapds kswapd() {
        return kswapd;
    }

    /** Sets it. */
    public void setKswapd(Kswapds reclaim) {
        kswapd = reclaim;
    }

    /** Who frees memory for calls that run beside others. */
    public MemoryRelief relief() {
        return relief;
    }

    /** Sets it. */
    public void setRelief(MemoryRelief reclaim) {
        relief = reclaim;
    }

    /** Locked memory that outlives processes. */
    public SharedLocks sharedLocks() {
        return sharedLocks;
    }

    /** Who makes the call that the calling thread is in; the kernel outside of calls. */
    public Caller caller() {
        return calls.isAlone() ? caller : calls.task().caller;
    }

    /** Sets who makes the call that runs alone. */
    public void setCaller(Caller who) {
        caller = who;
    }

    /** The address space of the process whose call is under way, or null; it cannot be torn down now. */
    public @Nullable UserAddressSpace running() {
        return running;
    }

    /** Sets it. */
    public void setRunning(@Nullable UserAddressSpace space) {
        running = space;
    }

    /** Whether the process whose call is under way was killed and dies when it returns (Linux: fatal_signal_pending). */
    public boolean isRunningKilled() {
        return runningKilled;
    }

    /** Sets it. */
    public void setRunningKilled(boolean killed) {
        runningKilled = killed;
    }

    /** What a mapped page of the folio {@code head} counts as. */
    public RssKind rssKind(long head) {
        if (frames.test(head, FolioFlags.ANON)) {
            return RssKind.ANON;
        }
        return frames.test(head, FolioFlags.SWAPBACKED) ? RssKind.SHMEM : RssKind.FILE;
    }
}
