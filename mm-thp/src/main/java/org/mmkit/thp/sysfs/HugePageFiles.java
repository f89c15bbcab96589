package org.mmkit.thp.sysfs;

import java.util.List;
import java.util.Locale;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.thp.Settings;
import org.mmkit.thp.Settings.Defrag;
import org.mmkit.thp.Settings.Enabled;
import org.mmkit.thp.SizeStat;
import org.mmkit.thp.Thp;
import org.mmkit.thp.collapse.Khugepaged;
import org.mmkit.thp.shmem.ShmemSizes;
import org.mmkit.thp.split.FolioSplitter;

/** The tree below {@code /sys/kernel/mm/transparent_hugepage} (Linux: Documentation/admin-guide/mm/transhuge.rst). */
public final class HugePageFiles {

    private static final String ROOT = "/sys/kernel/mm/transparent_hugepage/";
    private static final List<String> ENABLED = List.of("always", "madvise", "never");
    private static final List<String> DEFRAG = List.of("always", "defer", "defer+madvise", "madvise", "never");
    private static final List<String> SHMEM = List.of("always", "within_size", "advise", "never", "deny", "force");
    private static final List<String> SIZE_ENABLED = List.of("always", "inherit", "madvise", "never");
    private static final long UINT_MAX = 0xffff_ffffL;

    private final Thp thp;
    private final Settings settings;
    private final Khugepaged khugepaged;
    private final FolioSplitter splitter;
    private final FeatureContext context;

    /** Files for the knobs of {@code thp}. */
    public HugePageFiles(Thp thp, Khugepaged khugepaged, FolioSplitter splitter) {
        this.thp = thp;
        this.splitter = splitter;
        this.settings = thp.settings;
        this.khugepaged = khugepaged;
        this.context = thp.context;
    }

    /** Registers all files. */
    public void register() {
        topLevel();
        khugepagedFiles();
        context.pseudoFile("/sys/kernel/debug/split_huge_pages", new SplitHugePagesFile(thp, splitter));
        if (thp.profile.hasSmallFolios()) {
            int sizes = thp.eligibility.anonOrders() | thp.eligibility.fileOrders();
            for (int order = 1; order <= thp.order; order++) {
                if ((sizes & 1 << order) != 0) {
                    size(order);
                }
            }
        }
    }

    private void topLevel() {
        context.pseudoFile(ROOT + "enabled", new ChoiceFile(ENABLED, () -> word(settings.enabled), word -> {
            settings.enabled = Enabled.valueOf(name(word));
            khugepaged.startOrStop();
            return 0;
        }));
        context.pseudoFile(ROOT + "defrag", new ChoiceFile(
                DEFRAG, () -> word(settings.defrag).replace('_', '+'), word -> {
            settings.defrag = Defrag.valueOf(name(word));
            return 0;
        }));
        context.pseudoFile(ROOT + "use_zero_page", new FlagFile(
                FlagFile.Words.NUMBERS, () -> settings.useZeroPage, on -> settings.useZeroPage = on));
        context.pseudoFile(ROOT + "hpage_pmd_size", new ReadOnlyFile(() -> thp.size));
        context.pseudoFile(ROOT + "shmem_enabled", new ChoiceFile(SHMEM, () -> word(thp.shmem.mode()), word -> {
            int result = thp.shmem.setMode(ShmemSizes.Mode.valueOf(name(word)));
            if (result == 0) {
                khugepaged.startOrStop();
            }
            return result;
        }));
        if (thp.profile.hasUnderusedShrinker()) {
            context.pseudoFile(ROOT + "shrink_underused", new FlagFile(
                    FlagFile.Words.YES_OR_NO, () -> settings.shrinkUnderused, on -> settings.shrinkUnderused = on));
        }
    }

    private void khugepagedFiles() {
        String root = ROOT + "khugepaged/";
        int most = thp.pages - 1;
        context.pseudoFile(root + "defrag", new FlagFile(
                FlagFile.Words.NUMBERS, () -> settings.khugepagedDefrag, on -> settings.khugepagedDefrag = on));
        context.pseudoFile(root + "max_ptes_none", new NumberFile(
                0, most, () -> settings.maxPtesNone, value -> settings.maxPtesNone = (int) value));
        context.pseudoFile(root + "max_ptes_swap", new NumberFile(
                0, most, () -> settings.maxPtesSwap, value -> settings.maxPtesSwap = (int) value));
        if (thp.profile.hasSharedPagesLimit()) {
            context.pseudoFile(root + "max_ptes_shared", new NumberFile(
                    0, most, () -> settings.maxPtesShared, value -> settings.maxPtesShared = (int) value));
        }
        context.pseudoFile(root + "pages_to_scan", new NumberFile(
                1, UINT_MAX, () -> settings.pagesToScan, value -> settings.pagesToScan = value));
        context.pseudoFile(root + "scan_sleep_millisecs", new NumberFile(
                0, UINT_MAX, () -> settings.scanSleepMillis, value -> {
            settings.scanSleepMillis = value;
            khugepaged.sleepChanged();
        }));
        context.pseudoFile(root + "alloc_sleep_millisecs", new NumberFile(
                0, UINT_MAX, () -> settings.allocSleepMillis, value -> {
            settings.allocSleepMillis = value;
            khugepaged.sleepChanged();
        }));
        context.pseudoFile(root + "pages_collapsed", new ReadOnlyFile(khugepaged::pagesCollapsed));
        context.pseudoFile(root + "full_scans", new ReadOnlyFile(khugepaged::fullScans));
    }

    private void size(int order) {
        String root = ROOT + "hugepages-" + (thp.pageSize << order >> 10) + "kB/";
        boolean anonymous = (thp.eligibility.anonOrders() & 1 << order) != 0;
        if (anonymous) {
            context.pseudoFile(root + "enabled", new ChoiceFile(SIZE_ENABLED, () -> anonWord(order), word -> {
                settings.setAnon(1 << order, word);
                khugepaged.startOrStop();
                return 0;
            }));
        }
        context.pseudoFile(root + "shmem_enabled", new ChoiceFile(
                ShmemSizes.SIZE_MODES, () -> thp.shmem.sizeMode(order), word -> {
            int result = thp.shmem.setSizeMode(order, word);
            if (result == 0) {
                khugepaged.startOrStop();
            }
            return result;
        }));
        for (SizeStat stat : SizeStat.values()) {
            if (anonymous || stat.isForFiles()) {
                context.pseudoFile(
                        root + "stats/" + word(stat), new ReadOnlyFile(() -> thp.stats.get(stat, order)));
            }
        }
    }

    private String anonWord(int order) {
        int bit = 1 << order;
        if ((settings.anonAlways & bit) != 0) {
            return "always";
        }
        if ((settings.anonInherit & bit) != 0) {
            return "inherit";
        }
        return (settings.anonMadvise & bit) != 0 ? "madvise" : "never";
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String name(String word) {
        return word.toUpperCase(Locale.ROOT).replace('+', '_');
    }
}
