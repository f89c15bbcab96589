package org.mmkit.core.pseudofs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.core.memory.AllocationEvents;
import org.mmkit.core.memory.LruLists;
import org.mmkit.core.memory.NodeEvents;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.memory.Zone;
import org.mmkit.core.stat.CounterTable;

/**
 * /proc/vmstat: the counters that anybody has registered, and what the allocator counts by itself. Names that nothing in this machine
 * counts are left out, where Linux prints a 0.
 */
public final class VmstatFile implements PseudoFile {

    /** The names of the LRU lists. */
    static final List<String> LISTS =
            List.of("inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable");

    /** The lines of a node's numastat in the kernel's order, and where they are counted. */
    static final Map<String, Function<NodeEvents, long[]>> NODE_EVENTS = new LinkedHashMap<>();

    static {
        NODE_EVENTS.put("numa_hit", events -> events.hit);
        NODE_EVENTS.put("numa_miss", events -> events.miss);
        NODE_EVENTS.put("numa_foreign", events -> events.foreign);
        NODE_EVENTS.put("numa_interleave", events -> events.interleave);
        NODE_EVENTS.put("numa_local", events -> events.local);
        NODE_EVENTS.put("numa_other", events -> events.other);
    }

    private final CounterTable counters;
    private final Map<String, IntToLongFunction> byNode = new LinkedHashMap<>();
    private final Map<String, LongSupplier> computed = new LinkedHashMap<>();

    /** The counters of {@code counters}, and those of the allocator of {@code memory}. */
    public VmstatFile(CounterTable counters, SystemMemory memory) {
        this.counters = counters;
        AllocationEvents events = memory.allocator().events();
        computed.put("nr_free_pages", memory.allocator()::freePages);
        int blockOrder = memory.allocator().blockOrder();
        computed.put("nr_free_pages_blocks", () -> freeInBlocks(memory, blockOrder));
        if (memory.nodes().count() > 1) {
            addNodeEvents(memory.allocator().nodeEvents());
        }
        for (int z = 0; z < Zone.ZONES; z++) {
            int zone = z;
            String name = Zone.name(z).toLowerCase(Locale.ROOT);
            computed.put("pgalloc_" + name, () -> events.allocated[zone]);
            computed.put("allocstall_" + name, () -> events.stalls[zone]);
        }
        computed.put("pgfree", () -> events.freed);
        computed.put("compact_stall", () -> events.compactStalls);
        computed.put("compact_success", () -> events.compactSuccesses);
        computed.put("compact_fail", () -> events.compactFailures);
        addLists(memory.frames().lru());
    }

    private void addNodeEvents(NodeEvents events) {
        NODE_EVENTS.forEach((name, counter) -> computed.put(name, () -> NodeEvents.total(counter.apply(events))));
    }

    private void addLists(LruLists lru) {
        for (int i = 0; i < LruLists.LISTS; i++) {
            int list = i;
            byNode.put("nr_" + LISTS.get(list), node -> lru.pagesOfNode(node, list));
            computed.put("nr_" + LISTS.get(list), () -> lru.pages(list));
            computed.put("nr_zone_" + LISTS.get(list), () -> lru.pages(list));
        }
        computed.put("nr_mlock", lru::mlocked);
        lru.events().forEach(computed::put);
    }

    private static long freeInBlocks(SystemMemory memory, int blockOrder) {
        long pages = 0;
        for (int order = blockOrder; order <= memory.allocator().maxOrder(); order++) {
            pages += memory.allocator().freeBlocks(order) << order;
        }
        return pages;
    }

    /** Adds a line that is computed when it is read. */
    void add(String name, LongSupplier value) {
        computed.put(name, value);
    }

    /** Whether line {@code name} is counted by node. */
    boolean isByNode(String name) {
        return byNode.containsKey(name);
    }

    /** The value of line {@code name}, which is counted by node, for {@code node}. */
    long value(int node, String name) {
        return Objects.requireNonNull(byNode.get(name), name).applyAsLong(node);
    }

    /** Whether there is a line {@code name}. */
    boolean has(String name) {
        return computed.containsKey(name) || counters.has(name);
    }

    /** The value of line {@code name}; {@link IllegalArgumentException} when there is none. */
    public long value(String name) {
        LongSupplier supplier = computed.get(name);
        return supplier != null ? supplier.getAsLong() : counters.get(name);
    }

    /** The lines in the kernel's order. */
    List<String> names() {
        return LineOrder.VMSTAT.sort(Fields.union(computed.keySet(), counters.names()));
    }

    @Override
    public String read() {
        StringBuilder out = new StringBuilder();
        for (String name : names()) {
            out.append(name).append(' ').append(value(name)).append('\n');
        }
        return out.toString();
    }
}
