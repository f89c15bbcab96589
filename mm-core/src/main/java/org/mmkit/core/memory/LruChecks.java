package org.mmkit.core.memory;

import org.mmkit.api.InvariantViolation;
import org.mmkit.api.memory.FolioFlags;

/** Whether lists, flags, batches and totals agree with each other. */
final class LruChecks {

    private final FrameTable frames;
    private final LruLists lists;
    private final FolioBatches batches;

    LruChecks(FrameTable frames, LruLists lists, FolioBatches batches) {
        this.frames = frames;
        this.lists = lists;
        this.batches = batches;
    }

    void verify() {
        long[] found = new long[lists.nodes() * Zone.ZONES * LruLists.LISTS];
        for (int i = 0; i < lists.nodes() * LruLists.UNEVICTABLE; i++) {
            follow(i / LruLists.UNEVICTABLE, i % LruLists.UNEVICTABLE, found);
        }
        long locked = verifyFlags(found);
        for (int i = 0; i < found.length; i++) {
            long counted = lists.pages(i / LruLists.LISTS, i % LruLists.LISTS);
            if (found[i] != counted) {
                throw new InvariantViolation("zone " + Zone.name(i / LruLists.LISTS) + " counts " + counted + " pages on LRU list "
                        + i % LruLists.LISTS + ", but there are " + found[i]);
            }
        }
        for (int i = 0; i < lists.nodes() * LruLists.LISTS; i++) {
            int list = i % LruLists.LISTS;
            long counted = lists.pagesOfNode(i / LruLists.LISTS, list);
            if (lists.pagesUpTo(i / LruLists.LISTS, Zone.ZONES - 1, list) != counted) {
                throw new InvariantViolation("LRU list " + list + " counts " + counted + " pages, its zones do not");
            }
        }
        if (locked != lists.mlocked()) {
            throw new InvariantViolation("nr_mlock is " + lists.mlocked() + ", but there are " + locked + " such pages");
        }
    }

    /** Goes along an evictable list and adds its pages to {@code found}. */
    private void follow(int node, int list, long[] found) {
        long before = 0;
        for (long head = lists.youngest(node, list); head != 0; head = lists.older(head)) {
            int flags = frames.flags(head);
            if ((flags & FolioFlags.LRU) == 0 || LruLists.list(flags) != list || frames.head(head) != head || lists.node(head) != node) {
                throw frames.wrong(head, "on LRU list " + list + " against its flags");
            }
            if (lists.younger(head) != before) {
                throw frames.wrong(head, "LRU list " + list + " is not linked backwards");
            }
            found[lists.zone(head) * LruLists.LISTS + list] += frames.pages(head);
            before = head;
        }
        if (lists.oldest(node, list) != before) {
            throw new InvariantViolation("LRU list " + list + " does not end with its last folio");
        }
    }

    /** Counts the folios that say they are listed, adds the unevictable ones to {@code found}; returns the pages locked. */
    private long verifyFlags(long[] found) {
        long locked = 0;
        long[] said = new long[LruLists.LISTS];
        long section = 1L << frames.sectionOrder();
        for (long base = 0; base < frames.spanned(); base += section) {
            if (!frames.isTouched(base)) {
                continue;
            }
            long end = base + section;
            for (long pfn = frames.nextUsed(base, end); pfn < end; pfn = frames.nextUsed(pfn + frames.pages(pfn), end)) {
                int flags = frames.flags(pfn);
                long n = frames.pages(pfn);
                locked += (flags & FolioFlags.MLOCKED) != 0 ? n : 0;
                if ((flags & FolioFlags.LRU) != 0) {
                    said[LruLists.list(flags)] += n;
                    if (LruLists.list(flags) == LruLists.UNEVICTABLE) {
                        found[lists.zone(pfn) * LruLists.LISTS + LruLists.UNEVICTABLE] += n;
                    }
                } else if ((flags & FolioFlags.UNEVICTABLE) != 0 && batches.references(pfn) == 0) {
                    throw frames.wrong(pfn, "unevictable, but on no list");
                }
            }
        }
        for (int list = 0; list < LruLists.UNEVICTABLE; list++) {
            if (said[list] != lists.pages(list)) {
                throw new InvariantViolation(said[list] + " pages say they are on LRU list " + list + ", which counts " + lists.pages(list));
            }
        }
        return locked;
    }
}
