package org.mmkit.llfree;

import org.mmkit.api.Provider;
import org.mmkit.testkit.KconfigContract;

class LlfreeKconfigTest extends KconfigContract {

    @Override
    protected Provider provider() {
        return new Llfree();
    }
}
