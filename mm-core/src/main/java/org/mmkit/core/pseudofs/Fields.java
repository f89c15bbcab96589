package org.mmkit.core.pseudofs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;
import org.mmkit.api.feature.AreaField;
import org.mmkit.api.feature.SpaceField;
import org.mmkit.api.space.Vma;

/** The lines that features add to files of the engine; a line that is added again replaces nothing and is refused. Not thread-safe. */
public final class Fields {

    /** A line of /proc/meminfo. */
    record MemoryLine(String unit, LongSupplier value) {}

    /** A line of an area in /proc/PID/smaps. */
    record AreaLine(String unit, AreaField value) {}

    /** A line of /proc/PID/status. */
    record SpaceLine(String unit, SpaceField value) {}

    private final Map<String, MemoryLine> meminfo = new LinkedHashMap<>();
    private final Map<String, IntToLongFunction> nodeMeminfo = new LinkedHashMap<>();
    private final Map<String, AreaLine> smaps = new LinkedHashMap<>();
    private final Map<String, SpaceLine> status = new LinkedHashMap<>();

    /** Adds a line to /proc/meminfo; {@code unit} is {@code "kB"} or empty. */
    public void meminfo(String name, String unit, LongSupplier value) {
        put(meminfo, name, new MemoryLine(unit, value), "/proc/meminfo");
    }

    /** Adds a line without unit to the meminfo of each memory node. */
    public void nodeMeminfo(String name, IntToLongFunction value) {
        put(nodeMeminfo, name, value, "/sys/devices/system/node/node*/meminfo");
    }

    /** Adds a line to each area of /proc/PID/smaps. */
    public void smaps(String name, String unit, AreaField value) {
        put(smaps, name, new AreaLine(unit, value), "/proc/PID/smaps");
    }

    /** Adds a line to /proc/PID/status. */
    public void status(String name, String unit, SpaceField value) {
        put(status, name, new SpaceLine(unit, value), "/proc/PID/status");
    }

    private static <T> void put(Map<String, T> lines, String name, T line, String file) {
        if (lines.putIfAbsent(name, line) != null) {
            throw new IllegalArgumentException(file + " has a line " + name + " already");
        }
    }

    Map<String, MemoryLine> meminfo() {
        return meminfo;
    }

    Map<String, IntToLongFunction> nodeMeminfo() {
        return nodeMeminfo;
    }

    Map<String, AreaLine> smaps() {
        return smaps;
    }

    Map<String, SpaceLine> status() {
        return status;
    }

    /** The value of the smaps line {@code name} for {@code vma}; 0 when no feature has added such a line. */
    public long areaValue(String name, Vma vma) {
        AreaLine line = smaps.get(name);
        return line == null ? 0 : line.value.value(vma);
    }

    /** The names of the engine and those of features, without repetition. */
    static List<String> union(Iterable<String> own, Iterable<String> features) {
        List<String> all = new ArrayList<>();
        own.forEach(all::add);
        for (String name : features) {
            if (!all.contains(name)) {
                all.add(name);
            }
        }
        return all;
    }
}
