package org.mmkit.thp;

import org.mmkit.api.Provider;
import org.mmkit.testkit.PackagingContract;

class ThpPackagingTest extends PackagingContract {

    @Override
    protected Provider provider() {
        return new ThpFeature();
    }
}
