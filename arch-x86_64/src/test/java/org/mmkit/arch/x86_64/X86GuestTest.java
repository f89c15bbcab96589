package org.mmkit.arch.x86_64;

import java.util.List;
import org.mmkit.api.arch.Architecture;
import org.mmkit.testkit.GuestTablesContract;

/** Tables of Linux 6.12 guests; docs/guests.md says how they were taken. */
class X86GuestTest extends GuestTablesContract {

    @Override
    protected Architecture architecture() {
        return new X86_64();
    }

    @Override
    protected List<String> guests() {
        return List.of("x86_64-4level", "x86_64-5level");
    }
}
