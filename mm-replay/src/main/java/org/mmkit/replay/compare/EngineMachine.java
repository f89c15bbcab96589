package org.mmkit.replay.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.file.FileFlags;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.PhysicalMemory;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.MapFlags;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.BootException;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;
import org.mmkit.core.PathException;
import org.mmkit.core.process.Process;
import org.mmkit.core.space.UserAddressSpace;
import org.mmkit.core.vfs.FileDescription;
import org.mmkit.replay.model.Policy;
import org.mmkit.replay.reader.FileTable;
import org.mmkit.replay.reader.Recording;

/** A machine of the engine, set up as a policy says. One thread. */
final class EngineMachine implements ReplayMachine {

    private static final int BLOCK_ORDER = 9;
    private static final long FRAGMENTATION_SEED = 20_260_101;
    private static final long MAY = VmFlags.MAYREAD | VmFlags.MAYWRITE | VmFlags.MAYEXEC;
    private static final int PAGE_SHIFT = 12;
    private static final int READ_WRITE = 3;
    private static final long LONGEST_SLEEP = 0xffff_ffffL;
    private static final long ENOUGH_FOR_A_SCAN = 1_000_000;

    private final Machine machine;
    private final Frames frames;

    private EngineMachine(Machine machine) {
        this.machine = machine;
        this.frames = machine.memory().frames();
    }

    /**
     * Boots the host of {@code policy}, with memory for a recording's faults, and writes its settings.
     *
     * @throws BootException when a setting is refused
     */
    static ReplayMachine boot(Policy policy, Recording recording) {
        return boot(policy, recording.userFaults() + recording.kernelFaults());
    }

    /** The same with memory for {@code faults} page faults. */
    static ReplayMachine boot(Policy policy, long faults) {
        MachineBuilder builder = Machine.builder();
        policy.host().symbols().forEach(builder::set);
        Machine machine = builder
                .arch(policy.host().architecture())
                .memory(policy.host().memoryFor(faults))
                .kernel(policy.host().kernel())
                .plugins(policy.host().plugins().toArray(Path[]::new))
                .policy(policy.host().pagePolicy())
                .cmdline(policy.host().bootLine())
                .contents(false)
                .build();
        checkPages(machine);
        checkWishes(machine, policy);
        EngineMachine host = new EngineMachine(machine);
        if (policy.host().fragmentation() > 0) {
            host.fragment(policy.host().fragmentation());
        }
        boolean sizes = machine.profile().hasSmallFolios();
        for (Policy.Setting s : policy.settings()) {
            boolean perSize = s.file().contains("/hugepages-");
            if (perSize && !sizes) {
                if (!s.value().equals("never") && !s.value().equals("inherit")) {
                    throw new BootException("kernel " + policy.host().kernel() + " has no folios of " + s.file().replaceAll(".*hugepages-|/.*", ""));
                }
                continue;
            }
            if (!host.write(s.file(), s.value())) {
                throw new BootException("this machine refuses: " + s.echo());
            }
        }
        return host;
    }

    /** What cannot be had is said, rather than that figures stand for another machine than the one asked for. */
    private static void checkWishes(Machine machine, Policy policy) {
        if (!machine.messages().isEmpty()) {
            throw new BootException(machine.messages().get(0));
        }
        if (machine.configuration().isEnabled("HUGETLB_PAGE") && !policy.host().hugetlbPools().isEmpty()) {
            List<String> pools = machine.list("/sys/kernel/mm/hugepages");
            for (long bytes : policy.host().hugetlbPools().keySet()) {
                if (!pools.contains("hugepages-" + (bytes >> 10) + "kB")) {
                    throw new BootException("this machine has no HugeTLB pages of " + (bytes >> 10) + " kB, but " + String.join(", ", pools));
                }
            }
        }
    }

    /** Recordings speak of pages of 4 KiB: another granule refuses their calls (EINVAL), and the program would have made others. */
    private static void checkPages(Machine machine) {
        long page = machine.architecture().layout(machine.configuration()).size(1);
        if (page != 1 << PAGE_SHIFT) {
            throw new BootException("a recording's calls begin and end at multiples of 4 KiB; the kernel of this " + machine.architecture().name()
                    + " machine, whose pages have " + (page >> 10) + " KiB, would refuse them; choose base pages of 4 KiB");
        }
    }

    /**
     * Leaves an unmovable page in {@code share} of all 2 MiB blocks: takes every block for the kernel, and gives back all of it, or all of it but
     * one page.
     */
    private void fragment(double share) {
        PhysicalMemory memory = machine.memory();
        Random random = new Random(FRAGMENTATION_SEED);
        List<Long> whole = new ArrayList<>();
        boolean again = true;
        // What the watermarks keep back at first can be had once the pieces of other blocks are free.
        while (again) {
            again = false;
            List<Long> taken = new ArrayList<>();
            for (long head = memory.allocateFolio(BLOCK_ORDER, Gfp.KERNEL); head != Frames.NONE; head = memory.allocateFolio(BLOCK_ORDER, Gfp.KERNEL)) {
                taken.add(head);
            }
            for (long head : taken) {
                if (random.nextDouble() >= share) {
                    whole.add(head);
                    continue;
                }
                again = true;
                frames.freeze(head, 1);
                frames.splitFolio(head, 0, 1);
                for (int i = 1; i < 1 << BLOCK_ORDER; i++) {
                    frames.put(head + i, 1);
                }
            }
        }
        whole.forEach(head -> frames.put(head, 1));
    }

    @Override
    public ProgramMemory newProcess() {
        return new EngineProcess(machine.newProcess());
    }

    @Override
    public @Nullable Mappable file(FileTable.MappedFile file, long bytes) {
        if (file.hugePageBytes() > 0) {
            return huge(file, bytes);
        }
        if (file.sharedMemory()) {
            try {
                return machine.vfs().memfd(file.path().replace("/memfd:", "").replaceAll("[/ ].*", ""), 0);
            } catch (ErrnoException e) {
                throw new BootException("no shared memory for " + file.path(), e);
            }
        }
        return machine.vfs().writableHostFile(file.path(), device(file.device()), inode(file), bytes);
    }

    private @Nullable Mappable huge(FileTable.MappedFile file, long bytes) {
        int size = Long.numberOfTrailingZeros(file.hugePageBytes());
        try {
            FileDescription made = machine.vfs().memfd("hugetlb", FileFlags.MFD_HUGETLB | size << FileFlags.HUGE_SHIFT);
            long rounded = bytes + file.hugePageBytes() - 1 & -file.hugePageBytes();
            return made.inode().truncate(rounded) == 0 ? made : null;
        } catch (ErrnoException e) {
            return null; // this machine has no pages of that size: ENODEV, or no HugeTLB at all: ENOSYS
        }
    }

    private static long device(String text) {
        int colon = text.indexOf(':');
        try {
            return colon < 0 ? 0 : Long.parseLong(text.substring(0, colon), 16) << 20 | Long.parseLong(text.substring(colon + 1), 16);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Files of some file systems show inode 0: then the path has to tell them apart. */
    private static long inode(FileTable.MappedFile file) {
        return file.inode() != 0 ? file.inode() : 1L << 62 | file.path().hashCode() & 0xffffffffL;
    }

    @Override
    public void skipAround(Mappable file, long index) {
        machine.vfs().passOver((FileDescription) file, index);
    }

    @Override
    public void keepKhugepagedAsleep() {
        write("/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs", Long.toString(LONGEST_SLEEP));
        // What wakes it is an area with a page of its own in which there is room for a huge page: here, after the second mmap.
        Process other = machine.newProcess();
        int anonymous = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS;
        long page = other.mmap(0, 1L << PAGE_SHIFT, READ_WRITE, anonymous, null, 0);
        other.store(page, 1);
        long room = 4L << BLOCK_ORDER << PAGE_SHIFT;
        other.mmap(page - room, room, READ_WRITE, anonymous | MapFlags.MAP_FIXED, null, 0);
        machine.clock().advance(ENOUGH_FOR_A_SCAN);
    }

    @Override
    public void advanceTo(long nanoseconds) {
        machine.clock().advanceTo(nanoseconds);
    }

    @Override
    public long vmstat(String name) {
        try {
            return machine.vmstat(name);
        } catch (IllegalArgumentException e) {
            return 0; // a machine without the feature has not counted anything
        }
    }

    @Override
    public long number(String path) {
        try {
            return Long.parseLong(machine.read(path).strip());
        } catch (PathException | NumberFormatException e) {
            return 0; // as above
        }
    }

    @Override
    public boolean write(String path, String value) {
        try {
            return machine.write(path, value + "\n") > 0;
        } catch (PathException e) {
            return false;
        }
    }

    @Override
    public boolean isAnonymous(long frame) {
        return frames.test(frames.head(frame), FolioFlags.ANON);
    }

    @Override
    public boolean isLarge(long frame) {
        return frames.isLarge(frame);
    }

    @Override
    public MmuGeometry mmu() {
        return machine.architecture().mmu();
    }

    /** A process of the engine. */
    private static final class EngineProcess implements ProgramMemory {

        private final Process process;

        EngineProcess(Process process) {
            this.process = process;
        }

        @Override
        public long mmap(long address, long length, int protection, int flags, @Nullable Mappable file, long offset) {
            return process.mmap(address, length, protection, flags, file, offset);
        }

        @Override
        public long munmap(long address, long length) {
            return process.munmap(address, length);
        }

        @Override
        public long mprotect(long address, long length, int protection) {
            return process.mprotect(address, length, protection);
        }

        @Override
        public long mremap(long address, long oldLength, long newLength, int flags, long newAddress) {
            return process.mremap(address, oldLength, newLength, flags, newAddress);
        }

        @Override
        public long madvise(long address, long length, int advice) {
            return process.madvise(address, length, advice);
        }

        @Override
        public long brk(long address) {
            return process.brk(address);
        }

        @Override
        public long prctl(int option, long arg2, long arg3) {
            return process.prctl(option, arg2, arg3, 0, 0);
        }

        @Override
        public void exec() {
            try {
                process.exec();
            } catch (ErrnoException e) {
                throw new BootException("the machine of the replay has no memory left for a new program; give it more with --memory", e);
            }
        }

        @Override
        public ProgramMemory fork() {
            try {
                return new EngineProcess(process.fork());
            } catch (ErrnoException e) {
                throw new BootException("the machine of the replay has no memory left for a fork; give it more with --memory", e);
            }
        }

        @Override
        public ProgramMemory vfork() {
            return new EngineProcess(process.vfork());
        }

        @Override
        public void exit() {
            process.exit();
        }

        @Override
        public boolean hits(long address, boolean write) {
            return process.hits(address, write);
        }

        @Override
        public int touch(long address, int flags) {
            return process.touch(address, flags);
        }

        @Override
        public void stack(long start, long arguments, long end) {
            UserAddressSpace space = process.space();
            // While exec writes the arguments the stack gets no large folios; then it grows to its first size.
            long flags = VmFlags.READ | VmFlags.WRITE | VmFlags.GROWSDOWN | VmFlags.ACCOUNT | MAY;
            space.map().mapSpecial(arguments, end, flags | VmFlags.NOHUGEPAGE, arguments >>> PAGE_SHIFT, null, "");
            space.setStackStart(end - 1);
            for (long at = arguments; at < end; at += 1 << PAGE_SHIFT) {
                process.touch(at, Fault.WRITE);
            }
            space.updateFlags(arguments, end, 0, VmFlags.NOHUGEPAGE);
            space.map().growStack(start);
        }

        @Override
        public void special(long start, long end, int protection, String name) {
            long flags = protection | MAY | VmFlags.DONTEXPAND;
            process.space().map().mapSpecial(start, end, flags | (protection == 1 ? VmFlags.PFNMAP | VmFlags.IO : 0), 0, null, name);
        }

        @Override
        public void heapStart(long address) {
            process.space().setBrkStart(address);
        }

        @Override
        public AddressSpace space() {
            return process.space();
        }

        @Override
        public long peakResidentPages() {
            return process.space().peakResidentPages();
        }
    }
}
