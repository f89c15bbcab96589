package org.mmkit.api.feature;

import java.util.function.LongConsumer;

/** What the engine asks of the feature that owns large folios (mm/huge_memory.c). */
public interface LargeFolioOperations {

    /**
     * Splits the folio {@code head}, on which the caller holds a reference, into folios of {@code newOrder}.
     *
     * @return 0, {@code -EAGAIN} when somebody else holds a reference, {@code -EBUSY} or {@code -EINVAL} when it cannot be
     *     split at all
     */
    int split(long head, int newOrder);

    /**
     * Splits the folio {@code head}, which the caller has taken off its LRU list and locked and holds a reference to, into single pages, as reclaim does
     * (Linux: split_folio_to_list).
     *
     * @param parts is handed each page but the first that somebody uses, in order: on no LRU list, not locked, and with a reference for the caller
     * @return as {@link #split}
     */
    int splitIsolated(long head, LongConsumer parts);

    /**
     * Splits the page-cache folio {@code head} around page {@code pfn}: the folio that holds {@code pfn} becomes one of {@code newOrder}, the
     * others stay as large as their place allows (Linux 6.18: truncate_inode_partial_folio, folio_split).
     */
    int splitAround(long head, long pfn, int newOrder);

    /** A part of the anonymous folio lost its last mapping: put it up for the deferred split. */
    void deferSplit(long head, boolean partiallyMapped);

    /** Takes a folio off the deferred queue before it is freed or changed. */
    void undefer(long head);

    /** Counts {@code n} times {@code event} for folios of {@code order}. */
    void count(FolioEvent event, int order, long n);
}
