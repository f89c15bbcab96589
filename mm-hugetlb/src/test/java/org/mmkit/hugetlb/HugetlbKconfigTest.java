package org.mmkit.hugetlb;

import org.mmkit.api.Provider;
import org.mmkit.testkit.KconfigContract;

class HugetlbKconfigTest extends KconfigContract {

    @Override
    protected Provider provider() {
        return new HugetlbFeature();
    }
}
