package org.mmkit.arch.riscv64;

import java.util.List;
import org.mmkit.api.arch.Architecture;
import org.mmkit.testkit.GuestTablesContract;

/** Tables of Linux 6.12 guests; docs/guests.md says how they were taken. */
class Riscv64GuestTest extends GuestTablesContract {

    @Override
    protected Architecture architecture() {
        return new Riscv64();
    }

    @Override
    protected List<String> guests() {
        return List.of("riscv64-sv39", "riscv64-sv48", "riscv64-sv57");
    }
}
