package org.mmkit.arch.riscv64;

import org.mmkit.api.Provider;
import org.mmkit.testkit.PackagingContract;

class Riscv64PackagingTest extends PackagingContract {

    @Override
    protected Provider provider() {
        return new Riscv64();
    }
}
