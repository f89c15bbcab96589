package org.mmkit.api.policy;

import org.mmkit.api.Provider;

/**
 * An allocation and promotion policy for anonymous memory; a service found by {@link java.util.ServiceLoader}. A machine uses the
 * one that the boot parameter {@code thp_policy=} names, Linux's own if none is named.
 *
 * <p>Only the chosen provider is asked to create anything.
 */
public interface PagePolicyProvider extends Provider {

    /** Policies work where there are huge pages. */
    @Override
    default String configSymbol() {
        return "TRANSPARENT_HUGEPAGE";
    }

    /** One sentence for a list of policies: what it does, without a full stop. */
    String description();

    /** Makes the policy of one machine, at the end of the boot of the huge-page feature. */
    PagePolicy create(PolicyHost host);
}
