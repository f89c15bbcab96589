package org.mmkit.api.feature;

import org.mmkit.api.space.AddressSpace;

/** The value of a line of {@code /proc/PID/status} that a feature adds. */
public interface SpaceField {

    /** The value for {@code space}, in the unit that the line shows. */
    long value(AddressSpace space);
}
