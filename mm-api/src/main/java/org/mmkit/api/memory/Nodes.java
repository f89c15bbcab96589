package org.mmkit.api.memory;

/**
 * The memory nodes of a machine: which frame belongs to which, and where memory comes from when a node has none left (Linux: the
 * distance table of mm/numa.c and the zonelists of mm/page_alloc.c).
 *
 * <p>Sets of nodes are words in which bit n stands for node n. Immutable but for {@link #current}; a machine with several nodes has
 * {@code SMP=n}, so that its one thread is the only caller.
 */
public interface Nodes {

    /** All nodes. */
    long ALL = -1L;

    /** No node in particular. */
    int NONE = -1;

    /** The greatest number of nodes: a set of them is a word. */
    int MOST = 64;

    /** The distance of a node to itself, and to others unless something else is known (LOCAL_DISTANCE, REMOTE_DISTANCE). */
    int LOCAL_DISTANCE = 10;

    int REMOTE_DISTANCE = 20;

    /** A machine with one node. */
    Nodes SINGLE = new Nodes() {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public int of(long pfn) {
            return 0;
        }

        @Override
        public int distance(int from, int to) {
            return LOCAL_DISTANCE;
        }

        @Override
        public int fallback(int node, int place) {
            return 0;
        }

        @Override
        public int current() {
            return 0;
        }
    };

    /** How many nodes there are, numbered from 0; each has memory. */
    int count();

    /** The node of frame {@code pfn}; of a frame in a hole, some node. */
    int of(long pfn);

    /** How far {@code to} is from {@code from}; {@link #LOCAL_DISTANCE} to itself. */
    int distance(int from, int to);

    /** The node that a request of {@code node} turns to at last but {@code place}: at 0 the node itself, at the end the least wanted. */
    int fallback(int node, int place);

    /** The node of the processor that runs. */
    int current();

    /** The set of all nodes. */
    default long all() {
        return count() == MOST ? ALL : (1L << count()) - 1;
    }

    /** The node of {@code set} that comes next after {@code node}, from the beginning again after the last (Linux: next_node_in); {@link #NONE} for none. */
    static int next(int node, long set) {
        if (set == 0) {
            return NONE;
        }
        long above = node + 1 >= MOST ? 0 : set & -1L << node + 1;
        return Long.numberOfTrailingZeros(above != 0 ? above : set);
    }
}
