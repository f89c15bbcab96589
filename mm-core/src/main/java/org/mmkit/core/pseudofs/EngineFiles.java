package org.mmkit.core.pseudofs;

import java.util.List;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.compaction.Compactor;
import org.mmkit.core.compaction.Kcompactd;
import org.mmkit.core.memory.AllocationFaults;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.observe.Pagemap;
import org.mmkit.core.observe.SwapUse;
import org.mmkit.core.offline.SoftOffline;
import org.mmkit.core.process.OutOfMemory;
import org.mmkit.core.process.ProcessTable;
import org.mmkit.core.vfs.MachineFiles;

/** The files of /proc that the engine brings without any feature. */
public final class EngineFiles {

    private final VmstatFile vmstat;
    private final SysctlFiles sysctl;
    private final PseudoFileSystem files;
    private final BuddyAllocator allocator;
    private final MeminfoFile meminfo;

    /** Makes them and adds them to {@code files}. */
    public EngineFiles(PseudoFileSystem files, Sources from) {
        Engine engine = from.engine;
        this.files = files;
        this.allocator = engine.memory.allocator();
        Fields fields = from.fields;
        vmstat = new VmstatFile(engine.counters, engine.memory);
        vmstat.add("nr_page_table_pages", engine::pageTables);
        new TraceFiles(engine.tracing).addTo(files);
        files.add("/proc/vmstat", vmstat);
        meminfo = new MeminfoFile(engine.memory, vmstat, fields);
        meminfo.addPages("SwapTotal", from.machineFiles.swap()::totalPages);
        meminfo.addPages("SwapFree", from.machineFiles.swap()::freePages);
        meminfo.addPages("CommitLimit", engine.overcommit::limit);
        meminfo.addPages("Committed_AS", engine.overcommit::committed);
        files.add("/proc/meminfo", meminfo);
        ZoneFiles zones = new ZoneFiles(engine.memory.allocator(), engine.frames.lru(), vmstat);
        files.add("/proc/buddyinfo", new TextFile(zones::buddyinfo));
        if (allocator.hasPageBlocks()) {
            files.add("/proc/pagetypeinfo", new TextFile(zones::pagetypeinfo));
        }
        files.add("/proc/zoneinfo", new TextFile(zones::zoneinfo));
        if (from.numa) {
            new NodeFiles(engine.memory, vmstat, fields).addTo(files);
        }
        files.add("/proc/cmdline", new TextFile(() -> from.commandLine + "\n"));
        long frames = engine.memory.spanned();
        files.add("/proc/kpageflags", new WordFile("/proc/kpageflags", frames, from.pagemap::flags));
        files.add("/proc/kpagecount", new WordFile("/proc/kpagecount", frames, from.pagemap::count));
        if (engine.kernelTables.hasMemmap()) {
            files.add("/sys/kernel/debug/page_tables/kernel", new TextFile(new KernelTableDump(engine.kernelTables)::text));
        }
        files.addDirectory("/proc", new ProcessDirectories(engine, from.processes, from.oom,
                new AreaText(engine.frames, from.swapUse, fields, engine.profile.smapsLines()), from.pagemap, fields, from.numa));
        sysctl = new SysctlFiles(files);
        sysctl.addWatermarks(engine.memory);
        sysctl.addReclaim(from.machineFiles.reclaim());
        sysctl.addSwap(from.machineFiles.readahead());
        sysctl.addOvercommit(engine.overcommit);
        sysctl.addAreas(engine.areaLimit);
        sysctl.addOom(from.oom);
        sysctl.addDropCaches(engine.counters, from.machineFiles.reclaim().shrinkers(), from.machineFiles::dropPageCache);
    }

    /**
     * What the files are made from.
     *
     * @param engine the engine
     * @param machineFiles page caches and swap
     * @param processes the living processes
     * @param oom who is killed when memory is out
     * @param pagemap what pagemap and kpageflags say
     * @param swapUse what the sums of smaps ask of swap
     * @param fields lines that features have added
     * @param commandLine the kernel command line
     * @param numa whether memory has nodes (CONFIG_NUMA)
     */
    public record Sources(
            Engine engine,
            MachineFiles machineFiles,
            ProcessTable processes,
            OutOfMemory oom,
            Pagemap pagemap,
            SwapUse swapUse,
            Fields fields,
            String commandLine,
            boolean numa) {}

    /** Adds the files that make allocations fail. */
    public void addFaultInjection(AllocationFaults faults) {
        FaultInjectionFiles.add(files, faults);
    }

    /** Adds the files that take pages out of use. */
    public void addSoftOffline(SoftOffline offline) {
        files.add("/sys/devices/system/memory/soft_offline_page", new SoftOfflineFile(offline, offline.pageShift()));
        sysctl.add("enable_soft_offline", () -> offline.isEnabled() ? 1 : 0, value -> offline.setEnabled(value != 0), 0, 1);
        meminfo.addPages("HardwareCorrupted", offline::pages);
    }

    /** Adds the files of memory compaction. */
    public void addCompaction(Compactor compactor, List<Kcompactd> kcompactds) {
        sysctl.addCompaction(compactor, kcompactds);
        FragmentationFiles indexes = new FragmentationFiles(allocator, compactor.fragmentation());
        files.add("/sys/kernel/debug/extfrag/extfrag_index", new TextFile(indexes::extfragIndex));
        files.add("/sys/kernel/debug/extfrag/unusable_index", new TextFile(indexes::unusableIndex));
    }

    /** /proc/vmstat by name. */
    public VmstatFile vmstat() {
        return vmstat;
    }
}
