package org.mmkit.scenario;

import java.util.List;
import java.util.Optional;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.VirtualLayout;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;
import org.mmkit.core.vfs.FileTable;

/** Puts a machine into the state that every scenario starts from, as the language describes it. */
final class StartingState {

    static final String THP = "/sys/kernel/mm/transparent_hugepage/";
    private static final String HUGE = "/sys/kernel/mm/hugepages/";
    private static final String VM = "/proc/sys/vm/";
    private static final int READ_WRITE = 3;
    private static final int READ = 1;
    private static final int PRIVATE = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS;

    /** Path and value; a file that the machine does not have is left alone. khugepaged sleeps but when it is told to scan. */
    private static final List<String[]> KNOBS = List.of(
            knob(THP + "enabled", "madvise"), knob(THP + "defrag", "madvise"), knob(THP + "shmem_enabled", "never"),
            knob(THP + "use_zero_page", "1"), knob(THP + "shrink_underused", "1"),
            knob(THP + "khugepaged/defrag", "1"), knob(THP + "khugepaged/max_ptes_swap", "64"), knob(THP + "khugepaged/max_ptes_shared", "256"),
            knob(THP + "khugepaged/pages_to_scan", "4096"), knob(THP + "khugepaged/scan_sleep_millisecs", "3600000"),
            knob(THP + "khugepaged/alloc_sleep_millisecs", "60000"),
            knob(VM + "hugetlb_optimize_vmemmap", "0"), knob(VM + "page-cluster", "0"), knob(VM + "overcommit_memory", "0"),
            knob(HUGE + "hugepages-1048576kB/nr_hugepages", "0"), knob(HUGE + "hugepages-2048kB/nr_hugepages", "0"),
            knob(HUGE + "hugepages-2048kB/nr_overcommit_hugepages", "0"),
            knob(HUGE + "hugepages-1048576kB/demote_size", "2048kB"));

    /** Bytes of the program with its data, where the kernel puts one without randomisation (ELF_ET_DYN_BASE, two thirds up). */
    private static final long PROGRAM_BYTES = 0x148000;

    /** First and last address of the libraries and of the loader, below the top of the area for mappings. */
    private static final long[][] LIBRARIES = {{0x22d000, 0x48000}, {0x40000, 0}};

    /** Areas of the program, and of each of those: 25 with heap and stack, as vm.max_map_count counts them. */
    private static final int PROGRAM_AREAS = 6;
    private static final int[] LIBRARY_AREAS = {7, 10};

    private static final long STACK_BYTES = 132 << 10;
    private static final long HEAP_SIZE = 132 << 10;

    /** Orders of the sizes 8 kB to 2 MB of machines with pages of 4 kB. */
    private static final int FIRST_ORDER = 1;

    private StartingState() {}

    private static String[] knob(String path, String value) {
        return new String[] {path, value};
    }

    /** Sets all knobs of {@code machine} and registers somebody with khugepaged. */
    static void prepare(Machine machine) {
        for (String[] knob : KNOBS) {
            set(machine, knob[0], knob[1]);
        }
        PageTableLayout layout = layout(machine);
        int huge = layout.order(2);
        set(machine, THP + "khugepaged/max_ptes_none", Long.toString((1L << huge) - 1));
        for (int order = FIRST_ORDER; order <= huge; order++) {
            String value = order == huge ? "inherit" : "never";
            long kilobytes = layout.size(1) << order >> 10;
            set(machine, THP + "hugepages-" + kilobytes + "kB/enabled", value);
            set(machine, THP + "hugepages-" + kilobytes + "kB/shmem_enabled", value);
        }
        // mount points lie in a small file system of the scenario's own
        machine.vfs().mount("tmpfs", "size=1M", "/mnt", false);
        registerSomebody(machine);
    }

    private static void set(Machine machine, String path, String value) {
        if (PseudoFiles.exists(machine, path)) {
            machine.write(path, value + "\n");
        }
    }

    /**
     * khugepaged scans at once the first process that registers with it while there is none; one that does nothing else is
     * always registered, so that a scenario's process never is the first.
     */
    private static void registerSomebody(Machine machine) {
        Process somebody = machine.newProcess();
        long size = 4 << 20;
        long start = somebody.mmap(0, size, READ_WRITE, PRIVATE, null, 0);
        somebody.madvise(start, size, Advice.MADV_HUGEPAGE);
        somebody.store(start, 1);
    }

    /**
     * The process that the scenario starts in. Its program, libraries, heap and stack lie where those of a program do that is
     * loaded without randomisation, so that page tables are shared with them as they would be; and it is itself a child,
     * which keeps its heap from merging with what brk adds.
     */
    static Task firstTask(Machine machine, String file) {
        Process program = machine.newProcess();
        long page = layout(machine).size(1);
        VirtualLayout space = machine.architecture().virtualLayout(machine.configuration());
        // x86-64 ends a page below 2^47, where the stack ends; elsewhere both end at the power of two.
        long start = (space.stackTop() / 3 * 2) & -page;
        long heap = start + PROGRAM_BYTES + page - 1 & -page;
        place(program, start, heap, page, PROGRAM_AREAS);
        for (int i = 0; i < LIBRARIES.length; i++) {
            long[] library = LIBRARIES[i];
            place(program, space.mmapBase() - library[0] & -page, space.mmapBase() - library[1] + page - 1 & -page, page, LIBRARY_AREAS[i]);
        }
        place(program, space.stackTop() - STACK_BYTES & -page, space.stackTop(), page, 1);
        program.space().setBrkStart(heap);
        program.brk(heap + HEAP_SIZE);
        program.store(heap, 0);
        try {
            Process first = program.fork();
            return new Task(Optional.empty(), first, new FileTable(machine.vfs(), first), new Evaluator(file));
        } catch (ErrnoException e) {
            throw new IllegalStateException("a machine with no memory for its first process", e);
        }
    }

    private static PageTableLayout layout(Machine machine) {
        return machine.architecture().layout(machine.configuration());
    }

    /** As many areas as a program has there, cut by the protection of single pages. */
    private static void place(Process program, long from, long to, long page, int areas) {
        program.mmap(from, to - from, READ_WRITE, PRIVATE | MapFlags.MAP_FIXED, null, 0);
        program.store(from, 0);
        program.store(to - 1, 0);
        for (int i = areas & 1; i < areas - 1; i += 2) {
            program.mprotect(from + i * page, page, READ);
        }
    }
}
