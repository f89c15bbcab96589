package org.mmkit.arch.x86_64;

import org.mmkit.api.Provider;
import org.mmkit.testkit.KconfigContract;

class X86_64KconfigTest extends KconfigContract {

    @Override
    protected Provider provider() {
        return new X86_64();
    }
}
