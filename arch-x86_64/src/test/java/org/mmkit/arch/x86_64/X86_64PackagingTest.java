package org.mmkit.arch.x86_64;

import org.mmkit.api.Provider;
import org.mmkit.testkit.PackagingContract;

class X86_64PackagingTest extends PackagingContract {

    @Override
    protected Provider provider() {
        return new X86_64();
    }
}
