package org.mmkit.core.pseudofs;

import org.mmkit.core.boot.Engine;
import org.mmkit.core.observe.SwapUse;
import org.mmkit.core.process.ProcessTable;

/** The files of /proc that the engine brings without any feature. */
public final class EngineFiles {

    private final PseudoFileSystem files;
    private final VmstatFile vmstat;

    /**
     * Adds them to {@code files}.
     *
     * @param commandLine the kernel command line
     */
    public EngineFiles(
            PseudoFileSystem files, Engine engine, ProcessTable processes, Fields fields, SwapUse swapUse, String commandLine) {
        this.files = files;
        vmstat = new VmstatFile(engine.counters, engine.memory);
        vmstat.add("nr_page_table_pages", engine.tables::tables);
        files.add("/proc/vmstat", vmstat);
        files.add("/proc/meminfo", new MeminfoFile(engine.memory, vmstat, fields));
        ZoneFiles zones = new ZoneFiles(engine.memory.allocator());
        files.add("/proc/buddyinfo", new TextFile(zones::buddyinfo));
        files.add("/proc/pagetypeinfo", new TextFile(zones::pagetypeinfo));
        files.add("/proc/zoneinfo", new TextFile(zones::zoneinfo));
        files.add("/proc/cmdline", new TextFile(() -> commandLine + "\n"));
        files.addDirectory("/proc", new ProcessDirectories(processes, new AreaText(engine.frames, swapUse, fields), fields));
        SysctlFiles sysctl = new SysctlFiles(files);
        sysctl.addWatermarks(engine.memory);
        sysctl.addDropCaches(engine.counters, engine.extensions.shrinkers(), () -> { });
    }

    /** /proc/vmstat by name. */
    public VmstatFile vmstat() {
        return vmstat;
    }
}
