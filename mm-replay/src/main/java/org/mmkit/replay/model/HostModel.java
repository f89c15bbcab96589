package org.mmkit.replay.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The machine that a replay runs on.
 *
 * @param kernel kernel profile, {@code "6.18"}
 * @param memoryBytes size of its memory; 0 for that of the host of the recordings, or more if the recorded program needs more
 * @param fragmentation share, 0 to 1, of the 2 MiB blocks in which something unmovable sits before the program starts
 * @param hugetlbPages 2 MiB pages in the HugeTLB pool
 * @param pagePolicy the allocation and promotion policy, by id
 * @param plugins plugin jars, or folders of them, besides those of MM_PLUGIN_PATH
 * @param architecture by id or name; its base pages must have 4 KiB, as those of recordings
 * @param symbols Kconfig symbols and their values, over the defaults
 */
public record HostModel(
        String kernel, long memoryBytes, double fragmentation, int hugetlbPages, String pagePolicy, List<Path> plugins, String architecture,
        Map<String, String> symbols) {

    /** What every kernel has: Linux's own policy. */
    public static final String LINUX_POLICY = "linux";

    /** The architecture that recordings are made on. */
    public static final String USUAL_ARCHITECTURE = "x86_64";

    /** Copies the lists. */
    public HostModel {
        plugins = List.copyOf(plugins);
        symbols = Map.copyOf(symbols);
    }

    /** Memory of the host of the recordings. */
    public static final long USUAL_MEMORY = 24L << 30;

    /** Enough memory, nothing fragmented, no pool. */
    public static HostModel standard() {
        return new HostModel("6.18", 0, 0, 0, LINUX_POLICY, List.of(), USUAL_ARCHITECTURE, Map.of());
    }

    /** The size of its memory for a program that took {@code faults} page faults. */
    public long memoryFor(long faults) {
        // Each fault may bring in 16 pages of a file, or a large folio of which little is used.
        return memoryBytes > 0 ? memoryBytes : Math.max(USUAL_MEMORY, Long.highestOneBit(faults) * 2 * 4096 * 8);
    }

    /** Whether huge pages are handed out as Linux does. */
    public boolean isLinux() {
        return pagePolicy.equals(LINUX_POLICY);
    }
}
