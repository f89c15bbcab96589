package org.mmkit.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mmkit.api.Errno;
import org.mmkit.api.space.RssKind;
import org.mmkit.core.memory.BuddyAllocator;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.memory.Zone;
import org.mmkit.core.process.Process;
import org.mmkit.core.toy.ToyMachines;
import org.mmkit.core.vfs.FileDescription;
import org.mmkit.core.vfs.FileTable;

/** Background and direct reclaim, the OOM killer and overcommit, on a machine without huge pages. */
class ReclaimTest {

    private static final int RW = 3;
    private static final int PRIVATE_ANON = 0x22;
    private static final int SHARED_ANON = 0x21;
    private static final int NORESERVE = 0x4000;
    private static final long PAGE = 4096;
    private static final long MIB = 1 << 20;
    private static final long SECOND = 1_000_000_000L;

    private final Machine machine = new Machine(ToyMachines.boot("mem=96M"));
    private final Process process = machine.newProcess();

    @AfterEach
    void invariantsHold() {
        machine.verify();
    }

    private long fill(Process owner, long bytes) {
        long area = owner.mmap(0, bytes, RW, PRIVATE_ANON | NORESERVE, null, 0);
        for (long at = 0; at < bytes; at += PAGE) {
            int result = owner.store(area + at, 1);
            if (result != 0) {
                return result;
            }
        }
        return area;
    }

    private long sum(String prefix) {
        return machine.read("/proc/vmstat").lines()
                .filter(line -> line.startsWith(prefix))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
                .sum();
    }

    @Test
    void kswapd_begins_below_the_low_watermark_and_ends_above_the_high_one() {
        machine.files().swapon(256 * MIB);
        machine.write("/proc/sys/vm/watermark_boost_factor", "0");
        long area = process.mmap(0, 120 * MIB, RW, PRIVATE_ANON, null, 0);
        long runs = 0;
        for (long at = 0; at < 120 * MIB; at += PAGE) {
            process.store(area + at, 1);
            if (machine.vmstat("pageoutrun") != runs) {
                runs = machine.vmstat("pageoutrun");
                assertThat(freeAboveHigh()).isTrue();
            }
        }
        assertThat(runs).isGreaterThan(2);
        assertThat(machine.vmstat("pgsteal_kswapd")).isPositive();
        assertThat(sum("allocstall_")).as("it keeps up, so nobody has to wait").isZero();
    }

    private BuddyAllocator allocator() {
        return ((SystemMemory) machine.memory()).allocator();
    }

    private boolean freeAboveHigh() {
        for (int z = 0; z < Zone.ZONES; z++) {
            Zone zone = allocator().zone(z);
            if (zone.managed() > 0 && zone.free() > zone.watermark(Zone.HIGH)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void kswapd_woken_from_its_nap_counts_that_and_sleeps_after_a_quiet_tenth_of_a_second() {
        machine.files().swapon(256 * MIB);
        fill(process, 100 * MIB);
        assertThat(machine.vmstat("kswapd_low_wmark_hit_quickly")).as("no time has passed, so it never slept").isPositive();
        long woken = machine.vmstat("kswapd_low_wmark_hit_quickly");
        long runs = machine.vmstat("pageoutrun");
        machine.clock().advance(SECOND);
        fill(process, 8 * MIB);
        long more = machine.vmstat("pageoutrun") - runs;
        assertThat(more).isPositive();
        assertThat(machine.vmstat("kswapd_low_wmark_hit_quickly") - woken).as("it slept before the first of them").isEqualTo(more - 1);
    }

    @Test
    void the_first_memory_to_go_is_that_of_files_read_once_and_what_is_in_use_stays() {
        machine.files().swapon(256 * MIB);
        FileDescription file = machine.vfs().hostFile("/usr/lib/big.so", 2049, 12, 200 * MIB);
        long hot = fill(process, 20 * MIB);
        long map = process.mmap(0, 200 * MIB, 1, 2, file, 0);
        for (long at = 0; at < 200 * MIB; at += PAGE) {
            process.load(map + at);
            if (at % (4 * MIB) == 0) {
                for (long h = 0; h < 20 * MIB; h += PAGE) {
                    process.load(hot + h);
                }
            }
        }
        assertThat(machine.vmstat("pgsteal_file")).isGreaterThan(20_000);
        assertThat(machine.vmstat("pgsteal_anon")).isLessThan(machine.vmstat("pgsteal_file") / 20);
        assertThat(process.space().rss(RssKind.ANON)).isGreaterThan(4500);
    }

    @Test
    void a_working_set_that_is_too_large_refaults_and_is_made_active() {
        FileDescription file = machine.vfs().hostFile("/usr/lib/big.so", 2049, 12, 100 * MIB);
        long map = process.mmap(0, 100 * MIB, 1, 2, file, 0);
        for (int round = 0; round < 4; round++) {
            for (long at = 0; at < 100 * MIB; at += PAGE) {
                process.load(map + at);
            }
        }
        assertThat(machine.vmstat("workingset_refault_file")).isGreaterThan(10_000);
        assertThat(machine.vmstat("pgactivate") + machine.vmstat("workingset_activate_file")).isPositive();
    }

    @Test
    void swappiness_0_leaves_anonymous_memory_alone_while_there_are_files() {
        machine.files().swapon(256 * MIB);
        assertThat(machine.write("/proc/sys/vm/swappiness", "0")).isEqualTo(1);
        fill(process, 30 * MIB);
        FileDescription file = machine.vfs().hostFile("/usr/lib/big.so", 2049, 12, 200 * MIB);
        long map = process.mmap(0, 200 * MIB, 1, 2, file, 0);
        for (long at = 0; at < 200 * MIB; at += PAGE) {
            process.load(map + at);
        }
        assertThat(machine.vmstat("pgscan_anon")).isZero();
        assertThat(machine.vmstat("pswpout")).isZero();
        assertThat(machine.vmstat("pgsteal_file")).isPositive();
    }

    @Test
    void the_process_that_holds_most_is_killed_for_another_that_allocates() {
        Process big = machine.newProcess();
        big.setName("glutton");
        fill(big, 50 * MIB);
        long area = fill(process, 40 * MIB);

        assertThat(area).isPositive();
        assertThat(machine.vmstat("oom_kill")).isEqualTo(1);
        assertThat(big.isKilled()).isTrue();
        assertThat(machine.processes()).containsExactly(process);
        assertThat(machine.kernelLog()).hasSize(1);
        assertThat(machine.kernelLog().get(0)).matches("Out of memory: Killed process 2 \\(glutton\\) total-vm:51200kB, anon-rss:51200kB, "
                + "file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:[0-9]+kB oom_score_adj:0");
        assertThat(big.store(0x1000, 1)).isEqualTo(-Process.SIGKILL);
        assertThat(big.mmap(0, PAGE, RW, PRIVATE_ANON, null, 0)).isEqualTo(-Errno.ESRCH);
    }

    @Test
    void oom_score_adj_turns_the_choice_round() {
        Process big = machine.newProcess();
        fill(big, 50 * MIB);
        assertThat(machine.write("/proc/2/oom_score_adj", "-1000")).isEqualTo(5);
        assertThat(machine.read("/proc/2/oom_score")).isEqualTo("0\n");
        assertThat(machine.write("/proc/1/oom_score_adj", "1001")).isEqualTo(-Errno.EINVAL);
        long score = Long.parseLong(machine.read("/proc/1/oom_score").strip());
        assertThat(score).as("a process without memory has two thirds of a thousand").isEqualTo(666);

        assertThat(fill(process, 60 * MIB)).isEqualTo(-Process.SIGKILL);
        assertThat(big.isKilled()).isFalse();
        assertThat(process.isKilled()).isTrue();
        assertThat(machine.vmstat("oom_kill")).isEqualTo(1);
    }

    @Test
    void without_anybody_to_kill_the_access_fails_and_says_so() {
        machine.write("/proc/1/oom_score_adj", "-1000");
        assertThat(fill(process, 120 * MIB)).isEqualTo(-Process.SIGKILL);
        assertThat(process.isKilled()).isFalse();
        assertThat(machine.vmstat("oom_kill")).isZero();
        assertThat(machine.kernelLog()).contains("Out of memory and no killable processes...");
    }

    @Test
    void all_memory_is_back_when_the_victim_is_gone() {
        allocator().drain();
        long free = allocator().freePages();
        Process big = machine.newProcess();
        assertThat(fill(big, 200 * MIB)).isEqualTo(-Process.SIGKILL);
        assertThat(big.isKilled()).isTrue();
        process.exit();
        machine.memory().lru().drain();
        allocator().drain();
        assertThat(allocator().freePages()).isGreaterThanOrEqualTo(free);
    }

    @Test
    void a_write_to_shared_memory_kills_the_process_that_holds_most_and_goes_on() {
        Process big = machine.newProcess();
        fill(big, 50 * MIB);
        FileTable files = new FileTable(machine.vfs(), process);
        int fd = files.memfdCreate("data", 0);

        assertThat(files.pwrite(fd, 0, 40 * MIB, 7)).isEqualTo(40 * MIB);

        assertThat(machine.vmstat("oom_kill")).isEqualTo(1);
        assertThat(big.isKilled()).isTrue();
        assertThat(process.isKilled()).isFalse();
        files.closeAll();
    }

    @Test
    void a_writer_that_is_the_victim_ends_with_a_short_write_and_its_files_are_closed() {
        allocator().drain();
        long free = allocator().freePages();
        Process other = machine.newProcess();
        FileTable files = new FileTable(machine.vfs(), process);
        int fd = files.memfdCreate("data", 0);
        FileTable kept = files.fork(other);
        fill(process, 10 * MIB);

        long written = files.pwrite(fd, 0, 200 * MIB, 7);

        assertThat(process.isKilled()).isTrue();
        assertThat(other.isKilled()).isFalse();
        assertThat(machine.vmstat("oom_kill")).isEqualTo(1);
        assertThat(written).as("a short write").isPositive().isLessThan(96 * MIB);
        assertThat(kept.pread(fd, 0, 200 * MIB)).as("nobody undoes it").isEqualTo(written);
        assertThat(files.pwrite(fd, 0, PAGE, 7)).isEqualTo(-Errno.ESRCH);
        assertThat(files.get(fd)).isNull();

        kept.close(fd);
        other.exit();
        machine.memory().lru().drain();
        allocator().drain();
        assertThat(allocator().freePages()).isGreaterThanOrEqualTo(free);
    }

    @Test
    void a_preallocation_whose_process_is_killed_takes_back_what_it_added() {
        FileTable files = new FileTable(machine.vfs(), process);
        int fd = files.memfdCreate("data", 0);
        Process other = machine.newProcess();
        other.setOomScoreAdjust(-1000);
        FileTable kept = files.fork(other);

        assertThat(files.fallocate(fd, 0, 0, 200 * MIB)).isEqualTo(-Errno.EINTR);

        assertThat(process.isKilled()).isTrue();
        assertThat(Objects.requireNonNull(kept.get(fd)).inode().blocks()).isZero();
    }

    @Test
    void files_of_no_process_run_out_of_memory_without_a_victim() {
        FileTable files = new FileTable(machine.vfs());
        int fd = files.memfdCreate("data", 0);
        assertThat(files.fallocate(fd, 0, 0, 200 * MIB)).isEqualTo(-Errno.ENOMEM);
        assertThat(machine.vmstat("oom_kill")).isZero();
        files.closeAll();
    }

    @Test
    void strict_accounting_promises_no_more_than_the_limit() {
        machine.files().swapon(64 * MIB);
        machine.write("/proc/sys/vm/overcommit_memory", "2");
        machine.write("/proc/sys/vm/user_reserve_kbytes", "0");
        long limit = meminfo("CommitLimit");
        assertThat(limit).isEqualTo(meminfo("MemTotal") / 4 * 50 / 100 * 4 + 64 * 1024 - 4);

        assertThat(process.mmap(0, limit << 10, RW, PRIVATE_ANON, null, 0)).isEqualTo(-Errno.ENOMEM);
        long half = (limit / 2 & -4) << 10;
        long a = process.mmap(0, half, RW, PRIVATE_ANON, null, 0);
        assertThat(a).isPositive();
        assertThat(meminfo("Committed_AS")).isEqualTo(half >> 10);
        assertThat(process.mmap(0, half, RW, SHARED_ANON, null, 0)).as("shared memory counts too").isPositive();
        assertThat(process.mmap(0, MIB, RW, PRIVATE_ANON, null, 0)).isEqualTo(-Errno.ENOMEM);
        assertThat(process.mmap(0, MIB, RW, PRIVATE_ANON | NORESERVE, null, 0)).as("MAP_NORESERVE is not heard").isEqualTo(-Errno.ENOMEM);
        assertThat(process.mmap(0, MIB, 1, PRIVATE_ANON, null, 0)).as("what cannot be written costs nothing").isPositive();
        process.munmap(a, half);
        assertThat(process.mmap(0, MIB, RW, PRIVATE_ANON, null, 0)).isPositive();
    }

    private long meminfo(String name) {
        return machine.read("/proc/meminfo").lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void swapoff_without_room_fails_and_what_is_on_swap_stays_readable() {
        machine.files().swapon(256 * MIB);
        long area = process.mmap(0, 150 * MIB, RW, PRIVATE_ANON, null, 0);
        for (long at = 0; at < 150 * MIB; at += PAGE) {
            process.store(area + at, (int) (at >> 12) & 0x7f);
        }
        assertThat(machine.files().swapoff()).isEqualTo(-Errno.ENOMEM);
        assertThat(machine.vmstat("oom_kill")).as("nobody is killed for it").isZero();
        for (long at = 0; at < 150 * MIB; at += PAGE) {
            assertThat(process.load(area + at)).isEqualTo((int) (at >> 12) & 0x7f);
        }
    }
}
