package org.mmkit.api.feature;

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

/**
 * The machine as a feature sees it while it registers what it brings; the services stay valid for the machine's life. One
 * feature per machine may take a place that exists once; a second one is an error that names both.
 */
public interface FeatureContext {

    /** The resolved configuration. */
    Configuration configuration();

    /** The kernel whose behaviour is modelled. */
    KernelProfile profile();

    /** The processor architecture. */
    Architecture architecture();

    /** The codec of page-table entries, as this machine asks it. */
    EntryFormat entryFormat();

    /** Frames, allocator, contents. */
    PhysicalMemory memory();

    /** Control groups; empty without them. */
    Optional<Cgroups> cgroups();

    /** The kernel's own page tables. */
    KernelTables kernelTables();

    /** The frame that reads of untouched anonymous memory map by special entries of level 1 (Linux: ZERO_PAGE). */
    long zeroPage();

    /** Keeps mappings and counts in step. */
    ReverseMapping reverseMapping();

    /** Who makes the call that runs now; {@link Caller#KERNEL} outside of calls, and of calls that run beside others. */
    Caller caller();

    /** The address space of the living process {@code pid}, or null. */
    @Nullable AddressSpace spaceOf(int pid);

    /** Tells the ledger that the folio {@code head} could not be split because somebody else holds it. */
    void splitRefused(long head);

    /** Resolves faults for the kernel's own needs. */
    FaultResolver faults();

    /** The counters of {@code /proc/vmstat}. */
    Counters counters();

    /** Makes the locks of the feature's own tables; no-ops on a machine with one processor. */
    Locks locks();

    /** Virtual time. */
    Clock clock();

    /** The kernel's tracepoint {@code name} of group {@code system}; one that is always off where the machine has none of that name. */
    default Tracepoint tracepoint(String system, String name) {
        return Tracepoint.OFF;
    }

    /** The values given for boot parameter {@code name}, in the order of the command line; also marks it as known. */
    List<String> bootParameters(String name);

    /** The parameters with one of {@code names}, in the order of the command line; also marks them as known. */
    List<BootParameter> bootParameters(Set<String> names);

    /** A flag bit of address spaces for this feature's use; {@code inherited} over fork and exec or not. */
    long spaceFlag(boolean inherited);

    /** Registers the policy for anonymous folio sizes. */
    void anonFolioPolicy(AnonFolioPolicy policy);

    /** The policy in force. */
    AnonFolioPolicy anonFolioPolicy();

    /** The allocation and promotion policies that were found, by id. */
    List<PagePolicyProvider> pagePolicies();

    /** Registers the policy for sizes of shared-memory folios. */
    void shmemFolioPolicy(ShmemFolioPolicy policy);

    /** File systems and page caches. */
    FileSystems files();

    /** Registers the fault handler and the leaf operations of page-table level {@code level}. */
    void hugeLeaves(int level, HugeFaultHandler handler, HugeLeafOperations operations);

    /** Registers the owner of large folios. */
    void largeFolios(LargeFolioOperations operations);

    /** Names who moves the folios of pools. */
    void hugePageMover(HugePageMover mover);

    /** Registers the handler of an advice. */
    void madvise(int advice, MadviseHandler handler);

    /** Registers the handler of a prctl option. */
    void prctl(int option, PrctlHandler handler);

    /** Registers the policy for aligned addresses. */
    void unmappedArea(UnmappedAreaPolicy policy);

    /** Registers a kernel thread; it first runs when woken. */
    void kernelThread(KernelThread thread);

    /** Makes {@code thread} due at {@code when} (nanoseconds since boot) if it is not due earlier. */
    void wake(KernelThread thread, long when);

    /**
     * Registers {@code check} with the machine's verification, which runs it between two operations; it throws
     * {@link org.mmkit.api.InvariantViolation} for the first thing that is wrong.
     */
    void invariant(Runnable check);

    /** Writes one line into the kernel log (printk), without a newline. */
    void log(String line);

    /** Registers a shrinker. */
    void shrinker(Shrinker shrinker);

    /** Registers a file of /proc or /sys under its absolute {@code path}. */
    void pseudoFile(String path, PseudoFile file);

    /** Registers a listener. */
    void spaceListener(SpaceListener listener);

    /**
     * Registers memory that is set aside for a use of its own: {@code pages} base pages, asked for whenever the limit of what may be
     * promised (CommitLimit) is computed, count as if the machine did not have them (Linux: hugetlb_total_pages in vm_commit_limit).
     */
    void setAside(LongSupplier pages);

    /** Adds a line to {@code /proc/meminfo}; {@code kilobytes} gives its value. */
    void meminfo(String name, LongSupplier kilobytes);

    /** Adds a line without unit to the {@code meminfo} of each memory node; {@code count} gives its value for the node of that number. */
    void nodeMeminfoCount(String name, IntToLongFunction count);

    /** Adds a line without unit to {@code /proc/meminfo}. */
    void meminfoCount(String name, LongSupplier count);

    /** Adds a line to each area of {@code /proc/PID/smaps}; {@code unit} is {@code "kB"} or empty. */
    void smaps(String name, String unit, AreaField field);

    /** Adds a line to {@code /proc/PID/status}; {@code unit} is {@code "kB"} or empty. */
    void status(String name, String unit, SpaceField field);
}
