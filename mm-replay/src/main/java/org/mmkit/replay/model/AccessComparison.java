package org.mmkit.replay.model;

import java.util.List;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.replay.tlb.SpaceCounts;
import org.mmkit.replay.tlb.TranslationCounts;

/**
 * What translating the accesses of a trace takes under several policies.
 *
 * @param trace the file
 * @param accesses data accesses in it
 * @param fetches instruction fetches in it, which were left out
 * @param otherLines lines that are no access
 * @param pages base pages that it touches, those of fetches included
 * @param processes processes that it tells of, 1 where it tells none
 * @param processors processors that it tells of, 1 where it tells none
 * @param areas stretches of them that were taken for one mapping each
 * @param geometry the processor
 * @param hostPage bytes of the host's pages in a virtual machine; 0 on bare metal
 * @param results one for each policy
 */
public record AccessComparison(
        String trace, long accesses, long fetches, long otherLines, long pages, int processes, int processors, int areas, MmuGeometry geometry, long hostPage, List<Result> results) {

    public AccessComparison {
        results = List.copyOf(results);
    }

    /**
     * Under one policy.
     *
     * @param policy it
     * @param faults page faults that the accesses took
     * @param residentKb memory mapped at the end, in KiB
     * @param hugeKb of this, mapped by 2 MiB leaves
     * @param counts what the hardware did
     * @param spaces what it took to have several address spaces
     */
    public record Result(Policy policy, long faults, long residentKb, long hugeKb, TranslationCounts counts, SpaceCounts spaces) {}
}
