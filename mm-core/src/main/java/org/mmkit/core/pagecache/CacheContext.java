package org.mmkit.core.pagecache;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.PhysicalMemory;
import org.mmkit.api.stat.Counters;
import org.mmkit.core.memory.FolioBatches;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.memory.WorkingSet;

/** What all page caches of a machine share. */
public final class CacheContext {

    /** Order of the folio that one leaf of level 2 maps. */
    public final int hugeOrder;
    /** log2 of the base page size. */
    public final int pageShift;
    final PhysicalMemory memory;
    final Frames frames;
    final FolioBatches lru;
    final Counters counters;
    final Locks locks;
    final int nrFilePages;
    final int nrShmem;
    final int nrShmemHuge;
    final int nrFileHuge;
    private @Nullable RangeUnmapper unmapper;
    LateWork lateWork = new LateWork();
    private Runnable relief = () -> {};
    private BooleanSupplier killed = () -> false;
    private long lastInode;
    private long lastDevice;

    /** Registers the counters. */
    public CacheContext(SystemMemory memory, Counters counters, int pageShift, int hugeOrder) {
        this(memory, counters, pageShift, hugeOrder, Locks.NONE);
    }

    /** The same, for as many processors as {@code locks} are made for. */
    public CacheContext(SystemMemory memory, Counters counters, int pageShift, int hugeOrder, Locks locks) {
        this.locks = locks;
        this.memory = memory;
        this.frames = memory.frames();
        this.lru = memory.lru();
        this.counters = counters;
        this.pageShift = pageShift;
        this.hugeOrder = hugeOrder;
        nrFilePages = counters.register("nr_file_pages");
        nrShmem = counters.register("nr_shmem");
        nrShmemHuge = counters.register("nr_shmem_hugepages");
        nrFileHuge = counters.register("nr_file_hugepages");
    }

    /** Says who removes entries from page tables; before that no file can be mapped. */
    public void setUnmapper(RangeUnmapper value) {
        unmapper = value;
    }

    /** Says who knows when calls end. */
    public void setLateWork(LateWork value) {
        lateWork = value;
    }

    RangeUnmapper unmapper() {
        RangeUnmapper present = unmapper;
        if (present == null) {
            throw new IllegalStateException("page tables are not set up yet");
        }
        return present;
    }

    /** Says what is done before a write allocates a page: the place where memory may be taken back. */
    public void setRelief(Runnable action) {
        relief = action;
    }

    /** To be called before a page is allocated for a write, with no folio in the caller's hands. */
    public void relieve() {
        relief.run();
    }

    /** Says who knows whether the process whose call is under way was killed. */
    public void setKilled(BooleanSupplier value) {
        killed = value;
    }

    /** Whether the call under way is to end early, for its process was killed (Linux: fatal_signal_pending). */
    public boolean isCallerKilled() {
        return killed.getAsBoolean();
    }

    /** All memory. */
    public PhysicalMemory memory() {
        return memory;
    }

    /** Who recognises pages that come back after they were reclaimed. */
    public WorkingSet workingSet() {
        return lru.workingSet();
    }

    /** The counters. */
    public Counters counters() {
        return counters;
    }

    /** A new inode number. */
    public long newInode() {
        return ++lastInode;
    }

    /** A new number of a device without hardware: major 0. */
    public long newDevice() {
        return ++lastDevice;
    }
}
