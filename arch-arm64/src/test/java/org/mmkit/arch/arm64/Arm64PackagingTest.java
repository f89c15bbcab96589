package org.mmkit.arch.arm64;

import org.mmkit.api.Provider;
import org.mmkit.testkit.PackagingContract;

class Arm64PackagingTest extends PackagingContract {

    @Override
    protected Provider provider() {
        return new Arm64();
    }
}
