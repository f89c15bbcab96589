package org.mmkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;
import org.mmkit.scenario.syntax.ScenarioException;

/**
 * Every allocation of every operation on huge pages is made to fail in turn, on a machine that frees vmemmap; the session checks all
 * invariants after each line. When everybody has gone each frame is where it was.
 */
class HugetlbAllocationFailureTest {

    private static final String FAIL = "/sys/kernel/debug/fail_page_alloc/";
    private static final String POOLS = "/sys/kernel/mm/hugepages/";
    private static final String POOL = POOLS + "hugepages-2048kB/";
    private static final String GIGANTIC = POOLS + "hugepages-1048576kB/";

    private static final List<String> POOL_SIZES = List.of(
            "echo 6 > " + POOL + "nr_hugepages", "echo 9 > " + POOL + "nr_hugepages", "echo 2 > " + POOL + "nr_hugepages",
            "echo 4 > " + POOL + "nr_hugepages", "echo 0 > " + POOL + "nr_hugepages");

    private static final List<String> PRIVATE = List.of(
            "echo 4 > " + POOL + "nr_hugepages", "echo 3 > " + POOL + "nr_overcommit_hugepages",
            "a = mmap(0x100100000000, 12M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)",
            "load(a)", "store(a, 6M, 2M, 5)", "child {\nload(a)\nstore(a, 1, 4K, 7)\nstore(a+8M)\n}", "madvise(a, 4M, MADV_DONTNEED)",
            "store(a, 4M, 2M, 6)", "mprotect(a, 4M, PROT_READ)", "munmap(a+4M, 2M)",
            "c = mmap(0x100400000000, 2M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)",
            "store(c)", "mremap(c, 2M, 2M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x300000000000)",
            "b = mmap(0x100200000000, 2M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE|MAP_NORESERVE"
                    + "|MAP_POPULATE, -1, 0)",
            "pin(p, a+6M, 4K)", "child {\nstore(a+6M)\n}", "unpin(p)", "munmap(a, 12M)");

    private static final List<String> FILES = List.of(
            "echo 6 > " + POOL + "nr_hugepages", "fd = memfd_create(\"h\", MFD_HUGETLB|MFD_HUGE_2MB)", "fallocate(fd, 0, 0, 6M)",
            "a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)", "store(a, 8M, 2M, 5)",
            "fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 2M, 2M)", "store(a, 8M, 2M, 6)",
            "b = mmap(0x100200000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED_NOREPLACE, fd, 0)", "load(b)", "store(b, 4M, 2M, 7)",
            "child {\nstore(a)\nstore(b)\n}", "ftruncate(fd, 4M)", "store(a)", "munmap(b, 4M)", "close(fd)", "munmap(a, 8M)");

    private static final List<String> MOUNTS = List.of(
            "echo 2 > " + POOL + "nr_overcommit_hugepages", "echo 3 > " + POOL + "nr_hugepages",
            "mount -t hugetlbfs -o min_size=8M,size=10M none /mnt/h", "fd = open(\"/mnt/h/f\", O_RDWR|O_CREAT)",
            "a = mmap(0x100100000000, 6M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)", "store(a, 6M, 2M)",
            "fallocate(fd, 0, 0, 10M)", "munmap(a, 6M)", "ftruncate(fd, 2M)", "close(fd)", "unlink(\"/mnt/h/f\")", "umount /mnt/h");

    private static final List<String> GIGANTIC_PAGES = List.of(
            "echo 1 > " + GIGANTIC + "nr_hugepages",
            "a = mmap(0x100000000000, 1G, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_HUGE_1GB|MAP_FIXED_NOREPLACE, -1, 0)",
            "store(a)", "child {\nload(a)\n}", "munmap(a, 1G)", "echo 1 > " + GIGANTIC + "demote", "echo 0 > " + POOL + "nr_hugepages");

    private static List<String> story(String name) {
        return switch (name) {
            case "POOL_SIZES" -> POOL_SIZES;
            case "PRIVATE" -> PRIVATE;
            case "FILES" -> FILES;
            case "MOUNTS" -> MOUNTS;
            default -> GIGANTIC_PAGES;
        };
    }

    private static Machine machine(String kernel, String memory) {
        return Machine.builder().arch("x86_64").kernel(kernel).memory(memory).contents(false).cmdline("hugetlb_free_vmemmap=on")
                .set("FAULT_INJECTION", "y").set("FAIL_PAGE_ALLOC", "y").set("MEMORY_HOTPLUG", "y").set("MEMORY_HOTREMOVE", "y").build();
    }

    private static void set(Machine machine, String file, String value) {
        assertThat(machine.write(FAIL + file, value)).isPositive();
    }

    /** Frames that are neither free, nor page tables, nor of the memory map. */
    private static long held(Machine machine) {
        long waiting = machine.read("/proc/zoneinfo").lines().map(String::strip).filter(l -> l.startsWith("count:"))
                .mapToLong(l -> Long.parseLong(l.substring("count:".length()).strip())).sum();
        long tables = machine.kernelTables().tableBytes() >> 12;
        return machine.memory().allocator().managedPages() - machine.memory().allocator().freePages() - waiting - tables
                - machine.vmstat("nr_memmap_pages");
    }

    private static void line(ScenarioSession session, String text) {
        try {
            for (String part : text.split("\n")) {
                session.line(part);
            }
        } catch (ScenarioException e) {
            // after a failure later lines may make no sense, and say so
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    /** Runs {@code story} with the {@code nth} allocation of line {@code failing} refused; whether there was such an allocation. */
    private static boolean run(String kernel, String memory, List<String> story, int failing, int nth) {
        Machine machine = machine(kernel, memory);
        long before = held(machine);
        machine.kernelTables().find(machine.kernelTables().memmapAddress(0), 2);
        long bootTables = machine.kernelTables().tableBytes() >> 12;
        ScenarioSession session = new ScenarioSession(machine, row -> {});
        set(machine, "min-order", "0");
        set(machine, "ignore-gfp-wait", "N");
        set(machine, "ignore-gfp-highmem", "N");
        boolean refused = false;
        for (int i = 0; i < story.size(); i++) {
            if (i == failing) {
                set(machine, "interval", Integer.toString(nth));
                set(machine, "times", "1");
                set(machine, "probability", "100");
            }
            line(session, story.get(i));
            if (i == failing) {
                refused = machine.read(FAIL + "times").equals("0\n");
                set(machine, "probability", "0");
            }
        }
        List.copyOf(machine.processes()).forEach(Process::exit);
        machine.vfs().umount("/mnt/h");
        for (String pool : new String[] {GIGANTIC, POOL}) {
            // a page that could not be given back is a surplus page; it is the administrator's again first
            machine.write(pool + "nr_hugepages", machine.read(pool + "nr_hugepages"));
            machine.write(pool + "nr_hugepages", "0");
        }
        machine.memory().lru().drain();
        machine.verify();
        assertThat(machine.read(POOL + "resv_hugepages")).isEqualTo("0\n");
        assertThat(machine.read(POOL + "nr_hugepages")).isEqualTo("0\n");
        assertThat(machine.read(GIGANTIC + "nr_hugepages")).isEqualTo("0\n");
        assertThat(held(machine)).isEqualTo(before - bootTables);
        return refused;
    }

    private static boolean refuse(String kernel, String memory, List<String> story, int failing, int nth) {
        try {
            return run(kernel, memory, story, failing, nth);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("allocation " + nth + " of \"" + story.get(failing) + "\" was refused: " + e.getMessage(), e);
        }
    }

    /** The allocations of each line that are refused: each of the first {@code all}, then at doubling distances. */
    private static int failures(String kernel, List<String> story, String memory, int all) {
        int failures = 0;
        for (int failing = 0; failing < story.size(); failing++) {
            int nth = 1;
            while (refuse(kernel, memory, story, failing, nth)) {
                failures++;
                nth += nth < all ? 1 : nth;
            }
        }
        return failures;
    }

    @ParameterizedTest
    @CsvSource({"6.18, POOL_SIZES, 128M", "5.14, POOL_SIZES, 128M", "6.18, PRIVATE, 128M", "6.18, FILES, 128M", "6.18, MOUNTS, 128M",
            "6.18, GIGANTIC_PAGES, 3G", "5.14, GIGANTIC_PAGES, 3G"})
    void H05_nothing_is_lost_whichever_allocation_fails(String kernel, String story, String memory) {
        List<String> lines = story(story);

        assertThat(failures(kernel, lines, memory, 10)).as("allocations that were refused").isGreaterThan(lines.size() / 2);
    }

    @Tag("heavy")
    @ParameterizedTest
    @CsvSource({"6.18, POOL_SIZES, 128M", "5.14, POOL_SIZES, 128M", "6.18, PRIVATE, 128M", "5.14, PRIVATE, 128M", "6.18, FILES, 128M",
            "5.14, FILES, 128M", "6.18, MOUNTS, 128M", "5.14, MOUNTS, 128M", "6.18, GIGANTIC_PAGES, 3G", "5.14, GIGANTIC_PAGES, 3G"})
    void H05_nothing_is_lost_when_any_one_allocation_of_any_operation_fails(String kernel, String story, String memory) {
        List<String> lines = story(story);
        // a page of 1G takes some 4,000 allocations that are alike: the first of them, then ever fewer
        int all = lines == GIGANTIC_PAGES ? 20 : Integer.MAX_VALUE;

        assertThat(failures(kernel, lines, memory, all)).as("allocations that were refused").isGreaterThan(lines.size());
    }
}
