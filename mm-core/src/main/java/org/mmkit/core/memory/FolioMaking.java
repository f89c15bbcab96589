package org.mmkit.core.memory;

import static org.mmkit.api.memory.FolioFlags.HEAD;
import static org.mmkit.api.memory.FolioFlags.LARGE_RMAPPABLE;
import static org.mmkit.api.memory.FolioFlags.MAPPED_SHARED;
import static org.mmkit.api.memory.FolioFlags.SWAPCACHE;
import static org.mmkit.core.memory.FlagWords.FLAG_MASK;
import static org.mmkit.core.memory.FlagWords.MARKED_TAILS;

import org.mmkit.api.memory.FolioFlags;

/**
 * How frames become a folio, a folio several, and frames free again (Linux: prep_compound_page, __split_unmapped_folio,
 * free_pages_prepare), for a {@link FrameTable}.
 */
final class FolioMaking {

    /** Flags that a part of a split folio does not inherit from the whole. */
    private static final int NOT_INHERITED = HEAD
            | FolioFlags.ANON_EXCLUSIVE
            | FolioFlags.PARTIALLY_MAPPED
            | FolioFlags.DEFERRED
            | FolioFlags.DOUBLE_MAP
            | FolioFlags.HUGE_ZERO
            | MAPPED_SHARED
            | LARGE_RMAPPABLE;

    private final FrameTable frames;
    private final FolioOrders orders;
    private final FlagWords flagWords;
    private final int[][] flags;
    private final int[][] references;
    private final int[][] mapcounts;
    /** The references of an untouched section. */
    private final int[] zero;
    private final FolioRecords records;
    private final FolioOwners owners;
    private final LruLists lru;
    private final int sectionOrder;
    private final int mask;

    FolioMaking(
            FrameTable frames,
            FolioOrders orders,
            FlagWords flagWords,
            int[][] flags,
            int[][] references,
            int[][] mapcounts,
            int[] zero,
            FolioRecords records,
            FolioOwners owners,
            LruLists lru) {
        this.frames = frames;
        this.orders = orders;
        this.flagWords = flagWords;
        this.flags = flags;
        this.references = references;
        this.mapcounts = mapcounts;
        this.zero = zero;
        this.records = records;
        this.owners = owners;
        this.lru = lru;
        sectionOrder = frames.sectionOrder();
        mask = (1 << sectionOrder) - 1;
    }

    private int section(long pfn) {
        return (int) (pfn >>> sectionOrder);
    }

    /** See {@link org.mmkit.api.memory.Frames#makeFolio}. */
    void make(long head, int order, boolean rmappable) {
        int s = section(head);
        int i = (int) head & mask;
        int[] r = SectionArrays.own(references, s, zero);
        if (r[i] != 0) {
            throw frames.wrong(head, "handed out while its reference count was " + r[i]);
        }
        r[i] = 1;
        if (order == 0) {
            flagWords.own(s)[i] = 0;
            return;
        }
        if ((head & (1L << order) - 1) != 0) {
            throw new IllegalArgumentException(
                    "frame 0x" + Long.toHexString(head) + " is no multiple of 2^" + order);
        }
        int bits = FolioOrders.bits(order);
        if (bits != 0) {
            flagWords.fill(head, 1L << order, bits);
        } else {
            orders.setBlocks(head, 1L << order, order);
        }
        flagWords.own(s)[i] = bits | HEAD | (rmappable ? LARGE_RMAPPABLE : 0);
        records.clear(head);
    }

    /** See {@link org.mmkit.api.memory.Frames#splitFolio}. */
    void split(long head, int newOrder, int count) {
        int order = orders.order(head);
        if (newOrder >= order) {
            throw new IllegalArgumentException("order " + order + " cannot be split into order " + newOrder);
        }
        if (frames.refcount(head) != 0) {
            throw frames.wrong(head, "split while its reference count is " + frames.refcount(head));
        }
        int whole = flags[section(head)][(int) head & mask];
        int inherited = whole & FLAG_MASK & ~NOT_INHERITED;
        // A part may have exclusive tails if the whole had some.
        int large = newOrder > 0 ? HEAD | whole & (LARGE_RMAPPABLE | MARKED_TAILS) : 0;
        boolean owned = owners.hasOwner(head);
        long index = owners.index(head);
        long word = owners.word(head);
        boolean inSwapCache = (inherited & SWAPCACHE) != 0;
        long step = 1L << newOrder;
        if (order >= FolioOrders.BLOCK_ORDER) {
            orders.setBlocks(head, 1L << order, newOrder);
        }
        int bits = FolioOrders.bits(newOrder);
        for (long part = 0; part < 1L << order; part += step) {
            long h = head + part;
            int s = section(h);
            int[] f = flagWords.own(s);
            int sum = 0;
            for (long k = 0; k < step; k++) {
                int i = (int) (h + k) & mask;
                f[i] = bits | f[i] & FolioFlags.ANON_EXCLUSIVE;
                sum += mapcounts[s][i];
            }
            int i = (int) h & mask;
            // Who splits has locked the whole folio: the first part stays locked.
            // Nor are the others to be reclaimed early.
            int passedOn = part == 0 ? inherited : inherited & ~(FolioFlags.LOCKED | FolioFlags.RECLAIM);
            f[i] |= passedOn | large;
            if (newOrder > 0) {
                records.clear(h);
                records.setMapcount(h, sum);
            }
            SectionArrays.own(references, s, zero)[i] = count;
            if (owned) {
                owners.set(h, owners.owner(head), index + part);
            }
            if (word != 0 || inSwapCache) {
                owners.setWord(h, inSwapCache ? word + part : part == 0 ? word : 0);
            }
            if (part > 0 && (inherited & FolioFlags.LRU) != 0) {
                lru.addPart(head, h, step);
            }
        }
        if (inSwapCache) {
            frames.swapCache().split(head, 1L << order);
        }
    }

    /** Makes the frames of a folio nobody's: no flag, no owner, no order. */
    void dissolve(long head, int order) {
        int s = section(head);
        int i = (int) head & mask;
        int[] f = flags[s];
        if (order > 0) {
            if (order < FolioOrders.BLOCK_ORDER || (f[i] & MARKED_TAILS) != 0) {
                flagWords.fill(head, 1L << order, 0);
            }
            if (order >= FolioOrders.BLOCK_ORDER) {
                orders.setBlocks(head, 1L << order, 0);
            }
        }
        f[i] = 0;
        owners.forget(head);
    }
}
