package org.mmkit.core.memory;

import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.memory.Nodes;

/**
 * Which nodes requests go to, in what order, and by which policy, on a machine with several (mm/page_alloc.c, the zonelists;
 * mm/mempolicy.c). Not thread-safe.
 */
final class NodeRequests {

    private final BuddyAllocator allocator;
    private final NodeMap nodes;
    private final Zone[] zones;
    private final NodeEvents events;
    private MemoryPolicy taskPolicy = MemoryPolicy.NONE;
    /** The node that interleaved memory without a place in an area came from last (Linux: il_prev). */
    private int interleaved = Nodes.MOST - 1;

    NodeRequests(BuddyAllocator allocator, NodeMap nodes, Zone[] zones) {
        this.allocator = allocator;
        this.nodes = nodes;
        this.zones = zones;
        this.events = new NodeEvents(nodes.count());
    }

    NodeEvents events() {
        return events;
    }

    MemoryPolicy taskPolicy() {
        return taskPolicy;
    }

    void setTaskPolicy(MemoryPolicy policy) {
        taskPolicy = policy;
    }

    /** A request of {@code node} was served with the block at {@code pfn}. */
    void count(long pfn, int node, int highest, long allowed) {
        events.count(nodes.of(pfn), preferredNode(node, highest, allowed), nodes.current());
    }

    /** Memory for the kernel, or for a file: by the policy of the task (mm/mempolicy.c, alloc_pages). */
    long allocateByPolicy(int order, int gfp) {
        MemoryPolicy policy = (gfp & Gfp.THISNODE) != 0 ? MemoryPolicy.NONE : taskPolicy;
        int node = policy.first(nodes.current(), 0);
        if (policy.mode() == MemoryPolicy.Mode.INTERLEAVE) {
            node = Nodes.next(interleaved, policy.nodes());
            interleaved = node;
        }
        return allocate(policy, order, gfp, node);
    }

    /** Allocates by {@code policy}, of which {@code node} is the one asked first (mm/mempolicy.c, alloc_pages_mpol). */
    long allocate(MemoryPolicy policy, int order, int gfp, int node) {
        if (policy.mode() == MemoryPolicy.Mode.PREFERRED_MANY) {
            long pfn = allocator.allocate(order, gfp & ~Gfp.DIRECT_RECLAIM | Gfp.NOWARN, node, policy.nodes());
            if (pfn != FrameAllocator.NONE) {
                return pfn;
            }
        }
        long pfn = allocator.allocate(order, gfp, node, policy.allowed());
        if (pfn != FrameAllocator.NONE && policy.mode() == MemoryPolicy.Mode.INTERLEAVE && nodes.of(pfn) == node) {
            events.interleave[node]++;
        }
        return pfn;
    }

    /** The zone that serves requests for zones up to {@code z} first; the lowest of its node when no node has memory for them. */
    int firstWithMemory(int z) {
        int node = Zone.node(z);
        for (int i = 0; i < nodes.count(); i++) {
            int base = Zone.first(nodes.fallback(node, i));
            for (int at = base + Zone.kind(z); at >= base; at--) {
                if (zones[at].managed > 0) {
                    return at;
                }
            }
        }
        return Zone.first(node);
    }

    /** The node that a request is first served from: the first of {@code allowed} with memory in a zone up to {@code highest}. */
    private int preferredNode(int node, int highest, long allowed) {
        for (int i = 0; i < nodes.count(); i++) {
            int n = nodes.fallback(node, i);
            if ((allowed >>> n & 1) == 0) {
                continue;
            }
            for (int z = Zone.first(n) + highest; z >= Zone.first(n); z--) {
                if (zones[z].managed > 0) {
                    return n;
                }
            }
        }
        return node;
    }

    /** The zones for a request of {@code node}, from the nodes of {@code allowed}, the nearest first. */
    long fromNodes(int order, int highest, int type, int mark, int reserve, int node, long allowed) {
        int preferred = firstWithMemory(Zone.first(preferredNode(node, highest, allowed)) + highest);
        boolean spare = mark == Zone.LOW && Zone.kind(preferred) == Zone.NORMAL && zones[preferred - 1].present > 0;
        int local = Zone.node(preferred);
        while (true) {
            for (int i = 0; i < nodes.count(); i++) {
                int n = nodes.fallback(node, i);
                if ((allowed >>> n & 1) == 0) {
                    continue;
                }
                // Memory in pieces is better than memory of another node.
                if (spare && n != local) {
                    break;
                }
                long pfn = allocator.fromZonesAt(Zone.first(n), order, highest, type, mark, reserve, spare);
                if (pfn != FrameAllocator.NONE) {
                    return pfn;
                }
            }
            if (!spare) {
                return FrameAllocator.NONE;
            }
            spare = false;
        }
    }
}
