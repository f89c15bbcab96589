package org.mmkit.core.space;

import org.mmkit.api.ErrnoException;
import org.mmkit.api.file.Mappable;

/** Where mmap gets memory that is neither private anonymous nor an open file. */
public interface MappingSources {

    /**
     * Shared anonymous memory of {@code bytes} (Linux: shmem_zero_setup).
     *
     * @throws ErrnoException ENOMEM when there is none to be had
     */
    Mappable sharedAnonymous(long bytes, long areaFlags) throws ErrnoException;

    /**
     * Huge pages for MAP_ANONYMOUS|MAP_HUGETLB (Linux: hugetlb_file_setup).
     *
     * @param pageShift log2 of the page size, 0 for the default one
     * @throws ErrnoException EINVAL for a size that does not exist, ENOMEM when the pages cannot be reserved
     */
    Mappable huge(long bytes, int pageShift, boolean reserve) throws ErrnoException;

    /** No files at all. */
    MappingSources NONE = new MappingSources() {
        @Override
        public Mappable sharedAnonymous(long bytes, long areaFlags) throws ErrnoException {
            throw new ErrnoException(org.mmkit.api.Errno.ENODEV);
        }

        @Override
        public Mappable huge(long bytes, int pageShift, boolean reserve) throws ErrnoException {
            throw new ErrnoException(org.mmkit.api.Errno.EINVAL);
        }
    };
}
