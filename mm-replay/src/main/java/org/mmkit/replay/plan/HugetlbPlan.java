package org.mmkit.replay.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mmkit.replay.model.HugetlbFigures;

/**
 * A plan of HugeTLB pools for one workload.
 *
 * @param title the recording, or the sizes that were asked for
 * @param mappings what could be of huge pages, the largest first
 * @param memoryBytes memory of the machine; 0 when none was given
 * @param pageBytes the page size that the plan sets up
 * @param base ordinary memory, for comparison
 * @param pools one for each page size and kernel
 * @param shortages one for each kernel, of the planned size; none when no ordinary memory would take pages of that size
 * @param shortNow what happened when the recording was replayed with one page less than it uses already; empty when it uses none
 * @param scale each run had this share of the workload, and figures are multiplied by it; 1 for all of it
 */
public record HugetlbPlan(
        String title,
        List<MappingDemand> mappings,
        long memoryBytes,
        long pageBytes,
        PoolTrial base,
        List<PoolTrial> pools,
        List<ShortageTrial> shortages,
        Optional<HugetlbFigures> shortNow,
        long scale) {

    /** Mappings that the pool is for. */
    public List<MappingDemand> planned() {
        return mappings.stream().filter(MappingDemand::isWorthwhile).toList();
    }

    /** The same with what a replay with one page less than is used already said. */
    public HugetlbPlan withShortNow(HugetlbFigures figures) {
        return new HugetlbPlan(title, mappings, memoryBytes, pageBytes, base, pools, shortages, Optional.of(figures), scale);
    }

    /** Those of them that take pages of {@code size}. */
    public List<MappingDemand> planned(long size) {
        return planned().stream().filter(m -> m.pages(size) > 0).toList();
    }

    /** Pages of {@code size} that they need. */
    public long pages(long size) {
        return planned().stream().mapToLong(mapping -> mapping.pages(size)).sum();
    }

    /** Bytes that are set aside beyond their lengths, with pages of {@code size}. */
    public long rounding(long size) {
        return pages(size) * size - planned().stream().filter(m -> m.pages(size) > 0).mapToLong(MappingDemand::bytes).sum();
    }

    /** The page sizes to set up: that of the plan, and those that the workload uses already; ascending. */
    public List<Long> sizes() {
        return Stream.concat(Stream.of(pageBytes), planned().stream().filter(MappingDemand::isExisting).map(MappingDemand::hugeBytes))
                .filter(size -> pages(size) > 0).distinct().sorted().toList();
    }

    /** What the kernel command line needs. */
    public String bootLine() {
        return sizes().stream().map(size -> "hugepagesz=" + suffix(size) + " hugepages=" + pages(size)).collect(Collectors.joining(" "))
                + (givesMemmapBack() ? " hugetlb_free_vmemmap=on" : "");
    }

    /** Whether a kernel gives part of the memory map back, which not every architecture lets it. */
    public boolean givesMemmapBack() {
        return pools.stream().anyMatch(pool -> pool.vmemmapBytes() > 0);
    }

    /** Lines of sysctl.conf, or for other sizes than the default the file to write. */
    public List<String> sysctlLines() {
        List<String> lines = new ArrayList<>(givesMemmapBack() ? List.of("vm.hugetlb_optimize_vmemmap = 1") : List.of());
        for (long size : sizes()) {
            lines.add(size == 1L << MappingDemand.BLOCK_SHIFT
                    ? "vm.nr_hugepages = " + pages(size)
                    : "echo " + pages(size) + " > /sys/kernel/mm/hugepages/hugepages-" + (size >> 10) + "kB/nr_hugepages");
        }
        return lines;
    }

    /** A size as the command line has it. */
    public static String suffix(long bytes) {
        return bytes >= 1L << 30 ? (bytes >> 30) + "G" : bytes >= 1L << 20 ? (bytes >> 20) + "M" : (bytes >> 10) + "K";
    }
}
