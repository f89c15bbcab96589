package org.mmkit.thp.policy;

import com.google.auto.service.AutoService;
import org.mmkit.api.policy.PagePolicy;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.api.policy.PolicyHost;

/** Makes {@link LinuxPolicy}. */
@AutoService(PagePolicyProvider.class)
public final class LinuxPolicyProvider implements PagePolicyProvider {

    /** For the service loader. */
    public LinuxPolicyProvider() {}

    @Override
    public String id() {
        return "linux";
    }

    @Override
    public String description() {
        return "huge pages at the first touch, khugepaged for the rest, as the knobs say";
    }

    @Override
    public PagePolicy create(PolicyHost host) {
        return new LinuxPolicy();
    }
}
