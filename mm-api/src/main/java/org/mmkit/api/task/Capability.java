package org.mmkit.api.task;

/** The capabilities that memory management asks for (include/uapi/linux/capability.h). */
public final class Capability {

    /** Any file may be read and written. */
    public static final int CAP_DAC_OVERRIDE = 1;
    /** As if owner of any file. */
    public static final int CAP_FOWNER = 3;
    /** Any group may be taken. */
    public static final int CAP_SETGID = 6;
    /** Any user may be taken. */
    public static final int CAP_SETUID = 7;
    /** Memory may be locked without limit; shmget gives huge pages. */
    public static final int CAP_IPC_LOCK = 14;
    /** mount, swapon. */
    public static final int CAP_SYS_ADMIN = 21;
    /** Pages that other processes map may be moved. */
    public static final int CAP_SYS_NICE = 23;
    /** Hard limits may be raised. */
    public static final int CAP_SYS_RESOURCE = 24;

    /** All that Linux has (CAP_LAST_CAP is 40). */
    public static final long ALL = (1L << 41) - 1;

    private Capability() {}
}
