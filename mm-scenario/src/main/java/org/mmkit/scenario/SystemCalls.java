package org.mmkit.scenario;

import org.mmkit.api.Errno;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;
import org.mmkit.core.vfs.FileDescription;
import org.mmkit.core.vfs.FileTable;
import org.mmkit.scenario.syntax.Operation;

/** The operations of a scenario that are calls into the kernel. Results are the raw ones: below 0 a negated error number. */
final class SystemCalls {

    private static final long BOUNDARY = 2 << 20;
    private static final long CHUNK = 1 << 16;
    /** MPOL_MF_MOVE_ALL. */
    private static final int MOVE_ALL = 4;

    private final Machine machine;

    SystemCalls(Machine machine) {
        this.machine = machine;
    }

    /**
     * Makes the call {@code operation} in {@code task}.
     *
     * @param text the first argument when it is a string
     * @param a the arguments, those left out as 0
     */
    long call(Operation operation, Task task, String text, long[] a) {
        Process process = task.process();
        FileTable files = task.files();
        return switch (operation) {
            case MMAP -> map(task, a);
            case MUNMAP -> process.munmap(a[0], a[1]);
            case MPROTECT -> process.mprotect(a[0], a[1], (int) a[2]);
            case MREMAP -> process.mremap(a[0], a[1], a[2], (int) a[3], a[4]);
            case MADVISE -> process.madvise(a[0], a[1], (int) a[2]);
            case MSYNC -> process.msync(a[0], a[1], (int) a[2]);
            case MLOCK -> process.mlock(a[0], a[1]);
            case MLOCK2 -> process.mlock2(a[0], a[1], (int) a[2]);
            case MUNLOCK -> process.munlock(a[0], a[1]);
            case PRCTL -> process.prctl((int) a[0], a[1], a[2], a[3], a[4]);
            case MBIND -> process.mbind(a[0], a[1], (int) a[2], a[3], (int) a[4]);
            case SET_MEMPOLICY -> process.setMempolicy((int) a[0], a[1]);
            case MOVE_PAGES -> movePage(process, a[0], (int) a[1]);
            case MIGRATE_PAGES -> process.migratePages(a[0], a[1]);
            case RUN_ON -> process.runOn((int) a[0]);
            case MEMFD_CREATE -> files.memfdCreate(text, (int) a[1]);
            case OPEN -> files.open(text, (int) a[1]);
            case CLOSE -> files.close(descriptor(a[0]));
            case UNLINK -> process.call(() -> machine.vfs().unlink(text));
            case FTRUNCATE -> files.ftruncate(descriptor(a[0]), a[1]);
            case FALLOCATE -> files.fallocate(descriptor(a[0]), (int) a[1], a[2], a[3]);
            case FCNTL -> files.fcntl(descriptor(a[0]), (int) a[1], (int) a[2]);
            case PWRITE -> write(files, descriptor(a[0]), a[1], a[2]);
            case PREAD -> read(files, descriptor(a[0]), a[1], a[2]);
            case SHMGET -> process.call(() -> machine.files().segments().shmget((int) a[0], a[1], (int) a[2]));
            case SHMAT -> machine.files().segments().shmat(process, (int) a[0], a[1], (int) a[2]);
            case SHMDT -> machine.files().segments().shmdt(process, a[0]);
            case SHMCTL -> process.call(() -> machine.files().segments().shmctl((int) a[0], (int) a[1], a[2]));
            // The one device of a scenario cannot be made again while it is in use.
            case SWAPON -> a[0] == 0 ? -Errno.EINVAL : hasSwap() ? -Errno.EBUSY : machine.files().swapon(a[0]);
            case SWAPOFF -> machine.files().swapoff();
            case BRK_AREA -> heap(process, a[0]);
            default -> throw new IllegalArgumentException(operation.label() + " is no system call");
        };
    }

    private boolean hasSwap() {
        return PseudoFiles.field(machine.read("/proc/meminfo"), "SwapTotal").orElse(0) > 0;
    }

    /** Numbers that are no descriptor become one that is never open. */
    private static int descriptor(long value) {
        return value < 0 || value > Integer.MAX_VALUE ? -1 : (int) value;
    }

    private static long map(Task task, long[] a) {
        int flags = (int) a[3];
        FileDescription file = null;
        if ((flags & MapFlags.MAP_ANONYMOUS) == 0) {
            file = task.files().get(descriptor(a[4]));
            if (file == null) {
                return -Errno.EBADF;
            }
        }
        return task.process().mmap(a[0], a[1], (int) a[2], flags, file, a[5]);
    }

    private static long write(FileTable files, int fd, long offset, long length) {
        long result = 0;
        long at = offset;
        for (long left = length; left > 0; left -= result, at += result) {
            result = files.pwrite(fd, at, Math.min(left, CHUNK), 1);
            if (result <= 0) {
                return result;
            }
        }
        return result;
    }

    private static long read(FileTable files, int fd, long offset, long length) {
        long result = 0;
        long at = offset;
        for (long left = length; left > 0; left -= result, at += result) {
            result = files.pread(fd, at, Math.min(left, CHUNK));
            if (result <= 0) {
                return result;
            }
        }
        return result;
    }

    private static long movePage(Process process, long address, int node) {
        int[] status = {-Errno.EBUSY};
        long result = process.movePages(new long[] {address}, new int[] {node}, status, MOVE_ALL);
        return result < 0 ? result : Math.min(status[0], 0);
    }

    private static long heap(Process process, long length) {
        long boundary = (process.brk(0) + BOUNDARY - 1) & -BOUNDARY;
        return process.brk(boundary + length) == boundary + length ? boundary : -Errno.ENOMEM;
    }
}
