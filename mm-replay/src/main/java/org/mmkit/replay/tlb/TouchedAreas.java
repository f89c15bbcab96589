package org.mmkit.replay.tlb;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.mmkit.replay.reader.AccessListener;

/**
 * The areas of memory that a trace touches: pages with less than 2 MiB of untouched memory between them are taken for one mapping, since a
 * trace of accesses does not show mappings. Blocks of 2 MiB that instructions are fetched from are code, the others data. One thread.
 */
public final class TouchedAreas {

    /** Touched memory that is taken for one mapping. */
    public record Area(long start, long end, boolean code) {}

    private static final int BLOCK_SHIFT = 21;
    private static final int NOTED = 1 << 10;

    private final int pageShift;
    private final Map<Long, BitSet> blocks = new TreeMap<>(Long::compareUnsigned);
    private final Set<Long> code = new HashSet<>();
    /** Pages noted lately, with bit 0 for a fetch; a page has one place. */
    private final long[] noted = new long[NOTED];

    private long pages;

    /** No area yet; pages have 1 &lt;&lt; {@code pageShift} bytes. */
    public TouchedAreas(int pageShift) {
        this.pageShift = pageShift;
        Arrays.fill(noted, -1);
    }

    /** Takes note of an access. */
    public void touch(long address, int bytes, int kind) {
        int fetch = kind == AccessListener.FETCH ? 1 : 0;
        long last = address + bytes - 1 >>> pageShift;
        for (long page = address >>> pageShift; page <= last; page++) {
            long note = page << 1 | fetch;
            int place = (int) (note ^ note >>> 10) & NOTED - 1;
            if (noted[place] != note) {
                noted[place] = note;
                add(page, fetch != 0);
            }
        }
    }

    private void add(long page, boolean fetched) {
        int perBlock = BLOCK_SHIFT - pageShift;
        BitSet bits = blocks.computeIfAbsent(page >>> perBlock, b -> new BitSet());
        int bit = (int) page & (1 << perBlock) - 1;
        if (!bits.get(bit)) {
            bits.set(bit);
            pages++;
        }
        if (fetched) {
            code.add(page >>> perBlock);
        }
    }

    /** Distinct pages touched. */
    public long pages() {
        return pages;
    }

    /** The areas in address order; where code ends, at a border of 2 MiB, another area begins. */
    public List<Area> areas() {
        List<Area> areas = new ArrayList<>();
        long gap = 1L << BLOCK_SHIFT;
        long start = 0;
        long end = 0;
        boolean inCode = false;
        for (Map.Entry<Long, BitSet> block : blocks.entrySet()) {
            BitSet bits = block.getValue();
            boolean fetched = code.contains(block.getKey());
            for (int i = bits.nextSetBit(0); i >= 0; i = bits.nextSetBit(i + 1)) {
                long va = (block.getKey() << BLOCK_SHIFT) + ((long) i << pageShift);
                if (end == 0 || va - end >= gap || fetched != inCode) {
                    if (end != 0) {
                        areas.add(new Area(start, end, inCode));
                    }
                    start = va;
                    inCode = fetched;
                }
                end = va + (1L << pageShift);
            }
        }
        if (end != 0) {
            areas.add(new Area(start, end, inCode));
        }
        return areas;
    }
}
