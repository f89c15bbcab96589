package org.mmkit.api.file;

import org.mmkit.api.ErrnoException;

/** Makes the nameless files of huge pages behind MAP_HUGETLB, MFD_HUGETLB and SHM_HUGETLB (Linux: hugetlb_file_setup). */
public interface HugeFileProvider {

    /** Who asks. */
    enum Use {
        /** mmap of anonymous memory, private or shared. */
        ANONYMOUS,
        /** memfd_create. */
        MEMFD,
        /** shmget. */
        SHM
    }

    /**
     * Makes a file of {@code length} bytes, rounded up to its page size.
     *
     * @param name as {@code maps} shows it
     * @param pageShift log2 of the page size, or 0 for the default
     * @param reserve whether pages for {@code length} are to be reserved now
     * @throws ErrnoException EINVAL for a page size that there is none of, ENOMEM when the pages cannot be reserved
     */
    Inode create(Use use, String name, long length, int pageShift, boolean reserve) throws ErrnoException;
}
