package org.mmkit.replay.model;

/**
 * What memory a replay needed, in KiB.
 *
 * @param maxRss largest resident size of one process: what wait4 reports as ru_maxrss
 * @param peakTotal largest sum over all processes alive at the same time, pages shared after fork counted in each
 * @param finalTotal the sum when the last event was replayed, or of processes at their exit when none is left
 * @param peakAnonymous largest sum of anonymous memory
 * @param peakAnonHuge largest sum of anonymous memory in 2 MiB mappings (AnonHugePages)
 * @param anonHugeAtPeak the same when the total was largest
 * @param anonymousAtPeak anonymous memory when the total was largest
 * @param largeFolioAtPeak anonymous memory in folios larger than a page when the total was largest
 * @param bloat anonymous memory that is backed but was never touched in the recording, when it was largest
 * @param bloatAtPeak the same when the total was largest
 * @param peakPageTables page-table pages
 */
public record MemoryFigures(
        long maxRss,
        long peakTotal,
        long finalTotal,
        long peakAnonymous,
        long peakAnonHuge,
        long anonHugeAtPeak,
        long anonymousAtPeak,
        long largeFolioAtPeak,
        long bloat,
        long bloatAtPeak,
        long peakPageTables) {

    /** Share, 0 to 1, of the anonymous memory that 2 MiB mappings held at the peak. */
    public double hugeShare() {
        return anonymousAtPeak == 0 ? 0 : (double) anonHugeAtPeak / anonymousAtPeak;
    }
}
