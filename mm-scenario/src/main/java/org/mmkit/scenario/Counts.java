package org.mmkit.scenario;

import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.mmkit.core.Machine;

/** Counters of the whole machine, as changes since the scenario began. Not thread-safe. */
final class Counts {

    private static final String THP = "/sys/kernel/mm/transparent_hugepage";

    /** Beside those whose name begins with thp_ or htlb_. */
    private static final Set<String> GAUGES = Set.of("nr_anon_transparent_hugepages", "nr_shmem_hugepages",
            "nr_shmem_pmdmapped", "nr_file_hugepages", "nr_file_pmdmapped");

    private static final List<String> HUGE_LINES =
            List.of("AnonHugePages", "ShmemHugePages", "ShmemPmdMapped", "FileHugePages", "FilePmdMapped",
                    "HugePages_Total", "HugePages_Free", "HugePages_Rsvd", "HugePages_Surp", "Hugetlb");

    private final Machine machine;
    private final Map<String, Long> events;
    private final Map<String, Long> sizes;
    private final Map<String, Long> memory;
    private final long memmap;

    /** Changes are counted from now on. */
    Counts(Machine machine) {
        this.machine = machine;
        this.events = events();
        this.sizes = sizes();
        this.memory = memory();
        this.memmap = memmap();
    }

    /** The row of vmstat(); {@code picked} empty for all that changed. */
    Row vmstat(int line, List<String> picked) {
        return new Row(line, "vmstat").put("delta", changes(events(), events, picked));
    }

    /** The row of mthp(). */
    Row mthp(int line, List<String> picked) {
        return new Row(line, "mthp").put("delta", changes(sizes(), sizes, picked));
    }

    /** The row of meminfo(): pools as they are, the other lines as changes. */
    Row meminfo(int line) {
        Row row = new Row(line, "meminfo");
        memory().forEach((name, value) -> {
            boolean absolute = name.startsWith("HugePages_") || name.equals("Hugetlb");
            row.put(name, absolute ? value : value - memory.getOrDefault(name, 0L));
        });
        return row;
    }

    /** The row of memmap(). */
    Row memmap(int line) {
        return new Row(line, "memmap").put("pages", memmap() - memmap);
    }

    private static JsonObject changes(Map<String, Long> now, Map<String, Long> then, List<String> picked) {
        JsonObject delta = new JsonObject();
        now.forEach((name, value) -> {
            long change = value - then.getOrDefault(name, 0L);
            // what is left out depends on the past of the machine or on how often khugepaged looked
            boolean wanted = picked.isEmpty()
                    ? change != 0 && !name.equals("thp_zero_page_alloc") && !name.startsWith("thp_scan_exceed")
                    : picked.contains(name);
            if (wanted) {
                delta.addProperty(name, change);
            }
        });
        return delta;
    }

    private Map<String, Long> events() {
        Map<String, Long> found = new LinkedHashMap<>();
        vmstatLines().forEach((name, value) -> {
            if (name.startsWith("thp_") || name.startsWith("htlb_") || GAUGES.contains(name)) {
                found.put(name, value);
            }
        });
        return found;
    }

    private Map<String, Long> vmstatLines() {
        Map<String, Long> found = new LinkedHashMap<>();
        machine.read("/proc/vmstat").lines().forEach(l -> {
            int blank = l.indexOf(' ');
            found.put(l.substring(0, blank), Long.parseLong(l.substring(blank + 1).trim()));
        });
        return found;
    }

    private Map<String, Long> sizes() {
        Map<String, Long> found = new TreeMap<>();
        if (machine.isDirectory(THP)) {
            for (String directory : machine.list(THP)) {
                String stats = THP + "/" + directory + "/stats";
                if (directory.startsWith("hugepages-") && machine.isDirectory(stats)) {
                    for (String name : machine.list(stats)) {
                        found.put(directory.substring("hugepages-".length()) + "/" + name,
                                PseudoFiles.number(machine.read(stats + "/" + name)));
                    }
                }
            }
        }
        return found;
    }

    private Map<String, Long> memory() {
        String text = machine.read("/proc/meminfo");
        Map<String, Long> found = new LinkedHashMap<>();
        for (String name : HUGE_LINES) {
            PseudoFiles.field(text, name).ifPresent(value -> found.put(name, value));
        }
        return found;
    }

    private long memmap() {
        Map<String, Long> lines = vmstatLines();
        return lines.getOrDefault("nr_memmap_pages", 0L) + lines.getOrDefault("nr_memmap_boot_pages", 0L);
    }
}
