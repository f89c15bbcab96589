package org.mmkit.api.feature;

import org.mmkit.api.space.AddressSpace;

/** Answers madvise(2) for one advice. */
public interface MadviseHandler {

    /**
     * Applies the advice to [{@code start}, {@code end}), page-aligned and not empty. Holes are the handler's to judge.
     *
     * @return 0 or a negated error number
     */
    long advise(AddressSpace space, long start, long end);
}
