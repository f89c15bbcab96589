package org.mmkit.api.feature;

import org.mmkit.api.space.Vma;

/** Resolves page faults on behalf of the kernel, such as bringing a page back from swap before it is collapsed. */
public interface FaultResolver {

    /**
     * Handles one fault at {@code va} of {@code vma} (Linux: handle_mm_fault), at every page-table level.
     *
     * @param flags bits of {@link org.mmkit.api.space.Fault}
     * @return outcome bits of {@link org.mmkit.api.space.Fault}
     */
    int resolve(Vma vma, long va, int flags);
}
