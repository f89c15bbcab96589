package org.mmkit.thp.split;

import java.util.Arrays;
import org.mmkit.api.memory.Frames;

/**
 * Folio heads in the order in which they were added, each at most once. All operations take constant time and none allocates once the
 * queue has had its largest size: nodes of a doubly linked list, found through an open-addressed table.
 */
final class FolioQueue {

    private static final int END = -1;

    private long[] heads = new long[64];
    private int[] next = new int[64];
    private int[] previous = new int[64];
    /** Node + 1 by hash of the head; 0 is empty. */
    private int[] table = new int[256];
    private int first = END;
    private int last = END;
    private int free = END;
    private int used;
    private int size;

    int size() {
        return size;
    }

    /** The head that was added first, or {@link Frames#NONE}. */
    long first() {
        return first == END ? Frames.NONE : heads[first];
    }

    /** Adds {@code head}, which is not in the queue, at the end. */
    void add(long head) {
        int node = free;
        if (node != END) {
            free = next[node];
        } else {
            if (used == heads.length) {
                grow();
            }
            node = used++;
        }
        heads[node] = head;
        next[node] = END;
        previous[node] = last;
        if (last == END) {
            first = node;
        } else {
            next[last] = node;
        }
        last = node;
        size++;
        int at = slot(head);
        while (table[at] != 0) {
            at = at + 1 & table.length - 1;
        }
        table[at] = node + 1;
    }

    /** Takes {@code head} out; returns whether it was in the queue. */
    boolean remove(long head) {
        int at = slot(head);
        while (table[at] != 0 && heads[table[at] - 1] != head) {
            at = at + 1 & table.length - 1;
        }
        int node = table[at] - 1;
        if (node < 0) {
            return false;
        }
        clearTableSlot(at);
        if (previous[node] == END) {
            first = next[node];
        } else {
            next[previous[node]] = next[node];
        }
        if (next[node] == END) {
            last = previous[node];
        } else {
            previous[next[node]] = previous[node];
        }
        next[node] = free;
        free = node;
        size--;
        return true;
    }

    private int slot(long head) {
        return (int) (head * 0x9E3779B97F4A7C15L >>> 32) & table.length - 1;
    }

    /** Empties a slot and moves later entries of the run up, so that no search ends too early. */
    private void clearTableSlot(int hole) {
        int mask = table.length - 1;
        table[hole] = 0;
        for (int at = hole + 1 & mask; table[at] != 0; at = at + 1 & mask) {
            int home = slot(heads[table[at] - 1]);
            if ((at - home & mask) >= (at - hole & mask)) {
                table[hole] = table[at];
                table[at] = 0;
                hole = at;
            }
        }
    }

    private void grow() {
        int length = heads.length * 2;
        heads = Arrays.copyOf(heads, length);
        next = Arrays.copyOf(next, length);
        previous = Arrays.copyOf(previous, length);
        table = new int[length * 4];
        for (int node = first; node != END; node = next[node]) {
            int at = slot(heads[node]);
            while (table[at] != 0) {
                at = at + 1 & table.length - 1;
            }
            table[at] = node + 1;
        }
    }
}
