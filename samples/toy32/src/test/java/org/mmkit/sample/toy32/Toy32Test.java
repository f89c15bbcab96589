package org.mmkit.sample.toy32;

import org.mmkit.api.arch.Architecture;
import org.mmkit.testkit.ArchitectureContract;

class Toy32Test extends ArchitectureContract {

    @Override
    protected Architecture architecture() {
        return new Toy32();
    }
}
