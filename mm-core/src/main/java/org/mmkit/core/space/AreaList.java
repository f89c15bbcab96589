package org.mmkit.core.space;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The areas of an address space in ascending order, not overlapping. Look-ups are binary searches over a plain array of area ends and
 * allocate nothing.
 */
final class AreaList {

    private final boolean smp;
    private VmArea[] areas = new VmArea[16];
    private int size;
    /** Index of the area that the last look-up found; faults come in runs. */
    private int last;

    /** An empty list; one for several processors remembers no look-up. */
    AreaList(boolean smp) {
        this.smp = smp;
    }

    int size() {
        return size;
    }

    VmArea get(int index) {
        return areas[index];
    }

    /** Index of the first area whose end lies above {@code va}; {@link #size} when there is none. */
    int indexOf(long va) {
        if (last < size) {
            VmArea hit = areas[last];
            if (Long.compareUnsigned(va, hit.start) >= 0 && Long.compareUnsigned(va, hit.end) < 0) {
                return last;
            }
        }
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(areas[middle].end, va) > 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if (!smp) {
            last = low;
        }
        return low;
    }

    /** The area that holds {@code va}, or null. */
    @Nullable VmArea find(long va) {
        int index = indexOf(va);
        if (index == size) {
            return null;
        }
        VmArea area = areas[index];
        return Long.compareUnsigned(area.start, va) <= 0 ? area : null;
    }

    /** The area that holds {@code va} or the next one, or null. */
    @Nullable VmArea findOrNext(long va) {
        int index = indexOf(va);
        return index == size ? null : areas[index];
    }

    /** The area before {@code index}, or null. */
    @Nullable VmArea before(int index) {
        return index == 0 ? null : areas[index - 1];
    }

    /** The last area that ends at or below {@code va}, or null. */
    @Nullable VmArea previous(long va) {
        int index = indexOf(va);
        if (index < size && Long.compareUnsigned(areas[index].end, va) <= 0) {
            throw new IllegalStateException("search order");
        }
        return index == 0 ? null : areas[index - 1];
    }

    void insert(VmArea area) {
        int index = indexOf(area.start);
        if (size == areas.length) {
            areas = Arrays.copyOf(areas, 2 * size);
        }
        System.arraycopy(areas, index, areas, index + 1, size - index);
        areas[index] = area;
        size++;
    }

    void remove(VmArea area) {
        int index = indexOf(area.start);
        if (index == size || areas[index] != area) {
            throw new IllegalStateException(area + " is not in the list");
        }
        System.arraycopy(areas, index + 1, areas, index, size - index - 1);
        size--;
        areas = size < areas.length / 8 && areas.length > 64 ? Arrays.copyOf(areas, areas.length / 2) : areas;
        Arrays.fill(areas, size, Math.min(size + 1, areas.length), null);
    }
}
