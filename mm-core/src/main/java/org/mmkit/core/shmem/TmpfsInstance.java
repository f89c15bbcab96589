package org.mmkit.core.shmem;

import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.file.FileSystem;
import org.mmkit.api.file.Inode;

/** One mounted tmpfs, or the kernel's own mount: a quota and how large its folios may be. */
final class TmpfsInstance implements FileSystem {

    private final Shmem shmem;
    private final long device;
    private final boolean noswap;
    private int huge;
    /** Limit in pages, 0 for none. */
    private long maxBlocks;
    private long usedBlocks;
    /** Limit of inodes, the root directory among them; 0 for none. */
    private long maxInodes;
    private long usedInodes = 1;

    TmpfsInstance(Shmem shmem, long device, int huge, boolean noswap, long maxBlocks, long maxInodes) {
        this.shmem = shmem;
        this.device = device;
        this.huge = huge;
        this.noswap = noswap;
        this.maxBlocks = maxBlocks;
        this.maxInodes = maxInodes;
    }

    int huge() {
        return huge;
    }

    /** Whether its pages stay out of swap. */
    boolean isNoSwap() {
        return noswap;
    }

    long device() {
        return device;
    }

    /** Whether there was room for {@code pages} more. */
    boolean charge(long pages) {
        if (maxBlocks != 0 && pages > 0 && usedBlocks + pages > maxBlocks) {
            return false;
        }
        usedBlocks += pages;
        return true;
    }

    /** Whether {@code pages} could ever fit. */
    boolean couldHold(long pages) {
        return maxBlocks == 0 || pages <= maxBlocks;
    }

    @Override
    public Inode create(String name) throws ErrnoException {
        if (maxInodes != 0 && usedInodes >= maxInodes) {
            throw new ErrnoException(Errno.ENOSPC);
        }
        usedInodes++;
        return new ShmemFile(shmem, this, name);
    }

    void inodeGone() {
        usedInodes--;
    }

    @Override
    public int remount(String text) {
        TmpfsOptions options;
        try {
            options = shmem.parse(text);
        } catch (ErrnoException e) {
            return -e.errno();
        }
        if (options.maxBlocks >= 0) {
            // A mount without a limit cannot get one, and no limit can fall below use (Linux: shmem_reconfigure).
            if (options.maxBlocks > 0 && maxBlocks == 0 || options.maxBlocks > 0 && usedBlocks > options.maxBlocks) {
                return -Errno.EINVAL;
            }
        }
        if (options.maxInodes >= 0) {
            if (options.maxInodes > 0 && maxInodes == 0 || options.maxInodes > 0 && usedInodes > options.maxInodes) {
                return -Errno.EINVAL;
            }
        }
        if (options.noswap && !noswap) {
            return -Errno.EINVAL;
        }
        maxBlocks = options.maxBlocks >= 0 ? options.maxBlocks : maxBlocks;
        maxInodes = options.maxInodes >= 0 ? options.maxInodes : maxInodes;
        huge = options.huge >= 0 ? options.huge : huge;
        return 0;
    }

    @Override
    public long blockSize() {
        return 1L << shmem.context().pageShift;
    }

    @Override
    public long blocks() {
        return maxBlocks;
    }

    @Override
    public long freeBlocks() {
        return maxBlocks == 0 ? 0 : maxBlocks - usedBlocks;
    }
}
