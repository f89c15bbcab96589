package org.mmkit.core.pseudofs;

import java.util.Locale;
import org.mmkit.core.compaction.Fragmentation;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.memory.Zone;

/** The two files of /sys/kernel/debug/extfrag (mm/vmstat.c). */
final class FragmentationFiles {

    private final BuddyAllocator allocator;
    private final Fragmentation fragmentation;

    FragmentationFiles(BuddyAllocator allocator, Fragmentation fragmentation) {
        this.allocator = allocator;
        this.fragmentation = fragmentation;
    }

    private interface Index {
        int of(int zone, int order);
    }

    String extfragIndex() {
        return text(fragmentation::index, "%2d.%03d ");
    }

    String unusableIndex() {
        return text(fragmentation::unusable, "%d.%03d ");
    }

    private String text(Index index, String format) {
        StringBuilder out = new StringBuilder();
        for (int z = 0; z < allocator.zoneCount(); z++) {
            if (allocator.zone(z).present() == 0) {
                continue;
            }
            out.append("Node ").append(Zone.node(z)).append(", zone ");
            Columns.right(out, Zone.name(z), 8);
            out.append(' ');
            for (int order = 0; order <= allocator.maxOrder(); order++) {
                int value = index.of(z, order);
                out.append(String.format(Locale.ROOT, format, value / 1000, value % 1000));
            }
            out.append('\n');
        }
        return out.toString();
    }
}
