package org.mmkit.hugetlb.fs;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.file.FileSystem;
import org.mmkit.api.file.FileSystemType;
import org.mmkit.api.file.Inode;
import org.mmkit.api.file.Ownership;
import org.mmkit.hugetlb.HugePages;
import org.mmkit.hugetlb.pool.HugePagePool;
import org.mmkit.hugetlb.pool.Subpool;

/** A mounted hugetlbfs. Not thread-safe. */
public final class HugeFileSystem implements FileSystem {

    private final HugePages machine;
    private final HugePagePool pool;
    private final @Nullable Subpool share;
    private final Ownership root;
    private final long device;
    /** Inodes that may still be made; below 0 without a limit. */
    private long inodes;

    private HugeFileSystem(HugePages machine, MountOptions options) throws ErrnoException {
        this.machine = machine;
        this.pool = options.pool();
        this.root = options.root();
        this.device = machine.context().files().newDevice();
        this.inodes = options.inodes();
        if (inodes == 0) {
            throw new ErrnoException(Errno.ENOMEM); // not even the root directory
        }
        takeInode();
        long max = options.maxPages();
        long min = options.minPages();
        if (min != Subpool.NONE && pool.promise(min) != 0) {
            throw new ErrnoException(Errno.ENOMEM);
        }
        this.share = max == Subpool.NONE && min == Subpool.NONE ? null : new Subpool(max, min);
        if (share != null) {
            machine.shares().put(share, pool);
        }
    }

    /** The type to be registered for mount. */
    public static FileSystemType type(HugePages machine) {
        return new FileSystemType() {
            @Override
            public String name() {
                return "hugetlbfs";
            }

            @Override
            public FileSystem mount(String options) throws ErrnoException {
                return new HugeFileSystem(machine, MountOptions.parse(machine, options));
            }
        };
    }

    private void takeInode() throws ErrnoException {
        if (inodes == 0) {
            throw new ErrnoException(Errno.ENOSPC);
        }
        inodes -= inodes > 0 ? 1 : 0;
    }

    @Override
    public Inode create(String name) throws ErrnoException {
        takeInode();
        boolean limited = inodes >= 0;
        return new HugeFile(machine, pool, share, name, device, () -> inodes += limited ? 1 : 0);
    }

    @Override
    public Ownership root() {
        return root;
    }

    /** Checks the options; none of them can be changed on a mounted file system, and the kernel does not say so. */
    @Override
    public int remount(String options) {
        try {
            MountOptions.parse(machine, options);
            return 0;
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    @Override
    public long blockSize() {
        return pool.pageSize();
    }

    @Override
    public long blocks() {
        return share == null ? 0 : share.max();
    }

    @Override
    public long freeBlocks() {
        return share == null ? 0 : share.free();
    }

    @Override
    public void unmounted() {
        if (share != null) {
            machine.shares().remove(share);
            pool.promise(-share.promised());
        }
    }
}
