package org.mmkit.arch.riscv64;

import org.mmkit.api.Provider;
import org.mmkit.testkit.KconfigContract;

class Riscv64KconfigTest extends KconfigContract {

    @Override
    protected Provider provider() {
        return new Riscv64();
    }
}
