package org.mmkit.sample.toy32;

import org.mmkit.api.Provider;
import org.mmkit.testkit.PackagingContract;

class Toy32PackagingTest extends PackagingContract {

    @Override
    protected Provider provider() {
        return new Toy32();
    }
}
