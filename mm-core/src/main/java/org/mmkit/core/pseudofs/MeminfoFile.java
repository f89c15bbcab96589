package org.mmkit.core.pseudofs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.memory.Zone;

/**
 * /proc/meminfo (fs/proc/meminfo.c). It has the lines that something in the machine counts; those of memory that is not modelled (slab
 * caches, kernel stacks, vmalloc, devices) are left out.
 */
public final class MeminfoFile implements PseudoFile {

    private final SystemMemory memory;
    private final VmstatFile vmstat;
    private final Fields fields;
    /** Line by line, in pages. */
    private final Map<String, LongSupplier> pages = new LinkedHashMap<>();

    /** Reads {@code memory} and {@code vmstat}, and the lines of features from {@code fields}. */
    public MeminfoFile(SystemMemory memory, VmstatFile vmstat, Fields fields) {
        this.memory = memory;
        this.vmstat = vmstat;
        this.fields = fields;
        pages.put("MemTotal", memory.allocator()::managedPages);
        pages.put("MemFree", memory.allocator()::freePages);
        pages.put("MemAvailable", this::available);
        pages.put("Cached", () -> count("nr_file_pages") - count("nr_swapcached"));
        pages.put("Active", () -> count("nr_active_anon") + count("nr_active_file"));
        pages.put("Inactive", () -> count("nr_inactive_anon") + count("nr_inactive_file"));
    }

    /** The lines that show one counter each, and the counter. */
    private static final Map<String, String> COUNTERS = Map.ofEntries(
            Map.entry("SwapCached", "nr_swapcached"), Map.entry("Active(anon)", "nr_active_anon"),
            Map.entry("Inactive(anon)", "nr_inactive_anon"), Map.entry("Active(file)", "nr_active_file"),
            Map.entry("Inactive(file)", "nr_inactive_file"), Map.entry("Unevictable", "nr_unevictable"),
            Map.entry("Mlocked", "nr_mlock"), Map.entry("Dirty", "nr_dirty"), Map.entry("Writeback", "nr_writeback"),
            Map.entry("AnonPages", "nr_anon_pages"), Map.entry("Mapped", "nr_mapped"), Map.entry("Shmem", "nr_shmem"),
            Map.entry("PageTables", "nr_page_table_pages"));

    /** Adds a line; {@code count} gives its value in base pages. */
    public void addPages(String name, LongSupplier count) {
        pages.put(name, count);
    }

    private long count(String counter) {
        return vmstat.has(counter) ? vmstat.value(counter) : 0;
    }

    /**
     * What could be had without swapping: free memory above the reserves, and the half of the page cache that is not needed, at least all but the
     * low watermarks (mm/show_mem.c, si_mem_available).
     */
    private long available() {
        long low = 0;
        long reserve = 0;
        for (int z = 0; z < memory.allocator().zoneCount(); z++) {
            Zone zone = memory.allocator().zone(z);
            low += zone.watermark(Zone.LOW);
            long most = 0;
            for (int highest = Zone.kind(z); highest < Zone.ZONES; highest++) {
                most = Math.max(most, zone.lowmemReserve(highest));
            }
            reserve += Math.min(most + zone.watermark(Zone.HIGH), zone.managed());
        }
        long cache = count("nr_active_file") + count("nr_inactive_file");
        long needed = Math.min(cache / 2, low);
        return Math.max(0, memory.allocator().freePages() - reserve + cache - needed);
    }

    @Override
    public String read() {
        Map<String, LongSupplier> own = new LinkedHashMap<>(pages);
        COUNTERS.forEach((line, counter) -> {
            if (vmstat.has(counter)) {
                own.put(line, () -> vmstat.value(counter));
            }
        });
        int toKilobytes = memory.pageShift() - 10;
        StringBuilder out = new StringBuilder();
        for (String name : LineOrder.MEMINFO.sort(Fields.union(own.keySet(), fields.meminfo().keySet()))) {
            Fields.MemoryLine line = fields.meminfo().get(name);
            if (line != null) {
                Columns.line(out, name, line.value().getAsLong(), line.unit());
            } else {
                Columns.line(out, name, Objects.requireNonNull(own.get(name)).getAsLong() << toKilobytes, "kB");
            }
        }
        return out.toString();
    }
}
