package org.mmkit.api.memory;

import java.util.Locale;

/**
 * Which nodes memory is to come from: the policy of a task or of an area (Linux: struct mempolicy, set_mempolicy(2), mbind(2)).
 *
 * @param mode how the nodes are used
 * @param nodes the set of nodes as in {@link Nodes}; empty for {@link Mode#DEFAULT} and {@link Mode#LOCAL}
 */
public record MemoryPolicy(Mode mode, long nodes) {

    /** Nothing is asked for: the node of the processor that runs first, then the others. */
    public static final MemoryPolicy NONE = new MemoryPolicy(Mode.DEFAULT, 0);

    /** How the nodes of a policy are used; the place of each is its number in the system call. */
    public enum Mode {
        /** That of the task, or of the system (MPOL_DEFAULT). */
        DEFAULT,
        /** One node first, then the others (MPOL_PREFERRED). */
        PREFERRED,
        /** These nodes and no others (MPOL_BIND). */
        BIND,
        /** These nodes in turn, by the place in the area (MPOL_INTERLEAVE). */
        INTERLEAVE,
        /** The node of the processor that runs first (MPOL_LOCAL). */
        LOCAL,
        /** These nodes first, then the others (MPOL_PREFERRED_MANY). */
        PREFERRED_MANY;

        /** The word of {@code /proc/PID/numa_maps}. */
        public String word() {
            return this == PREFERRED ? "prefer" : this == PREFERRED_MANY ? "prefer (many)" : name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The node that is asked first.
     *
     * @param local the node of the processor that runs
     * @param place the number of the page in its area, for {@link Mode#INTERLEAVE}
     */
    public int first(int local, long place) {
        switch (mode) {
            case PREFERRED:
                return Long.numberOfTrailingZeros(nodes);
            case INTERLEAVE:
                int node = Long.numberOfTrailingZeros(nodes);
                for (long skip = Long.remainderUnsigned(place, Long.bitCount(nodes)); skip > 0; skip--) {
                    node = Nodes.next(node, nodes);
                }
                return node;
            default:
                return local;
        }
    }

    /** The nodes that will do at all. */
    public long allowed() {
        return mode == Mode.BIND ? nodes : Nodes.ALL;
    }

    /** The nodes that are asked before all others: those of a set, or {@link Nodes#ALL}. */
    public long wanted() {
        return mode == Mode.BIND || mode == Mode.PREFERRED_MANY ? nodes : Nodes.ALL;
    }

    /** The policy as {@code /proc/PID/numa_maps} writes it (mm/mempolicy.c, mpol_to_str). */
    @Override
    public String toString() {
        return nodes == 0 ? mode.word() : mode.word() + ":" + list(nodes);
    }

    /** A set of nodes as the kernel prints it: {@code 0-2,5}. */
    public static String list(long set) {
        StringBuilder text = new StringBuilder();
        for (int n = 0; n < Nodes.MOST; n++) {
            if ((set >>> n & 1) == 0) {
                continue;
            }
            int last = n;
            while (last + 1 < Nodes.MOST && (set >>> last + 1 & 1) != 0) {
                last++;
            }
            text.append(text.isEmpty() ? "" : ",").append(n).append(last > n ? "-" + last : "");
            n = last;
        }
        return text.toString();
    }
}
