package org.mmkit.api.arch;

/** What user space may do with a mapping; the values are those of PROT_READ, PROT_WRITE and PROT_EXEC. */
public final class Protection {

    public static final int NONE = 0;
    public static final int READ = 1;
    public static final int WRITE = 2;
    public static final int EXEC = 4;

    private Protection() {}
}
