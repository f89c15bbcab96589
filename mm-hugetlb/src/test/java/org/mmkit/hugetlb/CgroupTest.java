package org.mmkit.hugetlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mmkit.api.Errno;
import org.mmkit.api.file.FileFlags;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;
import org.mmkit.core.vfs.FileTable;
import org.mmkit.core.vfs.SharedMemorySegments;

class CgroupTest {

    private static final long MIB = 1 << 20;
    private static final long HUGE = 2 * MIB;
    private static final String ROOT = "/sys/fs/cgroup/";
    private static final String GROUP = ROOT + "g/";
    private static final int PRIVATE = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_HUGETLB;
    private static final int SHARED = MapFlags.MAP_SHARED | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_HUGETLB;

    private Machine machine;
    private Process process;

    @BeforeEach
    void boot() {
        machine = Machine.builder().arch("x86_64").memory(512 * MIB).contents(false).cmdline("hugepages=16").build();
        assertThat(machine.write(ROOT + "cgroup.subtree_control", "+hugetlb\n")).isPositive();
        assertThat(machine.mkdir(ROOT + "g")).isZero();
        process = machine.newProcess();
        assertThat(machine.write(GROUP + "cgroup.procs", process.pid() + "\n")).isPositive();
    }

    private long bytes(String file) {
        return Long.parseLong(machine.read(GROUP + "hugetlb.2MB." + file).strip());
    }

    private long map(int flags, long pages) {
        return process.mmap(0, pages * HUGE, 3, flags, null, 0);
    }

    @Test
    void H07_a_group_counts_promises_at_mmap_and_pages_at_the_fault() {
        long a = map(PRIVATE, 4);
        assertThat(bytes("rsvd.current")).isEqualTo(4 * HUGE);
        assertThat(bytes("current")).isZero();

        process.store(a, 1);
        process.store(a + HUGE, 1);
        assertThat(bytes("rsvd.current")).isEqualTo(4 * HUGE);
        assertThat(bytes("current")).isEqualTo(2 * HUGE);
        assertThat(machine.read(GROUP + "hugetlb.2MB.numa_stat")).isEqualTo("total=" + 2 * HUGE + " N0=" + 2 * HUGE + "\n");

        process.munmap(a, 4 * HUGE);
        assertThat(bytes("rsvd.current")).isZero();
        assertThat(bytes("current")).isZero();
        machine.verify();
    }

    @Test
    void H07_a_fault_beyond_the_limit_is_SIGBUS_and_is_counted() {
        assertThat(machine.write(GROUP + "hugetlb.2MB.max", "5M\n")).isPositive();
        assertThat(machine.read(GROUP + "hugetlb.2MB.max")).isEqualTo(2 * HUGE + "\n");
        long a = map(PRIVATE, 4);
        assertThat(a).isPositive();

        assertThat(process.store(a, 1)).isZero();
        assertThat(process.store(a + HUGE, 1)).isZero();
        assertThat(process.store(a + 2 * HUGE, 1)).isEqualTo(-Process.SIGBUS);

        assertThat(machine.read(GROUP + "hugetlb.2MB.events")).isEqualTo("max 1\n");
        assertThat(bytes("current")).isEqualTo(2 * HUGE);
        machine.verify();
    }

    @Test
    void H07_a_reservation_beyond_the_limit_is_ENOMEM() {
        machine.write(GROUP + "hugetlb.2MB.rsvd.max", Long.toString(3 * HUGE));

        assertThat(map(PRIVATE, 4)).isEqualTo(-Errno.ENOMEM);
        assertThat(map(SHARED, 4)).isEqualTo(-Errno.ENOMEM);
        assertThat(map(PRIVATE, 3)).isPositive();
        assertThat(machine.read(GROUP + "hugetlb.2MB.events.local")).isEqualTo("max 2\n");
        // a process outside the group is not limited
        assertThat(machine.newProcess().mmap(0, 4 * HUGE, 3, PRIVATE, null, 0)).isPositive();
        machine.verify();
    }

    @Test
    void H07_memory_without_a_reservation_is_charged_to_both_when_it_is_touched() {
        long a = map(PRIVATE | MapFlags.MAP_NORESERVE, 2);
        assertThat(bytes("rsvd.current")).isZero();
        process.store(a, 1);
        assertThat(bytes("rsvd.current")).isEqualTo(HUGE);
        assertThat(bytes("current")).isEqualTo(HUGE);
        process.munmap(a, 2 * HUGE);
        assertThat(bytes("rsvd.current")).isZero();
    }

    @Test
    void H07_shared_memory_stays_charged_until_the_file_goes() {
        long a = map(SHARED, 3);
        process.store(a, 1);
        assertThat(bytes("rsvd.current")).isEqualTo(3 * HUGE);
        assertThat(bytes("current")).isEqualTo(HUGE);
        process.munmap(a, 3 * HUGE);
        assertThat(bytes("rsvd.current")).isZero();
        assertThat(bytes("current")).isZero();
        machine.verify();
    }

    /** What Linux 6.18 said of the same calls in a group with {@code rsvd} limited to five pages. */
    @Test
    void H07_memory_of_memfd_and_fallocate_is_the_callers() {
        machine.write(GROUP + "hugetlb.2MB.rsvd.max", Long.toString(5 * HUGE));
        FileTable files = new FileTable(machine.vfs(), process);
        int fd = files.memfdCreate("x", FileFlags.MFD_HUGETLB);
        assertThat(files.ftruncate(fd, 4 * HUGE)).isZero();
        charged(0, 0);
        assertThat(files.fallocate(fd, 0, 0, 2 * HUGE)).isZero();
        charged(2, 2);
        long a = process.mmap(0, 4 * HUGE, 3, MapFlags.MAP_SHARED, files.get(fd), 0);
        charged(2, 4);
        process.store(a, 1);
        charged(2, 4);
        process.store(a + 3 * HUGE, 1);
        charged(3, 4);
        assertThat(files.fallocate(fd, FileFlags.FALLOC_FL_PUNCH_HOLE | FileFlags.FALLOC_FL_KEEP_SIZE, 0, HUGE)).isZero();
        charged(2, 3);
        process.munmap(a, 4 * HUGE);
        charged(2, 3);
        assertThat(files.ftruncate(fd, HUGE)).isZero();
        charged(0, 0);
        assertThat(files.fallocate(fd, 0, 0, 6 * HUGE)).isEqualTo(-Errno.ENOSPC);
        charged(5, 5);
        files.close(fd);
        charged(0, 0);
        machine.verify();
    }

    @Test
    void H07_a_segment_is_charged_to_who_made_it_until_it_is_gone() {
        machine.write(GROUP + "hugetlb.2MB.rsvd.max", Long.toString(5 * HUGE));
        SharedMemorySegments segments = machine.files().segments();
        int flags = FileFlags.SHM_HUGETLB | FileFlags.IPC_CREAT;
        int id = (int) process.call(() -> segments.shmget(FileFlags.IPC_PRIVATE, 3 * HUGE, flags));
        charged(0, 3);
        Process other = machine.newProcess();
        long a = segments.shmat(process, id, 0, 0);
        process.store(a, 1);
        charged(1, 3);
        // a page is its first user's, the promise stays with who made the segment
        other.store(segments.shmat(other, id, 0, 0) + HUGE, 1);
        charged(1, 3);
        other.exit();
        segments.shmdt(process, a);
        charged(1, 3);
        segments.shmctl(id, FileFlags.IPC_RMID, 0);
        charged(0, 0);
        assertThat(process.call(() -> segments.shmget(FileFlags.IPC_PRIVATE, 6 * HUGE, flags))).isEqualTo(-Errno.ENOMEM);
        charged(0, 0);
        assertThat(process.call(() -> segments.shmget(FileFlags.IPC_PRIVATE, 6 * HUGE, flags | FileFlags.SHM_NORESERVE))).isNotNegative();
        charged(0, 0);
        machine.verify();
    }

    private void charged(long used, long promised) {
        assertThat(List.of(bytes("current") / HUGE, bytes("rsvd.current") / HUGE)).containsExactly(used, promised);
    }

    @Test
    void H07_a_child_group_is_limited_by_those_above_and_counts_there_too() throws Exception {
        assertThat(machine.write(GROUP + "cgroup.subtree_control", "+hugetlb")).isEqualTo(-Errno.EBUSY);
        machine.write(ROOT + "cgroup.procs", Integer.toString(process.pid()));
        assertThat(machine.write(GROUP + "cgroup.subtree_control", "+hugetlb")).isPositive();
        machine.mkdir(GROUP + "child");
        machine.write(GROUP + "child/cgroup.procs", Integer.toString(process.pid()));
        machine.write(GROUP + "hugetlb.2MB.max", Long.toString(HUGE));
        long a = map(PRIVATE, 3);
        Process child = process.fork();

        assertThat(machine.read(GROUP + "child/cgroup.procs")).isEqualTo(process.pid() + "\n" + child.pid() + "\n");
        assertThat(process.store(a, 1)).isZero();
        assertThat(process.store(a + HUGE, 1)).isEqualTo(-Process.SIGBUS);

        assertThat(bytes("current")).isEqualTo(HUGE);
        assertThat(machine.read(GROUP + "child/hugetlb.2MB.current")).isEqualTo(HUGE + "\n");
        assertThat(machine.read(GROUP + "hugetlb.2MB.events")).isEqualTo("max 1\n");
        assertThat(machine.read(GROUP + "hugetlb.2MB.events.local")).isEqualTo("max 0\n");
        assertThat(machine.rmdir(GROUP + "child")).isEqualTo(-Errno.EBUSY);
        process.exit();
        child.exit();
        assertThat(bytes("current")).isZero();
        assertThat(machine.rmdir(GROUP + "child")).isZero();
        assertThat(machine.rmdir(ROOT + "g")).isZero();
        machine.verify();
    }

    @Test
    void H07_bad_limits_and_folders_are_refused() {
        assertThat(machine.write(GROUP + "hugetlb.2MB.max", "x")).isEqualTo(-Errno.EINVAL);
        assertThat(machine.write(GROUP + "hugetlb.2MB.current", "1")).isEqualTo(-Errno.EACCES);
        process.store(map(PRIVATE, 2), 1);
        assertThat(machine.write(GROUP + "hugetlb.2MB.max", "0")).isEqualTo(-Errno.EBUSY);
        assertThat(machine.mkdir(ROOT + "g")).isEqualTo(-Errno.EEXIST);
        assertThat(machine.mkdir(ROOT + "x/y")).isEqualTo(-Errno.ENOENT);
        assertThat(machine.mkdir("/sys/kernel/mm/x")).isEqualTo(-Errno.EPERM);
        assertThat(machine.write(GROUP + "cgroup.procs", "4711")).isEqualTo(-Errno.ESRCH);
        assertThat(machine.list(ROOT + "g")).contains("hugetlb.1GB.max", "hugetlb.2MB.rsvd.max", "cgroup.procs");
        assertThat(machine.list(ROOT)).doesNotContain("hugetlb.2MB.max");
        assertThat(machine.write(ROOT + "cgroup.subtree_control", "+memory")).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void H07_without_the_controller_there_are_no_limits() {
        Machine without = Machine.builder().arch("x86_64").memory(512 * MIB).set("CGROUP_HUGETLB", "n").build();
        assertThat(without.read(ROOT + "cgroup.controllers")).isEqualTo("\n");
        assertThat(without.write(ROOT + "cgroup.subtree_control", "+hugetlb")).isEqualTo(-Errno.EINVAL);
    }
}
