package org.mmkit.core.pagecache;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A sparse map from page index to pfn, or another number that goes up by 1 from page to page: a radix tree of 512-fold nodes, as high as the largest index needs (Linux: xarray).
 *
 * <p>A leaf covers 512 pages. While they all lie in one run of frames it stores only the first pfn, so that a huge folio
 * costs one word.
 */
public final class PageTree {

    /** Nothing there. */
    public static final long NONE = -1;

    private static final int BITS = 9;
    private static final int FAN = 1 << BITS;

    /** An inner node has {@code children}; a leaf has {@code pfns}, or just {@code first} when it is one full run. */
    private static final class Node {
        @Nullable Node @Nullable [] children;
        long @Nullable [] pfns;
        long first = NONE;
        /** Children, or pages of a leaf. */
        int used;
    }

    private @Nullable Node root;
    /** Levels of inner nodes above the leaves. */
    private int height;
    private long size;

    /** Pages in the tree. */
    public long size() {
        return size;
    }

    /** The pfn at {@code index}, or {@link #NONE}. */
    public long get(long index) {
        Node leaf = leaf(index);
        if (leaf == null) {
            return NONE;
        }
        int offset = (int) (index & FAN - 1);
        return leaf.pfns == null ? leaf.first + offset : leaf.pfns[offset];
    }

    private @Nullable Node leaf(long index) {
        Node node = root;
        if (node == null || !reaches(index)) {
            return null;
        }
        for (int level = height; level > 0; level--) {
            Node[] children = node.children;
            node = children == null ? null : children[slot(index, level)];
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    private boolean reaches(long index) {
        int bits = BITS * (height + 1);
        return bits >= 63 || index >>> bits == 0;
    }

    private static int slot(long index, int level) {
        return (int) (index >>> BITS * level) & FAN - 1;
    }

    /** Puts {@code n} consecutive frames from {@code pfn} at {@code index} and the following. What was there is replaced. */
    public void put(long index, long pfn, long n) {
        for (long done = 0; done < n; ) {
            long at = index + done;
            int offset = (int) (at & FAN - 1);
            int count = (int) Math.min(n - done, FAN - offset);
            putInLeaf(makeLeaf(at), offset, pfn + done, count);
            done += count;
        }
    }

    private void putInLeaf(Node leaf, int offset, long pfn, int count) {
        if (count == FAN) {
            size += FAN - leaf.used;
            leaf.used = FAN;
            leaf.first = pfn;
            leaf.pfns = null;
            return;
        }
        long[] pfns = unfold(leaf);
        for (int i = 0; i < count; i++) {
            if (pfns[offset + i] == NONE) {
                leaf.used++;
                size++;
            }
            pfns[offset + i] = pfn + i;
        }
    }

    private static long[] unfold(Node leaf) {
        long[] pfns = leaf.pfns;
        if (pfns == null) {
            pfns = new long[FAN];
            if (leaf.used == 0) {
                Arrays.fill(pfns, NONE);
            } else {
                for (int i = 0; i < FAN; i++) {
                    pfns[i] = leaf.first + i;
                }
            }
            leaf.pfns = pfns;
            leaf.first = NONE;
        }
        return pfns;
    }

    private Node makeLeaf(long index) {
        Node node = root;
        if (node == null) {
            node = new Node();
            root = node;
            height = 0;
            while (!reaches(index)) {
                height++;
            }
        }
        while (!reaches(index)) {
            Node above = new Node();
            children(above)[0] = node;
            above.used = 1;
            root = above;
            node = above;
            height++;
        }
        for (int level = height; level > 0; level--) {
            @Nullable Node[] children = children(node);
            int slot = slot(index, level);
            Node child = children[slot];
            if (child == null) {
                child = new Node();
                children[slot] = child;
                node.used++;
            }
            node = child;
        }
        return node;
    }

    private static @Nullable Node[] children(Node node) {
        @Nullable Node[] children = node.children;
        if (children == null) {
            children = new Node[FAN];
            node.children = children;
        }
        return children;
    }

    /** Takes {@code n} pages from {@code index} out; those that are not there are passed over. */
    public void remove(long index, long n) {
        for (long done = 0; done < n; ) {
            long at = index + done;
            int offset = (int) (at & FAN - 1);
            int count = (int) Math.min(n - done, FAN - offset);
            Node leaf = leaf(at);
            if (leaf != null && leaf.used > 0) {
                removeFromLeaf(leaf, offset, count);
                if (leaf.used == 0) {
                    prune(at);
                }
            }
            done += count;
        }
    }

    private void removeFromLeaf(Node leaf, int offset, int count) {
        if (count == FAN) {
            size -= leaf.used;
            leaf.used = 0;
            return;
        }
        long[] pfns = unfold(leaf);
        for (int i = offset; i < offset + count; i++) {
            if (pfns[i] != NONE) {
                pfns[i] = NONE;
                leaf.used--;
                size--;
            }
        }
    }

    /** Drops the nodes on the way to {@code index} that have become empty. */
    private void prune(long index) {
        if (size == 0) {
            root = null;
            height = 0;
            return;
        }
        while (true) {
            Node node = root;
            Node parent = null;
            int parentSlot = 0;
            for (int level = height; level > 0 && node != null && node.used > 0; level--) {
                Node[] children = node.children;
                parent = node;
                parentSlot = slot(index, level);
                node = children == null ? null : children[parentSlot];
            }
            if (node == null || node.used > 0 || parent == null || parent.children == null) {
                return;
            }
            parent.children[parentSlot] = null;
            parent.used--;
        }
    }

    /** The first index at or behind {@code index} that is there, or {@link #NONE}. */
    public long next(long index) {
        return root == null || !reaches(index) ? NONE : next(root, height, 0, index);
    }

    private static long next(Node node, int level, long base, long index) {
        if (level == 0) {
            if (node.used == 0) {
                return NONE;
            }
            int from = (int) Math.max(0, index - base);
            long[] pfns = node.pfns;
            if (pfns == null) {
                return base + from;
            }
            for (int i = from; i < FAN; i++) {
                if (pfns[i] != NONE) {
                    return base + i;
                }
            }
            return NONE;
        }
        @Nullable Node[] children = node.children;
        if (children == null) {
            return NONE;
        }
        long span = 1L << BITS * level;
        int from = index <= base ? 0 : (int) (index - base >>> BITS * level);
        for (int i = from; i < FAN; i++) {
            Node child = children[i];
            if (child != null) {
                long found = next(child, level - 1, base + i * span, index);
                if (found != NONE) {
                    return found;
                }
            }
        }
        return NONE;
    }
}
