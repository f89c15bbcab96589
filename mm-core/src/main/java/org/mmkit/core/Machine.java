package org.mmkit.core;

import java.util.ArrayList;
import java.util.List;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.config.Configuration;
import org.mmkit.api.feature.KernelProfile;
import org.mmkit.api.memory.PhysicalMemory;
import org.mmkit.api.space.Vma;
import org.mmkit.core.boot.Bootstrap;
import org.mmkit.core.observe.AreaStatistics;
import org.mmkit.core.observe.Pagemap;
import org.mmkit.core.process.Process;
import org.mmkit.core.time.VirtualClock;
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
 * <p>Machines share nothing. One machine is for one thread at a time.
 */
public final class Machine {

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
        try {
            return parts.processes.create();
        } catch (ErrnoException e) {
            throw new BootException("no memory is left for another process", e);
        }
    }

    /** The living processes, oldest first. */
    public List<Process> processes() {
        return parts.processes.living();
    }

    /**
     * The content of the pseudo-file {@code path}, the last newline included.
     *
     * @throws PathException ENOENT, EISDIR or EACCES; EINVAL for a binary file
     */
    public String read(String path) {
        return parts.pseudoFiles.read(path);
    }

    /**
     * Up to {@code length} bytes from {@code offset} of a binary pseudo-file: /proc/PID/pagemap, /proc/kpageflags or /proc/kpagecount, whose
     * 64-bit words are little-endian; empty at its end.
     *
     * @throws PathException ENOENT, EISDIR; EINVAL when offset or length is no multiple of 8, or the file is a text
     */
    public byte[] readBytes(String path, long offset, int length) {
        return parts.pseudoFiles.readBytes(path, offset, length);
    }

    /**
     * Writes {@code text} to the pseudo-file {@code path} with one write(2).
     *
     * @return the bytes written, or a negated error number of {@link org.mmkit.api.Errno}
     */
    public long write(String path, String text) {
        return parts.pseudoFiles.write(path, text);
    }

    /** The names in the directory {@code path} of /proc or /sys; {@link PathException} when it is none. */
    public List<String> list(String path) {
        return parts.pseudoFiles.list(path);
    }

    /** Whether {@code path} is a directory of /proc or /sys. */
    public boolean isDirectory(String path) {
        return parts.pseudoFiles.isDirectory(path);
    }

    /** The line {@code name} of /proc/vmstat; {@link IllegalArgumentException} when this machine has no such counter. */
    public long vmstat(String name) {
        return parts.engineFiles.vmstat().value(name);
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

    /** Frames, allocator and contents. */
    public PhysicalMemory memory() {
        return parts.engine.memory;
    }

    /** What pagemap, kpageflags and kpagecount say, as values. */
    public Pagemap pagemap() {
        return parts.pagemap;
    }

    /** The sums of {@code vma} that /proc/PID/smaps prints, as values. */
    public AreaStatistics statistics(Vma vma) {
        AreaStatistics sums = new AreaStatistics(parts.engine.frames, parts.swapUse);
        sums.add(vma);
        return sums;
    }

    /** The value of the line {@code name} that a feature adds to each area of smaps ({@code "THPeligible"}); 0 without such a feature. */
    public long areaValue(String name, Vma vma) {
        return parts.fields.areaValue(name, vma);
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

    /** What the Kconfig files and the given {@code .config} gave reason to remark, and settings that the machine does not follow. */
    public List<String> messages() {
        List<String> messages = new ArrayList<>(parts.wiring.messages());
        if (configuration().isEnabled("SMP")) {
            messages.add("CONFIG_SMP=y: the machine runs on one thread all the same, with virtual time");
        }
        return messages;
    }

    /**
     * Checks everything that the kernel's debugging options check: free lists, reference and map counts against page tables, resident
     * counters, page-table frames, the page cache. Takes time in proportion to the memory in use.
     *
     * @throws InvariantViolation that names the first frame or area that is wrong
     */
    public void verify() {
        checker.check();
    }
}
