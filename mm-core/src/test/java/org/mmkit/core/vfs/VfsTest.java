package org.mmkit.core.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.feature.ShmemFolioPolicy;
import org.mmkit.api.file.FileFlags;
import org.mmkit.api.file.ShmemMapping;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.Vma;
import org.mmkit.core.TestMemory;
import org.mmkit.core.boot.Extensions;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.pagecache.CacheContext;
import org.mmkit.core.shmem.Shmem;
import org.mmkit.core.stat.CounterTable;
import org.mmkit.core.swap.SwapSpace;

class VfsTest {

    private static final long MIB = 1L << 20;
    private static final int CREATE = FileFlags.O_RDWR | FileFlags.O_CREAT;

    private final SystemMemory memory = TestMemory.of(256 * MIB);
    private final CounterTable counters = new CounterTable();
    private final Extensions extensions = new Extensions();
    private Vfs vfs;
    private FileTable files;
    private long free;

    @BeforeEach
    void boot() {
        CacheContext context = new CacheContext(memory, counters, 12, 9);
        vfs = new Vfs(context, new Shmem(context, extensions, new SwapSpace(memory, counters, extensions, 12, 9)), true,
                new StopMachine());
        files = new FileTable(vfs);
        memory.allocator().drain();
        free = memory.allocator().freePages();
    }

    @Test
    void a_write_beyond_the_quota_is_ENOSPC_and_what_fitted_stays() throws ErrnoException {
        assertThat(vfs.mount("tmpfs", "size=1M", "/mnt/t", false)).isZero();
        int fd = files.open("/mnt/t/f", CREATE);

        assertThat(files.pwrite(fd, 0, 2 * MIB, 1)).isEqualTo(MIB);
        assertThat(files.pwrite(fd, MIB, 4096, 1)).isEqualTo(-Errno.ENOSPC);
        assertThat(files.fallocate(fd, 0, 0, 2 * MIB)).isEqualTo(-Errno.ENOSPC);

        assertThat(vfs.statfs("/mnt/t").freeBlocks()).isZero();
        assertThat(counters.get("nr_shmem")).isEqualTo(256);
        assertThat(files.ftruncate(fd, 4097)).isZero();
        assertThat(vfs.statfs("/mnt/t").freeBlocks()).isEqualTo(254);
        assertThat(files.get(fd).inode().blocks()).isEqualTo(16);
    }

    @Test
    void a_failed_preallocation_takes_back_what_it_added_and_nothing_else() throws ErrnoException {
        vfs.mount("tmpfs", "size=1M", "/mnt/t", false);
        int other = files.open("/mnt/t/other", CREATE);
        files.pwrite(other, 0, MIB / 2, 1);
        int fd = files.open("/mnt/t/f", CREATE);
        files.pwrite(fd, 0, 4096, 1);

        assertThat(files.fallocate(fd, 0, 0, MIB)).isEqualTo(-Errno.ENOSPC);

        assertThat(files.get(fd).inode().blocks()).isEqualTo(8);
        assertThat(files.get(fd).inode().size()).isEqualTo(4096);
        assertThat(vfs.statfs("/mnt/t").freeBlocks()).isEqualTo(127);
    }

    @Test
    void mount_refuses_what_Linux_refuses() {
        assertThat(vfs.mount("tmpfs", "huge=foo", "/mnt/t", false)).isEqualTo(-Errno.EINVAL);
        assertThat(vfs.mount("tmpfs", "sise=1M", "/mnt/t", false)).isEqualTo(-Errno.EINVAL);
        assertThat(vfs.mount("tmpfs", "size=1X", "/mnt/t", false)).isEqualTo(-Errno.EINVAL);
        assertThat(vfs.mount("ext9", "", "/mnt/t", false)).isEqualTo(-Errno.ENODEV);
        assertThat(vfs.umount("/mnt/t")).isEqualTo(-Errno.EINVAL);
        assertThat(vfs.umount("/mnt/never")).isEqualTo(-Errno.ENOENT);
    }

    @Test
    void a_remount_below_use_is_EINVAL_and_changes_nothing() throws ErrnoException {
        vfs.mount("tmpfs", "size=3M", "/mnt/t", false);
        int fd = files.open("/mnt/t/f", CREATE);
        files.pwrite(fd, 0, 2 * MIB, 1);

        assertThat(vfs.remount("size=1M", "/mnt/t", false)).isEqualTo(-Errno.EINVAL);
        assertThat(vfs.statfs("/mnt/t").blocks()).isEqualTo(768);
        assertThat(vfs.remount("size=2M", "/mnt/t", false)).isZero();
        assertThat(vfs.statfs("/mnt/t").blocks()).isEqualTo(512);
    }

    @Test
    void a_file_lives_while_it_is_open_and_its_pages_go_with_the_last_descriptor() {
        vfs.mount("tmpfs", "", "/mnt/t", false);
        int fd = files.open("/mnt/t/f", CREATE);
        files.pwrite(fd, 0, MIB, 1);
        FileTable child = files.fork();

        assertThat(vfs.unlink("/mnt/t/f")).isZero();
        assertThat(files.open("/mnt/t/f", FileFlags.O_RDWR)).isEqualTo(-Errno.ENOENT);
        assertThat(files.close(fd)).isZero();
        assertThat(vfs.umount("/mnt/t")).isEqualTo(-Errno.EBUSY);
        assertThat(counters.get("nr_shmem")).isEqualTo(256);
        child.closeAll();

        assertThat(counters.get("nr_shmem")).isZero();
        memory.allocator().drain();
        assertThat(memory.allocator().freePages()).isEqualTo(free);
        assertThat(vfs.umount("/mnt/t")).isZero();
    }

    @Test
    void nr_inodes_counts_the_root_directory() {
        vfs.mount("tmpfs", "nr_inodes=2", "/mnt/t", false);

        assertThat(files.open("/mnt/t/a", CREATE)).isNotNegative();
        assertThat(files.open("/mnt/t/b", CREATE)).isEqualTo(-Errno.ENOSPC);
        assertThat(vfs.unlink("/mnt/t/a")).isZero();
    }

    @Test
    void T11_a_write_gets_the_largest_aligned_folio_that_the_policy_allows_and_the_cache_has_room_for() {
        extensions.setShmemFolioPolicy(allOrders());
        int fd = files.memfdCreate("x", 0);

        files.pwrite(fd, 4096, 4096, 1);
        assertThat(files.get(fd).inode().blocks()).isEqualTo(4096);
        assertThat(counters.get("nr_shmem_hugepages")).isEqualTo(1);
        assertThat(counters.get("thp_file_alloc")).isEqualTo(1);
    }

    private static ShmemFolioPolicy allOrders() {
        return new ShmemFolioPolicy() {
            @Override
            public int orders(ShmemMapping file, @Nullable Vma vma, long index, long writeEnd) {
                return 0b11_1111_1110;
            }

            @Override
            public int gfp(@Nullable Vma vma) {
                return Gfp.TRANSHUGE_LIGHT;
            }

            @Override
            public boolean isHuge(ShmemMapping file) {
                return true;
            }

            @Override
            public int areaOrder(ShmemMapping file, boolean opened) {
                return 9;
            }

            @Override
            public int mountOption(String value) {
                return 1;
            }

            @Override
            public int defaultMountOption() {
                return 0;
            }
        };
    }

    @Test
    void memfd_and_fallocate_check_their_flags() {
        assertThat(files.memfdCreate("x", 0x40)).isEqualTo(-Errno.EINVAL);
        assertThat(files.memfdCreate("x", FileFlags.MFD_EXEC | FileFlags.MFD_NOEXEC_SEAL)).isEqualTo(-Errno.EINVAL);
        assertThat(files.memfdCreate("x", FileFlags.MFD_HUGETLB)).isEqualTo(-Errno.ENOSYS);
        int fd = files.memfdCreate("x", 0);
        assertThat(files.fallocate(fd, FileFlags.FALLOC_FL_PUNCH_HOLE, 0, 4096)).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(files.fallocate(fd, FileFlags.FALLOC_FL_ZERO_RANGE, 0, 4096)).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(files.fallocate(fd, FileFlags.FALLOC_FL_COLLAPSE_RANGE, 0, 4096)).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(files.fallocate(fd, 0, 0, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(files.fallocate(fd, FileFlags.FALLOC_FL_KEEP_SIZE, 0, 8192)).isZero();
        assertThat(files.get(fd).inode().size()).isZero();
        assertThat(files.get(fd).inode().blocks()).isEqualTo(16);
        assertThat(files.fallocate(99, 0, 0, 4096)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void a_second_maker_of_huge_files_is_refused_by_name() {
        vfs.hugeFiles((use, name, length, pageShift, reserve) -> {
            throw new ErrnoException(Errno.ENOMEM);
        });
        assertThat(files.memfdCreate("x", FileFlags.MFD_HUGETLB)).isEqualTo(-Errno.ENOMEM);
        assertThatThrownBy(() -> vfs.hugeFiles((use, name, length, pageShift, reserve) -> {
                    throw new ErrnoException(Errno.ENOMEM);
                }))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void every_page_of_a_host_file_counts_as_cached() {
        FileDescription file = vfs.hostFile("/usr/bin/x", 8 << 20 | 1, 42, 10_000);

        assertThat(file.inode().mapping().findAround(2)).isNotNegative();
        assertThat(file.inode().mapping().findAround(3)).isEqualTo(-1);
        assertThat(counters.get("nr_file_pages")).isEqualTo(1);
        assertThat(vfs.hostFile("/usr/bin/x", 8 << 20 | 1, 42, 0).inode()).isSameAs(file.inode());
    }
}
