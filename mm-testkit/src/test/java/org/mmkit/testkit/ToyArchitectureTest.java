package org.mmkit.testkit;

import java.util.EnumSet;
import java.util.Set;
import org.mmkit.api.arch.Architecture;

/** A backend that lacks half of what there is passes the contract. */
class ToyArchitectureTest extends ArchitectureContract {

    private static final Set<ArchitectureBehavior> LACKING = EnumSet.of(
            ArchitectureBehavior.PROT_NONE_LEAVES, ArchitectureBehavior.MARKER_ENTRIES, ArchitectureBehavior.SPECIAL_BIT);

    @Override
    protected Architecture architecture() {
        return new ToyArchitecture(new ToyFormat());
    }

    @Override
    protected boolean has(ArchitectureBehavior behavior) {
        return !LACKING.contains(behavior);
    }
}
