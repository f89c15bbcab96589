package org.mmkit.core;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.config.Configuration;
import org.mmkit.api.feature.KernelProfile;
import org.mmkit.api.memory.PhysicalMemory;
import org.mmkit.api.pgtable.KernelTables;
import org.mmkit.api.space.Vma;
import org.mmkit.core.boot.Bootstrap;
import org.mmkit.core.cgroup.CgroupTree;
import org.mmkit.core.lock.LockChecker;
import org.mmkit.core.lock.SmpLocks;
import org.mmkit.core.observe.PageExplanation;
import org.mmkit.core.observe.AreaStatistics;
import org.mmkit.core.observe.Pagemap;
import org.mmkit.core.process.Credentials;
import org.mmkit.core.process.Process;
import org.mmkit.core.pseudofs.FileRights;
import org.mmkit.core.time.VirtualClock;
import org.mmkit.core.trace.Tracing;
import org.mmkit.core.verify.InvariantChecker;
import org.mmkit.core.vfs.MachineFiles;
import org.mmkit.core.vfs.Vfs;

/**
 * A booted machine: the memory management of a kernel with its processes, files, pseudo-files and clock.
 *
 * <pre>
 *   Machine machine = Machine.builder().memory("24G").cmdline("transparent_hugepage=always").build();
 *   Process process = machine.newProcess();
 *   long a = process.mmap(0, 4 &lt;&lt; 20, 3, 0x22, null, 0);
 *   process.store(a, 1);
 *   System.out.print(machine.read("/proc/1/smaps"));
 * </pre>
 *
 * <p>Machines share nothing. With {@code SMP=n}, the default, one machine is for one thread at a time and does the same each time; with
 * {@code SMP=y} any number of threads may use it, its kernel threads are threads of their own, and {@link #close} ends them.
 */
public final class Machine implements AutoCloseable {

    private final Bootstrap parts;
    private final InvariantChecker checker;

    Machine(Bootstrap parts) {
        this.parts = parts;
        this.checker = new InvariantChecker(parts.engine);
    }

    /** Says what a machine is to be made of. */
    public static MachineBuilder builder() {
        return new MachineBuilder();
    }

    /**
     * A new process with an empty address space.
     *
     * @throws BootException when memory does not suffice for its page table
     */
    public Process newProcess() {
        parts.engine.calls.stop();
        try {
            try {
                return parts.processes.create();
            } catch (ErrnoException e) {
                throw new BootException("no memory is left for another process", e);
            }
        } finally {
            parts.engine.calls.resume();
        }
    }

    /** The living processes, oldest first. */
    public List<Process> processes() {
        parts.engine.calls.stop();
        try {
            return parts.processes.living();
        } finally {
            parts.engine.calls.resume();
        }
    }

    /**
     * The content of the pseudo-file {@code path}, the last newline included.
     *
     * @throws PathException ENOENT, EISDIR or EACCES; EINVAL for a binary file
     */
    public String read(String path) {
        parts.engine.calls.stop();
        try {
            return parts.pseudoFiles.read(path);
        } finally {
            parts.engine.calls.resume();
        }
    }

    /**
     * Up to {@code length} bytes from {@code offset} of a binary pseudo-file: /proc/PID/pagemap, /proc/kpageflags or /proc/kpagecount, whose
     * 64-bit words are little-endian; empty at its end.
     *
     * @throws PathException ENOENT, EISDIR; EINVAL when offset or length is no multiple of 8, or the file is a text
     */
    public byte[] readBytes(String path, long offset, int length) {
        parts.engine.calls.stop();
        try {
            return parts.pseudoFiles.readBytes(path, offset, length);
        } finally {
            parts.engine.calls.resume();
        }
    }

    /**
     * Writes {@code text} to the pseudo-file {@code path} with one write(2).
     *
     * @return the bytes written, or a negated error number of {@link org.mmkit.api.Errno}
     */
    public long write(String path, String text) {
        parts.engine.calls.stop();
        try {
            return parts.pseudoFiles.write(path, text);
        } finally {
            parts.engine.calls.resume();
        }
    }

    /**
     * The same as {@code by} reads it.
     *
     * @throws PathException as {@link #read(String)}, and EACCES when the file is not for that user
     */
    public String read(Process by, String path) {
        FileRights rights = new FileRights(parts.processes);
        Credentials who = by.credentials();
        if (rights.isHidden(who, path) || parts.pseudoFiles.isFile(path) && !rights.mayRead(who, path)) {
            throw new PathException(path, Errno.EACCES);
        }
        return read(path);
    }

    /** {@link #write(String, String)} of a file that {@code by} opens: -EACCES when it is not that user's to write. */
    public long write(Process by, String path, String text) {
        FileRights rights = new FileRights(parts.processes);
        Credentials who = by.credentials();
        boolean refused = rights.isHidden(who, path) || parts.pseudoFiles.isFile(path) && !rights.mayWrite(who, path);
        return refused ? -Errno.EACCES : write(path, text);
    }

    /** The living process {@code pid}. */
    public Optional<Process> process(int pid) {
        return Optional.ofNullable(parts.processes.find(pid));
    }

    /**
     * Makes the control group {@code path}, a folder below /sys/fs/cgroup.
     *
     * @return 0 or a negated error number; -EPERM for other folders of /proc and /sys, which only the kernel makes
     */
    public int mkdir(String path) {
        CgroupTree cgroups = parts.cgroups;
        return cgroups == null || !path.startsWith(CgroupTree.MOUNT + "/") ? -Errno.EPERM
                : cgroups.mkdir(path.substring(CgroupTree.MOUNT.length() + 1));
    }

    /** {@link #mkdir(String)} by {@code by}, or with {@code remove} {@link #rmdir(String)}: -EACCES when the folder is not that user's to change. */
    public int changeFolder(Process by, String path, boolean remove) {
        if (!new FileRights(parts.processes).mayWrite(by.credentials(), path)) {
            return -Errno.EACCES;
        }
        return remove ? rmdir(path) : mkdir(path);
    }

    /** Removes the control group {@code path}; 0 or a negated error number as for {@link #mkdir}, -EBUSY while it is in use. */
    public int rmdir(String path) {
        CgroupTree cgroups = parts.cgroups;
        return cgroups == null || !path.startsWith(CgroupTree.MOUNT + "/") ? -Errno.EPERM
                : cgroups.rmdir(path.substring(CgroupTree.MOUNT.length() + 1));
    }

    /** The names in the directory {@code path} of /proc or /sys; {@link PathException} when it is none. */
    public List<String> list(String path) {
        parts.engine.calls.stop();
        try {
            return parts.pseudoFiles.list(path);
        } finally {
            parts.engine.calls.resume();
        }
    }

    /** Whether {@code path} is a directory of /proc or /sys. */
    public boolean isDirectory(String path) {
        parts.engine.calls.stop();
        try {
            return parts.pseudoFiles.isDirectory(path);
        } finally {
            parts.engine.calls.resume();
        }
    }

    /** The line {@code name} of /proc/vmstat; {@link IllegalArgumentException} when this machine has no such counter. */
    public long vmstat(String name) {
        parts.engine.calls.stop();
        try {
            return parts.engineFiles.vmstat().value(name);
        } finally {
            parts.engine.calls.resume();
        }
    }

    /** Virtual time: advancing it runs the kernel threads that become due. */
    public VirtualClock clock() {
        return parts.clock;
    }

    /** File systems, mounts and open files. */
    public Vfs vfs() {
        return parts.files.vfs();
    }

    /** Files, System V segments and swap. */
    public MachineFiles files() {
        return parts.files;
    }

    /** Ends the kernel threads of a machine with {@code SMP=y}; without, it does nothing. The machine may be looked at afterwards. */
    @Override
    public void close() {
        parts.clock.close();
        parts.engine.calls.forgetThread();
    }

    /** Frames, allocator and contents. */
    public PhysicalMemory memory() {
        return parts.engine.memory;
    }

    /** What pagemap, kpageflags and kpagecount say, as values. */
    public Pagemap pagemap() {
        return parts.pagemap;
    }

    /**
     * Who keeps the frame {@code pfn}: every mapping, cache and pin of its folio, and, on a machine booted with {@code page_owner=on}, the
     * events that made them.
     *
     * @throws IllegalArgumentException when the machine has no such frame
     */
    public PageExplanation explain(long pfn) {
        if (!parts.engine.memory.isPresent(pfn)) {
            throw new IllegalArgumentException("this machine has no frame 0x" + Long.toHexString(pfn));
        }
        parts.engine.calls.stop();
        try {
            return parts.ledger.explain(pfn);
        } finally {
            parts.engine.calls.resume();
        }
    }

    /** Who held the folio whose split was refused last; null if none was, or without {@code page_owner=on}. */
    public @Nullable PageExplanation lastRefusedSplit() {
        return parts.ledger.lastRefusal();
    }

    /** The sums of {@code vma} that /proc/PID/smaps prints, as values. */
    public AreaStatistics statistics(Vma vma) {
        parts.engine.calls.stop();
        try {
            AreaStatistics sums = new AreaStatistics(parts.engine.frames, parts.swapUse);
            sums.add(vma);
            return sums;
        } finally {
            parts.engine.calls.resume();
        }
    }

    /** The value of the line {@code name} that a feature adds to each area of smaps ({@code "THPeligible"}); 0 without such a feature. */
    public long areaValue(String name, Vma vma) {
        parts.engine.calls.stop();
        try {
            return parts.fields.areaValue(name, vma);
        } finally {
            parts.engine.calls.resume();
        }
    }

    /** The resolved configuration. */
    public Configuration configuration() {
        return parts.wiring.configuration();
    }

    /** The architecture. */
    public Architecture architecture() {
        return parts.wiring.architecture();
    }

    /** The kernel whose behaviour is modelled. */
    public KernelProfile profile() {
        return parts.engine.profile;
    }

    /** Which plugins were found, and which of them the configuration has switched on. */
    public PluginReport plugins() {
        return parts.wiring.report();
    }

    /** Symbols of the given {@code .config} that no Kconfig file of this machine knows. */
    public List<String> unknownSymbols() {
        return parts.wiring.unknownSymbols();
    }

    /** Boot parameters that nothing in this machine has asked for. */
    public List<String> unknownParameters() {
        return parts.parameters.unknown();
    }

    /** Names of the boot parameters that something in this machine has asked for, given or not. */
    public Set<String> knownParameters() {
        return parts.parameters.known();
    }

    /** What the Kconfig files and the given {@code .config} gave reason to remark. */
    public List<String> messages() {
        return List.copyOf(parts.wiring.messages());
    }

    /** Tracepoints: what is chosen and read in /sys/kernel/tracing, and who else hears of them. */
    public Tracing tracing() {
        return parts.engine.tracing;
    }

    /** What the kernel has logged since boot (dmesg), oldest line first. */
    public List<String> kernelLog() {
        return List.copyOf(parts.log);
    }

    /** The kernel's own page tables. */
    public KernelTables kernelTables() {
        return parts.engine.kernelTables;
    }

    /**
     * Who runs alone, and with PROVE_LOCKING what each thread holds or waits for and where it is (Linux: SysRq-d), for machines with several
     * processors. Waits for nobody, so it can be asked of a machine that hangs; what it says of threads that run may be over.
     */
    public String showLocks() {
        String alone = parts.engine.calls.whoIsAlone();
        String first = alone.isEmpty() ? "no call runs alone" : alone + " runs alone";
        LockChecker checking = parts.engine.locks instanceof SmpLocks locks ? locks.checker() : null;
        return first + (checking == null ? "; locks are not noted without PROVE_LOCKING" : checking.held());
    }

    /**
     * Checks everything that the kernel's debugging options check: free lists, reference and map counts against page tables, resident
     * counters, page-table frames, the page cache. Takes time in proportion to the memory in use.
     *
     * @throws InvariantViolation that names the first frame or area that is wrong
     */
    public void verify() {
        parts.engine.calls.stop();
        try {
            parts.clock.verify();
            checker.check();
        } finally {
            parts.engine.calls.resume();
        }
    }
}
