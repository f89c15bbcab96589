package org.mmkit.core.vfs;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.file.FileFlags;
import org.mmkit.core.process.Process;

/** The file descriptors of a process and the calls that work on them. Results below 0 are negated error numbers. */
public final class FileTable {

    private final Vfs vfs;
    private final @Nullable Process owner;
    private final List<@Nullable FileDescription> files = new ArrayList<>();

    /** An empty table that belongs to no process: nobody is killed when its calls run out of memory, they fail. */
    public FileTable(Vfs vfs) {
        this.vfs = vfs;
        this.owner = null;
    }

    /** An empty table whose calls are those of {@code owner}; its files are closed when that is killed. */
    public FileTable(Vfs vfs, Process owner) {
        this.vfs = vfs;
        this.owner = owner;
        owner.atKill(this::closeAll);
    }

    /** The table of {@code child} after fork: the same descriptions under the same numbers. */
    public FileTable fork(Process child) {
        return copyTo(new FileTable(vfs, child));
    }

    /** The same for a table that belongs to no process. */
    public FileTable fork() {
        return copyTo(new FileTable(vfs));
    }

    private FileTable copyTo(FileTable copy) {
        vfs.calls.stop();
        try {
            for (FileDescription file : files) {
                if (file != null) {
                    file.share();
                }
                copy.files.add(file);
            }
            return copy;
        } finally {
            vfs.calls.resume();
        }
    }

    /** The description behind {@code fd}, or null. */
    public @Nullable FileDescription get(int fd) {
        return fd < 0 || fd >= files.size() ? null : files.get(fd);
    }

    /** Gives {@code file} the lowest free number and takes over the caller's use of it. */
    public int install(FileDescription file) {
        vfs.calls.stop();
        try {
            int free = files.indexOf(null);
            if (free >= 0) {
                files.set(free, file);
                return free;
            }
            files.add(file);
            return files.size() - 1;
        } finally {
            vfs.calls.resume();
        }
    }

    /** open(2): a descriptor. */
    public int open(String path, int flags) {
        return (int) call(() -> {
            try {
                return install(vfs.open(path, flags));
            } catch (ErrnoException e) {
                return -e.errno();
            }
        });
    }

    /** memfd_create(2): a descriptor. */
    public int memfdCreate(String name, int flags) {
        return (int) call(() -> {
            try {
                return install(vfs.memfd(name, flags));
            } catch (ErrnoException e) {
                return -e.errno();
            }
        });
    }

    /** close(2). */
    public int close(int fd) {
        vfs.calls.stop();
        try {
            FileDescription file = get(fd);
            if (file == null) {
                return -Errno.EBADF;
            }
            files.set(fd, null);
            file.release();
            return 0;
        } finally {
            vfs.calls.resume();
        }
    }

    /** Closes all, as exit does. */
    public void closeAll() {
        vfs.calls.stop();
        try {
            for (int fd = 0; fd < files.size(); fd++) {
                if (files.get(fd) != null) {
                    close(fd);
                }
            }
        } finally {
            vfs.calls.resume();
        }
    }

    /** A call that may allocate: in the owner's name. */
    private long call(LongSupplier work) {
        if (owner != null) {
            return owner.call(work);
        }
        vfs.calls.stop();
        try {
            return work.getAsLong();
        } finally {
            vfs.calls.resume();
        }
    }

    /** ftruncate(2). */
    public int ftruncate(int fd, long size) {
        return (int) call(() -> {
            if (size < 0) {
                return -Errno.EINVAL;
            }
            FileDescription file = get(fd);
            if (file == null) {
                return -Errno.EBADF;
            }
            if (!file.isWritable()) {
                return -Errno.EINVAL;
            }
            int sealed = file.seals().checkSize(file.inode().size(), size);
            return sealed != 0 ? sealed : file.inode().truncate(size);
        });
    }

    /** fallocate(2). */
    public int fallocate(int fd, int mode, long offset, long length) {
        return (int) call(() -> {
            FileDescription file = get(fd);
            if (file == null) {
                return -Errno.EBADF;
            }
            if (offset < 0 || length <= 0) {
                return -Errno.EINVAL;
            }
            int keep = mode & FileFlags.FALLOC_FL_KEEP_SIZE;
            switch (mode & ~FileFlags.FALLOC_FL_KEEP_SIZE) {
                case 0, FileFlags.FALLOC_FL_UNSHARE_RANGE, FileFlags.FALLOC_FL_ZERO_RANGE -> {
                    // These go with and without KEEP_SIZE.
                }
                case FileFlags.FALLOC_FL_PUNCH_HOLE -> {
                    if (keep == 0) {
                        return -Errno.EOPNOTSUPP;
                    }
                }
                case FileFlags.FALLOC_FL_COLLAPSE_RANGE, FileFlags.FALLOC_FL_INSERT_RANGE -> {
                    if (keep != 0) {
                        return -Errno.EOPNOTSUPP;
                    }
                }
                default -> {
                    return -Errno.EOPNOTSUPP;
                }
            }
            if (!file.isWritable()) {
                return -Errno.EBADF;
            }
            if (offset + length < 0) {
                return -Errno.EFBIG;
            }
            int sealed = file.seals().checkAllocate(mode, file.inode().size(), offset + length);
            return sealed != 0 ? sealed : file.inode().allocate(mode, offset, length);
        });
    }

    /** fcntl(2) with F_ADD_SEALS or F_GET_SEALS; EINVAL for other commands. */
    public int fcntl(int fd, int command, int argument) {
        vfs.calls.stop();
        try {
            FileDescription file = get(fd);
            if (file == null) {
                return -Errno.EBADF;
            }
            return switch (command) {
                case FileFlags.F_GET_SEALS -> file.seals().get();
                case FileFlags.F_ADD_SEALS -> file.isWritable() ? file.seals().add(argument) : -Errno.EPERM;
                default -> -Errno.EINVAL;
            };
        } finally {
            vfs.calls.resume();
        }
    }

    /** pread(2) without looking at what is read: bytes read. */
    public long pread(int fd, long offset, long length) {
        return call(() -> {
            FileDescription file = get(fd);
            if (file == null || !file.isReadable()) {
                return -Errno.EBADF;
            }
            return offset < 0 || length < 0 ? -Errno.EINVAL : file.inode().read(offset, length);
        });
    }

    /** pwrite(2) of {@code length} bytes of {@code value}: bytes written. */
    public long pwrite(int fd, long offset, long length, int value) {
        return call(() -> {
            FileDescription file = get(fd);
            if (file == null || !file.isWritable()) {
                return -Errno.EBADF;
            }
            return offset < 0 || length < 0 ? -Errno.EINVAL : file.inode().write(offset, length, value);
        });
    }
}
