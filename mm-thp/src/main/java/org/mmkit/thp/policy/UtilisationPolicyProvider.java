package org.mmkit.thp.policy;

import com.google.auto.service.AutoService;
import org.mmkit.api.policy.PagePolicy;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.api.policy.PolicyHost;

/** Makes {@link UtilisationPolicy}. */
@AutoService(PagePolicyProvider.class)
public final class UtilisationPolicyProvider implements PagePolicyProvider {

    /** For the service loader. */
    public UtilisationPolicyProvider() {}

    @Override
    public String id() {
        return "ingens";
    }

    @Override
    public String description() {
        return "base pages at faults, promoted in the background once enough of a block is used";
    }

    @Override
    public PagePolicy create(PolicyHost host) {
        return new UtilisationPolicy(host);
    }
}
