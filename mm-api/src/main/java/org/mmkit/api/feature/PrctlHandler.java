package org.mmkit.api.feature;

import org.mmkit.api.space.AddressSpace;

/** Answers prctl(2) for one option. */
public interface PrctlHandler {

    /** The result of the call, or a negated error number. */
    long call(AddressSpace space, long arg2, long arg3, long arg4, long arg5);
}
