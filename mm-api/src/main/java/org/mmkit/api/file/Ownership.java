package org.mmkit.api.file;

import org.mmkit.api.task.Caller;
import org.mmkit.api.task.Capability;

/**
 * Owner, group and permission bits of a file or directory (Linux: i_uid, i_gid, i_mode).
 *
 * @param uid the owner
 * @param gid the group
 * @param mode permission bits, the sticky bit (01000) among them
 */
public record Ownership(int uid, int gid, int mode) {

    /** May be read. */
    public static final int READ = 4;
    /** May be written. */
    public static final int WRITE = 2;
    /** May be executed; of a directory: may be searched. */
    public static final int SEARCH = 1;

    private static final int STICKY = 01000;

    /** Whether {@code caller} may do all of {@code what}, bits of {@link #READ}, {@link #WRITE}, {@link #SEARCH} (generic_permission). */
    public boolean allows(Caller caller, int what) {
        int shift = caller.uid() == uid ? 6 : caller.isInGroup(gid) ? 3 : 0;
        return (what & ~(mode >> shift)) == 0 || caller.isCapable(Capability.CAP_DAC_OVERRIDE);
    }

    /** Whether {@code caller} may remove {@code file} from this directory, which it may write: not others' where the sticky bit is set. */
    public boolean allowsRemoval(Caller caller, Ownership file) {
        return (mode & STICKY) == 0 || caller.uid() == file.uid || caller.uid() == uid || caller.isCapable(Capability.CAP_FOWNER);
    }
}
