package org.mmkit.core.ledger;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Remembers where in the program each folio was allocated, mapped and refused a split (Linux: mm/page_owner.c, which keeps the
 * stack of each allocation). It exists only on a machine booted with {@code page_owner=on}; what it costs, nobody else pays. Safe
 * for any thread.
 */
public final class PageOwner {

    private static final int DEPTH = 6;
    /** The tools that others work with say nothing of who they are. */
    private static final List<String> NOT_TOLD = List.of(
            "org.mmkit.core.ledger.", "org.mmkit.core.memory.SystemMemory", "org.mmkit.core.rmap.FolioMapper", "org.mmkit.core.process.Process");

    private final LongSupplier now;
    private final Map<Long, String> allocations = new HashMap<>();
    private final Map<Long, Map<Integer, String>> mappings = new HashMap<>();

    /** Events are dated by {@code now}, in nanoseconds. */
    public PageOwner(LongSupplier now) {
        this.now = now;
    }

    /** A folio of {@code order} was handed out. */
    public synchronized void allocated(long head, int order, int gfp) {
        for (long pfn = head; pfn < head + (1L << order); pfn++) {
            mappings.remove(pfn);
            allocations.remove(pfn);
        }
        allocations.put(head, event("allocated with order " + order + ", gfp 0x" + Integer.toHexString(gfp)));
    }

    /** {@code n} frames from {@code pfn} were mapped in address space {@code spaceId}. */
    public synchronized void mapped(long pfn, long n, int spaceId) {
        String event = event("mapped");
        for (long i = 0; i < n; i++) {
            mappings.computeIfAbsent(pfn + i, key -> new HashMap<>()).put(spaceId, event);
        }
    }

    private String event(String what) {
        String by = StackWalker.getInstance().walk(frames -> frames
                .filter(frame -> NOT_TOLD.stream().noneMatch(frame.getClassName()::startsWith))
                .limit(DEPTH)
                .map(frame -> frame.getClassName().replaceFirst(".*\\.", "") + "." + frame.getMethodName())
                .collect(Collectors.joining(" < ")));
        return String.format(Locale.ROOT, "%s at %.6f s by %s", what, now.getAsLong() / 1e9, by);
    }

    /** How the folio that {@code pfn} was allocated in came to be, for its first frame {@code head} or an earlier one. */
    synchronized Optional<String> allocation(long head) {
        return Optional.ofNullable(allocations.get(head));
    }

    /** How {@code pfn} came to be mapped in address space {@code spaceId}. */
    synchronized Optional<String> mapping(long pfn, int spaceId) {
        return Optional.ofNullable(mappings.getOrDefault(pfn, Map.of()).get(spaceId));
    }
}
