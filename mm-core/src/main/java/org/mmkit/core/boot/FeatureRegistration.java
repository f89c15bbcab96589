package org.mmkit.core.boot;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.cgroup.Cgroups;
import org.mmkit.api.config.Configuration;
import org.mmkit.api.feature.AnonFolioPolicy;
import org.mmkit.api.feature.AreaField;
import org.mmkit.api.feature.BootParameter;
import org.mmkit.api.feature.FaultResolver;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.api.feature.HugeFaultHandler;
import org.mmkit.api.feature.HugeLeafOperations;
import org.mmkit.api.feature.KernelProfile;
import org.mmkit.api.feature.HugePageMover;
import org.mmkit.api.feature.LargeFolioOperations;
import org.mmkit.api.feature.MadviseHandler;
import org.mmkit.api.feature.PrctlHandler;
import org.mmkit.api.feature.ShmemFolioPolicy;
import org.mmkit.api.feature.Shrinker;
import org.mmkit.api.feature.SpaceField;
import org.mmkit.api.feature.SpaceListener;
import org.mmkit.api.feature.UnmappedAreaPolicy;
import org.mmkit.api.file.FileSystems;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.memory.PhysicalMemory;
import org.mmkit.api.pgtable.KernelTables;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.ReverseMapping;
import org.mmkit.api.stat.Counters;
import org.mmkit.api.task.Caller;
import org.mmkit.api.time.Clock;
import org.mmkit.api.time.KernelThread;
import org.mmkit.api.trace.Tracepoint;
import org.mmkit.core.process.Process;

/** One feature's view of the machine while it registers; remembers the feature's id, so that a conflict names both sides. */
final class FeatureRegistration implements FeatureContext {

    private final String feature;
    private final FeatureHost host;

    FeatureRegistration(String feature, FeatureHost host) {
        this.feature = feature;
        this.host = host;
    }

    @Override
    public Configuration configuration() {
        return host.configuration;
    }

    @Override
    public KernelProfile profile() {
        return host.engine.profile;
    }

    @Override
    public Architecture architecture() {
        return host.architecture;
    }

    @Override
    public EntryFormat entryFormat() {
        return host.engine.format;
    }

    @Override
    public PhysicalMemory memory() {
        return host.engine.memory;
    }

    @Override
    public Optional<Cgroups> cgroups() {
        return Optional.ofNullable(host.cgroups);
    }

    @Override
    public KernelTables kernelTables() {
        return host.engine.kernelTables;
    }

    @Override
    public void invariant(Runnable check) {
        host.engine.extensions.invariants().add(check);
    }

    @Override
    public void log(String line) {
        host.log.add(line);
    }

    @Override
    public long zeroPage() {
        return host.engine.zeroPfn;
    }

    @Override
    public ReverseMapping reverseMapping() {
        return host.engine.rmap;
    }

    @Override
    public Caller caller() {
        return host.engine.caller();
    }

    @Override
    public @Nullable AddressSpace spaceOf(int pid) {
        Process process = host.processes.find(pid);
        return process == null ? null : process.space();
    }

    @Override
    public void splitRefused(long head) {
        host.ledger.refused(head);
    }

    @Override
    public FaultResolver faults() {
        return host.engine.faults;
    }

    @Override
    public Counters counters() {
        return host.engine.counters;
    }

    @Override
    public Locks locks() {
        return host.engine.locks;
    }

    @Override
    public Tracepoint tracepoint(String system, String name) {
        return host.engine.tracing.find(system, name);
    }

    @Override
    public Clock clock() {
        return host.clock;
    }

    @Override
    public List<String> bootParameters(String name) {
        return host.parameters.values(name);
    }

    @Override
    public List<BootParameter> bootParameters(Set<String> names) {
        return host.parameters.sequence(names);
    }

    @Override
    public long spaceFlag(boolean inherited) {
        return host.engine.extensions.newSpaceFlag(inherited);
    }

    @Override
    public void anonFolioPolicy(AnonFolioPolicy policy) {
        claim("the policy for anonymous folio sizes");
        host.engine.extensions.setAnonFolioPolicy(policy);
    }

    @Override
    public AnonFolioPolicy anonFolioPolicy() {
        return host.engine.extensions.anonFolioPolicy();
    }

    @Override
    public List<PagePolicyProvider> pagePolicies() {
        return host.policies;
    }

    @Override
    public void shmemFolioPolicy(ShmemFolioPolicy policy) {
        claim("the policy for sizes of shared-memory folios");
        host.engine.extensions.setShmemFolioPolicy(policy);
    }

    @Override
    public FileSystems files() {
        return host.files;
    }

    @Override
    public void hugeLeaves(int level, HugeFaultHandler handler, HugeLeafOperations operations) {
        claim("the leaves of page-table level " + level);
        host.engine.extensions.setHugeLeaves(level, handler, operations);
    }

    @Override
    public void hugePageMover(HugePageMover mover) {
        claim("the moving of huge pages");
        host.engine.extensions.setHugePageMover(mover);
    }

    @Override
    public void largeFolios(LargeFolioOperations operations) {
        claim("the ownership of large folios");
        host.engine.extensions.setLargeFolios(operations);
    }

    @Override
    public void madvise(int advice, MadviseHandler handler) {
        claim("the advice " + advice + " of madvise");
        host.engine.extensions.madvise().put(advice, handler);
    }

    @Override
    public void prctl(int option, PrctlHandler handler) {
        claim("the option " + option + " of prctl");
        host.engine.extensions.prctl().put(option, handler);
    }

    @Override
    public void unmappedArea(UnmappedAreaPolicy policy) {
        claim("the policy for aligned addresses");
        host.engine.extensions.setUnmappedArea(policy);
    }

    @Override
    public void kernelThread(KernelThread thread) {
        claim("the kernel thread " + thread.name());
        host.clock.register(thread);
    }

    @Override
    public void wake(KernelThread thread, long when) {
        host.clock.wake(thread, when);
    }

    @Override
    public void shrinker(Shrinker shrinker) {
        claim("the shrinker " + shrinker.name());
        host.engine.extensions.shrinkers().add(shrinker);
    }

    @Override
    public void pseudoFile(String path, PseudoFile file) {
        claim("the file " + path);
        host.pseudoFiles.add(path, file);
    }

    @Override
    public void spaceListener(SpaceListener listener) {
        host.engine.extensions.listeners().add(listener);
    }

    @Override
    public void setAside(LongSupplier pages) {
        host.engine.overcommit.addSetAside(pages);
    }

    @Override
    public void meminfo(String name, LongSupplier kilobytes) {
        claim("the line " + name + " of /proc/meminfo");
        host.fields.meminfo(name, "kB", kilobytes);
    }

    @Override
    public void nodeMeminfoCount(String name, IntToLongFunction count) {
        claim("the line " + name + " of the meminfo of memory nodes");
        host.fields.nodeMeminfo(name, count);
    }

    @Override
    public void meminfoCount(String name, LongSupplier count) {
        claim("the line " + name + " of /proc/meminfo");
        host.fields.meminfo(name, "", count);
    }

    @Override
    public void smaps(String name, String unit, AreaField field) {
        claim("the line " + name + " of /proc/PID/smaps");
        host.fields.smaps(name, unit, field);
    }

    @Override
    public void status(String name, String unit, SpaceField field) {
        claim("the line " + name + " of /proc/PID/status");
        host.fields.status(name, unit, field);
    }

    private void claim(String place) {
        host.claim(place, feature);
    }
}
