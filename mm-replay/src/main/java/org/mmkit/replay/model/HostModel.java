package org.mmkit.replay.model;

/**
 * The machine that a replay runs on.
 *
 * @param kernel kernel profile, {@code "6.18"}
 * @param memoryBytes size of its memory
 * @param fragmentation share, 0 to 1, of the 2 MiB blocks in which something unmovable sits before the program starts
 * @param hugetlbPages 2 MiB pages in the HugeTLB pool
 */
public record HostModel(String kernel, long memoryBytes, double fragmentation, int hugetlbPages) {

    /** 24 GiB, nothing fragmented, no pool: the host of the recordings. */
    public static HostModel standard() {
        return new HostModel("6.18", 24L << 30, 0, 0);
    }
}
