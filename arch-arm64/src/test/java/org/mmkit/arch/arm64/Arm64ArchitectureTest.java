package org.mmkit.arch.arm64;

import java.util.List;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.config.Configuration;
import org.mmkit.testkit.ArchitectureContract;
import org.mmkit.testkit.FixedConfiguration;

class Arm64ArchitectureTest extends ArchitectureContract {

    @Override
    protected Architecture architecture() {
        return new Arm64();
    }

    @Override
    protected List<Configuration> configurations() {
        return List.of(
                FixedConfiguration.of("ARM64", "ARM64_4K_PAGES", "ARM64_VA_BITS_39"),
                FixedConfiguration.of("ARM64", "ARM64_4K_PAGES", "ARM64_VA_BITS_48"),
                FixedConfiguration.of("ARM64", "ARM64_4K_PAGES", "ARM64_VA_BITS_52", "ARM64_PA_BITS_52"),
                FixedConfiguration.of("ARM64", "ARM64_16K_PAGES", "ARM64_VA_BITS_36"),
                FixedConfiguration.of("ARM64", "ARM64_16K_PAGES", "ARM64_VA_BITS_47"),
                FixedConfiguration.of("ARM64", "ARM64_16K_PAGES", "ARM64_VA_BITS_48"),
                FixedConfiguration.of("ARM64", "ARM64_16K_PAGES", "ARM64_VA_BITS_52", "ARM64_PA_BITS_52"),
                FixedConfiguration.of("ARM64", "ARM64_64K_PAGES", "ARM64_VA_BITS_42"),
                FixedConfiguration.of("ARM64", "ARM64_64K_PAGES", "ARM64_VA_BITS_48"),
                FixedConfiguration.of("ARM64", "ARM64_64K_PAGES", "ARM64_VA_BITS_52", "ARM64_PA_BITS_52"));
    }
}
