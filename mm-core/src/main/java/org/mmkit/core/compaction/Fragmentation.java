package org.mmkit.core.compaction;

import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.memory.Zone;

/**
 * How far free memory is in pieces (mm/vmstat.c, fill_contig_page_info and what follows from it). Not thread-safe.
 */
public final class Fragmentation {

    /** Fragmentation up to this, in thousandths, is taken for want of memory (default of vm.extfrag_threshold). */
    private static final int DEFAULT_THRESHOLD = 500;

    private final BuddyAllocator allocator;
    private int threshold = DEFAULT_THRESHOLD;

    /** Of the zones of {@code allocator}. */
    public Fragmentation(BuddyAllocator allocator) {
        this.allocator = allocator;
    }

    /** vm.extfrag_threshold, in thousandths. */
    public int threshold() {
        return threshold;
    }

    /** Sets it, 0 to 1000. */
    public void setThreshold(int thousandths) {
        threshold = thousandths;
    }

    private long freePages(int zone) {
        long free = 0;
        for (int order = 0; order <= allocator.maxOrder(); order++) {
            free += allocator.counts().freeBlocks(zone, order) << order;
        }
        return free;
    }

    /** Blocks of {@code order} that all larger ones would give. */
    private long suitableBlocks(int zone, int order) {
        long blocks = 0;
        for (int o = order; o <= allocator.maxOrder(); o++) {
            blocks += allocator.counts().freeBlocks(zone, o) << o - order;
        }
        return blocks;
    }

    /**
     * Why a request of {@code order} fails in {@code zone}, in thousandths: towards 0 for want of memory, towards 1000 because
     * memory is in pieces; -1000 when it would not fail ({@code extfrag_index}).
     */
    public int index(int zone, int order) {
        long total = 0;
        for (int o = 0; o <= allocator.maxOrder(); o++) {
            total += allocator.counts().freeBlocks(zone, o);
        }
        if (total == 0) {
            return 0;
        }
        if (suitableBlocks(zone, order) > 0) {
            return -1000;
        }
        return (int) (1000 - (1000 + (freePages(zone) * 1000 >>> order)) / total);
    }

    /** Free memory of {@code zone} that a request of {@code order} cannot use, in thousandths of all that is free ({@code unusable_index}). */
    public int unusable(int zone, int order) {
        long free = freePages(zone);
        return free == 0 ? 1000 : (int) ((free - (suitableBlocks(zone, order) << order)) * 1000 / free);
    }

    /** The same in percent, 0 when nothing is free (extfrag_for_order). */
    public int unusablePercent(int zone, int order) {
        long free = freePages(zone);
        return free == 0 ? 0 : (int) ((free - (suitableBlocks(zone, order) << order)) * 100 / free);
    }

    /** The fragmentation of the zones of {@code node} for blocks of {@code order}, each weighted by its size: 0 to 100 (fragmentation_score_node). */
    public int score(int node, int order) {
        long present = 0;
        for (int z = Zone.first(node); z < Zone.first(node + 1); z++) {
            present += allocator.zone(z).present();
        }
        int score = 0;
        for (int z = Zone.first(node); z < Zone.first(node + 1); z++) {
            if (allocator.zone(z).present() > 0) {
                score += (int) (allocator.zone(z).present() * unusablePercent(z, order) / (present + 1));
            }
        }
        return score;
    }
}
