package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;
import org.mmkit.core.vfs.FileDescription;

/** What swapping out and in moves in /proc/vmstat, by the numbers of the same calls on Linux 6.18. */
class SwapCountersTest {

    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long BASE = 0x10_0000_0000L;
    private static final int PRIVATE = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;
    private static final String[] COUNTERS = {"nr_vmscan_write", "nr_written", "pgmajfault", "pswpin", "pswpout", "swpin_zero", "swpout_zero"};

    private final Machine machine = Machine.builder().memory("1G").build();
    private final Process process = machine.newProcess();
    private final long[] last = new long[COUNTERS.length];

    SwapCountersTest() {
        assertThat(machine.files().swapon(64 * MIB)).isZero();
        machine.write("/proc/sys/vm/page-cluster", "0");
    }

    /** What has changed since the last time. */
    private String moved() {
        StringJoiner out = new StringJoiner(" ");
        for (int i = 0; i < COUNTERS.length; i++) {
            long now = machine.vmstat(COUNTERS[i]);
            if (now != last[i]) {
                out.add(COUNTERS[i] + "+" + (now - last[i]));
                last[i] = now;
            }
        }
        return out.toString();
    }

    private void store(long start, long length, int value) {
        for (long at = start; at < start + length; at += 4 * KIB) {
            process.store(at, value);
        }
    }

    private void load(long start, long length) {
        for (long at = start; at < start + length; at += 4 * KIB) {
            process.load(at);
        }
    }

    @Test
    void T14_what_is_written_to_a_device_is_counted_when_it_is_there_and_zeroes_are_not_written() {
        process.mmap(BASE, 4 * MIB, 3, PRIVATE, null, 0);
        assertThat(process.madvise(BASE, 2 * MIB, Advice.MADV_NOHUGEPAGE)).isZero();
        store(BASE, MIB, 1);
        store(BASE + MIB, MIB, 0);
        assertThat(process.madvise(BASE, MIB, Advice.MADV_PAGEOUT)).isZero();
        assertThat(moved()).isEqualTo("nr_vmscan_write+256 nr_written+256 pswpout+256");
        assertThat(process.madvise(BASE + MIB, MIB, Advice.MADV_PAGEOUT)).isZero();
        assertThat(moved()).isEqualTo("nr_vmscan_write+256 swpout_zero+256");
        load(BASE, 2 * MIB);
        assertThat(moved()).isEqualTo("pgmajfault+512 pswpin+256 swpin_zero+256");
        assertThat(machine.vmstat("nr_writeback")).as("the device is synchronous").isZero();
        assertThat(process.madvise(BASE + 2 * MIB, 2 * MIB, Advice.MADV_HUGEPAGE)).isZero();
        store(BASE + 2 * MIB, 4 * KIB, 1);
        assertThat(process.madvise(BASE + 2 * MIB, 2 * MIB, Advice.MADV_PAGEOUT)).isZero();
        assertThat(moved()).isEqualTo("nr_vmscan_write+512 nr_written+512 pswpout+512");
        machine.verify();
    }

    @Test
    void T14_a_fault_that_reads_shared_memory_from_swap_is_a_major_one_and_other_reads_are_none() throws Exception {
        FileDescription file = machine.vfs().memfd("m", 0);
        assertThat(file.inode().truncate(4 * MIB)).isZero();
        process.mmap(BASE, 4 * MIB, 3, MapFlags.MAP_SHARED | MapFlags.MAP_FIXED, file, 0);
        process.mmap(2 * BASE, 4 * MIB, 3, MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED, file, 0);
        store(BASE, MIB, 1);
        assertThat(process.madvise(BASE, MIB, Advice.MADV_PAGEOUT)).isZero();
        assertThat(moved()).isEqualTo("nr_vmscan_write+256 nr_written+256 pswpout+256");
        store(2 * BASE + 256 * KIB, 64 * KIB, 2);
        assertThat(moved()).as("copied").isEqualTo("pgmajfault+16 pswpin+16");
        store(BASE + 512 * KIB, 64 * KIB, 2);
        assertThat(moved()).isEqualTo("pgmajfault+16 pswpin+16");
        assertThat(process.madvise(BASE + MIB - 64 * KIB, 64 * KIB, Advice.MADV_WILLNEED)).isZero();
        load(BASE + MIB - 64 * KIB, 64 * KIB);
        assertThat(moved()).as("in the swap cache before the faults").isEqualTo("pswpin+16");
        assertThat(process.madvise(BASE, 2 * MIB, Advice.MADV_COLLAPSE)).isZero();
        assertThat(moved()).as("a collapse does not fault").isEqualTo("pswpin+208");
        machine.verify();
    }
}
