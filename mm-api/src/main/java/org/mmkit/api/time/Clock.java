package org.mmkit.api.time;

/** Virtual time of a machine. */
public interface Clock {

    /** Nanoseconds since boot. */
    long now();
}
