package org.mmkit.core.observe;

import java.util.List;
import java.util.Locale;

/**
 * Everything that keeps one folio where it is.
 *
 * @param pfn the frame asked about
 * @param head the first frame of its folio
 * @param order the folio's order
 * @param what what kind of memory it is
 * @param references the folio's reference count
 * @param mapcount entries that map this frame, huge ones included
 * @param subpageMapcount what struct page's {@code _mapcount}, plus one, says of this frame on the machine's kernel
 * @param compoundMapcount huge leaves that map the folio whole
 * @param doubleMap whether the folio carries PageDoubleMap
 * @param holders who has the references; a mapping has one
 * @param unexplained references that none of them has
 * @param events what was recorded of the folio itself; empty without {@code page_owner=on}
 */
public record PageExplanation(
        long pfn,
        long head,
        int order,
        String what,
        int references,
        int mapcount,
        int subpageMapcount,
        int compoundMapcount,
        boolean doubleMap,
        List<Holder> holders,
        int unexplained,
        List<String> events) {

    /** Copies the lists. */
    public PageExplanation {
        holders = List.copyOf(holders);
        events = List.copyOf(events);
    }

    /** Why there is a reference. */
    public enum Kind {
        /** An entry of a page table. */
        MAPPING,
        /** The page cache of a file. */
        PAGE_CACHE,
        /** The swap cache. */
        SWAP_CACHE,
        /** A pin of get_user_pages. */
        PIN,
        /** A reference of get_user_pages. */
        REFERENCE
    }

    /**
     * Who has references.
     *
     * @param kind why
     * @param references how many
     * @param who and where, in words
     */
    public record Holder(Kind kind, int references, String who) {}

    /** The holders that keep a split away: all but mappings and caches. */
    public List<Holder> obstacles() {
        return holders.stream().filter(h -> h.kind() == Kind.PIN || h.kind() == Kind.REFERENCE).toList();
    }

    /** As a person reads it, one line each. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "pfn 0x%x: %s", pfn, what));
        if (order > 0) {
            text.append(String.format(Locale.ROOT, ", page %d of the folio of order %d at 0x%x", pfn - head, order, head));
        }
        text.append(String.format(Locale.ROOT, "%n%d references, %d mappings of this page%s%n", references, mapcount, doubleMap ? ", PageDoubleMap" : ""));
        holders.forEach(h -> text.append(String.format(Locale.ROOT, "  %3d  %s%n", h.references(), h.who())));
        if (unexplained != 0) {
            text.append(String.format(Locale.ROOT, "  %3d  held by the kernel itself%n", unexplained));
        }
        events.forEach(event -> text.append(event).append(System.lineSeparator()));
        return text.toString();
    }
}
