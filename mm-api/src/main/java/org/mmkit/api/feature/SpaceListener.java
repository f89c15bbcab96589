package org.mmkit.api.feature;

import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Vma;

/** Is told of the life of address spaces. */
public interface SpaceListener {

    /** {@code vma} is new, or has grown by a merge, brk or stack growth (Linux: where khugepaged_enter_vma is called). */
    default void mapped(Vma vma) {}

    /** {@code child} was made as a copy of {@code parent}. */
    default void forked(AddressSpace parent, AddressSpace child) {}

    /** {@code space} is about to be torn down. */
    default void exiting(AddressSpace space) {}
}
