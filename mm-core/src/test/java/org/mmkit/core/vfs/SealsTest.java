package org.mmkit.core.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mmkit.api.Errno;
import org.mmkit.api.file.FileFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.core.TestMemory;
import org.mmkit.core.boot.Extensions;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.pagecache.CacheContext;
import org.mmkit.core.shmem.Shmem;
import org.mmkit.core.stat.CounterTable;
import org.mmkit.core.swap.SwapSpace;

class SealsTest {

    private static final int PAGE = 4096;

    private final SystemMemory memory = TestMemory.of(64 << 20);
    private FileTable files;
    private Vfs vfs;
    private int fd;

    @BeforeEach
    void boot() {
        CounterTable counters = new CounterTable();
        Extensions extensions = new Extensions();
        CacheContext context = new CacheContext(memory, counters, 12, 9);
        vfs = new Vfs(context, new Shmem(context, extensions, new SwapSpace(memory, counters, extensions, 12, 9)), true,
                new StopMachine());
        files = new FileTable(vfs);
        fd = files.memfdCreate("m", FileFlags.MFD_ALLOW_SEALING);
        files.ftruncate(fd, 4 * PAGE);
        files.pwrite(fd, 0, 4 * PAGE, 1);
    }

    private int seals() {
        return files.fcntl(fd, FileFlags.F_GET_SEALS, 0);
    }

    private int add(int seals) {
        return files.fcntl(fd, FileFlags.F_ADD_SEALS, seals);
    }

    @Test
    void F_SEAL_SHRINK_and_GROW_keep_the_size() {
        assertThat(add(FileFlags.F_SEAL_SHRINK)).isZero();
        assertThat(files.ftruncate(fd, PAGE)).isEqualTo(-Errno.EPERM);
        assertThat(files.ftruncate(fd, 5 * PAGE)).isZero();

        assertThat(add(FileFlags.F_SEAL_GROW)).isZero();
        assertThat(files.ftruncate(fd, 6 * PAGE)).isEqualTo(-Errno.EPERM);
        // Page by page where there are no huge pages: what fits is written.
        assertThat(files.pwrite(fd, 4 * PAGE + 1, PAGE, 1)).isEqualTo(PAGE - 1);
        assertThat(files.pwrite(fd, 5 * PAGE, PAGE, 1)).isEqualTo(-Errno.EPERM);
        assertThat(files.fallocate(fd, FileFlags.FALLOC_FL_KEEP_SIZE, 0, 6 * PAGE)).isEqualTo(-Errno.EPERM);
        assertThat(files.pwrite(fd, 4 * PAGE, PAGE, 1)).isEqualTo(PAGE);
        assertThat(files.get(fd).inode().size()).isEqualTo(5 * PAGE);
    }

    @Test
    void F_SEAL_WRITE_waits_for_whoever_holds_a_page() {
        long head = files.get(fd).mapping().find(0);
        assertThat(head).isNotEqualTo(Frames.NONE);
        memory.frames().get(head, 1);
        assertThat(add(FileFlags.F_SEAL_WRITE)).isEqualTo(-Errno.EBUSY);
        assertThat(seals()).isZero();

        memory.frames().put(head, 1);
        assertThat(add(FileFlags.F_SEAL_WRITE)).isZero();
        assertThat(files.pwrite(fd, 0, 1, 1)).isEqualTo(-Errno.EPERM);
        assertThat(files.fallocate(fd, FileFlags.FALLOC_FL_PUNCH_HOLE | FileFlags.FALLOC_FL_KEEP_SIZE, 0, PAGE)).isEqualTo(-Errno.EPERM);
        assertThat(files.fallocate(fd, 0, 0, PAGE)).isZero();
    }

    @Test
    void F_SEAL_SEAL_ends_sealing_and_is_what_files_begin_with_that_did_not_ask() {
        assertThat(add(FileFlags.F_SEAL_SEAL | FileFlags.F_SEAL_GROW)).isZero();
        assertThat(add(FileFlags.F_SEAL_SHRINK)).isEqualTo(-Errno.EPERM);
        assertThat(seals()).isEqualTo(FileFlags.F_SEAL_SEAL | FileFlags.F_SEAL_GROW);

        int plain = files.memfdCreate("plain", 0);
        assertThat(files.fcntl(plain, FileFlags.F_GET_SEALS, 0)).isEqualTo(FileFlags.F_SEAL_SEAL);
        vfs.mount("tmpfs", "", "/mnt/t", false);
        int named = files.open("/mnt/t/f", FileFlags.O_RDWR | FileFlags.O_CREAT);
        assertThat(files.fcntl(named, FileFlags.F_ADD_SEALS, FileFlags.F_SEAL_GROW)).isEqualTo(-Errno.EPERM);
        int readOnly = files.open("/mnt/t/f", FileFlags.O_RDONLY);
        assertThat(files.fcntl(readOnly, FileFlags.F_ADD_SEALS, 0)).isEqualTo(-Errno.EPERM);
        assertThat(files.fcntl(99, FileFlags.F_GET_SEALS, 0)).isEqualTo(-Errno.EBADF);
        assertThat(files.fcntl(fd, 1, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(add(64)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void F_SEAL_EXEC_on_an_executable_file_seals_what_it_holds() {
        int hardened = files.memfdCreate("h", FileFlags.MFD_NOEXEC_SEAL);
        assertThat(files.fcntl(hardened, FileFlags.F_GET_SEALS, 0)).isEqualTo(FileFlags.F_SEAL_EXEC);
        assertThat(files.ftruncate(hardened, PAGE)).isZero();

        assertThat(add(FileFlags.F_SEAL_EXEC)).isZero();
        assertThat(seals()).isEqualTo(0x3e);
        assertThat(files.ftruncate(fd, 0)).isEqualTo(-Errno.EPERM);
    }
}
