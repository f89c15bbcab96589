package org.mmkit.replay.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The machine that a replay runs on.
 *
 * @param kernel kernel profile, {@code "6.18"}
 * @param memoryBytes size of its memory; 0 for that of the host of the recordings, or more if the recorded program needs more
 * @param fragmentation share, 0 to 1, of the 2 MiB blocks in which something unmovable sits before the program starts
 * @param hugetlbPools HugeTLB pages at boot, by page size in bytes; empty for as many as a recording needs
 * @param pagePolicy the allocation and promotion policy, by id
 * @param plugins plugin jars, or folders of them, besides those of MM_PLUGIN_PATH
 * @param architecture by id or name; its base pages must have 4 KiB, as those of recordings
 * @param symbols Kconfig symbols and their values, over the defaults
 * @param commandLine more kernel parameters
 */
public record HostModel(
        String kernel, long memoryBytes, double fragmentation, Map<Long, Long> hugetlbPools, String pagePolicy, List<Path> plugins, String architecture,
        Map<String, String> symbols, String commandLine) {

    /** What every kernel has: Linux's own policy. */
    public static final String LINUX_POLICY = "linux";

    /** The architecture that recordings are made on. */
    public static final String USUAL_ARCHITECTURE = "x86_64";

    /** Copies the lists. */
    public HostModel {
        plugins = List.copyOf(plugins);
        symbols = Map.copyOf(symbols);
        hugetlbPools = Map.copyOf(hugetlbPools);
    }

    /** Memory of the host of the recordings. */
    public static final long USUAL_MEMORY = 24L << 30;

    /** Enough memory, nothing fragmented, pools of the size needed. */
    public static HostModel standard() {
        return new HostModel("6.18", 0, 0, Map.of(), LINUX_POLICY, List.of(), USUAL_ARCHITECTURE, Map.of(), "");
    }

    /** The size of its memory for a program that took {@code faults} page faults. */
    public long memoryFor(long faults) {
        // Each fault may bring in 16 pages of a file, or a large folio of which little is used.
        long pools = hugetlbPools.entrySet().stream().mapToLong(pool -> pool.getKey() * pool.getValue()).sum();
        return memoryBytes > 0 ? memoryBytes : Math.max(USUAL_MEMORY, Long.highestOneBit(faults) * 2 * 4096 * 8) + roundUp(pools, 1L << 30);
    }

    private static long roundUp(long bytes, long unit) {
        return bytes + unit - 1 & -unit;
    }

    /** Whether somebody said how large the HugeTLB pools are: otherwise they get what the recording needs. */
    public boolean hasPools() {
        return !hugetlbPools.isEmpty() || commandLine.matches("(.* )?hugepages=.*");
    }

    /** The same with HugeTLB pools of {@code pages} by page size in bytes. */
    public HostModel withPools(Map<Long, Long> pages) {
        return new HostModel(kernel, memoryBytes, fragmentation, pages, pagePolicy, plugins, architecture, symbols, commandLine);
    }

    /** The whole kernel command line. */
    public String bootLine() {
        StringBuilder line = new StringBuilder();
        new TreeMap<>(hugetlbPools).forEach((bytes, pages) -> line.append("hugepagesz=").append(bytes >> 10).append("K hugepages=").append(pages).append(' '));
        return line.append(commandLine).toString().strip();
    }

    /** Whether huge pages are handed out as Linux does. */
    public boolean isLinux() {
        return pagePolicy.equals(LINUX_POLICY);
    }
}
