package org.mmkit.hugetlb;

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
}
