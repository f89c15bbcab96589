package org.mmkit.hugetlb.fs;

import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.file.HugeFileProvider;
import org.mmkit.api.file.Inode;
import org.mmkit.hugetlb.HugePages;
import org.mmkit.hugetlb.pool.HugePagePool;

/** Files on the kernel's own mounts of hugetlbfs, one for each page size (Linux: hugetlb_file_setup). */
public final class NamelessFiles implements HugeFileProvider {

    private final HugePages machine;
    private final long device;

    /** Files of the pools of {@code machine}. */
    public NamelessFiles(HugePages machine) {
        this.machine = machine;
        this.device = machine.context().files().newDevice();
    }

    @Override
    public Inode create(Use use, String name, long length, int pageShift, boolean reserve) throws ErrnoException {
        HugePagePool pool = machine.ofShift(pageShift)
                .orElseThrow(() -> new ErrnoException(use == Use.MEMFD ? Errno.ENODEV : Errno.EINVAL));
        long rounded = length + pool.pageSize() - 1 & -pool.pageSize();
        HugeFile file = new HugeFile(machine, pool, null, name, device, () -> {});
        if (reserve && file.reserveShared(0, rounded >>> pool.pageShift(), null) != 0) {
            throw new ErrnoException(Errno.ENOMEM);
        }
        file.setSize(rounded);
        return file;
    }
}
