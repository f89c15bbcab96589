package org.mmkit.replay.plan;

/**
 * One mapping that could be of huge pages.
 *
 * @param name whose it is and what it is, for people
 * @param start its address in the recording; 0 when it is none of a recording
 * @param bytes its length
 * @param touchedBytes what of it was resident at the peak
 * @param ownBytes what of that no mapping before it had already: after fork a child's memory is its parent's
 * @param touchedBlocks its blocks of 2 MiB that had a resident page
 * @param shared whether it is shared memory
 * @param hugeBytes the size of the HugeTLB pages that it consists of already; 0 for ordinary memory
 */
public record MappingDemand(
        String name, long start, long bytes, long touchedBytes, long ownBytes, long touchedBlocks, boolean shared, long hugeBytes) {

    /** log2 of a block. */
    public static final int BLOCK_SHIFT = 21;

    /** A mapping of {@code bytes} that is used whole. */
    public static MappingDemand whole(String name, long bytes) {
        return new MappingDemand(name, 0, bytes, bytes, bytes, bytes + (1L << BLOCK_SHIFT) - 1 >>> BLOCK_SHIFT, false, 0);
    }

    /** The same under another name. */
    public MappingDemand named(String other) {
        return new MappingDemand(other, start, bytes, touchedBytes, ownBytes, touchedBlocks, shared, hugeBytes);
    }

    /** Whether the program asks for HugeTLB pages itself. */
    public boolean isExisting() {
        return hugeBytes > 0;
    }

    /** Pages of {@code pageBytes} that mmap reserves for it: its length, rounded up; none when it has HugeTLB pages of another size already. */
    public long pages(long pageBytes) {
        return isExisting() && hugeBytes != pageBytes ? 0 : (bytes + pageBytes - 1) / pageBytes;
    }

    /** Whether most of what would be set aside for it is used, by it alone. */
    public boolean isWorthwhile() {
        return isExisting() || 2 * touchedBytes >= bytes && 10 * ownBytes >= touchedBytes;
    }

    /** Why it is {@linkplain #isWorthwhile not worth} huge pages; empty when it is. */
    public String objection() {
        if (isWorthwhile()) {
            return "";
        }
        return 2 * touchedBytes < bytes
                ? "uses " + 100 * touchedBytes / bytes + " % of what would be set aside"
                : "is its parent's memory since fork; pages of its own only as it writes";
    }
}
