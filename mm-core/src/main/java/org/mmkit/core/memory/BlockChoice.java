package org.mmkit.core.memory;

import static org.mmkit.core.memory.BuddyAllocator.MOVABLE;
import static org.mmkit.core.memory.BuddyAllocator.RECLAIMABLE;
import static org.mmkit.core.memory.BuddyAllocator.UNMOVABLE;

import java.util.function.IntConsumer;
import org.mmkit.api.memory.Frames;
import org.mmkit.core.trace.Events;
import org.mmkit.core.trace.Tracing;

/**
 * Which free block serves a request: one of its own migratetype, or one of another by the rules for page blocks, so that types stay apart
 * (mm/page_alloc.c, __rmqueue).
 *
 * <p>The caller holds the zone lock.
 */
final class BlockChoice {

    /** Where a type looks when its own lists are empty (mm/page_alloc.c, fallbacks). */
    private static final int[][] FALLBACKS = {
        {RECLAIMABLE, MOVABLE}, // UNMOVABLE
        {RECLAIMABLE, UNMOVABLE}, // MOVABLE
        {UNMOVABLE, MOVABLE}, // RECLAIMABLE
    };

    private final FreeBlocks blocks;
    private final Frames frames;
    private final Watermarks watermarks;
    private final AllocationEvents events;
    private final IntConsumer boosted;
    private final int blockOrder;
    private final int maxOrder;
    private Events trace = new Tracing().events();
    /** The list that the last fallback took from. */
    private int fallbackOrder;

    private int fallbackType;

    /**
     * Chooses among {@code blocks}.
     *
     * @param frames tells which frames of a page block are movable
     * @param boosted hears of each zone whose watermarks were raised because types got mixed
     */
    BlockChoice(FreeBlocks blocks, Frames frames, Watermarks watermarks, AllocationEvents events, IntConsumer boosted) {
        this.blocks = blocks;
        this.frames = frames;
        this.watermarks = watermarks;
        this.events = events;
        this.boosted = boosted;
        blockOrder = blocks.blockOrder;
        maxOrder = blocks.maxOrder;
    }

    void setTrace(Events to) {
        trace = to;
    }

    /**
     * Takes a block of {@code order} out of {@code zone}; its place, or 0.
     *
     * @param spare blocks of other types are taken whole or not at all (Linux: ALLOC_NOFRAGMENT)
     */
    int take(Zone zone, int order, int type, boolean spare) {
        cutUntouched(zone);
        int place = blocks.takeSmallest(zone, order, type);
        if (place == 0) {
            long claimedBefore = events.claimedBlocks;
            place = claim(zone, order, type, spare);
            if (place == 0 && !spare) {
                place = steal(zone, order, type);
            }
            if (place != 0) {
                events.fallback();
                if (trace.pageAllocExtfrag.isOn()) {
                    boolean claimed = events.claimedBlocks != claimedBefore;
                    trace.pageAllocExtfrag.emit(blocks.pfn(place), order, fallbackOrder, type, fallbackType, claimed ? 1 : 0, blockOrder);
                }
            }
        }
        return place;
    }

    /**
     * {@link #take} for up to {@code most} single frames, which join {@code list} of {@code to} at its end, as long as there are blocks of
     * {@code type}: one after the other they would cut the smallest block from its first frame on.
     *
     * @return how many were taken
     */
    int takeSingles(Zone zone, int type, int most, PerCpuLists to, int list) {
        int taken = 0;
        int place = -1;
        while (taken < most && place != 0) {
            cutUntouched(zone);
            place = 0;
            for (int o = 0; o <= maxOrder && place == 0; o++) {
                place = zone.heads[o * Zone.TYPES + type];
                if (place != 0) {
                    int n = Math.min(most - taken, 1 << o);
                    blocks.remove(zone, place, o, type);
                    if (n > 1) {
                        cutUntouched(zone); // what the second frame would find
                    }
                    blocks.cutBehind(zone, place, o, n, type);
                    zone.free -= n;
                    to.addSinglesLast(list, place, n);
                    taken += n;
                }
            }
        }
        return taken;
    }

    /** Makes new blocks of the largest order when there are none and some zone memory was never cut. */
    private void cutUntouched(Zone zone) {
        if (zone.untouchedSections > 0 && zone.heads[maxOrder * Zone.TYPES + MOVABLE] == 0) {
            blocks.cutUntouched(zone);
        }
    }

    /**
     * Takes a page block over from another type, the largest free block first, so that types stay apart
     * (mm/page_alloc.c, __rmqueue_claim).
     */
    private int claim(Zone zone, int order, int type, boolean spare) {
        int least = spare && order < blockOrder ? blockOrder : order;
        for (int o = maxOrder; o >= least; o--) {
            if (o < blockOrder && o < blockOrder / 2 && type == MOVABLE) {
                return 0;
            }
            int other = fallback(zone, o, type);
            if (other < 0) {
                continue;
            }
            int place = zone.heads[o * Zone.TYPES + other];
            fallbackOrder = o;
            fallbackType = other;
            if (o >= blockOrder) {
                blocks.remove(zone, place, o, other);
                blocks.setTypes(place, o, type);
                blocks.cut(zone, place, o, order, type);
                zone.free -= 1L << order;
                events.claimedBlock();
                return place;
            }
            if (watermarks.boost(zone)) {
                boosted.accept(zone.number);
            }
            if (isWorthClaiming(place, type, other)) {
                blocks.moveBlock(zone, place, type);
                events.claimedBlock();
                return blocks.takeSmallest(zone, order, type);
            }
        }
        return 0;
    }

    /**
     * Whether a request of {@code order} and {@code type} would find a block of at least that order, of its own type or by taking a page
     * block over (__compact_finished, find_suitable_fallback); watermarks aside.
     */
    boolean hasBlockFor(Zone zone, int order, int type) {
        for (int o = order; o <= maxOrder; o++) {
            if (zone.heads[o * Zone.TYPES + type] != 0) {
                return true;
            }
            boolean mayClaim = o >= blockOrder || o >= blockOrder / 2 || type != MOVABLE;
            if (mayClaim && fallback(zone, o, type) >= 0) {
                return true;
            }
        }
        return zone.untouchedSections > 0;
    }

    private int fallback(Zone zone, int order, int type) {
        for (int other : FALLBACKS[type]) {
            if (zone.heads[order * Zone.TYPES + other] != 0) {
                return other;
            }
        }
        return -1;
    }

    /**
     * Whether at least half of the page block is free or of a kind with {@code type} (try_to_claim_block). Pages of anonymous memory and
     * of files are movable: those that have an owner.
     */
    private boolean isWorthClaiming(int place, int type, int blockType) {
        int free = blocks.freeInBlock(place);
        int alike = 0;
        if (type == MOVABLE || blockType == MOVABLE) {
            long first = blocks.pfn(place) & -(1L << blockOrder);
            int movable = 0;
            for (long pfn = first; pfn < first + (1L << blockOrder); pfn++) {
                if (frames.hasOwner(frames.head(pfn))) {
                    movable++;
                }
            }
            alike = type == MOVABLE ? movable : (1 << blockOrder) - free - movable;
        }
        return free + alike >= 1 << blockOrder - 1;
    }

    /** Takes one block from another type's page block without changing its owner (mm/page_alloc.c, __rmqueue_steal). */
    private int steal(Zone zone, int order, int type) {
        for (int o = order; o <= maxOrder; o++) {
            int other = fallback(zone, o, type);
            if (other >= 0) {
                int place = zone.heads[o * Zone.TYPES + other];
                fallbackOrder = o;
                fallbackType = other;
                blocks.remove(zone, place, o, other);
                blocks.cut(zone, place, o, order, other);
                zone.free -= 1L << order;
                return place;
            }
        }
        return 0;
    }
}
