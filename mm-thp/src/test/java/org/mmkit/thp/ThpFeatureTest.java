package org.mmkit.thp;

import org.mmkit.api.feature.Feature;
import org.mmkit.core.Machine;
import org.mmkit.testkit.FeatureContract;

class ThpFeatureTest extends FeatureContract {

    @Override
    protected Feature feature() {
        return new ThpFeature();
    }

    @Override
    protected void turnUp(Machine machine) {
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always");
        machine.write("/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled", "always");
    }
}
