package org.mmkit.core.memory;

import org.mmkit.api.memory.FrameAllocator;

/** Runs of frames longer than the largest block: memory at boot and gigantic pages. Not thread-safe. */
final class FreeRuns {

    private final FreeBlocks blocks;
    private final long sectionPages;

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

    /**
     * Takes the lowest naturally aligned run of {@code pages} frames of {@code zone} that is free, as long as the low watermark holds
     * afterwards (mm/page_alloc.c, alloc_contig_pages; nothing is moved away).
     *
     * @return its first frame, or {@link FrameAllocator#NONE}
     */
    long take(Zone zone, long pages) {
        if (zone.free >= pages + zone.watermark[Zone.LOW]) {
            for (long start = zone.start + pages - 1 & -pages; start + pages <= zone.end; start += pages) {
                if (isFree(start, pages)) {
                    take(zone, start, pages);
                    return start;
                }
            }
        }
        return FrameAllocator.NONE;
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

    private void take(Zone zone, long start, long pages) {
        for (long pfn = start; pfn < start + pages; ) {
            int section = blocks.section(pfn);
            if (blocks.isUntouched(section)) {
                if (start + pages - pfn >= sectionPages) {
                    blocks.take(zone, section);
                    pfn += sectionPages;
                    continue;
                }
                blocks.cutUntouched(zone, section);
            }
            int place = blocks.place(pfn);
            int order = blocks.freeOrder(place);
            blocks.remove(zone, place, order, blocks.type(place));
            zone.free -= 1L << order;
            pfn += 1L << order;
        }
    }
}
