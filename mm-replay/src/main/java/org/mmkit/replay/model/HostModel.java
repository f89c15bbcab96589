package org.mmkit.replay.model;

import java.nio.file.Path;
import java.util.List;

/**
 * The machine that a replay runs on.
 *
 * @param kernel kernel profile, {@code "6.18"}
 * @param memoryBytes size of its memory; 0 for that of the host of the recordings, or more if the recorded program needs more
 * @param fragmentation share, 0 to 1, of the 2 MiB blocks in which something unmovable sits before the program starts
 * @param hugetlbPages 2 MiB pages in the HugeTLB pool
 * @param pagePolicy the allocation and promotion policy, by id
 * @param plugins plugin jars, or folders of them, besides those of MM_PLUGIN_PATH
 */
public record HostModel(String kernel, long memoryBytes, double fragmentation, int hugetlbPages, String pagePolicy, List<Path> plugins) {

    /** What every kernel has: Linux's own policy. */
    public static final String LINUX_POLICY = "linux";

    /** Copies the list. */
    public HostModel {
        plugins = List.copyOf(plugins);
    }

    /** Memory of the host of the recordings. */
    public static final long USUAL_MEMORY = 24L << 30;

    /** Enough memory, nothing fragmented, no pool. */
    public static HostModel standard() {
        return new HostModel("6.18", 0, 0, 0, LINUX_POLICY, List.of());
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
