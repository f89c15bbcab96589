package org.mmkit.replay.plan;

import java.util.List;

/**
 * A plan of HugeTLB pools for one workload.
 *
 * @param title the recording, or the sizes that were asked for
 * @param mappings what could be of huge pages, the largest first
 * @param memoryBytes memory of the machine; 0 when none was given
 * @param pageBytes the page size that the plan sets up
 * @param base ordinary memory, for comparison
 * @param pools one for each page size and kernel
 * @param shortages one for each kernel, of the planned size
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
        long scale) {

    /** Mappings that the pool is for. */
    public List<MappingDemand> planned() {
        return mappings.stream().filter(MappingDemand::isWorthwhile).toList();
    }

    /** Pages of {@code size} that they need. */
    public long pages(long size) {
        return planned().stream().mapToLong(mapping -> mapping.pages(size)).sum();
    }

    /** Bytes that are set aside beyond their lengths, with pages of {@code size}. */
    public long rounding(long size) {
        return pages(size) * size - planned().stream().mapToLong(MappingDemand::bytes).sum();
    }

    /** What the kernel command line needs. */
    public String bootLine() {
        return "hugepagesz=" + suffix(pageBytes) + " hugepages=" + pages(pageBytes) + " hugetlb_free_vmemmap=on";
    }

    /** Lines of sysctl.conf, or for other sizes than the default the file to write. */
    public List<String> sysctlLines() {
        long defaultSize = 1L << MappingDemand.BLOCK_SHIFT;
        if (pageBytes == defaultSize) {
            return List.of("vm.hugetlb_optimize_vmemmap = 1", "vm.nr_hugepages = " + pages(pageBytes));
        }
        return List.of("vm.hugetlb_optimize_vmemmap = 1",
                "echo " + pages(pageBytes) + " > /sys/kernel/mm/hugepages/hugepages-" + (pageBytes >> 10) + "kB/nr_hugepages");
    }

    /** A size as the command line has it. */
    public static String suffix(long bytes) {
        return bytes >= 1L << 30 ? (bytes >> 30) + "G" : bytes >= 1L << 20 ? (bytes >> 20) + "M" : (bytes >> 10) + "K";
    }
}
