package org.mmkit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mmkit.api.Errno;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.RssKind;
import org.mmkit.core.boot.Bootstrap;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.memory.SystemMemory.BootInfo;
import org.mmkit.core.observe.AreaStatistics;
import org.mmkit.core.observe.PageRun;
import org.mmkit.core.observe.Pagemap;
import org.mmkit.core.process.Process;
import org.mmkit.core.toy.ToyMachines;

/** The engine on an architecture whose entries look like no real one's: it knows no bit of them. */
class MachineOnToyTest {

    private static final int RW = 3;
    private static final int PRIVATE_ANON = 0x22;
    private static final long PAGE = 4096;

    private final Bootstrap parts = ToyMachines.boot("quiet movablecore=128M hugepages=4");
    private final Machine machine = new Machine(parts);
    private final Process process = machine.newProcess();

    @Test
    void A01_the_engine_works_on_entries_of_any_shape() throws Exception {
        Random random = new Random(1);
        long area = process.mmap(0, 4 << 20, RW, PRIVATE_ANON, null, 0);
        for (int i = 0; i < 300; i++) {
            long va = area + random.nextInt(1024) * PAGE;
            switch (random.nextInt(6)) {
                case 0 -> process.load(va);
                case 1 -> process.munmap(va, PAGE);
                case 2 -> process.mprotect(va, 8 * PAGE, random.nextInt(4));
                case 3 -> process.madvise(va, 4 * PAGE, 4);
                default -> process.store(va, i);
            }
            if (i % 60 == 0) {
                Process child = process.fork();
                child.store(va, 1);
                machine.verify();
                child.exit();
            }
        }
        machine.verify();
        process.exit();
        machine.verify();
        assertThat(machine.vmstat("nr_anon_pages")).isZero();
        assertThat(machine.vmstat("nr_page_table_pages")).isZero();
    }

    @Test
    void a_page_whose_map_count_is_wrong_is_named() {
        long a = process.mmap(0, 4 * PAGE, RW, PRIVATE_ANON, null, 0);
        process.store(a, 1);
        long pfn = machine.pagemap().word(process.space(), a) & (1L << 55) - 1;
        machine.verify();

        parts.engine.frames.batches().drain();
        parts.engine.frames.get(pfn, 1);

        assertThatThrownBy(machine::verify).isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("0x" + Long.toHexString(pfn)).hasMessageContaining("2 references, but 1 mappings");
        parts.engine.frames.addPageMapcount(pfn, 1);
        assertThatThrownBy(machine::verify).isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("0x" + Long.toHexString(pfn)).hasMessageContaining("map count is 2");
    }

    @Test
    void a_wrong_resident_counter_and_a_stray_entry_are_named() {
        long a = process.mmap(0, 4 * PAGE, RW, PRIVATE_ANON, null, 0);
        process.store(a, 1);
        process.space().addRss(RssKind.ANON, 3);
        assertThatThrownBy(machine::verify).isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("ANON: 4 are counted, but there are 1");
        process.space().addRss(RssKind.ANON, -3);

        long slot = process.space().tables().obtain(a + 64 * PAGE, 1);
        process.space().tables().write(slot, parts.engine.format.leaf(machine.memory().allocateFolio(0, Gfp.KERNEL), 1, RW));
        assertThatThrownBy(machine::verify).isInstanceOf(InvariantViolation.class).hasMessageContaining("outside all areas");
    }

    @Test
    void pagemap_gives_the_words_that_the_kernel_documents() {
        long a = process.mmap(0, 4 * PAGE, RW, PRIVATE_ANON, null, 0);
        process.load(a);
        process.store(a + PAGE, 1);

        byte[] bytes = machine.readBytes("/proc/1/pagemap", a / PAGE * 8, 32);
        ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long zero = words.getLong(0);
        long page = words.getLong(8);
        assertThat(zero & Pagemap.PRESENT).isNotZero();
        assertThat(zero & (Pagemap.FILE | Pagemap.EXCLUSIVE)).isZero();
        assertThat(page & Pagemap.EXCLUSIVE).isNotZero();
        assertThat(words.getLong(16)).isZero();

        long pfn = page & (1L << 55) - 1;
        assertThat(flags(zero & (1L << 55) - 1)).isEqualTo(1L << 24 | flags(zero & (1L << 55) - 1));
        assertThat(flags(pfn) & (1L << 12 | 1L << 11)).isEqualTo(1L << 12 | 1L << 11);
        assertThat(ByteBuffer.wrap(machine.readBytes("/proc/kpagecount", pfn * 8, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong()).isEqualTo(1);
        assertThat(machine.pagemap().runs(process.space(), a, 4 * PAGE)).containsExactly(
                new PageRun(PageRun.Kind.ZERO, 1, true, false, 0, 0, 1),
                new PageRun(PageRun.Kind.MEMORY, 1, true, false, 0, 0, 1),
                new PageRun(PageRun.Kind.NONE, 1, false, false, 0, 0, 2));
    }

    private long flags(long pfn) {
        return ByteBuffer.wrap(machine.readBytes("/proc/kpageflags", pfn * 8, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    @Test
    void binary_files_are_read_in_whole_words() {
        assertThatThrownBy(() -> machine.readBytes("/proc/1/pagemap", 4, 8))
                .isInstanceOfSatisfying(PathException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        assertThatThrownBy(() -> machine.read("/proc/kpageflags")).isInstanceOf(PathException.class);
        assertThat(machine.readBytes("/proc/kpagecount", 1L << 40, 8)).isEmpty();
    }

    @Test
    void T04_movablecore_makes_a_zone_that_only_movable_pages_come_from() {
        assertThat(machine.read("/proc/buddyinfo")).contains("zone  Movable");
        assertThat(machine.unknownParameters()).containsExactly("quiet", "hugepages=4");
        assertThat(machine.read("/proc/cmdline")).isEqualTo("quiet movablecore=128M hugepages=4\n");
    }

    @Test
    void processes_come_and_go_in_proc() throws Exception {
        assertThat(machine.list("/proc")).contains("1").doesNotContain("2");
        Process child = process.fork();
        assertThat(machine.list("/proc/2")).contains("smaps", "status");
        assertThat(machine.read("/proc/2/status")).contains("Pid:\t2\n");
        child.exit();
        assertThatThrownBy(() -> machine.read("/proc/2/status"))
                .isInstanceOfSatisfying(PathException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
        assertThat(machine.write("/proc/1/smaps", "1")).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void status_and_statm_count_pages() {
        long a = process.mmap(0, 16 * PAGE, RW, PRIVATE_ANON, null, 0);
        process.store(a, 1);
        process.store(a + PAGE, 1);
        process.madvise(a, PAGE, 4);

        assertThat(machine.read("/proc/1/status").lines().toList()).containsSubsequence(List.of(
                "VmPeak:\t      64 kB", "VmSize:\t      64 kB", "VmLck:\t       0 kB", "VmPin:\t       0 kB", "VmHWM:\t       8 kB",
                "VmRSS:\t       4 kB", "RssAnon:\t       4 kB", "RssFile:\t       0 kB", "RssShmem:\t       0 kB",
                "VmData:\t      64 kB", "VmStk:\t       0 kB"));
        assertThat(machine.read("/proc/1/statm")).isEqualTo("16 1 0 0 0 16 0\n");
        assertThat(machine.memory().frames().test(0, FolioFlags.ANON)).isFalse();
    }

    /** The lines of a running 6.18 without memory protection keys, in its order. */
    @Test
    void T13_smaps_has_the_lines_of_the_kernel_in_their_order() {
        long a = process.mmap(0, 4 * PAGE, RW, PRIVATE_ANON, null, 0);
        process.store(a, 1);

        List<String> lines = machine.read("/proc/1/smaps").lines().toList();
        assertThat(lines.get(0)).matches("[0-9a-f]+-[0-9a-f]+ rw-p 00000000 00:00 0 ");
        assertThat(lines.subList(1, lines.size()).stream().map(line -> line.substring(0, line.indexOf(':')))).containsExactly(
                "Size", "KernelPageSize", "MMUPageSize", "Rss", "Pss", "Pss_Dirty", "Shared_Clean", "Shared_Dirty", "Private_Clean",
                "Private_Dirty", "Referenced", "Anonymous", "KSM", "LazyFree", "AnonHugePages", "ShmemPmdMapped", "FilePmdMapped",
                "Shared_Hugetlb", "Private_Hugetlb", "Swap", "SwapPss", "Locked", "THPeligible", "VmFlags");
        assertThat(lines).contains("Size:                 16 kB", "Rss:                   4 kB", "THPeligible:           0",
                "VmFlags: rd wr mr mw me ac ");
        assertThat(machine.read("/proc/1/smaps_rollup").lines().skip(1).map(line -> line.substring(0, line.indexOf(':')))).startsWith(
                "Rss", "Pss", "Pss_Dirty", "Pss_Anon", "Pss_File", "Pss_Shmem", "Shared_Clean");
    }

    @Test
    void a_page_of_three_processes_counts_a_third_cut_off_in_each() throws Exception {
        long a = process.mmap(0, 4 * PAGE, RW, PRIVATE_ANON, null, 0);
        process.store(a, 1);
        process.store(a + PAGE, 1);
        process.fork();
        Process last = process.fork();
        last.store(a + PAGE, 2);

        AreaStatistics sums = machine.statistics(process.area(a));
        assertThat(sums.pss()).isEqualTo(((4096L << 12) / 3 + (4096L << 12) / 2) >> 12);
        assertThat(sums.sharedDirty()).isEqualTo(2 * PAGE);
        assertThat(sums.privateDirty()).isZero();
        assertThat(machine.statistics(last.area(a)).privateDirty()).isEqualTo(PAGE);
        assertThat(machine.statistics(last.area(a)).anonymous()).isEqualTo(2 * PAGE);
    }

    @Test
    void maps_shows_names_files_and_shared_memory_in_their_columns() throws Exception {
        process.space().setBrkStart(1 << 20);
        process.brk((1 << 20) + 8 * PAGE);
        long shared = process.mmap(0, 2 * PAGE, 1, 0x21, null, 0);

        List<String> lines = machine.read("/proc/1/maps").lines().toList();
        assertThat(lines.get(0)).isEqualTo("00100000-00108000 rw-p 00000000 00:00 0                                  [heap]");
        assertThat(lines.get(1)).startsWith(Long.toHexString(shared) + "-").contains(" r--s 00000000 00:").endsWith("/dev/zero (deleted)");
        assertThat(lines.get(1).indexOf('/')).isEqualTo(73);
    }

    @Test
    void memory_files_have_the_columns_of_the_kernel() {
        assertThat(machine.read("/proc/buddyinfo")).matches("(Node 0, zone +[A-Za-z0-9]+ ( +[0-9]+ ){11}\n)+");
        assertThat(machine.read("/proc/pagetypeinfo")).startsWith("Page block order: 9\nPages per block:  512\n\n"
                + "Free pages count per migrate type at order       0      1      2");
        assertThat(machine.read("/proc/meminfo").lines()).allMatch(line -> line.matches("[A-Za-z0-9_()]+: +[0-9]+( kB)?"))
                .startsWith("MemTotal:         " + machine.memory().allocator().managedPages() * 4 + " kB");
        assertThat(machine.read("/proc/zoneinfo")).contains("\n  pages free     ").contains("        protection: (");
        long low = machine.vmstat("nr_free_pages");
        assertThat(machine.write("/proc/sys/vm/min_free_kbytes", "8192\n")).isPositive();
        assertThat(machine.read("/proc/sys/vm/min_free_kbytes")).isEqualTo("8192\n");
        assertThat(machine.vmstat("nr_free_pages")).isEqualTo(low);
        assertThat(machine.read("/proc/zoneinfo")).contains("min      ");
    }

    @Test
    void drop_caches_runs_the_shrinkers_and_counts() {
        assertThat(machine.write("/proc/sys/vm/drop_caches", "3\n")).isEqualTo(2);
        assertThat(machine.vmstat("drop_slab")).isEqualTo(1);
        assertThat(machine.vmstat("drop_pagecache")).isEqualTo(1);
        assertThat(machine.write("/proc/sys/vm/drop_caches", "0\n")).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void T04_kernelcore_leaves_the_rest_to_the_movable_zone() {
        Machine machine = new Machine(ToyMachines.boot("kernelcore=75%"));
        long movable = machine.read("/proc/zoneinfo").lines().dropWhile(line -> !line.endsWith("Movable"))
                .filter(line -> line.contains("managed")).mapToLong(line -> Long.parseLong(line.strip().split(" +")[1])).findFirst()
                .orElseThrow();

        // 8 of the 128 MiB at the top hold the memory map
        assertThat(movable * PAGE).isEqualTo(120L << 20);
        assertThat(new Machine(ToyMachines.boot("movablecore=8G")).read("/proc/buddyinfo")).doesNotContain("Movable");
        assertThatThrownBy(() -> ToyMachines.boot("mem=4K")).isInstanceOf(BootException.class).hasMessageContaining("4096 bytes");
    }

    @ParameterizedTest
    @CsvSource({"n, n, false", "y, n, true", "n, y, true", "y, y, true"})
    void H03_boot_time_page_information_is_registered_with_NUMA_or_free_vmemmap_and_only_then(
            String numa, String freeVmemmap, boolean registered) {
        SystemMemory memory = ToyMachines.boot("", Map.of("NUMA", numa, "HUGETLB_PAGE_FREE_VMEMMAP", freeVmemmap)).engine.memory;

        for (long section = 0; section < 32; section++) {
            long descriptor = memory.memmapFrame(section << 12);
            assertThat(memory.describedSection(descriptor)).isEqualTo(registered ? section : -1);
            assertThat(memory.bootInfo(descriptor)).isEqualTo(registered ? BootInfo.SECTION : BootInfo.NONE);
        }
        // so are the page tables that map them, but not the root
        long root = memory.memmap().rootTable();
        assertThat(memory.bootInfo(root)).isEqualTo(BootInfo.NONE);
        assertThat(memory.bootInfo(root + 1)).isEqualTo(registered ? BootInfo.MIXED : BootInfo.NONE);
        assertThat(memory.describedSection(0)).isEqualTo(-1);
        memory.releaseReserved(memory.memmapFrame(0), 1);
        assertThat(memory.describedSection(memory.memmapFrame(0))).isEqualTo(-1);
    }

    @Test
    void the_same_calls_give_the_same_bytes() throws Exception {
        assertThat(trace(7)).isEqualTo(trace(7)).isNotEqualTo(trace(8));
    }

    private static String trace(long seed) throws Exception {
        Machine machine = new Machine(ToyMachines.boot(""));
        Process process = machine.newProcess();
        Random random = new Random(seed);
        long area = process.mmap(0, 1 << 20, RW, PRIVATE_ANON, null, 0);
        for (int i = 0; i < 200; i++) {
            long va = area + random.nextInt(256) * PAGE;
            if (random.nextInt(4) == 0) {
                process.madvise(va, 2 * PAGE, 4);
            } else {
                process.store(va, i);
            }
            if (i == 100) {
                process.fork();
            }
            machine.clock().advance(random.nextInt(1_000_000));
        }
        StringBuilder all = new StringBuilder();
        for (String path : List.of("vmstat", "meminfo", "buddyinfo", "pagetypeinfo", "1/smaps", "1/status", "2/smaps", "zoneinfo")) {
            all.append(machine.read("/proc/" + path));
        }
        return all.append(machine.pagemap().word(process.space(), area)).append(machine.clock().now()).toString();
    }
}
