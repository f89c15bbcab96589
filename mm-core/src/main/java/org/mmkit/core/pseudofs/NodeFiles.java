package org.mmkit.core.pseudofs;

import java.util.List;
import java.util.Map;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.core.memory.LruLists;
import org.mmkit.core.memory.NodeEvents;
import org.mmkit.core.memory.NodeMap;
import org.mmkit.core.memory.SystemMemory;

/**
 * /sys/devices/system/node (drivers/base/node.c). The lines are those of what is counted by node; each node has one processor, of the same
 * number.
 */
final class NodeFiles {

    private static final String ROOT = "/sys/devices/system/node/";

    /** The lines of numastat, by the name that /proc/vmstat gives them. */
    private static final Map<String, String> NUMASTAT =
            Map.of("numa_interleave", "interleave_hit", "numa_local", "local_node", "numa_other", "other_node");

    private final SystemMemory memory;
    private final VmstatFile vmstat;
    private final Fields fields;
    private final NodeMap nodes;

    NodeFiles(SystemMemory memory, VmstatFile vmstat, Fields fields) {
        this.memory = memory;
        this.vmstat = vmstat;
        this.fields = fields;
        this.nodes = memory.nodes();
    }

    void addTo(PseudoFileSystem files) {
        String all = MemoryPolicy.list(nodes.all()) + "\n";
        for (String name : List.of("possible", "online", "has_normal_memory", "has_memory", "has_cpu")) {
            files.add(ROOT + name, new TextFile(() -> all));
        }
        for (int n = 0; n < nodes.count(); n++) {
            int node = n;
            String directory = ROOT + "node" + n + "/";
            files.add(directory + "meminfo", new TextFile(() -> meminfo(node)));
            if (nodes.count() > 1) {
                files.add(directory + "numastat", new TextFile(() -> numastat(node)));
            }
            files.add(directory + "vmstat", new TextFile(() -> vmstat(node)));
            files.add(directory + "distance", new TextFile(() -> distance(node)));
            files.add(directory + "cpulist", new TextFile(() -> node + "\n"));
            files.add(directory + "cpumap", new TextFile(() -> Long.toHexString(1L << node) + "\n"));
        }
    }

    private String distance(int node) {
        StringBuilder out = new StringBuilder();
        for (int to = 0; to < nodes.count(); to++) {
            out.append(to > 0 ? " " : "").append(nodes.distance(node, to));
        }
        return out.append('\n').toString();
    }

    private String numastat(int node) {
        NodeEvents events = memory.allocator().nodeEvents();
        StringBuilder out = new StringBuilder();
        VmstatFile.NODE_EVENTS.forEach((name, counter) ->
                out.append(NUMASTAT.getOrDefault(name, name)).append(' ').append(counter.apply(events)[node]).append('\n'));
        return out.toString();
    }

    private String vmstat(int node) {
        LruLists lru = memory.frames().lru();
        StringBuilder out = new StringBuilder();
        line(out, "nr_free_pages", memory.allocator().counts().freePages(node));
        for (int list = 0; list < LruLists.LISTS; list++) {
            line(out, "nr_zone_" + VmstatFile.LISTS.get(list), lru.pagesOfNode(node, list));
        }
        if (nodes.count() > 1) {
            NodeEvents events = memory.allocator().nodeEvents();
            VmstatFile.NODE_EVENTS.forEach((name, counter) -> line(out, name, counter.apply(events)[node]));
        }
        for (String name : vmstat.names()) {
            if (vmstat.isByNode(name)) {
                line(out, name, vmstat.value(node, name));
            }
        }
        return out.toString();
    }

    private static void line(StringBuilder out, String name, long value) {
        out.append(name).append(' ').append(value).append('\n');
    }

    private String meminfo(int node) {
        LruLists lru = memory.frames().lru();
        long total = memory.allocator().counts().managedPages(node);
        long free = memory.allocator().counts().freePages(node);
        long activeAnon = lru.pagesOfNode(node, LruLists.ACTIVE_ANON);
        long inactiveAnon = lru.pagesOfNode(node, LruLists.INACTIVE_ANON);
        long activeFile = lru.pagesOfNode(node, LruLists.ACTIVE_FILE);
        long inactiveFile = lru.pagesOfNode(node, LruLists.INACTIVE_FILE);
        StringBuilder out = new StringBuilder();
        kilobytes(out, node, "MemTotal", total);
        kilobytes(out, node, "MemFree", free);
        kilobytes(out, node, "MemUsed", total - free);
        kilobytes(out, node, "Active", activeAnon + activeFile);
        kilobytes(out, node, "Inactive", inactiveAnon + inactiveFile);
        kilobytes(out, node, "Active(anon)", activeAnon);
        kilobytes(out, node, "Inactive(anon)", inactiveAnon);
        kilobytes(out, node, "Active(file)", activeFile);
        kilobytes(out, node, "Inactive(file)", inactiveFile);
        kilobytes(out, node, "Unevictable", lru.pagesOfNode(node, LruLists.UNEVICTABLE));
        fields.nodeMeminfo().forEach((name, value) -> {
            out.append("Node ").append(node).append(' ').append(name).append(": ");
            Columns.right(out, value.applyAsLong(node), 5);
            out.append('\n');
        });
        return out.toString();
    }

    private void kilobytes(StringBuilder out, int node, String name, long pages) {
        out.append("Node ").append(node).append(' ');
        Columns.line(out, name, pages << memory.pageShift() - 10, "kB");
    }
}
