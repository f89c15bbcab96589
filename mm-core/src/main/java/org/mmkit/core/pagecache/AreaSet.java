package org.mmkit.core.pagecache;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.space.MappingVisitor;
import org.mmkit.api.space.Vma;

/**
 * The areas that map one file. A search asks every area for its present bounds, so areas may change while they are in the set; entering and
 * leaving take constant time.
 */
final class AreaSet {

    private @Nullable Vma[] areas = new Vma[4];
    private final Map<Vma, Integer> places = new IdentityHashMap<>();
    private int size;

    int size() {
        return size;
    }

    void add(Vma vma) {
        if (places.putIfAbsent(vma, size) != null) {
            throw new IllegalStateException(vma + " maps the file already");
        }
        if (size == areas.length) {
            areas = Arrays.copyOf(areas, 2 * size);
        }
        areas[size++] = vma;
    }

    void remove(Vma vma) {
        Integer place = places.remove(vma);
        if (place == null) {
            throw new IllegalStateException(vma + " does not map the file");
        }
        Vma last = areas[--size];
        areas[size] = null;
        if (last != null && last != vma) {
            areas[place] = last;
            places.put(last, place);
        }
    }

    /** Shows each area that holds a page of [{@code first}, {@code first + pages}). */
    void forEach(long first, long pages, MappingVisitor visitor) {
        // A visitor may add or remove areas only of other files.
        for (int i = 0; i < size; i++) {
            Vma vma = areas[i];
            if (vma == null) {
                continue;
            }
            long from = vma.pgoff();
            long to = vma.index(vma.end());
            if (from < first + pages && first < to && !visitor.visit(vma, vma.address(first))) {
                return;
            }
        }
    }
}
