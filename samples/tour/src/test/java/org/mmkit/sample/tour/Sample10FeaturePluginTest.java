package org.mmkit.sample.tour;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.mmkit.api.Provider;
import org.mmkit.api.feature.Feature;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;
import org.mmkit.testkit.FeatureContract;
import org.mmkit.testkit.KconfigContract;
import org.mmkit.testkit.PackagingContract;

/** 10: a feature of one's own ({@link Census}), and the contracts that it passes. */
class Sample10FeaturePluginTest {

    @Test
    void it_counts_what_processes_do_until_it_is_told_not_to() throws Exception {
        Machine machine = Machine.builder().arch("x86_64").memory("256M").set("CENSUS", "y").build();
        Process parent = machine.newProcess();
        Process child = parent.fork();

        assertThat(machine.vmstat("census_copies")).isEqualTo(1);
        machine.write("/sys/kernel/mm/census/enabled", "0");
        child.exit();
        assertThat(machine.vmstat("census_ends")).isZero();
    }

    @Nested
    class Behaviour extends FeatureContract {
        @Override
        protected Feature feature() {
            return new Census();
        }

        @Override
        protected List<String> tellingParameters() {
            return List.of("census=0");
        }
    }

    @Nested
    class Kconfig extends KconfigContract {
        @Override
        protected Provider provider() {
            return new Census();
        }
    }

    @Nested
    class Packaging extends PackagingContract {
        @Override
        protected Provider provider() {
            return new Census();
        }
    }
}
