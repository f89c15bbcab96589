package org.mmkit.thp;

import java.util.List;
import org.mmkit.api.feature.Feature;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;
import org.mmkit.testkit.FeatureContract;

class ThpFeatureTest extends FeatureContract {

    @Override
    protected Feature feature() {
        return new ThpFeature();
    }

    /** More than the 512 MiB below which Linux leaves huge pages off. */
    @Override
    protected MachineBuilder machine() {
        return Machine.builder().memory("1G").contents(false);
    }

    @Override
    protected void turnUp(Machine machine) {
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always");
        machine.write("/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled", "always");
    }

    @Override
    protected List<String> tellingParameters() {
        return List.of("transparent_hugepage=never", "transparent_hugepage_shmem=always", "thp_anon=64K:always", "thp_policy=reservation");
    }
}
