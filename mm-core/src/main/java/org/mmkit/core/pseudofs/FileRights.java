package org.mmkit.core.pseudofs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mmkit.api.task.Caller;
import org.mmkit.api.task.Capability;
import org.mmkit.core.process.Process;
import org.mmkit.core.process.ProcessTable;

/**
 * Who may open which pseudo-file. Files of /proc and /sys are root's, 0644 or 0444; a process's own are its user's. In /proc/sys the user alone
 * counts, capabilities do not (fs/proc/proc_sysctl.c, sysctl_perm); elsewhere CAP_DAC_OVERRIDE opens everything. Not thread-safe.
 */
public final class FileRights {

    private static final Pattern OF_PROCESS = Pattern.compile("/proc/([0-9]{1,9})/(.*)");

    /** Only root may read them (mode 0400, or in a directory of 0700). */
    private static final Pattern HIDDEN = Pattern.compile("/sys/kernel/(debug|tracing)/.*|/proc/(kpage[a-z]+|pagetypeinfo|slabinfo)");

    /** What shows a process's memory needs the right to trace it. */
    private static final Pattern OF_MEMORY = Pattern.compile("(smaps|smaps_rollup|maps|numa_maps|pagemap|clear_refs)");

    private final ProcessTable processes;

    /** Files of a machine with {@code processes}. */
    public FileRights(ProcessTable processes) {
        this.processes = processes;
    }

    /** Whether {@code by} may open {@code path} for reading; otherwise it is EACCES. */
    public boolean mayRead(Caller by, String path) {
        if (by.isCapable(Capability.CAP_DAC_OVERRIDE)) {
            return true;
        }
        Matcher own = OF_PROCESS.matcher(path);
        if (own.matches()) {
            return !OF_MEMORY.matcher(own.group(2)).matches() || isOwner(by, own.group(1));
        }
        return by.uid() == 0 || !HIDDEN.matcher(path).matches();
    }

    /** Whether {@code by} may open {@code path} for writing; otherwise it is EACCES. */
    public boolean mayWrite(Caller by, String path) {
        if (by.uid() == 0 || !path.startsWith("/proc/sys/") && by.isCapable(Capability.CAP_DAC_OVERRIDE)) {
            return true;
        }
        Matcher own = OF_PROCESS.matcher(path);
        return own.matches() && isOwner(by, own.group(1));
    }

    /** Whether the directory of {@code path} keeps {@code by} from even seeing whether it is there. */
    public boolean isHidden(Caller by, String path) {
        return path.startsWith("/sys/kernel/") && !mayRead(by, path);
    }

    private boolean isOwner(Caller by, String pid) {
        Process process = processes.find(Integer.parseInt(pid));
        return process == null || process.credentials().uid() == by.uid();
    }
}
