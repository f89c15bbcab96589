package org.mmkit.thp;

import com.google.auto.service.AutoService;
import org.mmkit.api.feature.Feature;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.api.policy.PagePolicy;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.thp.collapse.Collapser;
import org.mmkit.thp.collapse.ScanList;
import org.mmkit.thp.fault.HugeFaults;
import org.mmkit.thp.fault.HugeLeaves;
import org.mmkit.thp.fault.HugeZeroPage;
import org.mmkit.thp.policy.AnonPolicy;
import org.mmkit.thp.policy.Choice;
import org.mmkit.thp.policy.Promotion;
import org.mmkit.thp.split.DeferredSplitQueue;
import org.mmkit.thp.split.LargeFolios;
import org.mmkit.thp.split.LeafSplitter;
import org.mmkit.thp.sysfs.HugePageFiles;

/** Transparent huge pages, for anonymous and shared memory. */
@AutoService(Feature.class)
public final class ThpFeature implements Feature {

    /** For the service loader. */
    public ThpFeature() {}

    @Override
    public String id() {
        return "thp";
    }

    @Override
    public String configSymbol() {
        return "TRANSPARENT_HUGEPAGE";
    }

    @Override
    public void init(FeatureContext context) {
        Thp thp = new Thp(context);
        new BootKnobs(thp).apply();

        DeferredSplitQueue queue = new DeferredSplitQueue(thp);
        LeafSplitter leafSplitter = new LeafSplitter(thp);
        HugeZeroPage zeroPage = new HugeZeroPage(thp);
        ScanList scanList = new ScanList(thp);
        HugeFaults faults = new HugeFaults(thp, zeroPage, leafSplitter, queue, scanList);
        Collapser collapser = new Collapser(thp, scanList, queue, faults);

        Choice choice = Choice.of(context);
        PagePolicy policy = choice.provider().create(new Promotion(thp, queue, collapser));
        faults.setPolicy(policy);
        context.anonFolioPolicy(new AnonPolicy(thp, policy, queue));
        context.pseudoFile("/sys/kernel/mm/transparent_hugepage/policy", choice);
        context.shmemFolioPolicy(thp.shmem);
        context.largeFolios(new LargeFolios(queue, thp.stats));
        context.hugeLeaves(Thp.LEVEL, faults, new HugeLeaves(thp, zeroPage, leafSplitter, queue.splitter()));
        context.unmappedArea(new AlignedAddresses(thp));

        context.madvise(Advice.MADV_HUGEPAGE, (space, start, end) -> {
            enterAll(scanList, space, start, end);
            return space.updateFlags(start, end, VmFlags.HUGEPAGE, VmFlags.NOHUGEPAGE);
        });
        context.madvise(Advice.MADV_NOHUGEPAGE, (space, start, end) ->
                space.updateFlags(start, end, VmFlags.NOHUGEPAGE, VmFlags.HUGEPAGE));
        context.madvise(Advice.MADV_COLLAPSE, collapser.advice());
        new OptOut(thp).register(context);

        context.shrinker(queue);
        context.shrinker(zeroPage);
        context.spaceListener(scanList);
        context.spaceListener(zeroPage);
        context.kernelThread(collapser.khugepaged());

        context.smaps("THPeligible", "", vma -> thp.eligibility.isEligible(vma) ? 1 : 0);
        meminfo(context, thp, "AnonHugePages", "nr_anon_transparent_hugepages");
        meminfo(context, thp, "ShmemHugePages", "nr_shmem_hugepages");
        meminfo(context, thp, "ShmemPmdMapped", "nr_shmem_pmdmapped");
        meminfo(context, thp, "FileHugePages", "nr_file_hugepages");
        meminfo(context, thp, "FilePmdMapped", "nr_file_pmdmapped");
        new HugePageFiles(thp, collapser.khugepaged(), queue.splitter()).register();
        collapser.khugepaged().start(policy);
    }

    /** khugepaged looks at what the areas are about to become. */
    private static void enterAll(ScanList scanList, AddressSpace space, long start, long end) {
        Vma vma = space.findOrNext(start);
        while (vma != null && Long.compareUnsigned(vma.start(), end) < 0) {
            scanList.enter(vma, vma.flags() & ~VmFlags.NOHUGEPAGE | VmFlags.HUGEPAGE);
            vma = space.findOrNext(vma.end());
        }
    }

    private static void meminfo(FeatureContext context, Thp thp, String line, String counter) {
        int slot = context.counters().register(counter);
        context.meminfo(line, () -> context.counters().get(slot) * (thp.size >> 10));
    }
}
