package org.mmkit.hugetlb;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.feature.BootParameter;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.hugetlb.fs.SizeNumber;
import org.mmkit.hugetlb.pool.HugePagePool;

/**
 * The boot parameters of {@link BootPools} as kernels before 5.8 read them: default_hugepagesz= is only looked at in the end, so a number before
 * any hugepagesz= is of the default size whatever stands between, and one of gigantic pages is never allocated; the messages name no value.
 */
final class EarlyBootPools {

    private final HugePages machine;
    private final FeatureContext context;
    private final Set<HugePagePool> named = new LinkedHashSet<>();
    private final Map<HugePagePool, Long> wanted = new HashMap<>();
    private long wantedOfDefault;
    private long defaultBytes;
    private boolean validSize = true;
    private @Nullable HugePagePool current;
    private @Nullable Object lastTarget;

    EarlyBootPools(HugePages machine) {
        this.machine = machine;
        this.context = machine.context();
    }

    /** Reads the parameters and fills the pools. */
    void fill() {
        for (BootParameter parameter : context.bootParameters(Set.of("hugepages", "hugepagesz", "default_hugepagesz"))) {
            switch (parameter.name()) {
                case "hugepages" -> count(parameter.value());
                case "hugepagesz" -> size(parameter.value());
                default -> defaultBytes = SizeNumber.parse(parameter.value());
            }
        }
        machine.ofSize(defaultBytes).ifPresent(machine::setStandard);
        HugePagePool standard = machine.standard();
        if (wantedOfDefault > 0) {
            wanted.merge(standard, wantedOfDefault, (before, now) -> before == 0 ? now : before);
        }
        for (HugePagePool pool : machine.pools()) {
            long pages = wanted.getOrDefault(pool, 0L);
            if (!pool.isGigantic() && pages > 0) {
                pool.fillAtBoot(pages);
            }
        }
        new BootReport(machine).print(named);
    }

    private void size(String value) {
        long bytes = SizeNumber.parse(value);
        HugePagePool pool = machine.ofSize(bytes).orElse(null);
        if (pool == null) {
            validSize = false;
            context.log("hugepagesz: Unsupported page size " + (bytes >> 20) + " M");
        } else if (named.add(pool)) {
            current = pool;
        } else {
            context.log("hugepagesz= specified twice, ignoring");
        }
    }

    private void count(String value) {
        if (!validSize) {
            context.log("hugepages = " + value + " preceded by an unsupported hugepagesz, ignoring");
            validSize = true;
            return;
        }
        HugePagePool pool = current;
        Object target = pool == null ? this : pool;
        if (target == lastTarget) {
            context.log("hugepages= specified twice without interleaving hugepagesz=, ignoring");
            return;
        }
        int length = BootPools.digits(value);
        long pages = length == 0 ? 0 : Long.parseLong(value.substring(0, length));
        if (pool == null) {
            wantedOfDefault = pages;
        } else {
            wanted.put(pool, pages);
            if (pool.isGigantic() && pages > 0) {
                pool.fillAtBoot(pages);
            }
        }
        lastTarget = target;
    }
}
