package org.mmkit.thp;

import java.util.List;
import java.util.Locale;
import org.mmkit.api.config.Configuration;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.thp.Settings.Enabled;
import org.mmkit.thp.shmem.ShmemSizes;

/** Sets the knobs from the configuration and the kernel command line (Linux: hugepage_init and its __setup functions). */
final class BootKnobs {

    private static final long SMALL_MACHINE = 512L << 20;
    private static final List<String> ANON_WORDS = List.of("always", "inherit", "madvise", "never");
    private static final List<String> ENABLED = List.of("always", "madvise", "never");

    private final Thp thp;
    private final FeatureContext context;

    BootKnobs(Thp thp) {
        this.thp = thp;
        this.context = thp.context;
    }

    void apply() {
        Configuration configuration = context.configuration();
        shmemMode(chosen(configuration, "TRANSPARENT_HUGEPAGE_SHMEM_HUGE_"));
        thp.shmem.setTmpfsDefault(thp.shmem.mountOption(chosen(configuration, "TRANSPARENT_HUGEPAGE_TMPFS_HUGE_")));
        for (String value : context.bootParameters("transparent_hugepage")) {
            if (ENABLED.contains(value)) {
                thp.settings.enabled = Enabled.valueOf(value.toUpperCase(Locale.ROOT));
            } else {
                context.log("huge_memory: transparent_hugepage= cannot parse, ignored");
            }
        }
        for (String value : context.bootParameters("transparent_hugepage_shmem")) {
            if (!shmemMode(value)) {
                context.log("transparent_hugepage_shmem= cannot parse, ignored");
            }
        }
        for (String value : context.bootParameters("transparent_hugepage_tmpfs")) {
            int option = thp.shmem.mountOption(value);
            if (option >= 0) {
                thp.shmem.setTmpfsDefault(option);
            } else {
                context.log("transparent_hugepage_tmpfs= cannot parse, ignored");
            }
        }
        sizes();
        if (thp.memory.allocator().managedPages() << thp.pageShift < SMALL_MACHINE) {
            thp.settings.clearForSmallMachine();
        }
    }

    /** The lower-case end of the symbol that is chosen among those that begin with {@code prefix}. */
    private static String chosen(Configuration configuration, String prefix) {
        for (String end : List.of("ALWAYS", "WITHIN_SIZE", "ADVISE")) {
            if (configuration.isEnabled(prefix + end)) {
                return end.toLowerCase(Locale.ROOT);
            }
        }
        return "never";
    }

    /** Sets the mode called {@code word}; false if there is none. */
    private boolean shmemMode(String word) {
        for (ShmemSizes.Mode mode : ShmemSizes.Mode.values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(word)) {
                thp.shmem.setMode(mode);
                return true;
            }
        }
        return false;
    }

    /** A size list given at boot replaces the default, in which the PMD size inherits. */
    private void sizes() {
        if (!thp.profile.hasSmallFolios()) {
            return;
        }
        boolean anonSeen = false;
        for (String value : context.bootParameters("thp_anon")) {
            List<SizeRules.Rule> rules =
                    new SizeRules(thp.pageShift, thp.eligibility.anonOrders(), ANON_WORDS).parse(value);
            if (rules.isEmpty()) {
                context.log("huge_memory: thp_anon=" + value + ": error parsing string, ignoring setting");
            } else if (!anonSeen) {
                thp.settings.setAnon(thp.eligibility.anonOrders(), "never");
                anonSeen = true;
            }
            rules.forEach(rule -> thp.settings.setAnon(rule.orders(), rule.word()));
        }
        boolean shmemSeen = false;
        for (String value : context.bootParameters("thp_shmem")) {
            List<SizeRules.Rule> rules =
                    new SizeRules(thp.pageShift, thp.eligibility.fileOrders(), ShmemSizes.SIZE_MODES).parse(value);
            if (rules.isEmpty()) {
                context.log("thp_shmem=" + value + ": error parsing string, ignoring setting");
            } else if (!shmemSeen) {
                setShmem(thp.eligibility.fileOrders(), "never");
                shmemSeen = true;
            }
            rules.forEach(rule -> setShmem(rule.orders(), rule.word()));
        }
    }

    private void setShmem(int orders, String word) {
        for (int order = 1; order <= thp.order; order++) {
            if ((orders & 1 << order) != 0) {
                thp.shmem.setSizeMode(order, word);
            }
        }
    }
}
