package org.mmkit.core.boot;

import java.util.List;
import java.util.stream.Collectors;
import org.mmkit.api.config.Configuration;
import org.mmkit.api.feature.KernelProfile;
import org.mmkit.core.BootException;

/**
 * The kernels whose behaviour is modelled. Each answer says in which version Linux changed; this is the only place that compares
 * versions. Immutable.
 */
public final class LinuxProfile implements KernelProfile {

    /** The kernel of the Transparent Hugepage document (July 2017). */
    public static final LinuxProfile LINUX_4_12 = new LinuxProfile(4, 12);
    /** The kernel of HUGETLB_PAGE_FREE_VMEMMAP (August 2021). */
    public static final LinuxProfile LINUX_5_14 = new LinuxProfile(5, 14);
    /** The kernel of the recordings (November 2025). */
    public static final LinuxProfile LINUX_6_18 = new LinuxProfile(6, 18);

    /** Oldest first. */
    public static final List<LinuxProfile> ALL = List.of(LINUX_4_12, LINUX_5_14, LINUX_6_18);

    private static final List<String> SMAPS_4_12 = List.of(
            "Size", "Rss", "Pss", "Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty", "Referenced", "Anonymous", "LazyFree",
            "AnonHugePages", "FileHugeMapped", "ShmemPmdMapped", "Shared_Hugetlb", "Private_Hugetlb", "Swap", "SwapPss",
            "KernelPageSize", "MMUPageSize", "Locked", "ProtectionKey");
    private static final List<String> SMAPS_5_14 = List.of(
            "Size", "KernelPageSize", "MMUPageSize", "Rss", "Pss", "Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty",
            "Referenced", "Anonymous", "LazyFree", "AnonHugePages", "ShmemPmdMapped", "FilePmdMapped", "Shared_Hugetlb",
            "Private_Hugetlb", "Swap", "SwapPss", "Locked", "THPeligible", "ProtectionKey");
    private static final List<String> SMAPS_6_18 = List.of(
            "Size", "KernelPageSize", "MMUPageSize", "Rss", "Pss", "Pss_Dirty", "Shared_Clean", "Shared_Dirty", "Private_Clean",
            "Private_Dirty", "Referenced", "Anonymous", "KSM", "LazyFree", "AnonHugePages", "ShmemPmdMapped", "FilePmdMapped",
            "Shared_Hugetlb", "Private_Hugetlb", "Swap", "SwapPss", "Locked", "THPeligible", "ProtectionKey");

    private final int major;
    private final int minor;

    private LinuxProfile(int major, int minor) {
        this.major = major;
        this.minor = minor;
    }

    /** The profile of kernel {@code name}, {@code "6.18"}; {@link BootException} when there is none. */
    public static LinuxProfile of(String name) {
        return ALL.stream().filter(profile -> profile.name().equals(name)).findFirst().orElseThrow(() ->
                new BootException("there is no profile of kernel \"" + name + "\"; there are "
                        + ALL.stream().map(LinuxProfile::name).collect(Collectors.joining(", "))));
    }

    /** The profile that the choice KERNEL_PROFILE of {@code configuration} names; the newest when it names none. */
    public static LinuxProfile of(Configuration configuration) {
        return ALL.stream().filter(profile -> configuration.isEnabled(profile.symbol())).findFirst().orElse(LINUX_6_18);
    }

    /** The Kconfig symbol that stands for this profile, without {@code CONFIG_}. */
    public String symbol() {
        return "KERNEL_PROFILE_" + major + "_" + minor;
    }

    private boolean since(int firstMajor, int firstMinor) {
        return major > firstMajor || major == firstMajor && minor >= firstMinor;
    }

    @Override
    public String name() {
        return major + "." + minor;
    }

    @Override
    public boolean copiesHugePageOnWrite() {
        return !since(5, 8);
    }

    @Override
    public boolean hasSmallFolios() {
        return since(6, 8);
    }

    @Override
    public boolean hasUnderusedShrinker() {
        return since(6, 12);
    }

    @Override
    public boolean hasSharedPagesLimit() {
        return since(5, 8);
    }

    @Override
    public boolean splitsFollowedPages() {
        return !since(5, 4);
    }

    @Override
    public boolean splitsHugePagesOfProcess() {
        return since(5, 13);
    }

    @Override
    public boolean hasPins() {
        return since(5, 6);
    }

    @Override
    public boolean hasDoubleMap() {
        return !since(6, 3);
    }

    @Override
    public boolean countsReclaimOfKhugepaged() {
        return since(6, 2);
    }

    @Override
    public boolean copiesWholeFolios() {
        return since(6, 13);
    }

    @Override
    public boolean hasThpDisableFlags() {
        return since(6, 18);
    }

    @Override
    public int vmemmapPagesKept() {
        return since(5, 18) ? 1 : 2;
    }

    @Override
    public boolean remapsVmemmapInBatches() {
        return since(6, 7);
    }

    @Override
    public boolean movesTablesWhole() {
        return since(5, 11);
    }

    @Override
    public boolean movesFirstTableWhole() {
        return since(6, 7);
    }

    @Override
    public long defaultLockLimit() {
        return since(5, 16) ? 8L << 20 : 64L << 10;
    }

    @Override
    public boolean refusesUnprivilegedHugeSegments() {
        return since(5, 16);
    }

    @Override
    public boolean checksHugePageSizesAtOnce() {
        return since(5, 8);
    }

    @Override
    public boolean placesHugePagesByNode() {
        return since(5, 16);
    }

    @Override
    public boolean tellsHugePagesInKilobytes() {
        return since(6, 0);
    }

    @Override
    public boolean undoesOnlyWhatAShareTook() {
        return since(6, 16);
    }

    @Override
    public boolean countsKernelTables() {
        return since(6, 16);
    }

    @Override
    public boolean alignsAnonymousMappings() {
        return since(6, 7);
    }

    @Override
    public boolean countsMovedBlocks() {
        return !since(4, 13);
    }

    @Override
    public boolean hasSoftOffline() {
        return since(6, 11);
    }

    /** {@inheritDoc} Read off running kernels; FileHugeMapped stands in the document of 4.12 where kernels have had ShmemPmdMapped. */
    @Override
    public List<String> smapsLines() {
        return since(6, 12) ? SMAPS_6_18 : since(5, 4) ? SMAPS_5_14 : SMAPS_4_12;
    }

    @Override
    public String toString() {
        return "Linux " + name();
    }
}
