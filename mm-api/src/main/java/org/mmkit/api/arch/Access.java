package org.mmkit.api.arch;

/**
 * What an entry lets through, by privilege; bits of an int. What a walk allows is the conjunction of all entries on its
 * way. Features that switch off access to user pages for a time (SMAP, PAN, SUM) are left out.
 */
public final class Access {

    /** The kernel may read. */
    public static final int KERNEL_READ = 1;
    /** The kernel may write. */
    public static final int KERNEL_WRITE = 1 << 1;
    /** The kernel may fetch instructions. */
    public static final int KERNEL_EXEC = 1 << 2;
    /** User space may read. */
    public static final int USER_READ = 1 << 3;
    /** User space may write. */
    public static final int USER_WRITE = 1 << 4;
    /** User space may fetch instructions. */
    public static final int USER_EXEC = 1 << 5;

    /** All that user space may do. */
    public static final int USER = USER_READ | USER_WRITE | USER_EXEC;
    /** All that the kernel may do. */
    public static final int KERNEL = KERNEL_READ | KERNEL_WRITE | KERNEL_EXEC;
    /** Everything: what a table entry that restricts nothing allows. */
    public static final int ALL = USER | KERNEL;

    private Access() {}

    /** As {@code "k:rw- u:r--"}. */
    public static String text(int access) {
        return "k:" + letters(access) + " u:" + letters(access >> 3);
    }

    private static String letters(int bits) {
        return ((bits & KERNEL_READ) != 0 ? "r" : "-") + ((bits & KERNEL_WRITE) != 0 ? "w" : "-") + ((bits & KERNEL_EXEC) != 0 ? "x" : "-");
    }
}
