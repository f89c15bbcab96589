package org.mmkit.api.memory;

/**
 * The lists by which reclaim tells memory in use from memory that is not (Linux: mm/swap.c). A folio of anonymous memory or of a file
 * is on one of them as long as it exists; mapping a new one puts it there.
 *
 * <p>Not thread-safe on a machine with {@code SMP=n}.
 */
public interface Lru {

    /** Puts the folio {@code head}, which is on no list, onto the one that its flags say (Linux: folio_add_lru). */
    void add(long head);

    /**
     * Notes one use of the folio {@code head}: the first makes it referenced, the second moves it to the active list (Linux:
     * folio_mark_accessed).
     */
    void markAccessed(long head);

    /**
     * Puts the anonymous folio {@code head}, whose content may be thrown away, to the inactive files (Linux: folio_mark_lazyfree); nothing
     * happens to one that is locked, in the swap cache, or there already.
     */
    void lazyFree(long head);

    /**
     * Moves the folios that wait in a batch to their lists and drops the references that it holds (Linux: lru_add_drain, and
     * lru_add_drain_all).
     */
    void drain();

    /** Moves the folio {@code head} from the active to the inactive list (Linux: folio_deactivate). */
    void deactivate(long head);
}
