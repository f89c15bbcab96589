package org.mmkit.hugetlb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.pgtable.KernelTables;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.core.Machine;

class VmemmapTest {

    private static final int PAGE_SHIFT = 12;
    private static final String POOL = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages";
    private static final String GIGANTIC = "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages";
    private static final String SWITCH = "/proc/sys/vm/hugetlb_optimize_vmemmap";

    private static Machine machine(String kernel, long bytes, String commandLine) {
        return Machine.builder().arch("x86_64").kernel(kernel).memory(bytes).contents(false)
                .set("MEMORY_HOTPLUG", "y").set("MEMORY_HOTREMOVE", "y")
                .cmdline("hugetlb_free_vmemmap=on " + commandLine).build();
    }

    /** Frames that nobody has: MemFree, and those that wait on the lists of processors. */
    private static long free(Machine machine) {
        long waiting = machine.read("/proc/zoneinfo").lines().map(String::strip).filter(l -> l.startsWith("count:"))
                .mapToLong(l -> Long.parseLong(l.substring("count:".length()).strip())).sum();
        return machine.memory().allocator().freePages() + waiting;
    }

    /** Leaves of level 1 that map the memory map: all, and those that are read-only. */
    private static long[] smallLeaves(Machine machine, long bytes) {
        KernelTables tables = machine.kernelTables();
        long all = 0;
        long readOnly = 0;
        long end = tables.memmapAddress(bytes >>> PAGE_SHIFT);
        for (long va = tables.memmapAddress(0); va < end; va += 1 << PAGE_SHIFT) {
            long slot = tables.find(va, 1);
            if (slot != PageTables.NO_SLOT) {
                all++;
                readOnly += tables.format().isWritable(tables.read(slot)) ? 0 : 1;
            }
        }
        return new long[] {all, readOnly};
    }

    private static void freed(String kernel, String pool, long pages, long basePages, long saved, long tables) {
        long bytes = 8L << 30;
        Machine machine = machine(kernel, bytes, "");
        long before = free(machine);
        long memmap = machine.vmstat("nr_memmap_boot_pages");
        long total = machine.memory().allocator().managedPages();

        machine.write(pool, pages + "\n");

        assertThat(free(machine) - before).isEqualTo(-pages * basePages + pages * saved - tables);
        long memmapNow = machine.vmstat("nr_memmap_boot_pages") + machine.vmstat("nr_memmap_pages");
        assertThat(memmapNow - memmap).isEqualTo(-pages * saved);
        // boot memory that is freed is memory that the machine has more
        long boot = memmap - machine.vmstat("nr_memmap_boot_pages");
        assertThat(machine.memory().allocator().managedPages() - total).isEqualTo(boot);
        assertThat(smallLeaves(machine, bytes)).containsExactly(tables * 512, pages * saved);
        machine.verify();

        machine.write(pool, "0\n");

        assertThat(before - free(machine)).isEqualTo(tables - boot + machine.vmstat("nr_memmap_pages"));
        assertThat(machine.vmstat("nr_memmap_boot_pages") + machine.vmstat("nr_memmap_pages")).isEqualTo(memmap);
        assertThat(smallLeaves(machine, bytes)).containsExactly(tables * 512, 0);
        machine.verify();
    }

    @Test
    void H04_of_the_8_vmemmap_pages_of_a_2M_page_7_are_freed_today() {
        freed("6.18", POOL, 10, 512, 7, 1);
    }

    @Test
    void H04_of_the_8_vmemmap_pages_of_a_2M_page_6_were_freed_in_5_14() {
        freed("5.14", POOL, 10, 512, 6, 1);
    }

    @Test
    void H04_of_the_4096_vmemmap_pages_of_a_1G_page_4095_are_freed_today() {
        freed("6.18", GIGANTIC, 2, 512 * 512, 4095, 2 * 8);
    }

    @Test
    void H04_of_the_4096_vmemmap_pages_of_a_1G_page_4094_were_freed_in_5_14() {
        freed("5.14", GIGANTIC, 2, 512 * 512, 4094, 2 * 8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5.14", "6.18"})
    void H04_boot_maps_the_memory_map_by_2M_leaves_to_reserved_memory(String kernel) {
        Machine machine = machine(kernel, 4L << 30, "");
        KernelTables tables = machine.kernelTables();
        EntryFormat format = tables.format();

        for (long pfn : new long[] {0, 0x12345, (4L << 30) + 4096 >>> PAGE_SHIFT, (5L << 30) - 4096 >>> PAGE_SHIFT}) {
            long va = tables.memmapAddress(pfn);
            long slot = tables.find(va, 2);
            assertThat(tables.find(va, 1)).isEqualTo(PageTables.NO_SLOT);
            assertThat(format.isLeaf(tables.read(slot), 2)).isTrue();
            assertThat(format.isWritable(tables.read(slot))).isTrue();
            assertThat(format.isUserAccessible(tables.read(slot))).isFalse();
            long inside = (va & tables.layout().size(2) - 1) >>> PAGE_SHIFT;
            assertThat(format.pfn(tables.read(slot), 2) + inside).isEqualTo(machine.memory().memmapFrame(pfn));
        }
        assertThat(tables.memmapAddress(0)).isEqualTo(0xFFFF_EA00_0000_0000L);
        machine.verify();
    }

    @Test
    void H04_the_tail_range_is_mapped_read_only_to_the_frame_that_is_kept() {
        for (String kernel : new String[] {"5.14", "6.18"}) {
            Machine machine = machine(kernel, 4L << 30, "hugepages=1");
            KernelTables tables = machine.kernelTables();
            long head = firstHugePage(machine);
            int kept = machine.profile().vmemmapPagesKept();
            long[] pfns = new long[8];
            for (int page = 0; page < 8; page++) {
                long entry = tables.read(tables.find(tables.memmapAddress(head) + ((long) page << PAGE_SHIFT), 1));
                pfns[page] = tables.format().pfn(entry, 1);
                assertThat(tables.format().isWritable(entry)).as("%s page %d", kernel, page).isEqualTo(page < kept);
                if (page >= kept) {
                    assertThat(pfns[page]).as("%s page %d", kernel, page).isEqualTo(pfns[kept - 1]);
                }
            }
            assertThat(pfns[0] == machine.memory().memmapFrame(head)).isEqualTo(kept == 2);
        }
    }

    private static long firstHugePage(Machine machine) {
        for (long pfn = 0; pfn < 5L << 30 - PAGE_SHIFT; pfn += 512) {
            if (machine.memory().frames().test(pfn, FolioFlags.HUGETLB)) {
                return pfn;
            }
        }
        throw new AssertionError("no huge page");
    }

    @Test
    void H05_pages_that_come_and_go_together_are_remapped_with_one_flush_today_and_one_by_one_before() {
        Machine today = machine("6.18", 4L << 30, "");
        long before = today.kernelTables().flushes();
        today.write(POOL, "100\n");
        assertThat(today.kernelTables().flushes() - before).as("after the splits and after the remapping").isEqualTo(2);
        before = today.kernelTables().flushes();
        today.write(POOL, "0\n");
        assertThat(today.kernelTables().flushes() - before).isEqualTo(1);

        Machine then = machine("5.14", 4L << 30, "");
        before = then.kernelTables().flushes();
        then.write(POOL, "100\n");
        long splits = then.kernelTables().flushes() - before - 100;
        assertThat(splits).isBetween(2L, 4L);
        before = then.kernelTables().flushes();
        then.write(POOL, "0\n");
        assertThat(then.kernelTables().flushes() - before).isEqualTo(100);
    }

    @Test
    void H04_switching_off_leaves_what_is_there_and_spares_what_comes() {
        Machine machine = machine("6.18", 4L << 30, "");
        machine.write(POOL, "4\n");
        machine.write(SWITCH, "0\n");
        long memmap = machine.vmstat("nr_memmap_boot_pages") + machine.vmstat("nr_memmap_pages");
        machine.write(POOL, "8\n");
        assertThat(machine.vmstat("nr_memmap_boot_pages") + machine.vmstat("nr_memmap_pages")).isEqualTo(memmap);
        machine.write(POOL, "0\n");
        assertThat(machine.vmstat("nr_memmap_boot_pages") + machine.vmstat("nr_memmap_pages")).isEqualTo(memmap + 28);
        machine.verify();
    }

    @Test
    void H04_a_demoted_1G_page_gives_back_what_each_of_its_2M_pages_can_spare() {
        Machine machine = machine("6.18", 8L << 30, "hugepagesz=1G hugepages=2");
        long memmap = machine.vmstat("nr_memmap_boot_pages") + machine.vmstat("nr_memmap_pages");
        machine.write("/sys/kernel/mm/hugepages/hugepages-1048576kB/demote", "1\n");
        assertThat(machine.vmstat("nr_memmap_boot_pages") + machine.vmstat("nr_memmap_pages")).isEqualTo(memmap + 4095 - 512 * 7);
        assertThat(machine.read(POOL)).isEqualTo("512\n");
        machine.verify();
    }

    @Test
    void H04_500_pages_of_1G_on_1_TiB_agree_to_the_page() {
        for (String kernel : new String[] {"5.14", "6.18"}) {
            Machine machine = machine(kernel, 1L << 40, "");
            long before = free(machine);
            long boot = machine.vmstat("nr_memmap_boot_pages");
            long saved = machine.profile().name().equals("5.14") ? 4094 : 4095;

            machine.write(GIGANTIC, "500\n");

            assertThat(machine.read(GIGANTIC)).isEqualTo("500\n");
            assertThat(free(machine) - before).isEqualTo(500L * (-512 * 512 + saved - 8));
            assertThat(boot - machine.vmstat("nr_memmap_boot_pages") - machine.vmstat("nr_memmap_pages")).isEqualTo(500 * saved);
            machine.verify();
        }
    }

    @Test
    void H04_a_machine_of_16_TiB_writes_no_table_until_somebody_looks() {
        Machine machine = machine("6.18", 16L << 40, "");
        long tables = machine.vmstat("nr_page_table_pages");
        KernelTables kernel = machine.kernelTables();
        long va = kernel.memmapAddress(15L << 40 - PAGE_SHIFT);

        long entry = kernel.read(kernel.find(va, 2));

        assertThat(kernel.format().pfn(entry, 2)).isEqualTo(machine.memory().memmapFrame(15L << 40 - PAGE_SHIFT));
        assertThat(machine.vmstat("nr_page_table_pages")).isEqualTo(tables);
        assertThat(machine.vmstat("nr_memmap_boot_pages")).isEqualTo((16L << 40 - PAGE_SHIFT) / 64);
    }

    @Test
    void H04_the_file_of_the_kernels_page_tables_shows_what_is_split_and_shared() {
        Machine machine = machine("6.18", 4L << 30, "hugepages=3");
        String dump = machine.read("/sys/kernel/debug/page_tables/kernel");
        assertThat(dump).startsWith("---[ Vmemmap ]---\n0xffffea0000000000-");
        assertThat(dump.lines().filter(l -> l.endsWith("28K ro pte")).count()).isEqualTo(3);
        assertThat(dump).contains("RW pmd");
    }
}
