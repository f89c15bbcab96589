package org.mmkit.core.pseudofs;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.observe.Pagemap;
import org.mmkit.core.process.OutOfMemory;
import org.mmkit.core.process.Process;
import org.mmkit.core.process.ProcessTable;

/** /proc/PID: one directory per living process. */
final class ProcessDirectories implements PseudoFileSystem.Directory {

    private static final List<String> NAMES = List.of("comm", "maps", "numa_maps", "oom_score", "oom_score_adj", "pagemap", "smaps", "smaps_rollup", "statm", "status");

    private final ProcessTable processes;
    private final OutOfMemory oom;
    private final AreaText areas;
    private final Fields fields;
    private final Pagemap pagemap;
    private final long userPages;
    private final int pageShift;
    /** Null without nodes. */
    private final @Nullable NumaMapsText numaMaps;

    ProcessDirectories(Engine engine, ProcessTable processes, OutOfMemory oom, AreaText areas, Pagemap pagemap, Fields fields,
            boolean numa) {
        this.numaMaps = numa ? new NumaMapsText(engine.frames, engine.memory.nodes(), engine.zeroPfn, engine.pageShift) : null;
        this.userPages = engine.virtual.userEnd() >>> engine.pageShift;
        this.pageShift = engine.pageShift;
        this.pagemap = pagemap;
        this.processes = processes;
        this.oom = oom;
        this.areas = areas;
        this.fields = fields;
    }

    private @Nullable Process process(String name) {
        return name.matches("[1-9][0-9]{0,8}") ? processes.find(Integer.parseInt(name)) : null;
    }

    @Override
    public @Nullable PseudoFile find(String path) {
        int slash = path.indexOf('/');
        Process process = slash < 0 ? null : process(path.substring(0, slash));
        if (process == null) {
            return null;
        }
        return switch (path.substring(slash + 1)) {
            case "comm" -> new ProcessName(process);
            case "numa_maps" -> numaMaps == null ? null : new TextFile(() -> numaMaps.text(process));
            case "oom_score" -> new TextFile(() -> oom.score(process) + "\n");
            case "oom_score_adj" -> new IntegerSysctl(process::oomScoreAdjust, value -> process.setOomScoreAdjust((int) value),
                    -1000, 1000, true);
            case "maps" -> new TextFile(() -> areas.maps(process.space()));
            case "pagemap" -> new WordFile("/proc/" + path, userPages,
                    page -> pagemap.word(process.space(), page << pageShift));
            case "smaps" -> new TextFile(() -> areas.smaps(process.space()));
            case "smaps_rollup" -> new TextFile(() -> areas.rollup(process.space()));
            case "statm" -> new TextFile(() -> StatusText.statm(process.space()));
            case "status" -> new TextFile(() -> StatusText.status(process.pid(), process.space(), fields));
            default -> null;
        };
    }

    @Override
    public List<String> list(String path) {
        if (path.isEmpty()) {
            List<String> pids = new ArrayList<>();
            processes.living().forEach(process -> pids.add(Integer.toString(process.pid())));
            return pids;
        }
        if (process(path) == null) {
            return List.of();
        }
        return numaMaps == null ? NAMES.stream().filter(name -> !name.equals("numa_maps")).toList() : NAMES;
    }
}
