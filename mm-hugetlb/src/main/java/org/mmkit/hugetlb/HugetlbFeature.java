package org.mmkit.hugetlb;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;
import org.mmkit.api.feature.Feature;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.hugetlb.paging.PageMove;
import org.mmkit.hugetlb.fs.HugeFileSystem;
import org.mmkit.hugetlb.fs.NamelessFiles;
import org.mmkit.hugetlb.sysfs.PoolFiles;
import org.mmkit.hugetlb.vmemmap.VmemmapOptimizer;

/** Pools of huge pages, hugetlbfs, and the freeing of memory that describes huge pages. */
@AutoService(Feature.class)
public final class HugetlbFeature implements Feature {

    /** For the service loader. */
    public HugetlbFeature() {}

    @Override
    public String id() {
        return "hugetlb";
    }

    @Override
    public String configSymbol() {
        return "HUGETLB_PAGE";
    }

    @Override
    public void init(FeatureContext context) {
        HugePages machine = new HugePages(context);
        context.hugePageMover(new PageMove(machine));
        context.files().register(HugeFileSystem.type(machine));
        context.files().hugeFiles(new NamelessFiles(machine));

        machine.vmemmap().ifPresent(vmemmap -> switchAtBoot(context, vmemmap));
        if (context.profile().checksHugePageSizesAtOnce()) {
            new BootPools(machine).fill();
        } else {
            new EarlyBootPools(machine).fill();
        }

        PoolFiles files = new PoolFiles(machine);
        files.register();
        if (context.configuration().isEnabled("HUGETLB_PAGE_OPTIMIZE_VMEMMAP")) {
            machine.vmemmap().ifPresent(files::registerOptimizer); // a run-time switch only since the option has its later name
        }
        context.meminfoCount("HugePages_Total", () -> machine.standard().total());
        context.meminfoCount("HugePages_Free", () -> machine.standard().free());
        context.meminfoCount("HugePages_Rsvd", () -> machine.standard().reserved());
        context.meminfoCount("HugePages_Surp", () -> machine.standard().surplus());
        context.nodeMeminfoCount("HugePages_Total", node -> machine.standard().total(node));
        context.nodeMeminfoCount("HugePages_Free", node -> machine.standard().free(node));
        context.nodeMeminfoCount("HugePages_Surp", node -> machine.standard().surplus(node));
        context.meminfo("Hugepagesize", () -> machine.standard().pageSize() >> 10);
        context.meminfo("Hugetlb", () -> machine.totalPages() << machine.pageShift() - 10);
        context.setAside(machine::totalPages);
        context.status("HugetlbPages", "kB", machine::kilobytes);
    }

    private static void switchAtBoot(FeatureContext context, VmemmapOptimizer vmemmap) {
        vmemmap.setEnabled(context.configuration().isEnabled("HUGETLB_PAGE_OPTIMIZE_VMEMMAP_DEFAULT_ON"));
        for (String value : context.bootParameters("hugetlb_free_vmemmap")) {
            boolean today = context.profile().tellsHugePagesInKilobytes();
            Optional<Boolean> on = today ? BootSwitch.parse(value)
                    : value.equals("on") || value.equals("off") ? Optional.of(value.equals("on")) : Optional.empty();
            if (on.isPresent()) {
                vmemmap.setEnabled(on.get());
            } else {
                context.log(today ? "Booting kernel: `" + value + "' invalid for parameter `hugetlb_free_vmemmap'"
                        : "Malformed early option 'hugetlb_free_vmemmap'");
            }
        }
    }
}
