package org.mmkit.llfree;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.ZoneAllocator;
import org.mmkit.api.memory.ZoneSpan;

/**
 * The frames of one zone. Thread-safe without locks; the same requests of one thread get the same frames.
 *
 * <p>A processor has a tree for each kind of request: frames that stay where they are, frames that can move, huge pages. When its
 * tree has nothing left it reserves another one: one that is partly used before one that is wholly free, so that whole trees stay whole;
 * and when there is none it takes from the trees of others.
 */
final class LlfreeAllocator implements ZoneAllocator {

    private static final int KINDS = 3;
    private static final int FIXED = 0;
    private static final int MOVING = 1;
    private static final int HUGE = 2;

    /** log2 of the areas of a tree, where the largest order does not need more. */
    private static final int TREE_SHIFT = 5;

    /** A tree with fewer free frames than this part of it is not worth reserving as long as there are better ones. */
    private static final int LEAST_PART = 16;

    private static final int NO_TREE = -1;

    private final int maxOrder;
    private final int treeShift;
    private final int treeFrames;
    /** First frame of the first tree, a multiple of its size. */
    private final long base;

    private final Areas areas;
    private final Trees trees;

    private final int processors;
    private final IntSupplier processor;
    /** By processor and kind: the tree reserved, or {@link #NO_TREE}; and the area that served last. */
    private final AtomicIntegerArray reserved;

    private final int[] lastArea;
    private final AtomicLong managed = new AtomicLong();

    LlfreeAllocator(ZoneSpan zone) {
        maxOrder = zone.maxOrder();
        treeShift = Math.max(TREE_SHIFT, maxOrder - Areas.ORDER);
        treeFrames = Areas.FRAMES << treeShift;
        base = zone.start() & -(long) treeFrames;
        int n = Math.toIntExact((zone.end() - base + treeFrames - 1) / treeFrames);
        areas = new Areas(n << treeShift, treeShift, base);
        trees = new Trees(n);
        processors = zone.processors();
        processor = zone.processor();
        reserved = new AtomicIntegerArray(processors * KINDS);
        lastArea = new int[processors * KINDS];
        for (int i = 0; i < reserved.length(); i++) {
            reserved.setPlain(i, NO_TREE);
        }
    }

    @Override
    public int maxOrder() {
        return maxOrder;
    }

    @Override
    public void addFrames(long from, long to) {
        for (long pfn = from; pfn < to; ) {
            int area = area(pfn);
            int at = at(pfn);
            int n = (int) Math.min(Areas.FRAMES - at, to - pfn);
            areas.add(area, at, at + n);
            trees.add(area >> treeShift, n);
            pfn += n;
        }
        managed.addAndGet(to - from);
    }

    // ---- allocation -------------------------------------------------------------------------------------------

    @Override
    public long allocate(int order, int gfp) {
        if (order < 0 || order > maxOrder) {
            throw new IllegalArgumentException("order " + order + " is not in 0 to " + maxOrder);
        }
        int kind = order >= Areas.ORDER ? HUGE : (gfp & Gfp.MOVABLE) != 0 ? MOVING : FIXED;
        int slot = processor.getAsInt() % processors * KINDS + kind;
        int tree = reserved.get(slot);
        if (tree != NO_TREE) {
            long pfn = takeFrom(tree, order, slot);
            if (pfn != NONE) {
                return pfn;
            }
        }
        return takeFromAnother(tree, order, slot);
    }

    private long takeFromAnother(int mine, int order, int slot) {
        int frames = 1 << order;
        long pfn = reserve(mine, order, slot, Math.max(frames, treeFrames / LEAST_PART), treeFrames - 1);
        if (pfn == NONE) {
            pfn = reserve(mine, order, slot, treeFrames, treeFrames);
        }
        if (pfn == NONE) {
            pfn = reserve(mine, order, slot, frames, treeFrames);
        }
        for (int tree = 0; pfn == NONE && tree < trees.size(); tree++) {
            pfn = takeFrom(tree, order, slot);
        }
        return pfn;
    }

    /** Looks for a tree with {@code least} to {@code most} free frames, of which one block can be had, and makes it the slot's. */
    private long reserve(int mine, int order, int slot, int least, int most) {
        int start = mine == NO_TREE ? 0 : mine;
        for (int i = 0; i < trees.size(); i++) {
            int tree = start + i < trees.size() ? start + i : start + i - trees.size();
            if (trees.reserve(tree, least, most)) {
                long pfn = takeFrom(tree, order, slot);
                if (pfn == NONE || !reserved.compareAndSet(slot, mine, tree)) {
                    trees.release(tree); // in pieces, or another thread of this processor was faster
                } else if (mine != NO_TREE) {
                    trees.release(mine);
                }
                if (pfn != NONE) {
                    return pfn;
                }
            }
        }
        return NONE;
    }

    private long takeFrom(int tree, int order, int slot) {
        int frames = 1 << order;
        if (!trees.take(tree, frames)) {
            return NONE;
        }
        int first = tree << treeShift;
        int n = 1 << treeShift;
        if (order >= Areas.ORDER) {
            int step = frames >> Areas.ORDER;
            for (int area = first; area < first + n; area += step) {
                if (areas.takeWhole(area, step)) {
                    return pfn(area, 0);
                }
            }
        } else {
            // Begins where the last block came from; a hint, which threads may overwrite for each other.
            int hint = lastArea[slot] & n - 1;
            for (int i = 0; i < n; i++) {
                int area = first + (hint + i & n - 1);
                int at = areas.take(area, order);
                if (at >= 0) {
                    lastArea[slot] = area;
                    return pfn(area, at);
                }
            }
        }
        trees.add(tree, frames);
        return NONE;
    }

    @Override
    public long allocateContiguous(long pages, int gfp) {
        if (Long.bitCount(pages) != 1) {
            throw new IllegalArgumentException(pages + " pages are no power of two");
        }
        if (pages <= 1L << maxOrder) {
            return allocate(Long.numberOfTrailingZeros(pages), gfp);
        }
        long n = pages >> Areas.ORDER;
        if (n > areas.size()) {
            return NONE;
        }
        for (long pfn = base + pages - 1 & -pages; area(pfn) + n <= areas.size(); pfn += pages) {
            if (takeRun(area(pfn), (int) n)) {
                return pfn;
            }
        }
        return NONE;
    }

    private boolean takeRun(int first, int n) {
        for (int i = 0; i < n; i++) {
            int tree = first + i >> treeShift;
            boolean counted = areas.free(first + i) == Areas.FRAMES && trees.take(tree, Areas.FRAMES);
            if (!counted || !areas.takeWhole(first + i, 1)) {
                if (counted) {
                    trees.add(tree, Areas.FRAMES);
                }
                freeWhole(first, i);
                return false;
            }
        }
        return true;
    }

    // ---- freeing ----------------------------------------------------------------------------------------------

    @Override
    public void free(long pfn, int order) {
        if (order < 0 || order > maxOrder || (pfn & (1L << order) - 1) != 0 || !contains(pfn)) {
            throw new InvariantViolation("frame 0x" + Long.toHexString(pfn) + " freed with order " + order
                    + ", but it is not aligned, or no frame of this zone");
        }
        int area = area(pfn);
        if (order >= Areas.ORDER) {
            freeWhole(area, 1 << order - Areas.ORDER);
        } else {
            areas.free(area, at(pfn), order);
            trees.add(area >> treeShift, 1 << order);
        }
    }

    private void freeWhole(int area, int n) {
        for (int i = 0; i < n; i++) {
            areas.freeWhole(area + i);
            trees.add(area + i >> treeShift, Areas.FRAMES);
        }
    }

    @Override
    public void freeContiguous(long pfn, long pages) {
        if (pages < Areas.FRAMES) {
            free(pfn, Long.numberOfTrailingZeros(pages));
        } else {
            freeWhole(area(pfn), Math.toIntExact(pages >> Areas.ORDER));
        }
    }

    // ---- what is known ----------------------------------------------------------------------------------------

    @Override
    public long freePages() {
        long n = 0;
        for (int tree = 0; tree < trees.size(); tree++) {
            n += trees.free(tree);
        }
        return n;
    }

    @Override
    public long managedPages() {
        return managed.get();
    }

    @Override
    public long freeBlocks(int order) {
        long n = 0;
        if (order < Areas.ORDER) {
            for (int area = 0; area < areas.size(); area++) {
                n += areas.blocks(area, order, order == maxOrder);
            }
            return n;
        }
        int step = 1 << order - Areas.ORDER;
        for (int area = 0; area < areas.size(); area += step) {
            if (isFreeRun(area, step) && (order == maxOrder || !isFreeRun(area & -2 * step, 2 * step))) {
                n++;
            }
        }
        return n;
    }

    private boolean isFreeRun(int area, int n) {
        for (int i = 0; i < n; i++) {
            if (areas.free(area + i) != Areas.FRAMES) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean hasFree(int order) {
        int frames = 1 << order;
        for (int tree = 0; tree < trees.size(); tree++) {
            if (trees.free(tree) >= frames && hasFree(tree, order)) {
                return true;
            }
        }
        return false;
    }

    private boolean hasFree(int tree, int order) {
        int step = order > Areas.ORDER ? 1 << order - Areas.ORDER : 1;
        for (int area = tree << treeShift; area < tree + 1 << treeShift; area += step) {
            if (order >= Areas.ORDER ? isFreeRun(area, step) : areas.has(area, order)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean isFree(long pfn) {
        return contains(pfn) && areas.isFree(area(pfn), at(pfn));
    }

    @Override
    public void verify() {
        for (int tree = 0; tree < trees.size(); tree++) {
            int free = 0;
            for (int area = tree << treeShift; area < tree + 1 << treeShift; area++) {
                areas.verify(area);
                free += areas.free(area);
            }
            if (free != trees.free(tree)) {
                throw new InvariantViolation("frame 0x" + Long.toHexString(base + (long) tree * treeFrames) + ": its tree counts "
                        + trees.free(tree) + " free frames, its areas " + free);
            }
            int owners = 0;
            for (int slot = 0; slot < reserved.length(); slot++) {
                owners += reserved.get(slot) == tree ? 1 : 0;
            }
            if (owners != (trees.isReserved(tree) ? 1 : 0)) {
                throw new InvariantViolation("frame 0x" + Long.toHexString(base + (long) tree * treeFrames) + ": its tree is "
                        + (trees.isReserved(tree) ? "" : "not ") + "reserved, but " + owners + " processors have it");
            }
        }
    }

    private boolean contains(long pfn) {
        return pfn >= base && pfn - base >>> Areas.ORDER < areas.size();
    }

    private int area(long pfn) {
        return (int) (pfn - base >>> Areas.ORDER);
    }

    private static int at(long pfn) {
        return (int) pfn & Areas.FRAMES - 1;
    }

    private long pfn(int area, int at) {
        return base + ((long) area << Areas.ORDER) + at;
    }
}
