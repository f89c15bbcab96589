package org.mmkit.hugetlb.sysfs;

import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.hugetlb.HugePages;

/**
 * /proc/sys/vm/hugetlb_shm_group: the group whose members may make System V segments of huge pages without CAP_IPC_LOCK (fs/hugetlbfs/inode.c,
 * can_do_hugetlb_shm).
 */
final class ShmGroupFile implements PseudoFile {

    private final HugePages machine;

    ShmGroupFile(HugePages machine) {
        this.machine = machine;
    }

    @Override
    public String read() {
        return machine.segmentGroup() + "\n";
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    /** Any number of 32 bits with a sign, in the notations of {@link Integer#decode}; EINVAL for anything else (proc_dointvec). */
    @Override
    public int write(String text) {
        String number = text.strip().split("\\s", 2)[0];
        if (number.startsWith("#") || number.startsWith("+")) {
            return -Errno.EINVAL;
        }
        try {
            machine.setSegmentGroup(Integer.decode(number));
            return 0;
        } catch (NumberFormatException e) {
            return -Errno.EINVAL;
        }
    }
}
