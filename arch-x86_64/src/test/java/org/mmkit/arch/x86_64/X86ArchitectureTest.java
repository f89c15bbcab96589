package org.mmkit.arch.x86_64;

import java.util.List;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.config.Configuration;
import org.mmkit.testkit.ArchitectureContract;
import org.mmkit.testkit.FixedConfiguration;

class X86ArchitectureTest extends ArchitectureContract {

    @Override
    protected Architecture architecture() {
        return new X86_64();
    }

    @Override
    protected List<Configuration> configurations() {
        return List.of(FixedConfiguration.of("X86_64"), FixedConfiguration.of("X86_64", "X86_5LEVEL"));
    }
}
