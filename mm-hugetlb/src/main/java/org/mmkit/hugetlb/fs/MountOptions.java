package org.mmkit.hugetlb.fs;

import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.file.Ownership;
import org.mmkit.api.task.Caller;
import org.mmkit.hugetlb.HugePages;
import org.mmkit.hugetlb.pool.HugePagePool;
import org.mmkit.hugetlb.pool.Subpool;

/**
 * The options of a hugetlbfs mount (Linux: hugetlbfs_parse_param, hugetlbfs_validate).
 *
 * @param pool of the page size
 * @param maxPages {@code size=}, or {@link Subpool#NONE}
 * @param minPages {@code min_size=}, or {@link Subpool#NONE}
 * @param inodes {@code nr_inodes=}, or -1
 * @param root owner, group and mode of the root directory: {@code uid=}, {@code gid=}, {@code mode=}; the mounting process's and 0755
 */
record MountOptions(HugePagePool pool, long maxPages, long minPages, long inodes, Ownership root) {

    private static final int USUAL_MODE = 0755;
    /** Set-uid and set-gid bits are dropped. */
    private static final int MODE_BITS = 01777;


    /** Reads comma-separated options; {@link ErrnoException} EINVAL for one that is unknown or has a bad value. */
    static MountOptions parse(HugePages machine, String text) throws ErrnoException {
        HugePagePool pool = machine.standard();
        String max = "";
        String min = "";
        long inodes = -1;
        Caller caller = machine.context().caller();
        Ownership root = new Ownership(caller.uid(), caller.gid(), USUAL_MODE);
        for (String option : text.split(",")) {
            int sign = option.indexOf('=');
            String name = sign < 0 ? option : option.substring(0, sign);
            String value = sign < 0 ? "" : option.substring(sign + 1);
            switch (name) {
                case "" -> {
                    // no option at all, or a comma too many
                }
                case "pagesize" -> pool = machine.ofSize(number(value)).orElseThrow(() -> new ErrnoException(Errno.EINVAL));
                case "size" -> max = size(value);
                case "min_size" -> min = size(value);
                case "nr_inodes" -> inodes = number(value);
                case "mode" -> root = new Ownership(root.uid(), root.gid(), plain(value, 8) & MODE_BITS);
                case "uid" -> root = new Ownership(id(value), root.gid(), root.mode());
                case "gid" -> root = new Ownership(root.uid(), id(value), root.mode());
                default -> throw new ErrnoException(Errno.EINVAL);
            }
        }
        long maxPages = pages(pool, max);
        long minPages = pages(pool, min);
        if (maxPages != Subpool.NONE && minPages > maxPages) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return new MountOptions(pool, maxPages, minPages, inodes, root);
    }

    private static String size(String value) throws ErrnoException {
        number(value);
        return value;
    }

    private static long number(String value) throws ErrnoException {
        if (value.isEmpty() || !Character.isDigit(value.charAt(0))) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return SizeNumber.parse(value);
    }

    /** A user or group; -1 is none. */
    private static int id(String value) throws ErrnoException {
        int id = plain(value, 10);
        if (id == -1) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return id;
    }

    private static int plain(String value, int base) throws ErrnoException {
        try {
            return Integer.parseUnsignedInt(value, base);
        } catch (NumberFormatException e) {
            throw new ErrnoException(Errno.EINVAL);
        }
    }

    private static long pages(HugePagePool pool, String size) {
        if (size.isEmpty()) {
            return Subpool.NONE;
        }
        long bytes = SizeNumber.parse(size);
        return size.endsWith("%") ? bytes * pool.persistent() / 100 : bytes >>> pool.pageShift();
    }
}
