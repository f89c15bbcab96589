package org.mmkit.replay.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.MapFlags;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.replay.reader.EventKind;
import org.mmkit.replay.reader.EventLog;
import org.mmkit.replay.reader.FileTable;
import org.mmkit.replay.reader.MappingTable;
import org.mmkit.replay.reader.Recording;

/**
 * Drives one machine through the events of a recording. Everything but page faults is the same for the self-check and for a
 * policy; what a fault means is the subclass's.
 *
 * <p>Allocates nothing per fault. One thread, used once.
 */
abstract class ReplayLoop {

    private static final int PR_SET_THP_DISABLE = 41;
    private static final long STACK_BELOW_ARGUMENTS = 128 << 10;
    private static final long PAGE = 4096;
    private static final int REPEAT_WITHIN = 16;

    protected final Recording recording;
    protected final EventLog events;
    protected final ReplayMachine machine;
    protected final @Nullable ProgramMemory[] processes;
    protected final Samples samples = new Samples();
    protected final TreeMap<String, Long> oddities = new TreeMap<>();
    protected final HugetlbUse hugetlb;
    private final MappingTable mappings;
    private final LearnedPages learned;
    private final boolean recordersSettings;
    private final @Nullable Mappable[] files;
    private final long[] fileBytes;
    private final boolean[] borrowed;
    private final long[] lastResident;
    private long resident;
    private long peakResident;
    private int peakEvent;
    private long largestProcess;
    private long lastTotal;
    private int finalProcesses;

    ReplayLoop(Recording recording, ReplayMachine machine, LearnedPages learned, boolean recordersSettings) {
        this.recording = recording;
        this.events = recording.events();
        this.mappings = recording.mappings();
        this.machine = machine;
        this.learned = learned;
        this.recordersSettings = recordersSettings;
        int n = recording.processes().size();
        processes = new ProgramMemory[n];
        borrowed = new boolean[n];
        lastResident = new long[n];
        files = new Mappable[recording.files().size()];
        fileBytes = sizes(recording);
        hugetlb = new HugetlbUse(machine, recording);
    }

    /** A recorded page fault of the process {@code p}. */
    abstract void fault(int event, ProgramMemory p, int process, boolean kernel);

    /** Called when the event with the largest resident sum of the recording has been replayed. */
    void atPeak() {}

    /** Called after {@code event} when more bytes of HugeTLB pages are in use or promised than ever before. */
    void atHugetlbPeak(int event) {}

    /** Looks how many HugeTLB pages are in use after {@code event}, which may have taken some. */
    final void measureHugetlb(int event) {
        if (hugetlb.measure(event)) {
            atHugetlbPeak(event);
        }
    }

    /** Replays all; {@code peakOfRecording} is the event after which {@link #atPeak} is called, or -1. */
    final void run(int peakOfRecording, Progress progress) {
        int step = Math.max(1, events.size() / Samples.POINTS);
        long start = events.size() == 0 ? 0 : events.time(0);
        for (int i = 0, next = 0; i < events.size(); i++) {
            byte kind = events.kind(i);
            machine.advanceTo(Math.max(0, events.time(i) - start));
            if (kind == EventKind.FAULT_USER || kind == EventKind.FAULT_KERNEL) {
                int process = events.process(i);
                ProgramMemory p = processes[process];
                if (p != null) {
                    fault(i, p, process, kind == EventKind.FAULT_KERNEL);
                    if (hugetlb.isAny() && isHuge(p.space().find(events.a(i)))) {
                        measureHugetlb(i);
                    }
                    account(i, p, process);
                }
            } else {
                change(i, kind);
            }
            if (i == peakOfRecording) {
                atPeak();
            }
            if (i == next) {
                sample(i);
                next += step;
                progress.done(i, events.size());
            }
        }
        sample(Math.max(0, events.size() - 1));
        lastTotal = finalProcesses == 0 ? lastTotal : resident;
        for (ProgramMemory p : processes) {
            if (p != null) {
                largestProcess = Math.max(largestProcess, p.peakResidentPages());
            }
        }
    }

    // ---- what the events do --------------------------------------------------------------------------------------------------------

    private void change(int i, byte kind) {
        int process = events.process(i);
        if (kind == EventKind.EXEC) {
            exec(i, process);
            return;
        }
        ProgramMemory p = processes[process];
        if (p == null) {
            p = unknown(process);
        }
        long a = events.a(i);
        long b = events.b(i);
        switch (kind) {
            case EventKind.MAP -> map(p, events.aux(i));
            case EventKind.MMAP -> {
                warnOfOverlap(p, events.aux(i));
                mmap(p, events.aux(i));
            }
            case EventKind.MUNMAP -> check("munmap", p.munmap(a, b));
            case EventKind.BRK_START -> p.heapStart(a);
            case EventKind.BRK -> check("brk", p.brk(a) == a ? 0 : -1);
            case EventKind.MADVISE -> check("madvise", p.madvise(a, b, events.aux(i)));
            case EventKind.MREMAP -> mremap(p, a, b, events.aux(i));
            case EventKind.MPROTECT -> check("mprotect", p.mprotect(a, b, events.aux(i)));
            case EventKind.THP_DISABLE -> check("prctl", p.prctl(PR_SET_THP_DISABLE, a, b));
            case EventKind.THP_DISABLE_BY_RECORDER -> {
                if (recordersSettings) {
                    check("prctl", p.prctl(PR_SET_THP_DISABLE, a, b));
                }
            }
            case EventKind.FORK -> {
                processes[events.aux(i)] = p.fork();
                account(i, childOf(i), events.aux(i));
            }
            case EventKind.VFORK -> {
                processes[events.aux(i)] = p.vfork();
                borrowed[events.aux(i)] = true;
            }
            case EventKind.EXIT -> {
                sample(i);
                leave(process, p);
                p.exit();
                processes[process] = null;
            }
            default -> { }
        }
        if ((kind == EventKind.MMAP || kind == EventKind.MAP) && HugetlbUse.pageBytes(recording, events.aux(i)) > 0) {
            measureHugetlb(i);
        }
        if (processes[process] != null) {
            account(i, p, process);
        }
    }

    private ProgramMemory childOf(int i) {
        ProgramMemory child = processes[events.aux(i)];
        if (child == null) {
            throw new IllegalStateException("no child");
        }
        return child;
    }

    private void exec(int i, int process) {
        ProgramMemory p = processes[process];
        if (p == null) {
            processes[process] = machine.newProcess();
            return;
        }
        sample(i);
        leave(process, p);
        p.exec();
        borrowed[process] = false;
    }

    /** The process that started it is not in the recording: an empty one stands in for it. */
    private ProgramMemory unknown(int process) {
        ProgramMemory p = machine.newProcess();
        processes[process] = p;
        return p;
    }

    private void leave(int process, ProgramMemory p) {
        largestProcess = Math.max(largestProcess, p.peakResidentPages());
        lastTotal = resident;
        resident -= lastResident[process];
        lastResident[process] = 0;
    }

    private void map(ProgramMemory p, int row) {
        long start = mappings.start(row);
        long length = mappings.length(row);
        p.munmap(start, length);
        switch (mappings.type(row)) {
            case MappingTable.STACK -> {
                long arguments = Math.min(start + length - PAGE, start + STACK_BELOW_ARGUMENTS);
                p.stack(start, Math.max(start, arguments), start + length);
            }
            case MappingTable.SPECIAL -> p.special(start, start + length, mappings.protection(row), "[vdso]");
            default -> mmap(p, row);
        }
    }

    private void mmap(ProgramMemory p, int row) {
        int flags = mappings.flags(row) & ~MapFlags.MAP_FIXED_NOREPLACE | MapFlags.MAP_FIXED;
        byte type = mappings.type(row);
        @Nullable Mappable file = null;
        if (type == MappingTable.FILE) {
            file = file(mappings.file(row));
        } else {
            flags |= MapFlags.MAP_ANONYMOUS;
        }
        boolean huge = HugetlbUse.pageBytes(recording, row) > 0;
        boolean none = huge && type == MappingTable.FILE && file == null;
        long result = none ? -Errno.ENOMEM
                : p.mmap(mappings.start(row), mappings.length(row), mappings.protection(row), flags, file, mappings.offset(row));
        if (huge && result < 0) {
            // The program got its huge pages in the recording; what it would do without is not known, so it gets others.
            hugetlb.refuse();
            odd("mmap of HugeTLB pages fails (" + (none ? "the machine has none of that size" : Errno.name((int) -result))
                    + "): replayed as ordinary memory");
            Mappable ordinary = type == MappingTable.FILE ? machine.file(recording.files().get(mappings.file(row)).ordinary(), 0) : null;
            result = p.mmap(mappings.start(row), mappings.length(row), mappings.protection(row), flags & ~MapFlags.MAP_HUGETLB & 0xfffff,
                    ordinary, mappings.offset(row));
        }
        check("mmap", result);
    }

    /** Only MAP_FIXED replaces what is there: otherwise the recording lacks the munmap. */
    private void warnOfOverlap(ProgramMemory p, int row) {
        if ((mappings.flags(row) & (MapFlags.MAP_FIXED | MapFlags.MAP_FIXED_NOREPLACE)) == 0) {
            Vma next = p.space().findOrNext(mappings.start(row));
            if (next != null && next.start() < mappings.start(row) + mappings.length(row)) {
                odd("mmap gave a place that is mapped already: an munmap is missing in the recording");
            }
        }
    }

    private void mremap(ProgramMemory p, long from, long oldLength, int row) {
        long to = mappings.start(row);
        int flags = mappings.flags(row) & MapFlags.MREMAP_DONTUNMAP;
        if (to != from) {
            flags |= MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED;
        }
        check("mremap", p.mremap(from, oldLength, mappings.length(row), flags, to));
    }

    /** Whether {@code area} is of HugeTLB pages. */
    static boolean isHuge(@Nullable Vma area) {
        return area != null && area.has(VmFlags.HUGETLB);
    }

    /** The file with this number; null when the machine has no HugeTLB pages of its size. */
    private @Nullable Mappable file(int number) {
        Mappable known = files[number];
        if (known != null) {
            return known;
        }
        FileTable.MappedFile f = recording.files().get(number);
        Mappable made = machine.file(f, fileBytes[number]);
        if (made == null) {
            return null;
        }
        for (long index : learned.of(number)) {
            machine.skipAround(made, index);
        }
        files[number] = made;
        return made;
    }

    /** The file number behind a mapping's file, or -1. */
    final int fileNumber(Object mapping) {
        for (int i = 0; i < files.length; i++) {
            Mappable f = files[i];
            if (f != null && f.mapping() == mapping) {
                return i;
            }
        }
        return -1;
    }

    /** The recording does not tell a file's size; it reaches at least as far as any mapping of it. */
    private static long[] sizes(Recording recording) {
        long[] bytes = new long[recording.files().size()];
        MappingTable m = recording.mappings();
        for (int row = 0; row < m.size(); row++) {
            if (m.file(row) >= 0) {
                bytes[m.file(row)] = Math.max(bytes[m.file(row)], m.offset(row) + m.length(row));
            }
        }
        return bytes;
    }

    private void check(String call, long result) {
        // A strace log has no program segments; what the loader does to them cannot succeed.
        if (result < 0 && !recording.format().equals("strace")) {
            odd(call + " fails in the model though it did not in the recording");
        }
    }

    /** Counts something that should not be. */
    final void odd(String what) {
        oddities.merge(what, 1L, Long::sum);
    }

    // ---- memory --------------------------------------------------------------------------------------------------------------------

    private void account(int event, ProgramMemory p, int process) {
        if (borrowed[process]) {
            return;
        }
        AddressSpace s = p.space();
        long now = s.rss(RssKind.FILE) + s.rss(RssKind.ANON) + s.rss(RssKind.SHMEM);
        resident += now - lastResident[process];
        lastResident[process] = now;
        if (resident > peakResident) {
            peakResident = resident;
            peakEvent = event;
        }
    }

    private void sample(int event) {
        long rss = 0;
        long anonymous = 0;
        long tables = 0;
        int alive = 0;
        for (int i = 0; i < processes.length; i++) {
            ProgramMemory p = processes[i];
            if (p != null && !borrowed[i]) {
                alive++;
                AddressSpace s = p.space();
                anonymous += s.rss(RssKind.ANON);
                rss += s.rss(RssKind.FILE) + s.rss(RssKind.ANON) + s.rss(RssKind.SHMEM);
                tables += s.tables().tableBytes();
            }
        }
        finalProcesses = alive;
        samples.add(event, rss, anonymous, machine.vmstat("nr_anon_transparent_hugepages") * 512, tables >> 10);
    }

    /** Largest sum of resident pages. */
    final long peakResident() {
        return peakResident;
    }

    /** The event after which the sum was largest. */
    final int peakEvent() {
        return peakEvent;
    }

    /** Resident pages of the largest process. */
    final long largestProcess() {
        return largestProcess;
    }

    /** Resident pages at the end, or just before the last process left. */
    final long lastTotal() {
        return lastTotal;
    }

    /** Living processes with an address space of their own. */
    final List<ProgramMemory> owners() {
        List<ProgramMemory> owners = new ArrayList<>();
        for (int i = 0; i < processes.length; i++) {
            ProgramMemory p = processes[i];
            if (p != null && !borrowed[i]) {
                owners.add(p);
            }
        }
        return owners;
    }

    /**
     * Whether this recorded fault is the second of a pair that the kernel takes on one access: some copies to user memory run with page
     * faults disabled, fail, and are repeated (the signal frame's floating-point state, for one).
     */
    final boolean repeatsInKernel(int event) {
        for (int i = event - 1; i >= 0 && i > event - REPEAT_WITHIN; i--) {
            if (events.tid(i) == events.tid(event)) {
                return events.kind(i) == EventKind.FAULT_KERNEL
                        && events.a(i) == events.a(event)
                        && events.aux(i) == events.aux(event)
                        && events.process(i) == events.process(event);
            }
        }
        return false;
    }

    /** Hears how far a replay is. */
    interface Progress {
        void done(int events, int of);
    }
}
