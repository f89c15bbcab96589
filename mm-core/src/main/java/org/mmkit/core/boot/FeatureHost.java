package org.mmkit.core.boot;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.config.Configuration;
import org.mmkit.api.file.FileSystems;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.core.BootException;
import org.mmkit.core.cgroup.CgroupTree;
import org.mmkit.core.ledger.PageLedger;
import org.mmkit.core.process.ProcessTable;
import org.mmkit.core.pseudofs.Fields;
import org.mmkit.core.pseudofs.PseudoFileSystem;
import org.mmkit.core.time.VirtualClock;

/** What all features of one machine register with, and who has taken which place that exists once. Not thread-safe. */
final class FeatureHost {

    final Configuration configuration;
    final Architecture architecture;
    final Engine engine;
    final VirtualClock clock;
    final BootParameters parameters;
    final FileSystems files;
    final PseudoFileSystem pseudoFiles;
    final Fields fields;
    final List<PagePolicyProvider> policies;
    final ProcessTable processes;
    final PageLedger ledger;
    /** Control groups, or null without them. */
    final @Nullable CgroupTree cgroups;
    /** The kernel log, oldest line first. */
    final List<String> log;
    private final Map<String, String> owners = new HashMap<>();

    FeatureHost(
            Configuration configuration,
            Architecture architecture,
            Engine engine,
            VirtualClock clock,
            BootParameters parameters,
            FileSystems files,
            PseudoFileSystem pseudoFiles,
            Fields fields,
            List<PagePolicyProvider> policies,
            ProcessTable processes,
            PageLedger ledger,
            List<String> log,
            @Nullable CgroupTree cgroups) {
        this.configuration = configuration;
        this.architecture = architecture;
        this.engine = engine;
        this.clock = clock;
        this.parameters = parameters;
        this.files = files;
        this.pseudoFiles = pseudoFiles;
        this.fields = fields;
        this.policies = policies;
        this.processes = processes;
        this.ledger = ledger;
        this.log = log;
        this.cgroups = cgroups;
    }

    /** {@code feature} takes {@code place}; a {@link BootException} names both when somebody has it. */
    void claim(String place, String feature) {
        String owner = owners.putIfAbsent(place, feature);
        if (owner != null) {
            throw new BootException(owner.equals(feature)
                    ? "the feature " + feature + " registers " + place + " twice"
                    : "the features " + owner + " and " + feature + " both register " + place
                            + "; switch one of them off, there can be one only");
        }
    }
}
