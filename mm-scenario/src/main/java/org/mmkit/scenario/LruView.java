package org.mmkit.scenario;

import com.google.gson.JsonArray;
import java.util.function.LongFunction;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.core.observe.Pagemap;

/** On which LRU list the pages of a range are, by /proc/PID/pagemap and /proc/kpageflags. */
final class LruView {

    /** Bits of a kpageflags word (include/uapi/linux/kernel-page-flags.h). */
    private static final long REFERENCED = 1L << 2;
    private static final long LRU = 1L << 5;
    private static final long ACTIVE = 1L << 6;
    private static final long UNEVICTABLE = 1L << 18;
    private static final long ZERO_PAGE = 1L << 24;
    private static final long PFN = (1L << 55) - 1;

    private LruView() {}

    /** Runs of pages of {@code page} bytes from {@code start} on: what they are, how many. */
    static JsonArray runs(Pagemap pagemap, AddressSpace space, long start, long length, long page) {
        LongFunction<String> place = va -> {
            long word = pagemap.word(space, va);
            return (word & Pagemap.PRESENT) == 0 ? "none" : name(pagemap.flags(word & PFN));
        };
        JsonArray runs = new JsonArray();
        String run = "";
        long pages = 0;
        for (long at = 0; at < length; at += page) {
            String next = place.apply(start + at);
            if (pages > 0 && !next.equals(run)) {
                add(runs, run, pages);
                pages = 0;
            }
            run = next;
            pages++;
        }
        add(runs, run, pages);
        return runs;
    }

    private static void add(JsonArray runs, String run, long pages) {
        JsonArray pair = new JsonArray();
        pair.add(run);
        pair.add(pages);
        runs.add(pair);
    }

    private static String name(long flags) {
        if ((flags & ZERO_PAGE) != 0) {
            return "zero";
        }
        String list = (flags & LRU) == 0 ? "off"
                : (flags & UNEVICTABLE) != 0 ? "unevictable"
                : (flags & ACTIVE) != 0 ? "active"
                : "inactive";
        return (flags & REFERENCED) != 0 ? list + " referenced" : list;
    }
}
