package org.mmkit.api.memory;

/**
 * The metadata of every frame (Linux: struct page and struct folio).
 *
 * <p>A <em>folio</em> is a naturally aligned run of 2^order frames managed as one; it is named by its head, the
 * pfn of its first frame. References, owner, index, pins and most flags are the folio's and live on the head;
 * a tail's reference count is always 0. Counts start at 0.
 *
 * <pre>
 *   pfn      head      head+1    head+2        head+2^order-1
 *   order  | order   | order   | order   | … | order          |
 *   flags  | HEAD ...| exclusive to one mapping, or nothing   |
 *   refs   | n       | 0       | 0       |   | 0              |
 *   map    | per page count of mappings by leaf entries of level 1 |
 * </pre>
 *
 * <p>Map counts: {@link #pageMapcount} counts the level-1 entries that map one frame, {@link #entireMapcount} the
 * higher-level leaves that map the folio whole, {@link #largeMapcount} the sum of both kinds (each level-1 entry
 * counts 1, each whole mapping counts 1). Only the reverse mapping changes them; here they are stored.
 *
 * <p>With {@code SMP=y} counts and flags change atomically, each by itself; owner, index and private word change under the folio lock or
 * while nobody else can know the folio. Not thread-safe with {@code SMP=n}.
 */
public interface Frames {

    /** No frame. */
    long NONE = -1;

    /** The head of the folio that {@code pfn} belongs to; {@code pfn} itself when it is not a tail. */
    long head(long pfn);

    /** The order of the folio at {@code head}; 0 for a single frame. */
    int order(long head);

    /** Base pages of the folio at {@code head}. */
    default long pages(long head) {
        return 1L << order(head);
    }

    /** Whether {@code pfn} belongs to a folio of order above 0. */
    boolean isLarge(long pfn);

    /** Whether {@code pfn} belongs to a folio of order above 0 and is not its head. */
    default boolean isTail(long pfn) {
        return head(pfn) != pfn;
    }

    /** Whether all bits of {@code flag} (see {@link FolioFlags}) are set on the frame {@code pfn}. */
    boolean test(long pfn, int flag);

    /** Sets the bits of {@code flag} on the frame {@code pfn}. */
    void set(long pfn, int flag);

    /** {@link #set} on a frame that nobody else can know yet. */
    void setNew(long pfn, int flag);

    /** {@link #addPageMapcount} by 1 of a frame that nobody else can know yet and that is not mapped. */
    void setNewMapped(long pfn);

    /** Clears the bits of {@code flag} on the frame {@code pfn}. */
    void clear(long pfn, int flag);

    /** Sets the bits {@code flag} on {@code n} frames from {@code pfn}. */
    void setRange(long pfn, long n, int flag);

    /** Clears the bits {@code flag} on {@code n} frames from {@code pfn}. */
    void clearRange(long pfn, long n, int flag);

    /** All flag bits of the frame {@code pfn}. */
    int flags(long pfn);

    /** References to the folio {@code head}; 0 when it is free or frozen. */
    int refcount(long head);

    /** Takes {@code n} references to the folio at {@code head}. */
    void get(long head, int n);

    /**
     * Drops {@code n} references to the folio at {@code head}; the last one gives the folio back to whoever frees
     * it: an owner registered with {@link #setFreeing}, or else the allocator. A folio that is still mapped or pinned
     * then is an {@link org.mmkit.api.InvariantViolation}.
     */
    void put(long head, int n);

    /**
     * Sets the reference count to 0 if it is exactly {@code expected} (Linux: folio_ref_freeze).
     *
     * @return whether it was
     */
    boolean freeze(long head, int expected);

    /** Sets the reference count of a frozen folio. */
    void unfreeze(long head, int references);

    /**
     * Waits for the lock of the folio at {@code head} and takes it (Linux: folio_lock): who holds it keeps the folio from being split, moved
     * or taken out of its cache. The caller has a reference. Nothing on a machine with one processor.
     */
    void lockFolio(long head);

    /** Takes the folio lock if it is free; whether it did. */
    boolean tryLockFolio(long head);

    /** Gives the folio lock back. */
    void unlockFolio(long head);

    /**
     * Locks the map counts of the large folio at {@code head} against others who change them (Linux: folio_lock_large_mapcount); only for the
     * few lines that change them together. Nothing on a machine with one processor.
     */
    void lockMapcounts(long head);

    /** Ends {@link #lockMapcounts}. */
    void unlockMapcounts(long head);

    /** Long-term pins of the folio at {@code head} (FOLL_PIN). Each pin also holds a reference. */
    int pins(long head);

    /** Adds {@code n} (may be negative) pins; references are the caller's to change. */
    void addPins(long head, int n);

    /** Level-1 entries that map the frame {@code pfn}. */
    int pageMapcount(long pfn);

    /** Adds {@code delta} to {@link #pageMapcount}; returns the new value. */
    int addPageMapcount(long pfn, int delta);

    /** Leaves above level 1 that map the folio {@code head} whole. */
    int entireMapcount(long head);

    /** Adds {@code delta} to {@link #entireMapcount}; returns the new value. */
    int addEntireMapcount(long head, int delta);

    /** All mappings of the large folio {@code head}; for an order-0 folio its page's map count. */
    int largeMapcount(long head);

    /** Frames of the large folio that are mapped by at least one entry of any level, saturating as Linux counts it. */
    int mappedPages(long head);

    /** Adds {@code delta} to {@link #mappedPages}; returns the new value. */
    int addMappedPages(long head, int delta);

    /**
     * Counts {@code delta} (may be negative) mappings of the large folio {@code head} by address space {@code spaceId} and
     * keeps {@link FolioFlags#MAPPED_SHARED} as Linux does with its two owner slots
     * (include/linux/rmap.h, folio_add_return_large_mapcount).
     *
     * @return the new {@link #largeMapcount}
     */
    int addLargeMapcount(long head, int delta, int spaceId);

    /** Whether the large folio may be mapped by more than one address space; for order 0: map count above 1. */
    boolean maybeMappedShared(long head);

    /** Mappings of {@code pfn}: its own level-1 entries plus the whole mappings of its folio. */
    default int mapcount(long pfn) {
        return pageMapcount(pfn) + (isLarge(pfn) ? entireMapcount(head(pfn)) : 0);
    }

    /** Whether any entry of any level maps a page of the folio at {@code head}. */
    boolean isMapped(long head);

    /**
     * How many of the frames {@code pfn}, {@code pfn + direction}, {@code pfn + 2 * direction} and so on, at most {@code most}, are alike in
     * this: of order 0, with one reference, one mapping, no pin, private word 0, and the flags of the first. May be fewer than there are; 0 on a machine on
     * which others may change them meanwhile.
     */
    default int singlesAlike(long pfn, int most, int direction) {
        int flags = flags(pfn);
        int n = 0;
        for (long at = pfn; n < most; at += direction, n++) {
            if (isLarge(at) || refcount(at) != 1 || pageMapcount(at) != 1 || pins(at) != 0 || privateWord(at) != 0 || flags(at) != flags) {
                break;
            }
        }
        return n;
    }

    /** What the folio belongs to; throws {@link IllegalStateException} when {@link #hasOwner} is false. */
    FolioOwner owner(long head);

    /** Whether the folio belongs to something. */
    boolean hasOwner(long head);

    /** Sets owner and index (page offset in the owner) of the folio at {@code head}. */
    void setOwner(long head, FolioOwner owner, long index);

    /** Takes the folio out of its owner; it then has none. */
    void clearOwner(long head);

    /** The page offset of the folio's first page in its owner. */
    long index(long head);

    /** A word for the folio's present user: the swap entry of a swap-cache folio, a pool's link. */
    long privateWord(long head);

    /** Sets {@link #privateWord}. */
    void setPrivateWord(long head, long value);

    /**
     * Makes the 2^{@code order} frames from {@code head} one folio of order {@code order} with one reference and the flags
     * cleared but for HEAD (and LARGE_RMAPPABLE when {@code rmappable}); order 0 makes it a single frame.
     * The frames are allocated ones that no one else uses.
     */
    void makeFolio(long head, int order, boolean rmappable);

    /**
     * Cuts the frozen folio at {@code head} into folios of {@code newOrder}, head by head. Flags that speak for the folio are
     * copied to each new head, per-frame flags and map counts stay; owner and index are set on each; references of
     * the new heads (the first included) are set to {@code references}.
     */
    void splitFolio(long head, int newOrder, int references);

    /**
     * Lets {@code freeing} see each folio that has one of the bits {@code flag} when its last reference goes. Several may be
     * registered; they are asked in the order of registration until one takes the folio over.
     */
    void setFreeing(int flag, FolioFreeing freeing);

    /** The end of a folio's life. */
    interface FolioFreeing {

        /**
         * The last reference of the folio {@code head} was dropped; its flags, owner and words are still set.
         *
         * @return true when the folio now belongs to the callee; false to let it go back to the allocator
         */
        boolean free(long head);
    }

    /** The folio {@code head} was written to: what is written is not to be reclaimed early any more (Linux: folio_mark_dirty). */
    default void markDirty(long head) {
        set(head, FolioFlags.DIRTY);
        if (isToBeReclaimed(head)) {
            clear(head, FolioFlags.RECLAIM);
        }
    }

    /** Whether the folio {@code head} of a file is to be reclaimed early ({@link FolioFlags#RECLAIM}). */
    default boolean isToBeReclaimed(long head) {
        return test(head, FolioFlags.RECLAIM) && !test(head, FolioFlags.HUGETLB);
    }
}
