package org.mmkit.api.feature;

import org.mmkit.api.space.AddressSpace;

/** Is told of the life of address spaces. */
public interface SpaceListener {

    /** {@code child} was made as a copy of {@code parent}. */
    default void forked(AddressSpace parent, AddressSpace child) {}

    /** {@code space} is about to be torn down. */
    default void exiting(AddressSpace space) {}
}
