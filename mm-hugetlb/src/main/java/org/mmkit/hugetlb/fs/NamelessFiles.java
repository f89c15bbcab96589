package org.mmkit.hugetlb.fs;

import java.util.Optional;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.file.HugeFileProvider;
import org.mmkit.api.file.Inode;
import org.mmkit.api.task.Caller;
import org.mmkit.api.task.Capability;
import org.mmkit.hugetlb.HugePages;
import org.mmkit.hugetlb.pool.HugePagePool;

/** Files on the kernel's own mounts of hugetlbfs, one for each page size (Linux: hugetlb_file_setup). */
public final class NamelessFiles implements HugeFileProvider {

    private final HugePages machine;
    private final long device;
    private boolean warned;

    /** Files of the pools of {@code machine}. */
    public NamelessFiles(HugePages machine) {
        this.machine = machine;
        this.device = machine.context().files().newDevice();
    }

    @Override
    public Inode create(Use use, String name, long length, int pageShift, boolean reserve) throws ErrnoException {
        HugePagePool pool = machine.ofShift(pageShift)
                .orElseThrow(() -> new ErrnoException(use == Use.MEMFD ? Errno.ENODEV : Errno.EINVAL));
        Runnable unlock = use == Use.SHM ? mayMakeSegment(length) : () -> {};
        long rounded = length + pool.pageSize() - 1 & -pool.pageSize();
        HugeFile file = new HugeFile(machine, pool, null, name, device, unlock);
        if (reserve && file.reserveShared(0, rounded >>> pool.pageShift(), machine.payer(null)) != 0) {
            file.evict();
            throw new ErrnoException(Errno.ENOMEM);
        }
        file.setSize(rounded);
        return file;
    }

    /** What is to be done when the segment is gone; EPERM for a caller without CAP_IPC_LOCK who is not of hugetlb_shm_group. */
    private Runnable mayMakeSegment(long length) throws ErrnoException {
        Caller caller = machine.context().caller();
        if (caller.isCapable(Capability.CAP_IPC_LOCK) || caller.isInGroup(machine.segmentGroup())) {
            return () -> {};
        }
        Optional<Runnable> unlock = caller.lockShared(length);
        boolean refuses = machine.context().profile().refusesUnprivilegedHugeSegments();
        if (unlock.isPresent() && !warned) {
            warned = true;
            machine.context().log("Using mlock ulimits for SHM_HUGETLB is " + (refuses ? "obsolete" : "deprecated"));
        }
        if (unlock.isPresent() && refuses) {
            unlock.get().run();
        }
        if (unlock.isEmpty() || refuses) {
            throw new ErrnoException(Errno.EPERM);
        }
        return unlock.get();
    }
}
