package org.mmkit.hugetlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mmkit.api.Errno;
import org.mmkit.api.file.FileFlags;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.PathException;
import org.mmkit.core.process.Process;
import org.mmkit.core.vfs.FileTable;
import org.mmkit.core.vfs.SharedMemorySegments;

/** Calls of processes that are not root's; Linux 6.18 was asked the same, as user 1000 with 64 KiB of RLIMIT_MEMLOCK. */
class CredentialsTest {

    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final int PRIVATE = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS;
    private static final int HUGE_SEGMENT = FileFlags.SHM_HUGETLB | FileFlags.IPC_CREAT | 0600;
    private static final String POOL = "/proc/sys/vm/nr_hugepages";

    private final Machine machine = machine("6.18");

    private static Machine machine(String kernel) {
        return Machine.builder().arch("x86_64").kernel(kernel).memory(512 * MIB).contents(false).cmdline("hugepages=8").build();
    }

    /** Of user 1000 with {@code limit} bytes to lock and the supplementary group 27. */
    private static Process user(Machine machine, long limit) {
        Process process = machine.newProcess();
        assertThat(process.credentials().limitLocked(limit, limit)).isZero();
        assertThat(process.credentials().setgroups(Set.of(27))).isZero();
        assertThat(process.credentials().setgid(1000)).isZero();
        assertThat(process.credentials().setuid(1000)).isZero();
        return process;
    }

    private static long map(Process process, long bytes, int flags) {
        return process.mmap(0, bytes, 3, flags, null, 0);
    }

    @Test
    void H07_mlock_counts_against_the_limit_what_is_not_locked_yet() {
        Process process = user(machine, 64 * KIB);
        long a = map(process, 4 * MIB, PRIVATE);

        assertThat(process.mlock(a, 64 * KIB)).isZero();
        assertThat(process.mlock(a, 64 * KIB)).isZero();
        assertThat(process.mlock(a, 68 * KIB)).isEqualTo(-Errno.ENOMEM);
        assertThat(process.mlock2(a + 64 * KIB, 4 * KIB, MapFlags.MLOCK_ONFAULT)).isEqualTo(-Errno.ENOMEM);
        assertThat(process.mlock2(a, 4 * KIB, 2)).isEqualTo(-Errno.EINVAL);
        assertThat(map(process, 128 * KIB, PRIVATE | MapFlags.MAP_LOCKED)).isEqualTo(-Errno.EAGAIN);
        assertThat(process.mlockall(MapFlags.MCL_CURRENT)).isEqualTo(-Errno.ENOMEM);
        assertThat(process.munlock(a, 64 * KIB)).isZero();
        machine.verify();
    }

    @Test
    void H07_after_mlockall_of_the_future_mmap_brk_and_mremap_stop_at_the_limit() {
        Process process = user(machine, 64 * KIB);
        assertThat(process.mlockall(MapFlags.MCL_FUTURE)).isZero();

        long a = map(process, 60 * KIB, PRIVATE);
        assertThat(a).isPositive();
        assertThat(map(process, 8 * KIB, PRIVATE)).isEqualTo(-Errno.EAGAIN);
        long end = process.brk(0);
        assertThat(process.brk(end + 128 * KIB)).isEqualTo(end);
        assertThat(process.mremap(a, 60 * KIB, 128 * KIB, MapFlags.MREMAP_MAYMOVE, 0)).isEqualTo(-Errno.EAGAIN);
        assertThat(process.munlockall()).isZero();
        assertThat(process.mremap(a, 60 * KIB, 128 * KIB, MapFlags.MREMAP_MAYMOVE, 0)).isPositive();
        machine.verify();
    }

    @Test
    void H07_with_a_limit_of_nothing_locking_is_not_permitted() {
        Process process = user(machine, 0);
        long a = map(process, 64 * KIB, PRIVATE);

        assertThat(process.mlock(a, 4 * KIB)).isEqualTo(-Errno.EPERM);
        assertThat(process.mlock(a, 0)).isEqualTo(-Errno.EPERM);
        assertThat(process.mlockall(MapFlags.MCL_FUTURE)).isEqualTo(-Errno.EPERM);
        assertThat(map(process, 4 * KIB, PRIVATE | MapFlags.MAP_LOCKED)).isEqualTo(-Errno.EPERM);
        assertThat(map(process, 4 * KIB, PRIVATE)).isPositive();
    }

    @Test
    void H07_a_segment_of_huge_pages_needs_the_capability_or_the_group() {
        SharedMemorySegments segments = machine.files().segments();
        Process process = user(machine, 64 * MIB);

        assertThat(process.call(() -> segments.shmget(FileFlags.IPC_PRIVATE, 2 * MIB, HUGE_SEGMENT))).isEqualTo(-Errno.EPERM);
        assertThat(machine.kernelLog()).anyMatch(line -> line.contains("Using mlock ulimits for SHM_HUGETLB is obsolete"));
        assertThat(map(process, 2 * MIB, PRIVATE | MapFlags.MAP_HUGETLB)).as("anybody may map them").isPositive();
        assertThat(machine.write("/proc/sys/vm/hugetlb_shm_group", "27\n")).isPositive();
        assertThat(process.call(() -> segments.shmget(FileFlags.IPC_PRIVATE, 2 * MIB, HUGE_SEGMENT))).isNotNegative();
        machine.verify();
    }

    @Test
    void H07_before_5_16_room_to_lock_was_enough_for_a_segment_of_huge_pages() {
        Machine old = machine("5.14");
        SharedMemorySegments segments = old.files().segments();
        Process process = user(old, 4 * MIB);

        int id = (int) process.call(() -> segments.shmget(FileFlags.IPC_PRIVATE, 4 * MIB, HUGE_SEGMENT));
        assertThat(id).isNotNegative();
        assertThat(process.call(() -> segments.shmget(FileFlags.IPC_PRIVATE, 2 * MIB, HUGE_SEGMENT))).isEqualTo(-Errno.EPERM);
        segments.shmctl(id, FileFlags.IPC_RMID, 0);
        assertThat(process.call(() -> segments.shmget(FileFlags.IPC_PRIVATE, 2 * MIB, HUGE_SEGMENT))).isNotNegative();
    }

    @Test
    void H07_segments_that_are_locked_count_for_their_user() {
        SharedMemorySegments segments = machine.files().segments();
        Process process = user(machine, 64 * KIB);
        int first = (int) process.call(() -> segments.shmget(FileFlags.IPC_PRIVATE, 32 * KIB, 0600));
        int second = (int) process.call(() -> segments.shmget(FileFlags.IPC_PRIVATE, 36 * KIB, 0600));

        assertThat(process.call(() -> segments.shmctl(first, FileFlags.SHM_LOCK, 0))).isZero();
        assertThat(process.call(() -> segments.shmctl(second, FileFlags.SHM_LOCK, 0))).isEqualTo(-Errno.ENOMEM);
        assertThat(process.call(() -> segments.shmctl(first, FileFlags.SHM_UNLOCK, 0))).isZero();
        assertThat(process.call(() -> segments.shmctl(second, FileFlags.SHM_LOCK, 0))).isZero();
        assertThat(process.credentials().limitLocked(0, 64 * KIB)).isZero();
        assertThat(process.call(() -> segments.shmctl(first, FileFlags.SHM_LOCK, 0))).isEqualTo(-Errno.EPERM);
        assertThat(process.call(() -> segments.shmctl(second, FileFlags.SHM_UNLOCK, 0))).isZero();
        machine.verify();
    }

    @Test
    void H07_pools_are_roots_to_size() {
        Process process = user(machine, 64 * KIB);
        Process bare = machine.newProcess();
        assertThat(bare.credentials().capset(0)).isZero();

        assertThat(machine.write(process, POOL, "9\n")).isEqualTo(-Errno.EACCES);
        assertThat(machine.write(process, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "9\n")).isEqualTo(-Errno.EACCES);
        assertThat(machine.write(process, "/proc/sys/vm/nr_nothing", "9\n")).isEqualTo(-Errno.ENOENT);
        assertThat(machine.read(process, POOL)).isEqualTo("8\n");
        assertThat(machine.write(bare, POOL, "7\n")).as("root is the owner, capabilities or not").isPositive();
        assertThatThrownBy(() -> machine.read(process, "/proc/" + bare.pid() + "/smaps")).isInstanceOf(PathException.class);
        assertThat(machine.read(process, "/proc/" + process.pid() + "/smaps")).isNotNull();
    }

    @Test
    void H07_a_mount_of_hugetlbfs_is_for_those_whom_its_options_let_in() {
        Process process = user(machine, 64 * KIB);
        FileTable files = new FileTable(machine.vfs(), process);
        int create = FileFlags.O_CREAT | FileFlags.O_RDWR;

        assertThat(process.call(() -> machine.vfs().mount("hugetlbfs", "", "/mnt/own", false))).isEqualTo(-Errno.EPERM);
        assertThat(machine.vfs().mount("hugetlbfs", "", "/mnt/roots", false)).isZero();
        assertThat(files.open("/mnt/roots/f", create)).isEqualTo(-Errno.EACCES);
        assertThat(machine.vfs().mount("hugetlbfs", "uid=1000,mode=0700", "/mnt/users", false)).isZero();
        assertThat(files.open("/mnt/users/f", create)).isNotNegative();
        assertThat(machine.vfs().mount("hugetlbfs", "gid=27,mode=0770", "/mnt/group", false)).isZero();
        assertThat(files.open("/mnt/group/f", create)).isNotNegative();
        assertThat(machine.vfs().mount("hugetlbfs", "mode=1777", "/mnt/all", false)).isZero();
        FileTable roots = new FileTable(machine.vfs(), machine.newProcess());
        assertThat(roots.open("/mnt/all/f", create)).isNotNegative();
        assertThat(files.open("/mnt/all/f", FileFlags.O_RDWR)).as("mode 0600").isEqualTo(-Errno.EACCES);
        assertThat(process.call(() -> machine.vfs().unlink("/mnt/all/f"))).as("the sticky bit").isEqualTo(-Errno.EPERM);
        for (String bad : new String[] {"uid=-1", "uid=4294967295", "gid=x", "mode=8", "mode="}) {
            assertThat(machine.vfs().mount("hugetlbfs", bad, "/mnt/bad", false)).as(bad).isEqualTo(-Errno.EINVAL);
        }
    }

    @Test
    void H07_rights_that_were_given_up_do_not_come_back() {
        Process process = user(machine, 64 * KIB);

        assertThat(process.credentials().setuid(0)).isEqualTo(-Errno.EPERM);
        assertThat(process.credentials().setgid(0)).isEqualTo(-Errno.EPERM);
        assertThat(process.credentials().setgroups(Set.of())).isEqualTo(-Errno.EPERM);
        assertThat(process.credentials().limitLocked(128 * KIB, 128 * KIB)).isEqualTo(-Errno.EPERM);
        assertThat(process.credentials().limitLocked(128 * KIB, 64 * KIB)).isEqualTo(-Errno.EINVAL);
        assertThat(process.credentials().capset(1)).isEqualTo(-Errno.EPERM);
        assertThat(process.vfork().credentials().uid()).isEqualTo(1000);
    }
}
