package org.mmkit.sample.toy32;

import org.mmkit.api.Provider;
import org.mmkit.testkit.KconfigContract;

class Toy32KconfigTest extends KconfigContract {

    @Override
    protected Provider provider() {
        return new Toy32();
    }
}
