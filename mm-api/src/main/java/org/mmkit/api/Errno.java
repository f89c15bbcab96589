package org.mmkit.api;

/**
 * Error numbers as Linux's user-space headers give them (asm-generic/errno-base.h, errno.h).
 *
 * <p>Operations that mirror a system call return a non-negative result or the negated number, as the kernel
 * does at its entry points, so that a failing call allocates nothing.
 */
public final class Errno {

    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    /** No such process. */
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int ETXTBSY = 26;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int ESPIPE = 29;
    public static final int EROFS = 30;
    public static final int ERANGE = 34;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int EIDRM = 43;
    public static final int EOVERFLOW = 75;
    public static final int EOPNOTSUPP = 95;

    private static final String[] NAMES = new String[128];

    static {
        String[] table = {
            "1 EPERM", "2 ENOENT", "3 ESRCH", "4 EINTR", "5 EIO", "6 ENXIO", "9 EBADF", "11 EAGAIN", "12 ENOMEM", "13 EACCES",
            "14 EFAULT", "16 EBUSY", "17 EEXIST", "19 ENODEV", "20 ENOTDIR", "21 EISDIR", "22 EINVAL", "23 ENFILE",
            "24 EMFILE", "25 ENOTTY", "26 ETXTBSY", "27 EFBIG", "28 ENOSPC", "29 ESPIPE", "30 EROFS", "34 ERANGE",
            "36 ENAMETOOLONG", "38 ENOSYS", "39 ENOTEMPTY", "43 EIDRM", "75 EOVERFLOW", "95 EOPNOTSUPP"
        };
        for (String row : table) {
            int blank = row.indexOf(' ');
            NAMES[Integer.parseInt(row.substring(0, blank))] = row.substring(blank + 1);
        }
    }

    private Errno() {}

    /** Whether {@code result} of an operation is a negated error number. */
    public static boolean isError(long result) {
        return result < 0 && result > -4096;
    }

    /** The name of {@code errno} ({@code "ENOMEM"}), or {@code "errno N"} for a number not listed here. */
    public static String name(long errno) {
        String name = errno > 0 && errno < NAMES.length ? NAMES[(int) errno] : null;
        return name != null ? name : "errno " + errno;
    }
}
