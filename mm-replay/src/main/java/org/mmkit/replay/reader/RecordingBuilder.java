package org.mmkit.replay.reader;

import java.util.HashMap;
import java.util.Map;
import org.mmkit.api.space.MapFlags;
import org.mmkit.replay.reader.Diagnostic.Severity;

/**
 * Turns what a reader finds line by line into a {@link Recording}: joins the two halves of system calls per thread, follows processes
 * through fork, exec and exit, tells vfork from fork, and finds the recorder's own prctl.
 *
 * <p>Not thread-safe. Call {@link #at} before each report.
 */
final class RecordingBuilder {

    /** prctl option PR_SET_THP_DISABLE. */
    static final int PR_SET_THP_DISABLE = 41;

    private static final long PAGE = 4096;
    private static final long NARROW_END = 1L << 32;

    /** Results above this, unsigned, are negated error numbers. */
    private static final long LOWEST_ERROR = -4095;

    /** What is known of a living process while reading. */
    private static final class Live {
        final int index;
        int threads = 1;
        boolean inExec;
        long brk;
        /** Slot of the fork that made it while it is open whether that was a vfork; -1 once decided. */
        int openFork = -1;
        int forkingTid;

        Live(int index) {
            this.index = index;
        }
    }

    /** A system call entered and not yet returned from. */
    private static final class Pending {
        SystemCall call = SystemCall.MMAP;
        final long[] arguments = new long[SystemCall.MAX_ARGUMENTS];
        int slot = -1;
        int file = -1;
        /** Of the nameless HugeTLB file that an mmap made, as perf prints it; empty for none. */
        String device = "";
        boolean open;
        long enteredLine;
    }

    private EventLog events = new EventLog();
    private final MappingTable mappings = new MappingTable();
    private final FileTable files = new FileTable();
    private final HugetlbMounts hugetlbMounts = new HugetlbMounts();
    private final ProcessTable processes = new ProcessTable();
    private final Diagnostics diagnostics = new Diagnostics();
    private final Map<Integer, Live> live = new HashMap<>();
    private final Map<Integer, Pending> pending = new HashMap<>();
    /** Threads of forks that sched_process_fork told and no task record: child tid to slot. */
    private final Map<Integer, Live> openByParent = new HashMap<>();

    private final int maxEvents;
    private long time;
    private int line;
    private long lineNumber;
    private long userFaults;
    private long kernelFaults;
    private long lastTime;
    private boolean full;
    private boolean expectsMappingRecords = true;
    private int unnamedFiles;
    private int lastPid = Integer.MIN_VALUE;
    private Live lastLive = new Live(-1);

    RecordingBuilder(int maxEvents) {
        this.maxEvents = maxEvents;
    }

    Diagnostics diagnostics() {
        return diagnostics;
    }

    HugetlbMounts hugetlbMounts() {
        return hugetlbMounts;
    }

    int eventCount() {
        return events.size();
    }

    /** Whether the log has reached its largest size; further events are dropped. */
    boolean isFull() {
        return full;
    }

    /** The line and time that the following reports belong to. */
    void at(long newLine, long newTime) {
        lineNumber = newLine;
        line = (int) Math.min(newLine, Integer.MAX_VALUE);
        if (newTime != 0 && newTime < lastTime - 1_000_000_000L) {
            diagnostics.add(Severity.SKIPPED, "time runs backwards", newLine,
                    "the clock goes back by " + (lastTime - newTime) / 1_000_000 + " ms",
                    "several recordings in one file cannot be told apart");
        }
        time = newTime;
        lastTime = Math.max(lastTime, newTime);
    }

    // ---- processes and threads -------------------------------------------------------------------------------------------------

    private Live process(int pid) {
        if (pid == lastPid) {
            return lastLive;
        }
        Live p = live.get(pid);
        if (p == null) {
            p = new Live(processes.add(pid, -1, "pid " + pid, false));
            live.put(pid, p);
        }
        lastPid = pid;
        lastLive = p;
        return p;
    }

    /** A task took a new name; {@code exec} when because it starts a program. */
    void comm(int pid, String name, boolean exec) {
        Live p = process(pid);
        processes.get(p.index).rename(name);
        if (exec) {
            decideFork(p, EventKind.VFORK);
            int slot = append(EventKind.EXEC, p, pid);
            if (slot >= 0) {
                events.set(slot, EventKind.EXEC, 0, 0, p.index);
            }
            processes.get(p.index).setComplete();
            processes.get(p.index).setNarrow(false);
            p.inExec = true;
            p.brk = 0;
            p.threads = 1;
        }
    }

    /** Exec is complete; {@code program} names the file. */
    void execDone(int pid) {
        Live p = process(pid);
        if (p.inExec) {
            p.inExec = false;
            append(EventKind.EXEC_DONE, p, pid);
        }
    }

    /** A new task: a thread when it is in the process {@code parentPid}, a process otherwise. */
    void fork(int childPid, int childTid, int parentPid, int parentTid) {
        Live parent = process(parentPid);
        if (childPid == parentPid) {
            parent.threads++;
            return;
        }
        int child = processes.add(childPid, parent.index, processes.get(parent.index).name(), processes.get(parent.index).isComplete());
        Live c = new Live(child);
        c.brk = parent.brk;
        live.put(childPid, c);
        lastPid = Integer.MIN_VALUE;
        pending.remove(childTid);
        int slot = append(EventKind.FORK, parent, parentTid);
        if (slot >= 0) {
            events.set(slot, EventKind.FORK, 0, 0, child);
            c.openFork = slot;
            c.forkingTid = parentTid;
            openByParent.put(parentTid, c);
        }
    }

    /** A task is gone. */
    void exit(int pid, int tid, boolean lastOfProcess) {
        Live p = live.get(pid);
        pending.remove(tid);
        if (p == null) {
            return;
        }
        p.threads--;
        if (lastOfProcess || p.threads <= 0) {
            decideFork(p, EventKind.VFORK);
            append(EventKind.EXIT, p, tid);
            live.remove(pid);
            lastPid = Integer.MIN_VALUE;
        }
    }

    /** Settles whether the newest process {@code childPid} shares its parent's memory. */
    void decideFork(int childPid, boolean shares) {
        Live child = live.get(childPid);
        if (child != null) {
            decideFork(child, shares ? EventKind.VFORK : EventKind.FORK);
        }
    }

    private void decideFork(Live child, byte kind) {
        if (child.openFork >= 0) {
            events.setKind(child.openFork, kind);
            child.openFork = -1;
            openByParent.remove(child.forkingTid, child);
        }
    }

    /** The parent thread goes on: a vfork would have stopped it until the child's exec or exit. */
    private void parentRuns(int tid) {
        if (!openByParent.isEmpty()) {
            Live child = openByParent.get(tid);
            if (child != null) {
                decideFork(child, EventKind.FORK);
            }
        }
    }

    // ---- system calls ----------------------------------------------------------------------------------------------------------

    /** A call is entered. {@code arguments} is copied. */
    void enter(int pid, int tid, SystemCall call, long[] arguments) {
        parentRuns(tid);
        Pending p = pending.computeIfAbsent(tid, x -> new Pending());
        p.call = call;
        System.arraycopy(arguments, 0, p.arguments, 0, SystemCall.MAX_ARGUMENTS);
        p.file = -1;
        p.device = "";
        p.open = true;
        p.enteredLine = lineNumber;
        p.slot = call.actsAtEntry() ? append(EventKind.NONE, process(pid), tid) : -1;
    }

    /** A call returned {@code result}. */
    void leave(int pid, int tid, SystemCall call, long result) {
        Pending p = pending.get(tid);
        if (p == null || !p.open || p.call != call) {
            diagnostics.add(Severity.SKIPPED, "return from a system call without its entry", lineNumber,
                    call.name().toLowerCase(java.util.Locale.ROOT) + " returns in thread " + tid + ", but its entry is not in the recording",
                    "lines are missing here");
            return;
        }
        p.open = false;
        Live process = process(pid);
        if (call == SystemCall.BRK) {
            brk(process, tid, p, result);
            return;
        }
        if (Long.compareUnsigned(result, LOWEST_ERROR) >= 0) {
            return;
        }
        long[] x = p.arguments;
        switch (call) {
            case MMAP -> mmap(process, tid, p, result);
            case MUNMAP -> fill(process, tid, p, EventKind.MUNMAP, x[0], pageUp(x[1]), 0);
            case MADVISE -> fill(process, tid, p, EventKind.MADVISE, x[0], pageUp(x[1]), (int) x[2]);
            case MPROTECT -> fill(process, tid, p, EventKind.MPROTECT, x[0], pageUp(x[1]), (int) x[2]);
            case MREMAP -> {
                int row = mappings.add(MappingTable.ANON, result, pageUp(x[2]), 0, 0, (int) x[3], -1);
                fill(process, tid, p, EventKind.MREMAP, x[0], pageUp(x[1]), row);
            }
            case PRCTL -> {
                if ((int) x[0] == PR_SET_THP_DISABLE) {
                    fill(process, tid, p, EventKind.THP_DISABLE, x[1], x[2], 0);
                }
            }
            default -> throw new AssertionError(call);
        }
    }

    private void brk(Live process, int tid, Pending p, long result) {
        if (process.brk == 0) {
            process.brk = result;
            fill(process, tid, p, EventKind.BRK_START, result, 0, 0);
        } else if (result != process.brk) {
            long old = process.brk;
            process.brk = result;
            fill(process, tid, p, EventKind.BRK, result, old, 0);
        }
    }

    private void mmap(Live process, int tid, Pending p, long result) {
        long[] x = p.arguments;
        int flags = (int) x[3];
        boolean shared = (flags & MapFlags.MAP_TYPE) != MapFlags.MAP_PRIVATE;
        byte type;
        int file = -1;
        boolean anonymous = (flags & MapFlags.MAP_ANONYMOUS) != 0;
        if (anonymous && (flags & MapFlags.MAP_HUGETLB) != 0) {
            type = MappingTable.HUGETLB;
        } else if (anonymous) {
            type = shared ? MappingTable.SHARED_ANON : MappingTable.ANON;
            if (shared) {
                file = files.addPrivateShared("/dev/zero (deleted)");
            }
        } else {
            type = MappingTable.FILE;
            file = p.file;
            if (file < 0) {
                file = unnamedFile(process, (int) x[4], flags);
            }
            if (p.file < 0 && expectsMappingRecords) {
                diagnostics.add(Severity.NOTE, "file mapping without its MMAP2 record", lineNumber,
                        "mmap of a file, but no PERF_RECORD_MMAP2 tells which", "record with -d and print with --show-mmap-events");
            }
        }
        long offset = anonymous ? 0 : x[5];
        int row = mappings.add(type, result, pageUp(x[1]), offset, (int) x[2] & 7, flags, file);
        if (type == MappingTable.HUGETLB && p.device.length() > 0) {
            hugetlbMounts.device(p.device, mappings.hugePageBytes(row));
        }
        fill(process, tid, p, EventKind.MMAP, result, pageUp(x[1]), row);
    }

    /** A loader maps the rest of a file over its first mapping: only then the descriptor is surely still the same file. */
    private int unnamedFile(Live process, int descriptor, int flags) {
        String name = "file descriptor " + descriptor + " of pid " + processes.get(process.index).pid();
        if ((flags & MapFlags.MAP_FIXED) == 0) {
            unnamedFiles++;
        }
        return files.intern("", 0, name + ", " + unnamedFiles);
    }

    /** Names the file that the open mmap of {@code tid} maps. */
    void mapsFile(int tid, String path) {
        Pending p = pending.get(tid);
        if (p != null && p.open) {
            p.file = files.intern("", 0, path);
        }
    }

    /** Says that no PERF_RECORD_MMAP2 will come: the source does not have any. */
    void withoutMappingRecords() {
        expectsMappingRecords = false;
    }

    private void fill(Live process, int tid, Pending p, byte kind, long a, long b, int aux) {
        int slot = p.slot >= 0 ? p.slot : append(EventKind.NONE, process, tid);
        p.slot = -1;
        if (slot >= 0) {
            events.set(slot, kind, a, b, aux);
        }
    }

    // ---- mappings that the kernel tells ----------------------------------------------------------------------------------------

    /** What a PERF_RECORD_MMAP2 says: after a merge the merged area, so inside mmap only the file is taken from it. */
    void mapped(int pid, int tid, long start, long length, long offset, String device, long inode, int protection, boolean shared, String path) {
        Pending p = pending.get(tid);
        if (p != null && p.open) {
            if (p.slot < 0) {
                p.slot = append(EventKind.NONE, process(pid), tid);
            }
            p.device = path.startsWith("/anon_hugepage") ? device : "";
            if (p.call == SystemCall.MMAP && p.file < 0 && p.device.isEmpty() && isFile(device, inode, path)) {
                p.file = files.intern(device, inode, path);
            }
            return;
        }
        Live process = process(pid);
        if (process.inExec) {
            mappedByExec(process, tid, start, length, offset, device, inode, protection, shared, path);
        } else if (path.startsWith("/SYSV") || !processes.get(process.index).isComplete() || processes.get(process.index).isNarrow()) {
            if (!path.startsWith("[stack]")) {
                map(process, tid, typeOf(device, inode, path), start, length, offset, device, inode, protection, shared, path);
            } else {
                map(process, tid, MappingTable.STACK, start, length, 0, device, inode, protection, shared, path);
            }
        }
        // Otherwise the stack grew (replay grows it at the same fault), or the arguments of a coming exec are being written.
    }

    private void mappedByExec(
            Live process, int tid, long start, long length, long offset, String device, long inode, int protection, boolean shared, String path) {
        byte type = path.equals("[stack]") ? MappingTable.STACK : typeOf(device, inode, path);
        if (type == MappingTable.STACK && Long.compareUnsigned(start + length, NARROW_END) <= 0) {
            processes.get(process.index).setNarrow(true);
            diagnostics.add(Severity.MISLEADING, "32-bit program", lineNumber,
                    "pid " + processes.get(process.index).pid() + " is a 32-bit program: its mmap, brk and munmap calls are not in the recording",
                    "its mappings are taken from the MMAP2 records, which tell no munmap and no merge");
        }
        map(process, tid, type, start, length, offset, device, inode, protection, shared, path);
    }

    private void map(
            Live process, int tid, byte type, long start, long length, long offset,
            String device, long inode, int protection, boolean shared, String path) {
        int file = type == MappingTable.FILE ? files.intern(device, inode, path) : -1;
        long fileOffset = type == MappingTable.FILE ? offset : 0;
        int flags = shared ? MapFlags.MAP_SHARED : MapFlags.MAP_PRIVATE;
        int row = mappings.add(type, start, length, fileOffset, protection, flags, file);
        int slot = append(EventKind.MAP, process, tid);
        if (slot >= 0) {
            events.set(slot, EventKind.MAP, start, length, row);
        }
    }

    private static byte typeOf(String device, long inode, String path) {
        if (path.startsWith("[v")) {
            return MappingTable.SPECIAL;
        }
        return isFile(device, inode, path) ? MappingTable.FILE : MappingTable.ANON;
    }

    private static boolean isFile(String device, long inode, String path) {
        return !path.startsWith("//anon") && !path.startsWith("[") && (inode != 0 || !device.equals("00:00") || path.startsWith("/"));
    }

    // ---- faults ----------------------------------------------------------------------------------------------------------------

    /** A page fault on a user address. */
    void fault(int pid, int tid, long address, int errorCode, boolean kernel) {
        parentRuns(tid);
        Live p = process(pid);
        if (p.openFork >= 0 && (errorCode & 3) == 3 && errorCode != EventKind.ERROR_UNKNOWN) {
            decideFork(p, EventKind.FORK);
        }
        byte kind = kernel ? EventKind.FAULT_KERNEL : EventKind.FAULT_USER;
        int slot = append(kind, p, tid);
        if (slot >= 0) {
            events.set(slot, kind, address, 0, errorCode);
            if (kernel) {
                kernelFaults++;
            } else {
                userFaults++;
            }
        }
    }

    /** perf says that it lost {@code count} events. */
    void lost(long count) {
        diagnostics.lose(count);
        diagnostics.add(Severity.MISLEADING, "lost events", lineNumber,
                "perf lost " + count + " events here, so pages touched and mappings made are missing",
                "record again with a larger buffer (-m 16384) or on an idle machine");
    }

    /**
     * Puts touches between the events: each, in the order of its list, as soon as its address is mapped.
     *
     * @param touches per pid, {@code {address, error code, 1 for the kernel}}
     * @return how many found no mapping
     */
    long weave(Map<Integer, java.util.Deque<long[]>> touches) {
        TouchWeaver weaver = new TouchWeaver(events, mappings, processes, touches);
        events = weaver.weave();
        userFaults += weaver.userFaults();
        kernelFaults += weaver.kernelFaults();
        return weaver.outside();
    }

    // ---- the end ---------------------------------------------------------------------------------------------------------------

    private int append(byte kind, Live p, int tid) {
        if (events.size() >= maxEvents) {
            if (!full) {
                full = true;
                diagnostics.add(Severity.MISLEADING, "too many events", lineNumber,
                        "more than " + maxEvents + " events do not fit in this Java heap: the rest is left out",
                        "give Java a larger heap (JAVA_TOOL_OPTIONS=-Xmx…) or record a shorter run");
            }
            return -1;
        }
        return events.append(kind, p.index, tid, time, line);
    }

    /** The finished recording. */
    Recording finish(String source, String format, long lines) {
        for (Pending p : pending.values()) {
            if (p.open) {
                diagnostics.add(Severity.NOTE, "system call without its return", p.enteredLine,
                        "the recording ends before this " + p.call.name().toLowerCase(java.util.Locale.ROOT) + " returns", "");
            }
        }
        events.compact();
        files.markHuge(hugetlbMounts);
        markRecorder();
        warnIncomplete();
        Recording recording =
                new Recording(title(source), source, format, events, mappings, files, processes, diagnostics, lines, userFaults, kernelFaults);
        if (expectsMappingRecords && !recording.isSwitchedOffByRecorder()) {
            diagnostics.add(Severity.NOTE, "huge pages not seen to be off", 0,
                    "nothing shows that huge pages were off while this was recorded; where they were on, touches are missing",
                    "use `mm record`, or record with transparent_hugepage/enabled = never");
        }
        return recording;
    }

    /** The first prctl that turns THP off, in a process that goes on to start another program, is the recorder's launcher. */
    private void markRecorder() {
        for (int i = 0; i < events.size(); i++) {
            if (events.kind(i) == EventKind.THP_DISABLE && events.a(i) != 0) {
                for (int j = i + 1; j < events.size(); j++) {
                    if (events.process(j) == events.process(i)) {
                        byte kind = events.kind(j);
                        if (kind == EventKind.EXEC) {
                            events.setKind(i, EventKind.THP_DISABLE_BY_RECORDER);
                            return;
                        }
                        if (kind == EventKind.FORK || kind == EventKind.VFORK || kind == EventKind.EXIT) {
                            return;
                        }
                    }
                }
                return;
            }
        }
    }

    private void warnIncomplete() {
        long[] faults = new long[processes.size()];
        int[] firstLine = new int[processes.size()];
        for (int i = 0; i < events.size(); i++) {
            byte kind = events.kind(i);
            if (kind == EventKind.FAULT_USER || kind == EventKind.FAULT_KERNEL) {
                int p = events.process(i);
                if (faults[p]++ == 0) {
                    firstLine[p] = events.line(i);
                }
            }
        }
        for (int p = 0; p < processes.size(); p++) {
            if (!processes.get(p).isComplete() && faults[p] > 0) {
                boolean much = faults[p] * 200 > userFaults + kernelFaults;
                diagnostics.add(much ? Severity.MISLEADING : Severity.SKIPPED, "process without its beginning", firstLine[p],
                        faults[p] + " page faults of pid " + processes.get(p).pid() + ", which was not started inside the recording,"
                                + " so what it had mapped and touched before is unknown",
                        "let perf start the program (perf record … CMD), or follow it from its fork on");
            }
        }
    }

    /** The file's name without its endings. */
    private static String title(String source) {
        String name = source.substring(source.lastIndexOf('/') + 1);
        for (String ending : new String[] {".gz", ".txt", ".perf", ".strace", ".log"}) {
            if (name.endsWith(ending) && name.length() > ending.length()) {
                name = name.substring(0, name.length() - ending.length());
            }
        }
        return name;
    }

    private static long pageUp(long length) {
        return (length + PAGE - 1) & -PAGE;
    }
}
