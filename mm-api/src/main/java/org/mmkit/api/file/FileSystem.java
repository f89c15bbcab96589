package org.mmkit.api.file;

import org.mmkit.api.ErrnoException;

/** A mounted file system (Linux: struct super_block). Names and directories are the caller's. */
public interface FileSystem {

    /**
     * Makes an empty regular file with one name.
     *
     * @param name as {@code maps} shows it
     * @throws ErrnoException ENOSPC when no inode is left
     */
    Inode create(String name) throws ErrnoException;

    /** Who owns its root directory and may make files there; anybody may where nothing else is said. */
    default Ownership root() {
        return new Ownership(0, 0, 01777);
    }

    /** Applies other options: 0 or a negated error number. */
    int remount(String options);

    /** Block size in bytes (f_bsize). */
    long blockSize();

    /** Blocks in all; 0 without a limit. */
    long blocks();

    /** Free blocks. */
    long freeBlocks();

    /** It was taken away; all its files were evicted before. */
    default void unmounted() {}
}
