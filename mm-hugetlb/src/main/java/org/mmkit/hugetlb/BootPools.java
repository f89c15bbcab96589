package org.mmkit.hugetlb;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.feature.BootParameter;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.hugetlb.fs.SizeNumber;
import org.mmkit.hugetlb.pool.HugePagePool;

/**
 * The parameters hugepages=, hugepagesz= and default_hugepagesz=, whose meaning depends on what stands before them, and the pools that they
 * fill (Linux: hugepages_setup and its kin in mm/hugetlb.c, with the kernel's own messages).
 *
 * <pre>
 *   hugepages=N                    before any size: of the default size
 *   hugepagesz=S hugepages=N       of size S; hugepages=0:N,… by node
 *   default_hugepagesz=S           the size of MAP_HUGETLB without a size, of /proc/meminfo and of hugepages= before any size
 * </pre>
 */
final class BootPools {

    private final HugePages machine;
    private final FeatureContext context;
    /** Sizes named so far. */
    private final Set<HugePagePool> named = new LinkedHashSet<>();
    private final Map<HugePagePool, Long> wanted = new HashMap<>();
    /** The numbers that were given by node, by pool; those of the default size wait under null. */
    private final Map<@Nullable HugePagePool, long[]> byNode = new HashMap<>();

    private long wantedOfDefault;
    private boolean defaultNamed;
    private boolean validSize = true;
    private @Nullable HugePagePool current;
    private @Nullable Object lastTarget;

    BootPools(HugePages machine) {
        this.machine = machine;
        this.context = machine.context();
    }

    /** Reads the parameters and fills the pools: gigantic ones at once, the others at the end, as the kernel does. */
    void fill() {
        for (BootParameter parameter : context.bootParameters(Set.of("hugepages", "hugepagesz", "default_hugepagesz"))) {
            switch (parameter.name()) {
                case "hugepages" -> count(parameter.value());
                case "hugepagesz" -> size(parameter.value());
                default -> defaultSize(parameter.value());
            }
        }
        if (!defaultNamed && wantedOfDefault > 0) {
            HugePagePool standard = machine.standard();
            long before = wanted.getOrDefault(standard, 0L);
            if (before > 0) {
                context.log("HugeTLB: Ignoring hugepages=" + before + " associated with " + BootReport.text(standard.pageSize()) + " page size");
                context.log("HugeTLB: Using hugepages=" + wantedOfDefault + " for number of default huge pages");
            }
            wanted.put(standard, wantedOfDefault);
            takeNodes(standard);
        }
        for (HugePagePool pool : machine.pools()) {
            if (!pool.isGigantic() || pool.total() == 0) {
                allocate(pool);
            }
        }
        new BootReport(machine).print(named);
    }

    private void size(String value) {
        validSize = false;
        Optional<HugePagePool> found = machine.ofSize(SizeNumber.parse(value));
        if (found.isEmpty()) {
            context.log("HugeTLB: unsupported hugepagesz=" + value);
            return;
        }
        HugePagePool pool = found.get();
        boolean again = !named.add(pool);
        if (again && (!defaultNamed || pool != machine.standard() || wanted.getOrDefault(pool, 0L) > 0)) {
            context.log("HugeTLB: hugepagesz=" + value + " specified twice, ignoring");
            return;
        }
        current = pool;
        validSize = true;
    }

    private void defaultSize(String value) {
        validSize = false;
        if (defaultNamed) {
            context.log("HugeTLB: default_hugepagesz previously specified, ignoring " + value);
            return;
        }
        Optional<HugePagePool> found = machine.ofSize(SizeNumber.parse(value));
        if (found.isEmpty()) {
            context.log("HugeTLB: unsupported default_hugepagesz=" + value);
            return;
        }
        HugePagePool pool = found.get();
        named.add(pool);
        current = pool;
        validSize = true;
        defaultNamed = true;
        machine.setStandard(pool);
        if (wantedOfDefault > 0) {
            wanted.put(pool, wantedOfDefault);
            takeNodes(pool);
            wantedOfDefault = 0;
            if (pool.isGigantic()) {
                allocate(pool);
            }
        }
    }

    /** What was said by node of the default size is said of {@code pool}. */
    private void takeNodes(HugePagePool pool) {
        long[] numbers = byNode.remove(null);
        if (numbers != null) {
            byNode.put(pool, numbers);
        }
    }

    private void count(String value) {
        HugePagePool pool = current;
        if (!validSize) {
            context.log("HugeTLB: hugepages=" + value + " does not follow a valid hugepagesz, ignoring");
            validSize = true;
            return;
        }
        Object target = pool == null ? this : pool;
        if (target == lastTarget) {
            context.log("HugeTLB: hugepages= specified twice without interleaving hugepagesz=, ignoring hugepages=" + value);
            return;
        }
        String rest = value;
        if (!context.profile().placesHugePagesByNode()) {
            int length = digits(value);
            set(pool, length == 0 ? 0 : Long.parseLong(value.substring(0, length)));
            rest = "";
        }
        while (!rest.isEmpty()) {
            int digits = digits(rest);
            boolean node = digits > 0 && rest.startsWith(":", digits);
            String number = node ? rest.substring(digits + 1) : rest;
            int length = digits(number);
            boolean known = !node || Long.parseLong(rest.substring(0, digits)) < context.memory().nodes().count();
            if (length == 0 || !known || !node && rest.length() < value.length()) {
                context.log("HugeTLB: Invalid hugepages parameter " + (length == 0 ? number : rest));
                set(pool, 0);
                byNode.remove(pool);
                return;
            }
            long n = Long.parseLong(number.substring(0, length));
            set(pool, node ? wantedOf(pool) + n : n);
            if (!node) {
                break;
            }
            byNode.computeIfAbsent(pool, any -> new long[context.memory().nodes().count()])[Integer.parseInt(rest.substring(0, digits))] = n;
            rest = number.startsWith(",", length) ? number.substring(length + 1) : "";
        }
        if (pool != null && pool.isGigantic()) {
            allocate(pool);
        }
        lastTarget = target;
    }

    private long wantedOf(@Nullable HugePagePool pool) {
        return pool == null ? wantedOfDefault : wanted.getOrDefault(pool, 0L);
    }

    private void set(@Nullable HugePagePool pool, long pages) {
        if (pool == null) {
            wantedOfDefault = pages;
        } else {
            wanted.put(pool, pages);
        }
    }

    /** How many characters of {@code text} are a number; none that a long does not hold. */
    static int digits(String text) {
        int n = 0;
        while (n < text.length() && n < 18 && text.charAt(n) >= '0' && text.charAt(n) <= '9') {
            n++;
        }
        return n;
    }

    private void allocate(HugePagePool pool) {
        long pages = wanted.getOrDefault(pool, 0L);
        if (pages == 0) {
            return;
        }
        long[] numbers = byNode.get(pool);
        if (numbers == null) {
            pool.fillAtBoot(pages);
            if (pool.total() < pages) {
                failed(pool, pages, "", pool.total());
            }
            return;
        }
        for (int node = 0; node < numbers.length; node++) {
            long got = numbers[node] == 0 ? 0 : pool.fillAtBoot(node, numbers[node]);
            if (got < numbers[node]) {
                failed(pool, numbers[node], " node" + node, got);
            }
        }
    }

    private void failed(HugePagePool pool, long pages, String where, long got) {
        context.log("HugeTLB: allocating " + pages + " of page size " + BootReport.text(pool.pageSize()) + " failed" + where + ".  Only allocated " + got
                + " hugepages.");
    }
}
