package org.mmkit.core.space;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.feature.SpaceListener;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.RwSemaphore;
import org.mmkit.api.lock.SpinLock;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.lock.StripedLongs;
import org.mmkit.core.pgtable.RadixPageTables;
import org.mmkit.core.rmap.AnonChains;
import org.mmkit.core.rmap.AnonVma;

/** The address space of a process (Linux: struct mm_struct). */
@SuppressWarnings("exports") // some methods are for the engine alone, whose packages are not exported
public final class UserAddressSpace implements AddressSpace {

    private final Engine engine;
    private final int id;
    private final RadixPageTables tables;
    private final RwSemaphore mmapLock;
    private final AreaList areas;
    private final AreaMerger merger;
    private final RangeZapper zapper;
    /** Guards the roots of areas while the address space is only locked for reading. */
    private final SpinLock pageTablesLock;
    private final long[] rss = new long[RssKind.values().length];
    /** With SMP=y in place of {@link #rss}. */
    private final @Nullable StripedLongs rssStripes;
    private long highWater;
    private long flagBits;
    private long mappedPages;
    private long peakPages;
    private long lockedPages;
    private long lockedWithoutArea;
    private long pinnedPages;
    /** Flags that every new area gets (mlockall(MCL_FUTURE)). */
    private long defaultFlags;
    private long brkStart;
    private long brk;
    private long stackStart;
    private volatile boolean dead;

    private final MapCalls mapCalls;
    private final ProtectCall protectCall;
    private final RemapCall remapCall;
    private final AdviseCall adviseCall;
    private final LockCalls lockCalls;

    /** See {@link Engine#newSpace}. */
    public UserAddressSpace(Engine engine, int id, RadixPageTables tables) {
        this.engine = engine;
        this.id = id;
        this.tables = tables;
        this.mmapLock = engine.locks.rwSemaphore(LockClass.MMAP);
        this.areas = new AreaList(engine.calls.isSmp());
        this.pageTablesLock = engine.locks.spinLock(LockClass.PAGE_TABLES);
        this.rssStripes = engine.calls.isSmp() ? new StripedLongs(RssKind.values().length) : null;
        this.merger = new AreaMerger(this, areas);
        this.zapper = new RangeZapper(this);
        this.mapCalls = new MapCalls(this);
        this.protectCall = new ProtectCall(this);
        this.remapCall = new RemapCall(this);
        this.adviseCall = new AdviseCall(this);
        this.lockCalls = new LockCalls(this);
    }

    /** The machine's parts. */
    public Engine engine() {
        return engine;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public RwSemaphore mmapLock() {
        return mmapLock;
    }

    @Override
    public RadixPageTables tables() {
        return tables;
    }

    @Override
    public @Nullable VmArea find(long va) {
        return areas.find(va);
    }

    @Override
    public @Nullable VmArea findOrNext(long va) {
        return areas.findOrNext(va);
    }

    /** The areas in ascending order; a copy. */
    public List<VmArea> areas() {
        List<VmArea> list = new ArrayList<>(areas.size());
        for (int i = 0; i < areas.size(); i++) {
            list.add(areas.get(i));
        }
        return list;
    }

    AreaList areaList() {
        return areas;
    }

    int areaCount() {
        return areas.size();
    }

    AreaMerger merger() {
        return merger;
    }

    /** Removes mappings of ranges. */
    public RangeZapper zapper() {
        return zapper;
    }

    /** mmap, munmap, brk. */
    public MapCalls map() {
        return mapCalls;
    }

    /** mprotect. */
    public ProtectCall protect() {
        return protectCall;
    }

    /** mremap. */
    public RemapCall remap() {
        return remapCall;
    }

    /** madvise. */
    public AdviseCall advise() {
        return adviseCall;
    }

    /** mlock and its kin. */
    public LockCalls lock() {
        return lockCalls;
    }

    @Override
    public void addRss(RssKind kind, long pages) {
        if (rssStripes != null) {
            rssStripes.add(kind.ordinal(), pages);
            return;
        }
        rss[kind.ordinal()] += pages;
        if (pages > 0 && kind != RssKind.SWAP) {
            long total = residentPages();
            if (total > highWater) {
                highWater = total;
            }
        }
    }

    @Override
    public long rss(RssKind kind) {
        return rss(kind.ordinal());
    }

    private long rss(int kind) {
        return rssStripes == null ? rss[kind] : rssStripes.get(kind);
    }

    /** With SMP=y: pages are about to go, or the peak is asked for (Linux: update_hiwater_rss). */
    void notePeak() {
        if (rssStripes != null) {
            synchronized (rssStripes) {
                highWater = Math.max(highWater, residentPages());
            }
        }
    }

    /** Resident pages of all kinds. */
    public long residentPages() {
        return rss(0) + rss(1) + rss(3);
    }

    /** The highest {@link #residentPages} so far (VmHWM, in pages). */
    public long peakResidentPages() {
        notePeak();
        return highWater;
    }

    @Override
    public boolean testFlag(long bit) {
        return (flagBits & bit) != 0;
    }

    @Override
    public synchronized void setFlag(long bit) {
        flagBits |= bit;
    }

    @Override
    public synchronized void clearFlag(long bit) {
        flagBits &= ~bit;
    }

    /** Takes over those flags of {@code other} that are in {@code mask}. */
    public void inheritFlags(UserAddressSpace other, long mask) {
        flagBits = other.flagBits & mask;
    }

    @Override
    public boolean isDead() {
        return dead;
    }

    @Override
    public long updateFlags(long start, long end, long set, long clear) {
        return adviseCall.updateFlags(start, end, set, clear);
    }

    /** Pages of all areas (VmSize, in pages). */
    public long mappedPages() {
        return mappedPages;
    }

    /** The highest {@link #mappedPages} so far (VmPeak, in pages). */
    public long peakMappedPages() {
        return peakPages;
    }

    void addMapped(long pages) {
        mappedPages += pages;
        peakPages = Math.max(peakPages, mappedPages);
    }

    /** Pages of locked areas (VmLck, in pages). */
    public long lockedPages() {
        return lockedPages;
    }

    void addLocked(long pages) {
        lockedPages += pages;
    }

    /** Pages that {@link #lockedPages} still counts although no area is locked for them; see mremap with MREMAP_DONTUNMAP. */
    public long lockedWithoutArea() {
        return lockedWithoutArea;
    }

    void leaveLocked(long pages) {
        lockedWithoutArea += pages;
    }

    /** Pages accounted to long-term pins (VmPin, in pages). */
    public long pinnedPages() {
        return pinnedPages;
    }

    /** Accounts {@code pages} (may be negative) to {@link #pinnedPages}. */
    public synchronized void addPinned(long pages) {
        pinnedPages += pages;
    }

    long defaultFlags() {
        return defaultFlags;
    }

    /** Whether new areas are locked in memory, and so filled at once (mlockall(MCL_FUTURE)). */
    public boolean locksNewAreas() {
        return (defaultFlags & VmFlags.LOCKED) != 0;
    }

    void setDefaultFlags(long flags) {
        defaultFlags = flags;
    }

    /** First address behind the program's data: where the heap starts. */
    public long brkStart() {
        return brkStart;
    }

    /** The program break. */
    public long brk() {
        return brk;
    }

    /** Says where the heap starts; the break is there too. */
    public void setBrkStart(long address) {
        brkStart = address;
        brk = address;
    }

    void setBrk(long address) {
        brk = address;
    }

    /** Says where the stack pointer started: the area that holds it is the stack. */
    public void setStackStart(long address) {
        stackStart = address;
    }

    /** The name of an area without operations in maps. */
    String nameOf(VmArea area) {
        if (area.start < brk && area.end > brkStart) {
            return "[heap]";
        }
        if (stackStart != 0 && area.start <= stackStart && area.end >= stackStart) {
            return "[stack]";
        }
        return "";
    }

    /** The node of the page at {@code va}, as move_pages(2) without a target tells it; -ENOENT when no page is there, -EFAULT outside of areas and for the zero page. */
    public int nodeOf(long va) {
        return new PolicyCall(engine, this).nodeOf(va);
    }

    /**
     * move_pages(2): moves the page at each of {@code addresses} to the node beside it.
     *
     * @param status is given the node of each page, or a negated error number; pages that were not looked at keep theirs
     * @param flags MPOL_MF_MOVE or MPOL_MF_MOVE_ALL
     * @return 0, the number of pages that did not move, or a negated error number
     */
    public long movePages(long[] addresses, int[] nodes, int[] status, int flags) {
        return new MoveCalls(engine, this).movePages(addresses, nodes, status, flags);
    }

    /** migrate_pages(2): moves all pages on the nodes {@code from} to those of {@code to} in the same place; how many did not move, or a negated error number. */
    public long migratePages(long from, long to) {
        return new MoveCalls(engine, this).migratePages(from, to);
    }

    /** mbind(2); {@code nodes} is the set of nodes as a word. */
    public long mbind(long addr, long length, int mode, long nodes, int flags) {
        return new PolicyCall(engine, this).mbind(addr, length, mode, nodes, flags);
    }

    /** Makes an area and enters it. */
    VmArea addArea(long start, long end, long pgoff, long flags, @Nullable Mappable source, String specialName) {
        VmArea area = new VmArea(this, start, end, pgoff, flags, source, specialName);
        enter(area);
        return area;
    }

    /** Enters {@code area}, which overlaps nothing. */
    void enter(VmArea area) {
        areas.insert(area);
        if (area.hasFile()) {
            area.file().link(area);
        }
    }

    /** Gives the area a root for anonymous folios, that of a neighbour if the two could merge. */
    public void prepareAnon(VmArea area) {
        AnonVma neighbour = merger.reusableRoot(area);
        AnonVma root = neighbour == null ? AnonChains.newRoot(area) : neighbour;
        root.lock().writeLock();
        pageTablesLock.lock();
        if (area.anonVma() == null) { // another fault may have been faster
            AnonChains.adopt(area, root);
        }
        pageTablesLock.unlock();
        root.lock().writeUnlock();
    }

    /** Splits a huge leaf of {@code area} that {@code address} would cut. */
    void splitLeafAt(VmArea area, long address) {
        int levels = engine.extensions.hugeLevels();
        for (int level = 31 - Integer.numberOfLeadingZeros(levels); level > 1; level--) {
            if ((levels >>> level & 1) == 0 || (address & engine.layout.size(level) - 1) == 0) {
                continue;
            }
            long slot = tables.find(address, level);
            if (slot == PageTables.NO_SLOT) {
                continue;
            }
            long entry = tables.read(slot);
            if (engine.format.isPresent(entry) && engine.format.isLeaf(entry, level)) {
                engine.extensions.hugeLeaf(level).split(area, slot, address & -engine.layout.size(level));
                return;
            }
        }
    }

    /**
     * Makes a copy of this address space for a forked child.
     *
     * @param inheritedFlags those flag bits that the child gets
     * @throws ErrnoException ENOMEM, and no child exists
     */
    public UserAddressSpace fork(long inheritedFlags) throws ErrnoException {
        UserAddressSpace child = engine.newSpace();
        child.inheritFlags(this, inheritedFlags);
        child.brkStart = brkStart;
        child.brk = brk;
        child.stackStart = stackStart;
        int failed = new ForkCopy(this, child).run();
        if (failed != 0) {
            child.tearDown();
            throw new ErrnoException(-failed);
        }
        // From here on kernel threads may come upon it.
        for (SpaceListener listener : engine.extensions.listeners()) {
            listener.forked(this, child);
        }
        return child;
    }

    /** Unmaps everything and frees the tables. */
    public void tearDown() {
        for (SpaceListener listener : engine.extensions.listeners()) {
            listener.exiting(this);
        }
        dead = true;
        mapCalls.unmapAll();
        tables.close();
        engine.forget(this);
    }
}
