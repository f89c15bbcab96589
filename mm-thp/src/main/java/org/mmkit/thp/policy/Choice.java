package org.mmkit.thp.policy;

import java.util.List;
import java.util.stream.Collectors;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.api.policy.PagePolicyProvider;

/**
 * The file {@code /sys/kernel/mm/transparent_hugepage/policy}, which Linux has not: the policies there are, the machine's in brackets. The
 * boot parameter {@code thp_policy=} chooses.
 */
public final class Choice implements PseudoFile {

    private static final String DEFAULT = "linux";

    private final List<PagePolicyProvider> all;
    private final PagePolicyProvider chosen;

    private Choice(List<PagePolicyProvider> all, PagePolicyProvider chosen) {
        this.all = all;
        this.chosen = chosen;
    }

    /**
     * The choice that the boot parameters make.
     *
     * @throws IllegalArgumentException when there is no such policy; the message says which there are
     */
    public static Choice of(FeatureContext context) {
        List<PagePolicyProvider> all = context.pagePolicies();
        List<String> values = context.bootParameters("thp_policy");
        String name = values.isEmpty() ? DEFAULT : values.get(values.size() - 1);
        for (PagePolicyProvider provider : all) {
            if (provider.id().equals(name)) {
                if (!name.equals(DEFAULT) && context.configuration().isEnabled("SMP")) {
                    throw new IllegalArgumentException("the policy " + name + " is for machines with one processor (SMP=n)");
                }
                return new Choice(all, provider);
            }
        }
        throw new IllegalArgumentException("thp_policy: there is no policy \"" + name + "\"; there are "
                + all.stream().map(PagePolicyProvider::id).collect(Collectors.joining(", ")));
    }

    /** The factory of the machine's policy. */
    public PagePolicyProvider provider() {
        return chosen;
    }

    @Override
    public String read() {
        return all.stream()
                .map(provider -> provider == chosen ? "[" + provider.id() + "]" : provider.id())
                .collect(Collectors.joining(" ", "", "\n"));
    }
}
