package org.mmkit.hugetlb;

import org.mmkit.api.Provider;
import org.mmkit.testkit.PackagingContract;

class HugetlbPackagingTest extends PackagingContract {

    @Override
    protected Provider provider() {
        return new HugetlbFeature();
    }
}
