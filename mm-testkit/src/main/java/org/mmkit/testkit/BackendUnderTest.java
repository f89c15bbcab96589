package org.mmkit.testkit;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.config.Configuration;

/** A backend, the configurations to test it under, and what it has. */
record BackendUnderTest(Architecture architecture, List<Configuration> configurations, Predicate<ArchitectureBehavior> behaviors) {

    /** Every permission that maps anything. */
    static final int[] PROTECTIONS = {
        Protection.READ,
        Protection.READ | Protection.WRITE,
        Protection.READ | Protection.EXEC,
        Protection.READ | Protection.WRITE | Protection.EXEC,
    };

    boolean has(ArchitectureBehavior behavior) {
        return behaviors.test(behavior);
    }

    void inEachConfiguration(BiConsumer<PageTableLayout, EntryFormat> test) {
        for (Configuration configuration : configurations) {
            test.accept(architecture.layout(configuration), architecture.entryFormat(configuration));
        }
    }

    /** Runs {@code test} for leaves of each leaf level and each permission, in frames from the lowest to the highest. */
    void forLeaves(LeafTest test) {
        inEachConfiguration((layout, format) -> {
            for (int level = 1; level <= layout.levels(); level++) {
                if (!layout.mayBeLeaf(level)) {
                    continue;
                }
                long highest = (1L << layout.paBits() - layout.pageShift()) - (1L << layout.order(level));
                for (long pfn : new long[] {1L << layout.order(level), 3L << layout.order(level), highest}) {
                    for (int protection : PROTECTIONS) {
                        String where = "level " + level + " pfn 0x" + Long.toHexString(pfn) + " protection " + protection;
                        test.run(layout, format, level, pfn, format.leaf(pfn, level, protection), where);
                    }
                }
            }
        });
    }

    /** A statement about one leaf. */
    @FunctionalInterface
    interface LeafTest {
        void run(PageTableLayout layout, EntryFormat format, int level, long pfn, long leaf, String where);
    }
}
