package org.mmkit.arch.riscv64;

import java.util.List;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.config.Configuration;
import org.mmkit.testkit.ArchitectureContract;
import org.mmkit.testkit.FixedConfiguration;

class Riscv64ArchitectureTest extends ArchitectureContract {

    @Override
    protected Architecture architecture() {
        return new Riscv64();
    }

    @Override
    protected List<Configuration> configurations() {
        return List.of(
                FixedConfiguration.of("RISCV", "RISCV_SV39", "RISCV_ISA_SVNAPOT"),
                FixedConfiguration.of("RISCV", "RISCV_SV48", "RISCV_ISA_SVNAPOT"),
                FixedConfiguration.of("RISCV", "RISCV_SV57", "RISCV_ISA_SVNAPOT"),
                FixedConfiguration.of("RISCV", "RISCV_SV48"));
    }
}
