package org.mmkit.core.memory;

import org.mmkit.api.InvariantViolation;
import org.mmkit.api.memory.MigrateType;

/**
 * What the zones of a {@link BuddyAllocator} have, for those who look on: free blocks by order and type, page blocks, frames on the lists of
 * processors, and sums by node. Zones are numbered as by {@link BuddyAllocator#zone}.
 *
 * <p>For calls that run alone. Changes nothing.
 */
public final class ZoneCounts {

    private final Zone[] zones;
    private final FreeBlocks blocks;
    private final ProcessorLists processors;

    ZoneCounts(Zone[] zones, FreeBlocks blocks, ProcessorLists processors) {
        this.zones = zones;
        this.blocks = blocks;
        this.processors = processors;
    }

    /** Free blocks of {@code order} in zone {@code z} ({@code /proc/buddyinfo}). */
    public long freeBlocks(int z, int order) {
        PluginFrames plugin = zones[z].plugin;
        return plugin != null ? plugin.blocks(order) : zones[z].blocks(order) + untouchedBlocks(z, order);
    }

    /** Free blocks of {@code order} and {@code type} in zone {@code z} ({@code /proc/pagetypeinfo}). */
    public long freeBlocks(int z, int order, MigrateType type) {
        return zones[z].counts[order * Zone.TYPES + type.ordinal()]
                + (type == MigrateType.MOVABLE ? untouchedBlocks(z, order) : 0);
    }

    private long untouchedBlocks(int z, int order) {
        return order == blocks.maxOrder ? (long) zones[z].untouchedSections << blocks.sectionOrder - blocks.maxOrder : 0;
    }

    /** Page blocks of {@code type} in zone {@code z}; those in holes are counted as the zone spans them. */
    public long pageBlocks(int z, MigrateType type) {
        long[] byType = new long[Zone.TYPES];
        blocks.countTypes(zones[z], byType);
        long untouched = type == MigrateType.MOVABLE
                ? (long) zones[z].untouchedSections << blocks.sectionOrder - blocks.blockOrder
                : 0;
        return byType[type.ordinal()] + untouched;
    }

    /** Frames of {@code node} that are free (MemFree of its meminfo, in pages). */
    public long freePages(int node) {
        long n = 0;
        for (int z = Zone.first(node); z < Zone.first(node + 1); z++) {
            n += zones[z].free;
        }
        return n;
    }

    /** Frames of {@code node} that the allocator manages. */
    public long managedPages(int node) {
        long n = 0;
        for (int z = Zone.first(node); z < Zone.first(node + 1); z++) {
            n += zones[z].managed;
        }
        return n;
    }

    /** Frames of zone {@code z} on the lists of {@code processor}. */
    public long perCpuPages(int z, int processor) {
        return processors.pages(z, processor);
    }

    /** Frames on the per-CPU lists of zone {@code z}. */
    public long perCpuPages(int z) {
        return processors.pages(z);
    }

    /** Checks lists, totals and per-CPU lists; throws {@link InvariantViolation} naming the first frame that is wrong. */
    void verify() {
        for (Zone zone : zones) {
            if (zone.plugin != null) {
                zone.plugin.verify();
                continue;
            }
            blocks.verify(zone);
            long marked = blocks.countMarked(zone) + ((long) zone.untouchedSections << blocks.sectionOrder);
            if (marked != zone.free) {
                throw new InvariantViolation(zone + ": " + marked + " frames are marked free");
            }
            processors.verify(zone);
        }
    }
}
