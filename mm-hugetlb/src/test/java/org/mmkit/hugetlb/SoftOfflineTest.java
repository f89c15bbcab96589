package org.mmkit.hugetlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.Errno;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.PathException;
import org.mmkit.core.process.Process;
import org.mmkit.core.vfs.FileDescription;

class SoftOfflineTest {

    private static final String FILE = "/sys/devices/system/memory/soft_offline_page";
    private static final long MIB = 1 << 20;
    private static final long PAGE = 4096;
    private static final int HWPOISON = 19;
    private static final int BUDDY = 10;

    private static Machine machine(String memory) {
        return Machine.builder().arch("x86_64").contents(true).memory(memory).build();
    }

    private static long map(Process process, long bytes, int more) {
        return process.mmap(0, bytes, 3, MapFlags.MAP_ANONYMOUS | MapFlags.MAP_PRIVATE | more, null, 0);
    }

    private static long frame(Machine machine, Process process, long va) {
        return machine.pagemap().word(process.space(), va) & (1L << 55) - 1;
    }

    private static long offline(Machine machine, long pfn) {
        return Math.min(0, machine.write(FILE, Long.toString(pfn * PAGE)));
    }

    private static long kilobytes(Machine machine, String name) {
        return machine.read("/proc/meminfo").lines().map(line -> line.split("[: ]+")).filter(words -> words[0].equals(name))
                .mapToLong(words -> Long.parseLong(words[1])).findFirst().orElseThrow();
    }

    private static boolean isBad(Machine machine, long pfn) {
        return (machine.pagemap().flags(pfn) >>> HWPOISON & 1) != 0;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, MapFlags.MAP_HUGETLB})
    void H07_what_was_in_a_page_taken_out_of_use_stays(int kind) {
        Machine machine = machine("1G");
        machine.write("/proc/sys/vm/nr_hugepages", "2\n");
        Process process = machine.newProcess();
        long a = map(process, 2 * MIB, kind);
        process.store(a + 5, 77);
        long before = frame(machine, process, a);

        assertThat(process.madvise(a, PAGE, Advice.MADV_SOFT_OFFLINE)).isZero();

        assertThat(frame(machine, process, a)).isNotEqualTo(before);
        assertThat(process.load(a + 5)).isEqualTo(77);
        assertThat(isBad(machine, before)).isTrue();
        machine.verify();
    }

    @Test
    void H07_a_free_gigantic_page_is_dissolved_and_one_of_its_frames_taken() {
        Machine machine = machine("4G");
        machine.write("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "2\n");
        Process process = machine.newProcess();
        long g = process.mmap(0, 1L << 30, 3, MapFlags.MAP_ANONYMOUS | MapFlags.MAP_PRIVATE | MapFlags.MAP_HUGETLB | 30 << 26, null, 0);
        process.store(g, 1);
        long before = frame(machine, process, g);
        long free = kilobytes(machine, "MemFree");

        assertThat(process.madvise(g, PAGE, Advice.MADV_SOFT_OFFLINE)).isZero();

        assertThat(isBad(machine, before)).isTrue();
        assertThat(machine.read("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages")).isEqualTo("1\n");
        assertThat(kilobytes(machine, "MemFree")).isBetween(free + (1 << 20) - 4 - 64, free + (1 << 20) - 4);
        machine.verify();
    }

    @Test
    void H07_a_clean_page_that_only_the_page_cache_holds_is_dropped() {
        Machine machine = machine("1G");
        Process process = machine.newProcess();
        FileDescription file = machine.files().vfs().hostFile("library", 1, 2, MIB);
        long a = process.mmap(0, MIB, 1, MapFlags.MAP_PRIVATE, file, 0);
        process.load(a);
        long pfn = frame(machine, process, a);
        long moved = machine.vmstat("pgmigrate_success");
        long cached = machine.vmstat("nr_file_pages");
        process.munmap(a, MIB);

        assertThat(offline(machine, pfn)).isZero();

        assertThat(isBad(machine, pfn)).isTrue();
        assertThat(machine.vmstat("pgmigrate_success")).isEqualTo(moved);
        assertThat(machine.vmstat("nr_file_pages")).isEqualTo(cached - 1);
        machine.verify();
    }

    @Test
    void H07_a_page_out_of_use_is_never_allocated_again() {
        Machine machine = machine("256M");
        Process process = machine.newProcess();
        long a = map(process, 16 * MIB, MapFlags.MAP_POPULATE);
        List<Long> bad = new ArrayList<>();
        for (long at = 0; at < 16 * MIB; at += 7 * PAGE) {
            bad.add(frame(machine, process, a + at));
        }
        process.exit();
        for (long pfn : bad) {
            assertThat(offline(machine, pfn)).isZero();
        }
        assertThat(kilobytes(machine, "HardwareCorrupted")).isEqualTo(bad.size() * 4L);
        Process next = machine.newProcess();
        long b = map(next, 180 * MIB, MapFlags.MAP_POPULATE);
        for (long at = 0; at < 180 * MIB; at += PAGE) {
            assertThat(bad).doesNotContain(frame(machine, next, b + at));
        }
        next.exit();
        for (long pfn : bad) {
            assertThat(machine.pagemap().flags(pfn)).isEqualTo(1L << HWPOISON);
        }
        machine.verify();
    }

    @Test
    void H07_kernels_without_the_switch_and_machines_built_without_it_refuse() {
        Machine old = Machine.builder().arch("x86_64").memory("256M").kernel("5.14").build();
        Machine without = Machine.builder().arch("x86_64").memory("256M").set("MEMORY_FAILURE", "n").build();
        for (Machine machine : List.of(old, without)) {
            Process process = machine.newProcess();
            long a = map(process, MIB, MapFlags.MAP_POPULATE);
            assertThat(process.madvise(a, PAGE, Advice.MADV_SOFT_OFFLINE)).isEqualTo(-Errno.EINVAL);
            assertThatThrownBy(() -> machine.read("/proc/sys/vm/enable_soft_offline")).isInstanceOf(PathException.class);
            assertThat(machine.read("/proc/meminfo")).doesNotContain("HardwareCorrupted");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void H07_random_work_beside_pages_taken_out_of_use_leaves_every_count_right(long seed) {
        Random random = new Random(seed);
        Machine machine = machine(seed % 2 == 0 ? "256M,192M" : "512M");
        machine.files().swapon(256 * MIB);
        machine.write("/proc/sys/vm/nr_overcommit_hugepages", "10\n");
        machine.write("/proc/sys/vm/nr_hugepages", "12\n");
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always\n");
        Process process = machine.newProcess();
        List<long[]> areas = new ArrayList<>();
        List<Long> frames = new ArrayList<>();
        long spanned = 512 * MIB / PAGE;
        int done = 0;
        for (int step = 0; step < 150; step++) {
            if (process.space().isDead()) {
                process = machine.newProcess();
                areas.clear();
            }
            long[] area = areas.isEmpty() ? null : areas.get(random.nextInt(areas.size()));
            switch (random.nextInt(9)) {
                case 0 -> {
                    int[] kinds = {0, MapFlags.MAP_HUGETLB, MapFlags.MAP_HUGETLB | MapFlags.MAP_NORESERVE, 0};
                    long bytes = (1 + random.nextInt(8)) * 2 * MIB;
                    int kind = kinds[random.nextInt(kinds.length)];
                    int shared = random.nextInt(3) == 0 ? MapFlags.MAP_SHARED : MapFlags.MAP_PRIVATE;
                    long start = process.mmap(0, bytes, 3, MapFlags.MAP_ANONYMOUS | shared | kind, null, 0);
                    if (start > 0) {
                        areas.add(new long[] {start, bytes});
                    }
                }
                case 1, 2 -> {
                    for (long at = 0; area != null && at < area[1] && process.store(area[0] + at, 1) >= 0; at += random.nextBoolean() ? 2 * MIB : 64 << 10) {
                        frames.add(frame(machine, process, area[0] + at));
                    }
                }
                case 3 -> {
                    if (area != null) {
                        long from = random.nextInt((int) (area[1] / PAGE)) * PAGE;
                        long result = process.madvise(area[0] + from, Math.min(area[1] - from, (1 + random.nextInt(3)) * PAGE), Advice.MADV_SOFT_OFFLINE);
                        assertThat(result).isIn(0L, (long) -Errno.EBUSY, (long) -Errno.EIO, (long) -Errno.ENOMEM, (long) -Errno.EFAULT);
                        done += result == 0 ? 1 : 0;
                    }
                }
                case 4 -> {
                    long pfn = random.nextBoolean() || frames.isEmpty() ? Math.abs(random.nextLong()) % spanned
                            : frames.get(random.nextInt(frames.size())) + random.nextInt(4);
                    boolean free = (machine.pagemap().flags(pfn) >>> BUDDY & 1) != 0;
                    long result = offline(machine, pfn);
                    assertThat(result).isIn(0L, (long) -Errno.EBUSY, (long) -Errno.EIO, (long) -Errno.ENOMEM, (long) -Errno.ENXIO);
                    assertThat(isBad(machine, pfn)).isEqualTo(result == 0);
                    assertThat(free && result != 0).isFalse();
                }
                case 5 -> {
                    if (area != null) {
                        process.munmap(area[0], area[1]);
                        areas.remove(area);
                    }
                }
                case 6 -> {
                    if (area != null && random.nextBoolean()) {
                        process.madvise(area[0], area[1], random.nextBoolean() ? Advice.MADV_PAGEOUT : Advice.MADV_DONTNEED);
                    } else if (area != null) {
                        process.mlock(area[0], 2 * MIB);
                    }
                }
                case 7 -> machine.write("/proc/sys/vm/nr_hugepages", random.nextInt(20) + "\n");
                default -> machine.write("/proc/sys/vm/compact_memory", "1\n");
            }
            machine.clock().advance(50_000_000);
            machine.verify();
        }
        process.exit();
        machine.write("/proc/sys/vm/nr_hugepages", "0\n");
        machine.verify();
        assertThat(done).isPositive();
        assertThat(kilobytes(machine, "AnonPages")).isZero();
        assertThat(kilobytes(machine, "HardwareCorrupted")).isPositive();
        assertThat(machine.read("/proc/meminfo")).contains("HugePages_Total:       0", "HugePages_Rsvd:        0", "HugePages_Surp:        0");
    }
}
