package org.mmkit.hugetlb.sysfs;

import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;

/**
 * /proc/sys/vm/hugetlb_shm_group: the group whose members may make System V segments of huge pages without CAP_IPC_LOCK (fs/hugetlbfs/inode.c,
 * can_do_hugetlb_shm). Every process of the model has that capability, so the number is kept for those who look at it.
 */
final class ShmGroupFile implements PseudoFile {

    private int group;

    @Override
    public String read() {
        return group + "\n";
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
            group = Integer.decode(number);
            return 0;
        } catch (NumberFormatException e) {
            return -Errno.EINVAL;
        }
    }
}
