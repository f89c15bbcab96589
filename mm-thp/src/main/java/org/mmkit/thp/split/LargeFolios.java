package org.mmkit.thp.split;

import java.util.function.LongConsumer;
import org.mmkit.api.feature.FolioEvent;
import org.mmkit.api.feature.LargeFolioOperations;
import org.mmkit.thp.FolioStats;

/** What the engine may ask of large folios. */
public final class LargeFolios implements LargeFolioOperations {

    private final DeferredSplitQueue queue;
    private final FolioStats stats;

    /** Answers by {@code queue} and counts in {@code stats}. */
    public LargeFolios(DeferredSplitQueue queue, FolioStats stats) {
        this.queue = queue;
        this.stats = stats;
    }

    @Override
    public int split(long head, int newOrder) {
        return queue.splitter().split(head, newOrder);
    }

    @Override
    public int splitIsolated(long head, LongConsumer parts) {
        return queue.splitter().splitIsolated(head, parts);
    }

    @Override
    public int splitAround(long head, long pfn, int newOrder) {
        return queue.splitter().splitAround(head, pfn, newOrder);
    }

    @Override
    public void deferSplit(long head, boolean partiallyMapped) {
        queue.add(head, partiallyMapped);
    }

    @Override
    public void undefer(long head) {
        queue.remove(head);
    }

    @Override
    public void count(FolioEvent event, int order, long n) {
        stats.count(event, order, n);
    }
}
