package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.StringJoiner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mmkit.api.Errno;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.vfs.FileDescription;

/** What is counted when a large folio is not to be had: allocations are made to fail by /sys/kernel/debug/fail_page_alloc. */
class FallbackStatsTest extends HugePageTest {

    private static final String FAIL = "/sys/kernel/debug/fail_page_alloc/";
    private static final String[] SIZES = {"16kB", "64kB", "2048kB"};
    private static final String[] STATS = {"anon_fault_alloc", "anon_fault_fallback", "anon_fault_fallback_charge", "swpin", "swpin_fallback",
        "swpin_fallback_charge", "zswpout", "shmem_alloc", "shmem_fallback", "shmem_fallback_charge"};
    private static final String[] LINES = {"thp_fault_alloc", "thp_fault_fallback", "thp_fault_fallback_charge", "thp_collapse_alloc",
        "thp_collapse_alloc_failed", "thp_file_alloc", "thp_file_fallback", "thp_file_fallback_charge", "thp_zero_page_alloc",
        "thp_zero_page_alloc_failed", "thp_split_pud"};

    private final long[] last = new long[LINES.length + SIZES.length * STATS.length];

    @BeforeEach
    void aMachineWhoseAllocationsCanFail() {
        machine = Machine.builder().memory("2G").set("FAULT_INJECTION", "y").set("FAIL_PAGE_ALLOC", "y").build();
        process = machine.newProcess();
        set("enabled", "madvise");
        for (String file : new String[] {"ignore-gfp-wait", "ignore-gfp-highmem"}) {
            assertThat(machine.write(FAIL + file, "N\n")).isPositive();
        }
        assertThat(machine.write(FAIL + "times", "-1\n")).isPositive();
    }

    /** From now on blocks of 2^{@code order} pages and more cannot be had; with 0 all can. */
    private void failFrom(int order) {
        assertThat(machine.write(FAIL + "min-order", order + "\n")).isPositive();
        assertThat(machine.write(FAIL + "probability", order == 0 ? "0\n" : "100\n")).isPositive();
    }

    /** What has changed since the last look, of the three sizes and of /proc/vmstat. */
    private String moved() {
        StringJoiner out = new StringJoiner(" ");
        int at = 0;
        for (String line : LINES) {
            note(out, line, machine.vmstat(line), at++);
        }
        for (String size : SIZES) {
            for (String name : STATS) {
                note(out, size + "/" + name, stat(size, name), at++);
            }
        }
        return out.toString();
    }

    private void note(StringJoiner out, String name, long now, int at) {
        if (now != last[at]) {
            out.add(name + "+" + (now - last[at]));
            last[at] = now;
        }
    }

    @Test
    void T02_a_fault_counts_each_size_that_it_did_not_get_down_to_the_one_it_gets() {
        set("hugepages-64kB/enabled", "madvise");
        set("hugepages-16kB/enabled", "madvise");
        mapAdvised(BASE, 4 * MIB);

        failFrom(9);
        process.store(BASE, 1);
        assertThat(moved()).isEqualTo("thp_fault_fallback+1 64kB/anon_fault_alloc+1 2048kB/anon_fault_fallback+1");
        failFrom(4);
        process.store(BASE + 64 * KIB, 1);
        assertThat(moved()).as("no place for 2M any more").isEqualTo("16kB/anon_fault_alloc+1 64kB/anon_fault_fallback+1");
        failFrom(1);
        process.store(BASE + 2 * MIB, 1);
        assertThat(moved()).isEqualTo("thp_fault_fallback+1 16kB/anon_fault_fallback+1 64kB/anon_fault_fallback+1 2048kB/anon_fault_fallback+1");
        assertThat(process.load(BASE + 2 * MIB)).isOne();
    }

    @Test
    void T14_swapping_in_counts_each_size_that_it_did_not_get() {
        set("hugepages-64kB/enabled", "madvise");
        assertThat(machine.files().swapon(16 * MIB)).isZero();
        map(BASE, MIB);
        assertThat(process.madvise(BASE, MIB, Advice.MADV_HUGEPAGE)).isZero();
        fill(BASE, 128 * KIB, 3);
        assertThat(process.madvise(BASE, 128 * KIB, Advice.MADV_PAGEOUT)).isZero();
        moved();
        set("hugepages-16kB/enabled", "madvise");

        failFrom(4);
        assertThat(process.load(BASE)).isEqualTo(3);
        assertThat(moved()).isEqualTo("16kB/swpin+1 64kB/swpin_fallback+1");
        failFrom(1);
        assertThat(process.load(BASE + 64 * KIB)).isEqualTo(3);
        assertThat(moved()).isEqualTo("16kB/swpin_fallback+1 64kB/swpin_fallback+1");
        failFrom(0);
        assertThat(process.load(BASE + 80 * KIB)).isEqualTo(3);
        assertThat(moved()).isEqualTo("16kB/swpin+1");
    }

    @Test
    void T14_shared_memory_counts_each_size_that_it_did_not_get() throws Exception {
        set("shmem_enabled", "always");
        set("hugepages-64kB/shmem_enabled", "always");
        FileDescription file = machine.vfs().memfd("m", 0);
        assertThat(file.inode().truncate(8 * MIB)).isZero();
        assertThat(process.mmap(BASE, 8 * MIB, RW, MapFlags.MAP_SHARED | MapFlags.MAP_FIXED, file, 0)).isEqualTo(BASE);

        failFrom(9);
        process.store(BASE, 1);
        assertThat(moved()).isEqualTo("thp_file_fallback+1 64kB/shmem_alloc+1 2048kB/shmem_fallback+1");
        failFrom(1);
        process.store(BASE + 2 * MIB, 1);
        assertThat(moved()).isEqualTo("thp_file_fallback+1 64kB/shmem_fallback+1 2048kB/shmem_fallback+1");
        assertThat(process.madvise(BASE + 2 * MIB, 2 * MIB, Advice.MADV_COLLAPSE)).isEqualTo(-Errno.ENOMEM);
        assertThat(moved()).isEqualTo("thp_collapse_alloc_failed+1");
        failFrom(0);
        assertThat(process.madvise(BASE + 2 * MIB, 2 * MIB, Advice.MADV_COLLAPSE)).isZero();
        assertThat(moved()).as("a collapse is no fault").isEqualTo("thp_collapse_alloc+1");
    }

    @Test
    void T07_a_huge_zero_page_that_is_not_to_be_had_is_a_fallback_too() {
        mapAdvised(BASE, 4 * MIB);
        failFrom(9);
        assertThat(process.load(BASE)).isZero();
        assertThat(moved()).isEqualTo("thp_fault_fallback+1 thp_zero_page_alloc_failed+1");
        failFrom(0);
        assertThat(process.load(BASE + 2 * MIB)).isZero();
        assertThat(moved()).isEqualTo("thp_zero_page_alloc+1");
    }
}
