package org.mmkit.core.memory;

import org.mmkit.api.memory.MigrateType;

/**
 * Free blocks by their place: what compaction asks the allocator, and how it takes free frames at places of its choice.
 *
 * <p>Not thread-safe.
 */
public final class Isolation {

    private final BuddyAllocator allocator;
    private final FreeBlocks blocks;

    Isolation(BuddyAllocator allocator, FreeBlocks blocks) {
        this.allocator = allocator;
        this.blocks = blocks;
    }

    /** Whether something of the section of {@code pfn} was ever handed out; otherwise it is wholly free, taken whole, or a hole. */
    public boolean isTouched(long pfn) {
        return blocks.isTouched(blocks.section(pfn));
    }

    /** The first frame above the section of {@code pfn}. */
    public long sectionEnd(long pfn) {
        return (pfn >>> blocks.sectionOrder) + 1 << blocks.sectionOrder;
    }

    /** The migratetype of the page block of {@code pfn}, whose section is touched. */
    public MigrateType blockType(long pfn) {
        return MigrateType.values()[blocks.type(blocks.place(pfn))];
    }

    /** The order of the free block that begins at {@code pfn}, in a touched section; -1 when none begins there. */
    public int freeOrder(long pfn) {
        return blocks.freeOrder(blocks.place(pfn));
    }

    /**
     * Takes the free block that begins at {@code pfn} off the lists; its frames are the caller's, to be given back frame by frame or
     * in parts by {@link #giveBack}. A block of at least half a page block makes the page block movable.
     *
     * @return false, and nothing happens, when the zone would fall to its min watermark (mm/page_alloc.c, __isolate_free_page)
     */
    public boolean take(long pfn) {
        Zone zone = allocator.zoneOf(pfn);
        int place = blocks.place(pfn);
        int order = blocks.freeOrder(place);
        if (zone.free <= zone.watermark[Zone.MIN] + (1L << order)) {
            return false;
        }
        int type = blocks.type(place);
        blocks.remove(zone, place, order, type);
        zone.free -= 1L << order;
        if (order >= blocks.blockOrder) {
            blocks.setTypes(place, order, BuddyAllocator.MOVABLE);
        } else if (order == blocks.blockOrder - 1 && type < Zone.PCP_TYPES && type != BuddyAllocator.MOVABLE) {
            blocks.moveBlock(zone, place, BuddyAllocator.MOVABLE);
        }
        return true;
    }

    /** Gives frames back past the per-CPU lists, so that they join their buddies at once. */
    public void giveBack(long pfn, int order) {
        blocks.free(allocator.zoneOf(pfn), blocks.place(pfn), order);
    }

    /** Whether a request of {@code order} and {@code type} would find a block in zone {@code z}, watermarks aside (compact_finished). */
    public boolean hasBlockFor(int z, int order, MigrateType type) {
        Zone zone = allocator.zone(z);
        if (zone.untouchedSections > 0) {
            return true;
        }
        for (int o = order; o <= allocator.maxOrder(); o++) {
            if (zone.heads[o * Zone.TYPES + type.ordinal()] != 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether zone {@code z} would serve a request of {@code order} at the low watermark now. */
    public boolean serves(int z, int order, int highest) {
        Zone zone = allocator.zone(z);
        return zone.free >= zone.lowLimits[highest] + (1L << order) && zone.hasBlock(order);
    }

    /**
     * Why a request of {@code order} fails in zone {@code z}: towards 0 for want of memory, towards 1000 because of fragmentation;
     * -1000 when it would not fail (mm/vmstat.c, fragmentation_index).
     */
    public int fragmentationIndex(int z, int order) {
        long total = 0;
        long free = 0;
        for (int o = 0; o <= allocator.maxOrder(); o++) {
            long n = allocator.freeBlocks(z, o);
            total += n;
            free += n << o;
            if (o >= order && n > 0) {
                return -1000;
            }
        }
        if (total == 0) {
            return 0;
        }
        return (int) (1000 - (1000 + (free * 1000 >>> order)) / total);
    }
}
