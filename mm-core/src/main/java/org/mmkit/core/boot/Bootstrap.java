package org.mmkit.core.boot;

import java.util.ArrayList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.api.config.Configuration;
import org.mmkit.api.feature.Feature;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.space.Advice;
import org.mmkit.core.BootException;
import org.mmkit.core.cgroup.CgroupTree;
import org.mmkit.core.compaction.Compactor;
import org.mmkit.core.compaction.Kcompactd;
import org.mmkit.core.compaction.RangeMigrator;
import org.mmkit.core.lock.LockChecker;
import org.mmkit.core.lock.SmpLocks;
import org.mmkit.core.memory.AllocationFaults;
import org.mmkit.core.ledger.PageLedger;
import org.mmkit.core.ledger.PageOwner;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.observe.Pagemap;
import org.mmkit.core.observe.SwapUse;
import org.mmkit.core.offline.SoftOffline;
import org.mmkit.core.pgtable.KernelPageTables;
import org.mmkit.core.pgtable.MaskedFormat;
import org.mmkit.core.pgtable.PageTableArena;
import org.mmkit.core.process.OutOfMemory;
import org.mmkit.core.process.ProcessTable;
import org.mmkit.core.pseudofs.EngineFiles;
import org.mmkit.core.pseudofs.Fields;
import org.mmkit.core.pseudofs.PseudoFileSystem;
import org.mmkit.core.stat.CounterTable;
import org.mmkit.core.time.VirtualClock;
import org.mmkit.core.vfs.MachineFiles;

/**
 * Boots one machine: memory, engine, file systems, pseudo-files, then the features in the order of their dependencies. What it has made
 * stays here for {@link org.mmkit.core.Machine} to hand out. Takes time and space for what is used of memory, not for what is there.
 */
public final class Bootstrap {

    /** How the parts of the machine were chosen. */
    public final Wiring wiring;
    /** The boot parameters. */
    public final BootParameters parameters;
    /** The engine. */
    public final Engine engine;
    /** Virtual time. */
    public final VirtualClock clock;
    /** File systems, shared memory, swap. */
    public final MachineFiles files;
    /** The living processes. */
    public final ProcessTable processes;
    /** Who is killed when memory is out. */
    public final OutOfMemory oom;
    /** /proc and /sys. */
    public final PseudoFileSystem pseudoFiles = new PseudoFileSystem();
    /** The engine's own files. */
    public final EngineFiles engineFiles;
    /** Control groups, or null without them. */
    public final @Nullable CgroupTree cgroups;
    /** The kernel log, oldest line first. */
    public final List<String> log = new ArrayList<>();
    /** The lines that features have added. */
    public final Fields fields = new Fields();
    /** Explains the references of pages. */
    public final PageLedger ledger;
    /** What pagemap, kpageflags and kpagecount say. */
    public final Pagemap pagemap;
    /** What the sums of smaps ask of swap. */
    public final SwapUse swapUse;

    /** Boots what {@code wiring} has decided, with memory nodes of {@code nodeBytes}. */
    public Bootstrap(Wiring wiring, List<Long> nodeBytes, String commandLine, boolean keepContents) {
        long bytes = nodeBytes.stream().mapToLong(Long::longValue).sum();
        this.wiring = wiring;
        this.parameters = new BootParameters(commandLine);
        Configuration configuration = wiring.configuration();
        Architecture architecture = wiring.architecture();
        PageTableLayout layout = architecture.layout(configuration);
        EntryFormat format = MaskedFormat.of(architecture.entryFormat(configuration), layout);
        Locks locks = locks(configuration);
        SystemMemory memory = memory(architecture, configuration, layout, nodeBytes, bytes, keepContents, locks);
        if (configuration.isEnabled("NUMA") || configuration.isEnabled("HUGETLB_PAGE_FREE_VMEMMAP")) {
            memory.registerBootInfo(); // arch/x86/mm/init_64.c, register_page_bootmem_info
        }
        CounterTable counters = new CounterTable(locks);
        PageTableArena tables = new PageTableArena(layout, format, memory.allocator(), memory.frames(), memory.spanned(),
                memory.sectionOrder(), locks, architecture.foldsRuns(configuration));
        KernelPageTables kernelTables = new KernelPageTables(tables, layout, format, memory.memmap(),
                configuration.isEnabled("SPARSEMEM_VMEMMAP"));
        engine = new Engine(layout, format, architecture.virtualLayout(configuration), LinuxProfile.of(configuration), memory, tables,
                kernelTables, counters, new Extensions(), locks);
        clock = new VirtualClock(engine.calls);
        engine.tracing.start(clock, engine.calls.isSmp(), engine.virtual.vmemmapBase());
        if (parameters.values("page_owner").contains("on")) {
            engine.setPageOwner(new PageOwner(clock::now));
            engine.calls.setOneByOne();
        }
        files = new MachineFiles(engine, configuration);
        processes = new ProcessTable(engine);
        ledger = new PageLedger(engine, processes::nameOfSpace, log::add);
        if (engine.pageOwner() != null) {
            pseudoFiles.add("/sys/kernel/debug/page_owner", ledger::text);
        }
        oom = new OutOfMemory(engine, processes, files.swap()::totalPages, log::add);
        files.reclaim().setKiller(oom);
        pagemap = new Pagemap(memory.frames(), engine.zeroPfn, memory.allocator()::isFree, engine.badFrames::contains);
        swapUse = new MachineSwapUse(files.swap());
        engineFiles = new EngineFiles(pseudoFiles,
                new EngineFiles.Sources(engine, files, processes, oom, pagemap, swapUse, fields, parameters.line(),
                        configuration.isEnabled("NUMA")));
        cgroups = configuration.isEnabled("CGROUPS") ? new CgroupTree(processes) : null;
        if (cgroups != null) {
            pseudoFiles.addDirectory(CgroupTree.MOUNT, cgroups);
        }
        if (configuration.isEnabled("FAIL_PAGE_ALLOC")) {
            AllocationFaults faults = new AllocationFaults();
            memory.allocator().setFaults(faults);
            engineFiles.addFaultInjection(faults);
        }
        if (configuration.isEnabled("COMPACTION")) {
            Compactor compactor = new Compactor(engine);
            memory.allocator().setCompaction(compactor);
            Kcompactd[] kcompactds = new Kcompactd[memory.nodes().count()];
            for (int node = 0; node < kcompactds.length; node++) {
                kcompactds[node] = new Kcompactd(compactor, node, clock, counters, layout.order(2));
                clock.register(kcompactds[node]);
                clock.wake(kcompactds[node], clock.now());
            }
            compactor.setBackground(kcompactds);
            engineFiles.addCompaction(compactor, List.of(kcompactds));
        }
        if (configuration.isEnabled("MEMORY_FAILURE") && engine.profile.hasSoftOffline()) {
            SoftOffline offline = new SoftOffline(engine);
            engine.extensions.madvise().put(Advice.MADV_SOFT_OFFLINE, offline);
            engineFiles.addSoftOffline(offline);
        }
        if (configuration.isEnabled("CONTIG_ALLOC") && memory.allocator().hasPageBlocks()) {
            memory.allocator().setEvacuation(new RangeMigrator(engine));
        }
        files.reclaim().kswapds().forEach(kswapd -> {
            clock.register(kswapd);
            kswapd.schedule(clock::now, clock::wake);
        });
        startFeatures(new FeatureHost(configuration, architecture, engine, clock, parameters, files.vfs(), pseudoFiles, fields,
                wiring.policies(), processes, ledger, log, cgroups));
        files.reclaim().setThreads(clock);
    }

    private static Locks locks(Configuration configuration) {
        if (!configuration.isEnabled("SMP")) {
            return Locks.NONE;
        }
        return new SmpLocks(configuration.isEnabled("PROVE_LOCKING") ? new LockChecker() : null);
    }

    private SystemMemory memory(
            Architecture architecture, Configuration configuration, PageTableLayout layout, List<Long> nodeBytes, long bytes,
            boolean keepContents, Locks locks) {
        long usable = bytes;
        for (String limit : parameters.values("mem")) {
            usable = Math.min(usable, SizeText.parse(limit));
        }
        MovableCore core = MovableCore.parse(parameters.values("kernelcore"), parameters.values("movablecore"), log::add);
        try {
            PhysicalMap map = architecture.physicalMap(usable);
            checkAddresses(map, layout);
            if (nodeBytes.size() > 1 && !configuration.isEnabled("NUMA")) {
                throw new IllegalArgumentException("several memory nodes need NUMA=y");
            }
            String fake = configuration.isEnabled("NUMA_EMU") ? NodeLayout.fake(parameters.values("numa")) : "";
            return new SystemMemory.Builder(map, layout, architecture.sectionOrder(configuration))
                    .vmemmapBase(architecture.virtualLayout(configuration).vmemmapBase())
                    .zones(configuration.isEnabled("ZONE_DMA"), configuration.isEnabled("ZONE_DMA32"))
                    .locks(locks)
                    .contents(keepContents)
                    .maxOrder(architecture.maxOrder(configuration))
                    .kernelCore(core::kernelPages)
                    .numa(configuration.isEnabled("NUMA"))
                    .nodes(new NodeLayout(nodeBytes, fake, map.dma32End()))
                    .allocator(wiring.allocator())
                    .build();
        } catch (IllegalArgumentException e) {
            throw new BootException("a machine cannot boot with " + usable + " bytes of memory: " + e.getMessage(), e);
        }
    }

    private static void checkAddresses(PhysicalMap map, PageTableLayout layout) {
        PhysicalMap.Range last = map.ranges().get(map.ranges().size() - 1);
        if (last.start() + last.bytes() - 1 >>> layout.paBits() != 0) {
            throw new IllegalArgumentException("the architecture's page tables hold physical addresses of " + layout.paBits() + " bits");
        }
    }

    private void startFeatures(FeatureHost host) {
        for (Providers.Found<Feature> found : wiring.features()) {
            Feature feature = found.provider();
            try {
                feature.init(new FeatureRegistration(feature.id(), host));
            } catch (BootException | InvariantViolation e) {
                throw e;
            } catch (IllegalArgumentException e) { // a boot parameter that it cannot take
                throw new BootException("the feature " + feature.id() + " does not start: " + e.getMessage(), e);
            } catch (RuntimeException | LinkageError e) {
                throw new BootException("the feature " + feature.id() + " of " + found.origin() + " does not start: " + e, e);
            }
        }
    }
}
