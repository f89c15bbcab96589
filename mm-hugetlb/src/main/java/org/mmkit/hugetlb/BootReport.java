package org.mmkit.hugetlb;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.hugetlb.pool.HugePagePool;

/** What the kernel log says of the pools when they are filled (Linux: report_hugepages, hugetlb_vmemmap_init). */
final class BootReport {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private final HugePages machine;
    private final FeatureContext context;

    BootReport(HugePages machine) {
        this.machine = machine;
        this.context = machine.context();
    }

    /** Writes a line or two for each size: those that the command line named in its order, then the others, the largest first. */
    void print(Set<HugePagePool> named) {
        Set<HugePagePool> registered = new LinkedHashSet<>(named);
        List<HugePagePool> all = new ArrayList<>(machine.pools());
        all.sort(Comparator.comparingLong(HugePagePool::pageSize).reversed());
        registered.addAll(all);
        boolean today = context.profile().tellsHugePagesInKilobytes();
        if (!today && machine.vmemmap().map(v -> v.isEnabled()).orElse(false)) {
            registered.forEach(pool -> context.log("HugeTLB: can free " + saved(pool) + " vmemmap pages for hugepages-"
                    + (pool.pageSize() >> 10) + "kB"));
        }
        for (HugePagePool pool : registered) {
            boolean checked = context.profile().checksHugePageSizesAtOnce();
            String size = checked ? text(pool.pageSize()) : (pool.pageSize() >> 20) + " MB";
            context.log("HugeTLB" + (today ? ":" : "") + " registered " + size + " page size, pre-allocated " + pool.free() + " pages");
            if (today) {
                context.log("HugeTLB: " + (saved(pool) << machine.pageShift() - 10) + " KiB vmemmap can be freed for a " + size + " page");
            }
        }
    }

    private long saved(HugePagePool pool) {
        return machine.vmemmap().map(v -> v.savedPages(pool.order())).orElse(0L);
    }

    /** A size with three digits, as string_get_size writes it. */
    static String text(long bytes) {
        int unit = 0;
        long size = bytes;
        while (size >= 1024 && unit < UNITS.length - 1) {
            size >>= 10;
            unit++;
        }
        return size + (size < 10 ? ".00 " : size < 100 ? ".0 " : " ") + UNITS[unit];
    }
}
