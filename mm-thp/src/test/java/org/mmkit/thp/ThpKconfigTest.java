package org.mmkit.thp;

import org.mmkit.api.Provider;
import org.mmkit.testkit.KconfigContract;

class ThpKconfigTest extends KconfigContract {

    @Override
    protected Provider provider() {
        return new ThpFeature();
    }
}
