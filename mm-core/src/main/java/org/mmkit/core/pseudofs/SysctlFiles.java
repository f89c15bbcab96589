package org.mmkit.core.pseudofs;

import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.mmkit.core.compaction.Compactor;
import org.mmkit.core.compaction.Kcompactd;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.memory.Watermarks;
import org.mmkit.core.process.OutOfMemory;
import org.mmkit.core.reclaim.DirectReclaim;
import org.mmkit.core.reclaim.SlabShrink;
import org.mmkit.core.space.AreaLimit;
import org.mmkit.core.space.Overcommit;
import org.mmkit.core.swap.SwapReadahead;
import org.mmkit.core.stat.CounterTable;

/** The files of /proc/sys/vm that the engine itself honours (Documentation/admin-guide/sysctl/vm.rst). */
final class SysctlFiles {

    private static final String FOLDER = "/proc/sys/vm/";

    private final PseudoFileSystem files;

    SysctlFiles(PseudoFileSystem files) {
        this.files = files;
    }

    void addWatermarks(SystemMemory memory) {
        Watermarks watermarks = memory.allocator().watermarks();
        add("min_free_kbytes", watermarks::minFreeKilobytes, watermarks::setMinFreeKilobytes, 0, Integer.MAX_VALUE);
        add("watermark_boost_factor", watermarks::boostFactor, value -> watermarks.setBoostFactor((int) value), 0, Integer.MAX_VALUE);
        files.add(FOLDER + "lowmem_reserve_ratio", new ReserveRatios(watermarks));
        files.add(FOLDER + "percpu_pagelist_high_fraction", new PerCpuFraction(memory.allocator()));
        add("watermark_scale_factor", watermarks::scaleFactor, value -> watermarks.setScaleFactor((int) value), 1, 3000);
    }

    /** How anonymous memory stands beside files. */
    void addReclaim(DirectReclaim reclaim) {
        add("swappiness", reclaim::swappiness, value -> reclaim.setSwappiness((int) value), 0, 200);
    }

    /** How much is read from swap at once. */
    void addSwap(SwapReadahead readahead) {
        add("page-cluster", readahead::cluster, value -> readahead.setCluster((int) value), 0, SwapReadahead.MOST);
        files.add("/sys/kernel/mm/swap/vma_ra_enabled", new BooleanFile(readahead::isByArea, readahead::setByArea));
    }

    /** How much memory may be promised. */
    void addOvercommit(Overcommit overcommit) {
        add("overcommit_memory", overcommit::mode, value -> overcommit.setMode((int) value), 0, 2);
        add("overcommit_ratio", overcommit::ratio, value -> overcommit.setRatio((int) value), Integer.MIN_VALUE, Integer.MAX_VALUE);
        add("overcommit_kbytes", overcommit::kilobytes, overcommit::setKilobytes, 0, Long.MAX_VALUE);
        add("user_reserve_kbytes", overcommit::userReserveKilobytes, overcommit::setUserReserveKilobytes, 0, Long.MAX_VALUE);
    }

    /** How many areas an address space may have. */
    void addAreas(AreaLimit limit) {
        add("max_map_count", limit::most, value -> limit.setMost((int) value), 0, Integer.MAX_VALUE);
    }

    /** Who is killed when memory is out. */
    void addOom(OutOfMemory oom) {
        add("oom_kill_allocating_task", () -> oom.killsAllocating() ? 1 : 0, value -> oom.setKillsAllocating(value != 0),
                Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** 1 drops clean page cache, 2 runs the shrinkers, 3 does both; 4 only silences a message of Linux. */
    void addDropCaches(CounterTable counters, SlabShrink shrinkers, Runnable dropPageCache) {
        int pageCache = counters.register("drop_pagecache");
        int slab = counters.register("drop_slab");
        files.add(FOLDER + "drop_caches", new IntegerSysctl(() -> 0, value -> {
            if ((value & 1) != 0) {
                dropPageCache.run();
                counters.add(pageCache, 1);
            }
            if ((value & 2) != 0) {
                shrinkers.dropAll();
                counters.add(slab, 1);
            }
        }, 1, Integer.MAX_VALUE, false));
    }

    /** Writing 1 to compact_memory compacts all zones; any other number is refused. */
    void addCompaction(Compactor compactor, List<Kcompactd> kcompactds) {
        files.add(FOLDER + "compact_memory", new IntegerSysctl(() -> 0, value -> compactor.compactAll(), 1, 1, false));
        add("compaction_proactiveness", kcompactds.get(0)::proactiveness, value -> kcompactds.forEach(k -> k.setProactiveness((int) value)), 0, 100);
        add("extfrag_threshold", compactor.fragmentation()::threshold,
                value -> compactor.fragmentation().setThreshold((int) value), 0, 1000);
        add("compact_unevictable_allowed", () -> compactor.isUnevictableAllowed() ? 1 : 0,
                value -> compactor.setUnevictableAllowed(value != 0), 0, 1);
    }

    void add(String name, LongSupplier value, LongConsumer set, long min, long max) {
        files.add(FOLDER + name, new IntegerSysctl(value, set, min, max, true));
    }
}
