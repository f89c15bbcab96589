package org.mmkit.core.pseudofs;

import java.util.ArrayList;
import java.util.List;
import org.mmkit.api.memory.MigrateType;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.memory.LruLists;
import org.mmkit.core.memory.Zone;

/** /proc/buddyinfo, /proc/pagetypeinfo and /proc/zoneinfo (mm/vmstat.c). */
final class ZoneFiles {

    private final BuddyAllocator allocator;
    private final LruLists lru;
    private final VmstatFile vmstat;

    ZoneFiles(BuddyAllocator allocator, LruLists lru, VmstatFile vmstat) {
        this.allocator = allocator;
        this.lru = lru;
        this.vmstat = vmstat;
    }

    private List<Zone> populated() {
        List<Zone> zones = new ArrayList<>();
        for (int z = 0; z < allocator.zoneCount(); z++) {
            if (allocator.zone(z).present() > 0) {
                zones.add(allocator.zone(z));
            }
        }
        return zones;
    }

    private static void zoneName(StringBuilder out, Zone zone) {
        Columns.right(out, Zone.name(zone.number()), 8);
    }

    String buddyinfo() {
        StringBuilder out = new StringBuilder();
        for (Zone zone : populated()) {
            out.append("Node ").append(zone.node()).append(", zone ");
            zoneName(out, zone);
            out.append(' ');
            for (int order = 0; order <= allocator.maxOrder(); order++) {
                Columns.right(out, allocator.counts().freeBlocks(zone.number(), order), 6);
                out.append(' ');
            }
            out.append('\n');
        }
        return out.toString();
    }

    String pagetypeinfo() {
        StringBuilder out = new StringBuilder();
        out.append("Page block order: ").append(allocator.blockOrder()).append('\n');
        out.append("Pages per block:  ").append(1L << allocator.blockOrder()).append("\n\n");
        out.append("Free pages count per migrate type at order  ");
        for (int order = 0; order <= allocator.maxOrder(); order++) {
            Columns.right(out, order, 6);
            out.append(' ');
        }
        out.append('\n');
        for (Zone zone : populated()) {
            for (MigrateType type : MigrateType.values()) {
                out.append("Node ");
                Columns.right(out, zone.node(), 4);
                out.append(", zone ");
                zoneName(out, zone);
                out.append(", type ");
                Columns.right(out, type.label(), 12);
                out.append(' ');
                for (int order = 0; order <= allocator.maxOrder(); order++) {
                    Columns.right(out, allocator.counts().freeBlocks(zone.number(), order, type), 6);
                    out.append(' ');
                }
                out.append('\n');
            }
        }
        out.append("\nNumber of blocks type  ");
        for (MigrateType type : MigrateType.values()) {
            Columns.right(out, type.label(), 12);
            out.append(' ');
        }
        out.append('\n');
        for (Zone zone : populated()) {
            out.append("Node ").append(zone.node()).append(", zone ");
            zoneName(out, zone);
            out.append(' ');
            for (MigrateType type : MigrateType.values()) {
                Columns.right(out, allocator.counts().pageBlocks(zone.number(), type), 12);
                out.append(' ');
            }
            out.append('\n');
        }
        return out.toString();
    }

    private void pagesets(StringBuilder out, int z) {
        out.append("  pagesets\n");
        int cpus = allocator.nodes().count();
        for (int cpu = 0; cpu < cpus; cpu++) {
            long count = cpus == 1 ? allocator.counts().perCpuPages(z) : allocator.counts().perCpuPages(z, cpu);
            out.append("    cpu: ").append(cpu).append("\n              count:    ").append(count).append('\n');
        }
    }

    /** The counters of a node: those of /proc/vmstat that stand there between those of zones and the events. */
    private void nodeStatistics(StringBuilder out, int node) {
        out.append("\n  per-node stats\n");
        boolean single = allocator.nodes().count() == 1;
        for (String name : vmstat.names()) {
            // What is counted for the machine as a whole cannot be said of one of several nodes.
            if (LineOrder.VMSTAT.isBetween(name, "nr_inactive_anon", "nr_kernel_file_pages") && (single || vmstat.isByNode(name))) {
                statistic(out, name, single ? vmstat.value(name) : vmstat.value(node, name));
            }
        }
        out.setLength(out.length() - 1);
    }

    private static void statistic(StringBuilder out, String name, long value) {
        out.append(String.format("      %-12s %d\n", name, value));
    }

    /** Watermarks, sizes and lists of the zones, and the counters of the node. */
    String zoneinfo() {
        StringBuilder out = new StringBuilder();
        int nodeShown = -1;
        for (int z = 0; z < allocator.zoneCount(); z++) {
            Zone zone = allocator.zone(z);
            out.append("Node ").append(zone.node()).append(", zone ");
            zoneName(out, zone);
            if (zone.present() > 0 && nodeShown != zone.node()) {
                nodeShown = zone.node();
                nodeStatistics(out, zone.node());
            }
            out.append("\n  pages free     ").append(zone.free());
            out.append("\n        boost    ").append(zone.boost());
            out.append("\n        min      ").append(zone.watermark(Zone.MIN));
            out.append("\n        low      ").append(zone.watermark(Zone.LOW));
            out.append("\n        high     ").append(zone.watermark(Zone.HIGH));
            out.append("\n        promo    ").append(zone.watermark(Zone.PROMO));
            out.append("\n        spanned  ").append(zone.spanned());
            out.append("\n        present  ").append(zone.present());
            out.append("\n        managed  ").append(zone.managed());
            out.append("\n        protection: (");
            for (int highest = 0; highest < Zone.ZONES; highest++) {
                out.append(highest == 0 ? "" : ", ").append(zone.lowmemReserve(highest));
            }
            out.append(")\n");
            if (zone.present() > 0) {
                out.append("      nr_free_pages ").append(zone.free()).append('\n');
                for (int list = 0; list < LruLists.LISTS; list++) {
                    statistic(out, "nr_zone_" + VmstatFile.LISTS.get(list), lru.pages(z, list));
                }
                pagesets(out, z);
            }
        }
        return out.toString();
    }
}
