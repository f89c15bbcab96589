package org.mmkit.arch.arm64;

import org.mmkit.api.Provider;
import org.mmkit.testkit.KconfigContract;

class Arm64KconfigTest extends KconfigContract {

    @Override
    protected Provider provider() {
        return new Arm64();
    }
}
