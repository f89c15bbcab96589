package org.mmkit.api.feature;

import org.mmkit.api.space.Vma;

/** The value of a line of {@code /proc/PID/smaps} that a feature adds. */
public interface AreaField {

    /** The value for {@code vma}, in the unit that the line shows. */
    long value(Vma vma);
}
