package org.mmkit.hugetlb;

import java.util.List;
import org.mmkit.api.feature.Feature;
import org.mmkit.core.Machine;
import org.mmkit.testkit.FeatureContract;

class HugetlbFeatureTest extends FeatureContract {

    @Override
    protected Feature feature() {
        return new HugetlbFeature();
    }

    @Override
    protected String symbol() {
        return "HUGETLBFS";
    }

    @Override
    protected void turnUp(Machine machine) {
        machine.write("/proc/sys/vm/nr_hugepages", "32");
    }

    @Override
    protected List<String> tellingParameters() {
        return List.of("hugepages=8", "hugepagesz=2M hugepages=8", "hugetlb_free_vmemmap=on");
    }
}
