package org.mmkit.replay.model;

import java.util.List;
import org.mmkit.replay.cost.CostEstimate;
import org.mmkit.replay.tlb.TlbReach;

/**
 * All figures of one recording under one policy.
 *
 * @param policy the settings
 * @param faults page faults
 * @param folios per folio size above a page that was used or wanted, ascending
 * @param memory resident memory
 * @param work zeroing, copying, splitting, collapsing
 * @param hugetlb HugeTLB pools and what was done with them
 * @param cost time in faults by the cost model
 * @param tlb how much of the peak memory TLBs reach
 * @param timeline memory over time, at most a few hundred points
 * @param map the address space at the peak
 * @param warnings what makes these figures less certain
 */
public record PolicyResult(
        Policy policy,
        FaultCounts faults,
        List<FolioCount> folios,
        MemoryFigures memory,
        WorkFigures work,
        HugetlbFigures hugetlb,
        CostEstimate cost,
        TlbReach tlb,
        List<TimelinePoint> timeline,
        List<MapCell> map,
        List<String> warnings) {

    public PolicyResult {
        folios = List.copyOf(folios);
        timeline = List.copyOf(timeline);
        map = List.copyOf(map);
        warnings = List.copyOf(warnings);
    }

    /** Folios of {@code sizeKb} KiB that faults made. */
    public long folios(int sizeKb) {
        return folios.stream().filter(f -> f.sizeKb() == sizeKb).mapToLong(FolioCount::faulted).sum();
    }
}
