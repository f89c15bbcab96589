package org.mmkit.api.file;


import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmaOperations;

/** A regular file of a file system, whether it has a name or not. Results below 0 are negated error numbers. */
public interface Inode {

    /** Its page cache. */
    FileMapping mapping();

    /** Size in bytes. */
    long size();

    /** Blocks of 512 bytes that it occupies (st_blocks). */
    long blocks();

    /** Preferred block size for I/O in bytes (st_blksize). */
    long blockSize();

    /** Makes the file {@code size} bytes long (ftruncate): 0, or negative. */
    int truncate(long size);

    /** Preallocates or punches [{@code offset}, {@code offset + length}); {@code mode} has the bits of {@link FileFlags} (fallocate): 0, or negative. */
    int allocate(int mode, long offset, long length);

    /** Reads; returns the bytes up to the end of the file that were there to read, or negative. */
    long read(long offset, long length);

    /** Writes {@code length} bytes of {@code value}; returns the bytes written, or negative. */
    long write(long offset, long length, int value);

    /** log2 of its page size: lengths of mappings are rounded up to it, addresses and offsets must be multiples. 0 for the base page. */
    default int pageShift() {
        return 0;
    }

    /**
     * The alignment in bytes to try for a mapping without a given address, 0 for none.
     *
     * @param opened whether a descriptor is mapped, not MAP_ANONYMOUS memory
     */
    default long alignment(long length, boolean opened) {
        return 0;
    }

    /** Bits of {@link org.mmkit.api.space.VmFlags} that areas mapping the file get. */
    default long areaFlags() {
        return 0;
    }

    /** The operations of an area that is about to map the file. */
    VmaOperations operations();

    /**
     * The area {@code vma} was made by mmap, is complete, and is about to be entered into its address space (Linux: file_operations.mmap).
     *
     * @return 0, or negative and the mapping is given up
     */
    default int mapped(Vma vma) {
        return 0;
    }

    /** A MADV_REMOVE of [{@code offset}, {@code offset + length}): 0, or negative. */
    default int punch(long offset, long length) {
        return allocate(FileFlags.FALLOC_FL_PUNCH_HOLE | FileFlags.FALLOC_FL_KEEP_SIZE, offset, length);
    }

    /** The last name is gone. The file lives on while it is open or mapped. */
    default void unlinked() {}

    /** Neither a name nor a user is left: frees everything. */
    void evict();

}
