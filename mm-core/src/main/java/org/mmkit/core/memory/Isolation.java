package org.mmkit.core.memory;

import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.MigrateType;

/**
 * Free blocks by their place: what compaction asks the allocator, and how it takes free frames at places of its choice.
 *
 * <p>Blocks on free lists are named by their places as in {@link FreeBlocks}; 0 is none. Not thread-safe; the caller holds the
 * zone lock.
 */
public final class Isolation {

    private final BuddyAllocator allocator;
    private final FreeBlocks blocks;

    Isolation(BuddyAllocator allocator, FreeBlocks blocks) {
        this.allocator = allocator;
        this.blocks = blocks;
    }

    /** Whether the section of {@code pfn} is wholly free and was never cut: blocks of the largest order, all movable. */
    public boolean isUntouched(long pfn) {
        return blocks.isUntouched(blocks.section(pfn));
    }

    /** The migratetype of the page block of {@code pfn}. */
    public MigrateType blockType(long pfn) {
        int place = blocks.placeOrZero(pfn);
        return place == 0 ? MigrateType.MOVABLE : MigrateType.values()[blocks.type(place)];
    }

    /** The order of the free block that begins at {@code pfn}; -1 when none begins there. */
    public int freeOrder(long pfn) {
        int place = blocks.placeOrZero(pfn);
        if (place != 0) {
            return blocks.freeOrder(place);
        }
        return isUntouched(pfn) && (pfn & (1L << allocator.maxOrder()) - 1) == 0 ? allocator.maxOrder() : -1;
    }

    /**
     * Takes the free block that begins at {@code pfn} off the lists; its frames are the caller's, to be given back as if they had
     * been allocated. A block of at least half a page block makes the page block movable.
     *
     * @return false, and nothing happens, when the zone would fall to its min watermark (mm/page_alloc.c, __isolate_free_page)
     */
    public boolean take(long pfn) {
        Zone zone = allocator.zoneOf(pfn);
        int order = freeOrder(pfn);
        if (zone.free <= zone.watermark[Zone.MIN] + (1L << order)) {
            return false;
        }
        if (isUntouched(pfn)) {
            blocks.cutUntouched(zone, blocks.section(pfn));
        }
        int place = blocks.place(pfn);
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

    /**
     * Takes the single frame {@code pfn} off the lists, of processors too, and puts the rest of its block back (mm/page_alloc.c,
     * take_page_off_buddy).
     *
     * @return false when it is not free
     */
    public boolean takeFrame(long pfn) {
        Zone zone = allocator.zoneOf(pfn);
        allocator.drain(zone);
        if (isUntouched(pfn)) {
            blocks.cutUntouched(zone, blocks.section(pfn));
        }
        int place = blocks.placeOrZero(pfn);
        for (int order = 0; place != 0 && order <= allocator.maxOrder(); order++) {
            int block = place & -(1 << order);
            int free = blocks.freeOrder(block);
            if (free >= order) {
                int type = blocks.type(block);
                blocks.remove(zone, block, free, type);
                zone.free--;
                for (int o = free - 1; o >= 0; o--) {
                    blocks.addFirst(zone, place & -(1 << o) ^ 1 << o, o, type);
                }
                return true;
            }
        }
        return false;
    }

    /** Whether a request of {@code order} and {@code type} would find a block in zone {@code z} that it may take, watermarks aside. */
    public boolean hasBlockFor(int z, int order, MigrateType type) {
        return allocator.hasBlockFor(allocator.zone(z), order, type.ordinal());
    }

    /**
     * Whether zone {@code z} would serve a request that may use zones up to {@code highest}, by watermark {@code mark} of which it may use up
     * {@code reserve} eighths.
     */
    public boolean serves(int z, int order, int highest, int mark, int reserve) {
        Zone zone = allocator.zone(z);
        return allocator.isAbove(zone, order, highest, mark, reserve, zone.free);
    }

    /** Moves the frames that processors keep of zone {@code z} to its free lists. */
    public void drain(int z) {
        allocator.drain(allocator.zone(z));
    }

    // ---- free lists of movable memory -------------------------------------------------------------------------

    /** The first block on the list of {@code order} in zone {@code z}. */
    public int first(int z, int order) {
        return allocator.zone(z).heads[order * Zone.TYPES + BuddyAllocator.MOVABLE];
    }

    /** The last one. */
    public int last(int z, int order) {
        return blocks.last(allocator.zone(z), order, BuddyAllocator.MOVABLE);
    }

    /** The block behind {@code block} on its list. */
    public int next(int block) {
        return blocks.next(block);
    }

    /** The block before it. */
    public int previous(int block) {
        return blocks.previous(block);
    }

    /** Its first frame. */
    public long pfn(int block) {
        return blocks.pfn(block);
    }

    /** Turns the list of {@code order} so that {@code block} comes first: what stood before it is looked at last next time. */
    public void bringForward(int z, int order, int block) {
        blocks.rotate(allocator.zone(z), block, order, BuddyAllocator.MOVABLE);
    }

    // ---- the block that is wanted -----------------------------------------------------------------------------

    /** From now on the first block of {@code order} that comes up in zone {@code z} is kept for the caller instead of going to a list. */
    public void capture(int z, int order, MigrateType type) {
        blocks.capture(allocator.zone(z), order, type.ordinal());
    }

    /** Whether one came up. */
    public boolean hasCaptured() {
        return blocks.hasCaptured();
    }

    /** Ends {@link #capture}: the first frame of the block, which is the caller's, or {@link FrameAllocator#NONE}. */
    public long endCapture() {
        int place = blocks.endCapture();
        return place == 0 ? FrameAllocator.NONE : blocks.pfn(place);
    }
}
