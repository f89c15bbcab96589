package org.mmkit.core;

import java.util.List;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.core.memory.SystemMemory;

/** Memory for tests that need no architecture: 4K pages, four levels of 512 entries. */
public final class TestMemory {

    /** The shape of the tables. */
    public static final PageTableLayout LAYOUT =
            new PageTableLayout(12, new int[] {9, 9, 9, 9}, 0b1110, 48, 46, true);

    private TestMemory() {}

    /** {@code bytes} of memory from address 0 on. */
    public static SystemMemory of(long bytes) {
        PhysicalMap map = new PhysicalMap(List.of(new PhysicalMap.Range(0, bytes, true)), 0, 0);
        return new SystemMemory.Builder(map, LAYOUT, 15).build();
    }
}
