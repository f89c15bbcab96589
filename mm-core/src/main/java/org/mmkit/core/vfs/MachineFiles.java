package org.mmkit.core.vfs;

import org.mmkit.api.Errno;
import org.mmkit.api.config.Configuration;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.memory.FolioBatches;
import org.mmkit.core.pagecache.CacheContext;
import org.mmkit.core.reclaim.AdvisedAging;
import org.mmkit.core.reclaim.FolioReclaimer;
import org.mmkit.core.reclaim.DirectReclaim;
import org.mmkit.core.shmem.Shmem;
import org.mmkit.core.space.VmArea;
import org.mmkit.core.swap.SwapOff;
import org.mmkit.core.swap.SwapPages;
import org.mmkit.core.swap.SwapReadahead;
import org.mmkit.core.swap.SwapSpace;

/** Files, shared memory, swap and reclaim of one machine, tied to its engine. */
@SuppressWarnings("exports") // some methods are for the engine alone, whose packages are not exported
public final class MachineFiles {

    private final boolean hasSwap;
    private final StopMachine calls;
    private final FolioBatches lru;
    private final Vfs vfs;
    private final SharedMemorySegments segments;
    private final SwapSpace swap;
    private final SwapOff swapOff;
    private final SwapReadahead readahead;
    private final FolioReclaimer reclaimer;
    private final DirectReclaim reclaim;

    /** Makes them as {@code configuration} has it (SWAP, MEMFD_CREATE) and sets them in {@code engine}. */
    public MachineFiles(Engine engine, Configuration configuration) {
        calls = engine.calls;
        lru = engine.frames.batches();
        hasSwap = configuration.isEnabled("SWAP");
        int hugeOrder = engine.layout.order(2);
        CacheContext context = new CacheContext(engine.memory, engine.counters, engine.pageShift, hugeOrder, engine.locks);
        context.setLateWork(engine.lateWork);
        context.setUnmapper((vma, start, end, copiesToo) -> {
            VmArea area = (VmArea) vma;
            area.space().zapper().zap(area, start, end, false, copiesToo, false);
        });
        swap = new SwapSpace(engine.memory, engine.counters, engine.extensions, engine.pageShift,
                configuration.isEnabled("THP_SWAP") ? hugeOrder : 0, engine.locks);
        engine.memory.setSwapCache(swap::freeFolio);
        engine.setSwapSpace(swap);
        Shmem shmem = new Shmem(context, engine.extensions, swap);
        shmem.setCopiesWholeFolios(engine.profile.copiesWholeFolios());
        swap.addEntries(shmem::eachSwapped);
        vfs = new Vfs(context, shmem, configuration.isEnabled("MEMFD_CREATE"), calls);
        vfs.setCaller(engine::caller);
        segments = new SharedMemorySegments(vfs, engine.pageSize);
        SwapPages pages = new SwapPages(engine, swap);
        readahead = pages.readahead();
        swapOff = new SwapOff(engine, swap, pages, shmem::leaveSwap);
        reclaimer = new FolioReclaimer(engine, swap);
        reclaim = new DirectReclaim(engine, swap);
        engine.memory.allocator().setPressure(reclaim);
        engine.frames.lru().workingSet().setFreeSwap(swap::freePages);
        engine.setKswapd(reclaim.kswapds());
        engine.setRelief(reclaim);
        context.setRelief(reclaim.kswapds()::runIfDue);
        context.setKilled(engine::isRunningKilled);
        engine.overcommit.setSwap(swap::totalPages);
        shmem.setOvercommit(engine.overcommit::allows, engine.overcommit::addSharedMemory);
        engine.setSources(vfs.sources());
        engine.setSwap(pages);
        engine.setAging(new AdvisedAging(engine, reclaimer, pages::readAhead));
    }

    /** File systems and files. */
    public Vfs vfs() {
        return vfs;
    }

    /** System V shared memory. */
    public SharedMemorySegments segments() {
        return segments;
    }

    /** Swap devices. */
    public SwapSpace swap() {
        return swap;
    }

    /** What is read from swap before it is asked for. */
    public SwapReadahead readahead() {
        return readahead;
    }

    /** Reclaims given folios. */
    public FolioReclaimer reclaimer() {
        return reclaimer;
    }

    /** Who takes pages back when memory runs short. */
    public DirectReclaim reclaim() {
        return reclaim;
    }

    /** Drops what the page cache holds of files and nobody maps or has written to (drop_caches). */
    public void dropPageCache() {
        calls.stop();
        try {
            lru.drain();
            vfs.dropPageCache();
        } finally {
            calls.resume();
        }
    }

    /** swapon of a synchronous block device of {@code bytes}: 0 or a negated error number; ENOSYS on a machine without SWAP. */
    public int swapon(long bytes) {
        calls.stop();
        try {
            if (!hasSwap) {
                return -Errno.ENOSYS;
            }
            // The device's cache, which mkswap wrote through, goes (Linux: kill_bdev).
            lru.drain();
            return Math.min(0, swap.add(bytes));
        } finally {
            calls.resume();
        }
    }

    /** swapoff of the device that was added last: 0 or a negated error number. */
    public int swapoff() {
        calls.stop();
        try {
            int type = swap.lastDevice();
            return type < 0 ? -Errno.EINVAL : swapOff.run(type);
        } finally {
            calls.resume();
        }
    }
}
