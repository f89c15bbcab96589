package org.mmkit.arch.arm64;

import java.util.List;
import org.mmkit.api.arch.Architecture;
import org.mmkit.testkit.GuestTablesContract;

/** Tables of Linux 6.12 guests; docs/guests.md says how they were taken. */
class Arm64GuestTest extends GuestTablesContract {

    @Override
    protected Architecture architecture() {
        return new Arm64();
    }

    @Override
    protected List<String> guests() {
        return List.of("arm64-4k-48bit", "arm64-4k-52bit", "arm64-16k-47bit", "arm64-16k-52bit",
                "arm64-64k-52bit");
    }
}
