package org.mmkit.llfree;

import org.mmkit.api.Provider;
import org.mmkit.testkit.PackagingContract;

class LlfreePackagingTest extends PackagingContract {

    @Override
    protected Provider provider() {
        return new Llfree();
    }
}
