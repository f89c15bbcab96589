package org.mmkit.thp.policy;

import com.google.auto.service.AutoService;
import org.mmkit.api.policy.PagePolicy;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.api.policy.PolicyHost;

/** Makes {@link ReservationPolicy}. */
@AutoService(PagePolicyProvider.class)
public final class ReservationPolicyProvider implements PagePolicyProvider {

    /** For the service loader. */
    public ReservationPolicyProvider() {}

    @Override
    public String id() {
        return "reservation";
    }

    @Override
    public String description() {
        return "an aligned block is set aside at the first touch, filled page by page and promoted when full";
    }

    @Override
    public PagePolicy create(PolicyHost host) {
        return new ReservationPolicy(host);
    }
}
