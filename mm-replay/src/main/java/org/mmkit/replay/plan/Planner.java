package org.mmkit.replay.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/**
 * Makes plans by running the model: each figure is what a machine of that kernel did with pools of that size.
 *
 * <p>A workload that would need more than some ten thousand pages of a size is run with a part of it, and the figures are multiplied: they
 * grow in proportion. Not thread-safe.
 */
public final class Planner {

    private static final int READ_WRITE = 3;
    private static final long GIB = 1L << 30;
    private static final long BLOCK = 1L << MappingDemand.BLOCK_SHIFT;
    /** Most pages of the smallest huge size that a machine is run with: 32 GiB. */
    private static final long MOST_BLOCKS = 1 << 14;

    private final String architecture;
    private final List<String> kernels;
    private final Consumer<String> progress;

    /**
     * A planner for {@code kernels}.
     *
     * @param architecture id of a backend with base pages of 4 KiB
     * @param progress hears what is run
     */
    public Planner(String architecture, List<String> kernels, Consumer<String> progress) {
        this.architecture = architecture;
        this.kernels = List.copyOf(kernels);
        this.progress = progress;
    }

    /**
     * A plan for {@code mappings}.
     *
     * @param title names the workload
     * @param pageBytes the page size to set up
     * @param memoryBytes memory of the machine; 0 for as much as the pool and a quarter
     */
    public HugetlbPlan plan(String title, List<MappingDemand> mappings, long pageBytes, long memoryBytes) {
        List<MappingDemand> planned = mappings.stream().filter(MappingDemand::isWorthwhile).toList();
        long scale = 1;
        while (planned.stream().mapToLong(m -> m.pages(BLOCK)).sum() / scale > MOST_BLOCKS) {
            scale *= 2;
        }
        List<Part> all = parts(planned, scale);
        long asked = planned.stream().mapToLong(MappingDemand::bytes).sum();
        long part = asked / scale;
        long share = memoryBytes == 0 ? room(part) : Math.max(memoryBytes / scale, part / 64 + GIB / 2);
        PoolTrial base = base(all, share, scale);
        List<PoolTrial> pools = new ArrayList<>();
        List<ShortageTrial> shortages = new ArrayList<>();
        for (String kernel : kernels) {
            for (long size : sizes(architecture, kernel)) {
                List<Part> parts = ofSize(all, size);
                progress.accept("Linux " + kernel + ", " + HugetlbPlan.suffix(size));
                // unless a machine was given, each size gets as much room as its rounding needs
                long room = memoryBytes == 0 ? room(parts.stream().mapToLong(p -> p.pages(size) * size).sum()) : share;
                pools.add(pool(kernel, size, parts, room, scale));
            }
            progress.accept("Linux " + kernel + ", one page short");
            List<Part> parts = ofSize(all, pageBytes);
            if (parts.stream().allMatch(p -> p.hugeBytes > 0)) {
                continue;
            }
            long room = memoryBytes == 0 ? room(parts.stream().mapToLong(p -> p.pages(pageBytes) * pageBytes).sum()) : share;
            shortages.add(shortage(kernel, pageBytes, parts, room));
        }
        return new HugetlbPlan(title, mappings, memoryBytes, pageBytes, base, pools, shortages, Optional.empty(), scale);
    }

    /** Memory for a pool of {@code bytes}, and a quarter more. */
    private static long room(long bytes) {
        return (bytes + bytes / 4) / GIB * GIB + 2 * GIB;
    }

    /** A piece of a mapping: its length and how many of its blocks are touched. */
    private record Part(long bytes, long touchedBlocks, boolean shared, long hugeBytes) {

        /** None where the program asks for another size itself. */
        long pages(long size) {
            return hugeBytes != 0 && hugeBytes != size ? 0 : (bytes + size - 1) / size;
        }
    }

    private static List<Part> parts(List<MappingDemand> planned, long scale) {
        return planned.stream().map(m -> new Part(Math.max(BLOCK, m.bytes() / scale), Math.max(1, m.touchedBlocks() / scale), m.shared(),
                        m.hugeBytes()))
                .toList();
    }

    private static List<Part> ofSize(List<Part> parts, long size) {
        return parts.stream().filter(p -> p.pages(size) > 0).toList();
    }

    private Machine boot(String kernel, long memory) {
        return boot(architecture, kernel, memory);
    }

    private static Machine boot(String architecture, String kernel, long memory) {
        return Machine.builder().arch(architecture).kernel(kernel).memory(memory).contents(false)
                .set("MEMORY_HOTPLUG", "y").set("MEMORY_HOTREMOVE", "y").cmdline("hugetlb_free_vmemmap=on transparent_hugepage=never")
                .build();
    }

    /** The huge page sizes of this kernel's machine that one leaf maps. */
    public static List<Long> sizes(String architecture, String kernel) {
        Machine machine = boot(architecture, kernel, GIB);
        PageTableLayout layout = machine.architecture().layout(machine.configuration());
        List<Long> sizes = new ArrayList<>();
        for (int level = 2; level <= layout.levels(); level++) {
            if (layout.mayBeLeaf(level)) {
                sizes.add(layout.size(level));
            }
        }
        return sizes;
    }

    private static String pool(long size) {
        return "/sys/kernel/mm/hugepages/hugepages-" + (size >> 10) + "kB/";
    }

    private static long number(Machine machine, String file) {
        return Long.parseLong(machine.read(file).strip());
    }

    private static int flags(Part part, long size) {
        int shift = Long.numberOfTrailingZeros(size);
        return (part.shared ? MapFlags.MAP_SHARED : MapFlags.MAP_PRIVATE) | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_HUGETLB
                | shift << MapFlags.MAP_HUGE_SHIFT;
    }

    private PoolTrial base(List<Part> parts, long memory, long scale) {
        progress.accept("ordinary memory");
        String kernel = kernels.get(kernels.size() - 1);
        Machine machine = boot(kernel, memory);
        Process process = machine.newProcess();
        for (Part part : parts) {
            touchBase(process, part);
        }
        long pageBytes = 1L << machine.architecture().layout(machine.configuration()).pageShift();
        long pages = parts.stream().mapToLong(p -> p.bytes / pageBytes).sum();
        return new PoolTrial(kernel, pageBytes, pages * scale, pages * scale, tableBytes(process) * scale, 0, 0,
                entries(machine, 1));
    }

    /** One page of each touched block is enough: it makes all page tables of the block. */
    private static long touchBase(Process process, Part part) {
        int flags = (part.shared ? MapFlags.MAP_SHARED : MapFlags.MAP_PRIVATE) | MapFlags.MAP_ANONYMOUS;
        long before = tableBytes(process);
        long at = process.mmap(0, part.bytes + BLOCK, READ_WRITE, flags, null, 0);
        long aligned = at + BLOCK - 1 & -BLOCK;
        for (long block = 0; block < part.touchedBlocks; block++) {
            process.store(aligned + block * BLOCK, 1);
        }
        return tableBytes(process) - before;
    }

    private PoolTrial pool(String kernel, long size, List<Part> parts, long memory, long scale) {
        Machine machine = boot(kernel, memory);
        long pages = parts.stream().mapToLong(p -> p.pages(size)).sum();
        machine.kernelTables().find(machine.kernelTables().memmapAddress(0), 2);
        long memmap = memmap(machine);
        long pageTables = machine.kernelTables().tableBytes();
        machine.write(pool(size) + "nr_hugepages", pages + "\n");
        long freed = memmap - memmap(machine);
        long split = machine.kernelTables().tableBytes() - pageTables;
        Process process = machine.newProcess();
        for (Part part : parts) {
            long length = part.pages(size) * size;
            long at = process.mmap(0, length, READ_WRITE, flags(part, size), null, 0);
            for (long done = 0; at > 0 && done < length && done < part.touchedBlocks * BLOCK; done += size) {
                process.store(at + done, 1);
            }
        }
        long pageBytes = 1L << machine.architecture().layout(machine.configuration()).pageShift();
        return new PoolTrial(kernel, size, pages * scale, number(machine, pool(size) + "nr_hugepages") * scale,
                tableBytes(process) * scale, freed * pageBytes * scale, split * scale,
                entries(machine, level(machine, size)));
    }

    private static long tableBytes(Process process) {
        AddressSpace space = process.space();
        return space.tables().tableBytes();
    }

    /** Pages of the memory map; 0 where the kernel never gives any back, since not all of those count them. */
    private static long memmap(Machine machine) {
        if (!machine.configuration().isEnabled("HUGETLB_PAGE_OPTIMIZE_VMEMMAP") && !machine.configuration().isEnabled("HUGETLB_PAGE_FREE_VMEMMAP")) {
            return 0;
        }
        return machine.vmstat("nr_memmap_pages") + machine.vmstat("nr_memmap_boot_pages");
    }

    private static int level(Machine machine, long size) {
        PageTableLayout layout = machine.architecture().layout(machine.configuration());
        int level = 1;
        while (layout.size(level) < size) {
            level++;
        }
        return level;
    }

    /** Entries of the last TLB that holds leaves of {@code level}. */
    private static int entries(Machine machine, int level) {
        int entries = 0;
        int last = -1;
        for (MmuGeometry.Tlb tlb : machine.architecture().mmu().tlbs()) {
            if ((tlb.levels() & 1 << level) != 0 && tlb.cacheLevel() > last) {
                last = tlb.cacheLevel();
                entries = tlb.entries();
            }
        }
        return entries;
    }

    // ---- one page short ---------------------------------------------------------------------------------------

    private ShortageTrial shortage(String kernel, long size, List<Part> parts, long memory) {
        long pages = Math.max(0, parts.stream().mapToLong(p -> p.pages(size)).sum() - 1);
        Machine machine = boot(kernel, memory);
        machine.write(pool(size) + "nr_hugepages", pages + "\n");
        Process process = machine.newProcess();
        int refused = -1;
        int errno = 0;
        long fallbackTables = 0;
        for (int i = 0; i < parts.size() && refused < 0; i++) {
            Part part = parts.get(i);
            long at = process.mmap(0, part.pages(size) * size, READ_WRITE, flags(part, size), null, 0);
            if (at < 0) {
                refused = i;
                errno = (int) -at;
                fallbackTables = touchBase(process, part);
            }
        }
        process.exit();
        Touches touches = withoutReservation(machine, size, parts);
        return new ShortageTrial(kernel, size, number(machine, pool(size) + "nr_hugepages"), refused, errno,
                refused < 0 ? 0 : parts.get(refused).bytes, fallbackTables, touches.pages, touches.signal, surplus(machine, size, parts));
    }

    private record Touches(long pages, int signal) {}

    private static Touches withoutReservation(Machine machine, long size, List<Part> parts) {
        Process process = machine.newProcess();
        long touched = 0;
        int signal = 0;
        for (int i = 0; i < parts.size() && signal == 0; i++) {
            Part part = parts.get(i);
            long length = part.pages(size) * size;
            long at = process.mmap(0, length, READ_WRITE, flags(part, size) | MapFlags.MAP_NORESERVE, null, 0);
            for (long done = 0; at > 0 && done < length && signal == 0; done += size) {
                signal = -process.store(at + done, 1);
                touched += signal == 0 ? 1 : 0;
            }
        }
        process.exit();
        return new Touches(touched, signal);
    }

    private static long surplus(Machine machine, long size, List<Part> parts) {
        machine.write(pool(size) + "nr_overcommit_hugepages", "1\n");
        Process process = machine.newProcess();
        for (Part part : parts) {
            process.mmap(0, part.pages(size) * size, READ_WRITE, flags(part, size), null, 0);
        }
        long surplus = number(machine, pool(size) + "surplus_hugepages");
        process.exit();
        return surplus;
    }
}
