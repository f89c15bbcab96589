package org.mmkit.core.memory;

import org.mmkit.api.memory.FrameAllocator;

/** Runs of frames longer than the largest block: memory at boot and gigantic pages. Not thread-safe. */
final class FreeRuns {

    private final FreeBlocks blocks;
    private final long sectionPages;
    /** What the run that is being gathered has so far. */
    private final BlockList held = new BlockList();

    private RangeEvacuation evacuation = RangeEvacuation.NONE;

    FreeRuns(FreeBlocks blocks) {
        this.blocks = blocks;
        sectionPages = 1L << blocks.sectionOrder;
    }

    /** Frees the run [{@code from}, {@code to}) of {@code zone} in blocks as large as alignment allows; whole sections become untouched. */
    void free(Zone zone, long from, long to) {
        long pfn = from;
        while (pfn < to) {
            int section = blocks.section(pfn);
            if ((pfn & sectionPages - 1) == 0 && to - pfn >= sectionPages && !blocks.isTouched(section)) {
                int end = section + 1;
                while (end < blocks.section(to) && !blocks.isTouched(end)) {
                    end++;
                }
                blocks.addUntouched(zone, section, end);
                pfn = (long) end << blocks.sectionOrder;
                continue;
            }
            int order = pfn == 0 ? blocks.maxOrder : Math.min(blocks.maxOrder, Long.numberOfTrailingZeros(pfn));
            while (pfn + (1L << order) > to) {
                order--;
            }
            blocks.touch(section);
            blocks.free(zone, blocks.place(pfn), order);
            pfn += 1L << order;
        }
    }

    /** Names who moves away what stands in the way of a run. */
    void setEvacuation(RangeEvacuation mover) {
        evacuation = mover;
    }

    /**
     * Takes the lowest naturally aligned run of {@code pages} frames of {@code zone} that is free, or can be made so by moving folios away;
     * watermarks do not matter (mm/page_alloc.c, alloc_contig_pages).
     *
     * @param drain puts what processors keep on the free lists
     * @return its first frame, or {@link FrameAllocator#NONE}
     */
    long take(Zone zone, long pages, Runnable drain) {
        for (long start = zone.start + pages - 1 & -pages; start + pages <= zone.end; start += pages) {
            if (isFree(start, pages)) {
                hold(zone, start, start + pages);
                held.clear();
                return start;
            }
            if (evacuation.mayMove(start, start + pages) && vacate(zone, start, start + pages, drain)) {
                return start;
            }
        }
        return FrameAllocator.NONE;
    }

    /** Makes [{@code start}, {@code end}) free and takes it; false, and what was free before is free again, if something stays. */
    private boolean vacate(Zone zone, long start, long end, Runnable drain) {
        hold(zone, start, end);
        long block = 1L << blocks.maxOrder;
        boolean empty = evacuation.evacuate(start, end, (from, to) -> {
            drain.run();
            hold(zone, Math.max(start, from & -block), Math.min(end, to + block - 1 & -block));
        });
        if (empty) {
            drain.run();
            hold(zone, start, end);
            empty = held.pages() == end - start;
        }
        if (!empty) {
            held.forEach((pfn, order) -> free(zone, pfn, pfn + (1L << order)));
        }
        held.clear();
        return empty;
    }

    private boolean isFree(long start, long pages) {
        for (long pfn = start; pfn < start + pages; ) {
            int section = blocks.section(pfn);
            if (blocks.isUntouched(section)) {
                pfn = section + 1L << blocks.sectionOrder;
            } else {
                int order = blocks.isTouched(section) ? blocks.freeOrder(blocks.place(pfn)) : -1;
                if (order < 0) {
                    return false;
                }
                pfn += 1L << order;
            }
        }
        return true;
    }

    /** Takes all that is free in [{@code start}, {@code end}) off the lists. */
    private void hold(Zone zone, long start, long end) {
        for (long pfn = start; pfn < end; ) {
            int section = blocks.section(pfn);
            if (blocks.isUntouched(section)) {
                if (end - pfn >= sectionPages && (pfn & sectionPages - 1) == 0) {
                    blocks.take(zone, section);
                    held.add(pfn, blocks.sectionOrder);
                    pfn += sectionPages;
                    continue;
                }
                blocks.cutUntouched(zone, section);
            }
            int place = blocks.isTouched(section) ? blocks.place(pfn) : 0;
            int order = place == 0 ? -1 : blocks.freeOrder(place);
            if (order < 0) {
                pfn++;
                continue;
            }
            blocks.remove(zone, place, order, blocks.type(place));
            zone.free -= 1L << order;
            held.add(pfn, order);
            pfn += 1L << order;
        }
    }
}
