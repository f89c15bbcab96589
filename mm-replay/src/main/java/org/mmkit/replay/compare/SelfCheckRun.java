package org.mmkit.replay.compare;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.replay.model.SelfCheck;
import org.mmkit.replay.reader.EventKind;
import org.mmkit.replay.reader.Recording;

/**
 * Replays a recording under its own settings and compares: each recorded fault must be one in the model too.
 *
 * <p>A recorded fault on a page that the model has mapped already is explained, and counts as reproduced, when another thread
 * brought the page in within the last moments, or when the page is of a file and the model only thought it mapped along with its
 * neighbours: then the page is remembered for all replays.
 */
final class SelfCheckRun extends ReplayLoop {

    /** Two threads that fault on one page at the same time are this far apart at most; nearly all are within 5 us. */
    static final long RACE_NS = 20_000;

    private static final int MOST_DIFFERENCES = 20;
    /** The same for a HugeTLB page, whose clearing is what the second thread waits for. */
    private static final long HUGE_RACE_NS = 10_000_000;

    private static final int PAGE_SHIFT = 12;
    private static final int HUGE_SHIFT = 21;
    /** Programs use the first pages of the address space for deliberate faults. */
    private static final long LOWEST_MAPPING = 1 << 16;

    private final LearnedPages learned;
    private final Races races = new Races(new ThreadPace());
    private final List<SelfCheck.Difference> differences = new ArrayList<>();
    private long userRecorded;
    private long userReproduced;
    private long raced;
    private long learnedFaults;
    private long anonymousRecorded;
    private long anonymousReproduced;
    private long kernelRecorded;
    private long kernelReproduced;
    private long anonymousAtPeakKb;
    private AddressMap map = AddressMap.EMPTY;

    SelfCheckRun(Recording recording, ReplayMachine machine, LearnedPages learned) {
        super(recording, machine, learned, true);
        this.learned = learned;
    }

    @Override
    void fault(int event, ProgramMemory p, int process, boolean kernel) {
        long address = events.a(event);
        int code = events.aux(event);
        AddressSpace space = p.space();
        Vma area = space.find(address);
        boolean write = isWrite(code, area);
        boolean anonymous = area == null || area.isAnonymous();
        boolean reproduced;
        if (p.hits(address, write)) {
            reproduced = explained(event, space, address, write, area) || kernel && repeatsInKernel(event);
            if (!reproduced) {
                note(event, String.format("%s fault at 0x%x of pid %d: the model has this page mapped already", write ? "write" : "read",
                        address, recording.processes().get(process).pid()));
            }
        } else {
            boolean present = isPresent(space, address);
            int outcome = p.touch(address, flags(code, write, kernel));
            reproduced = answered(event, process, address, area, space, outcome);
            if (reproduced && code != EventKind.ERROR_UNKNOWN && present != ((code & EventKind.ERROR_PRESENT) != 0)) {
                note(event, String.format("fault at 0x%x of pid %d: the page was %s, the model has it %s", address,
                        recording.processes().get(process).pid(), present ? "absent" : "present", present ? "present" : "absent"));
            }
            races.begin(space.id(), address, isHuge(area) ? HUGE_SHIFT : PAGE_SHIFT, events.tid(event), events.time(event));
        }
        count(kernel, anonymous, reproduced);
    }

    private void count(boolean kernel, boolean anonymous, boolean reproduced) {
        int one = reproduced ? 1 : 0;
        if (kernel) {
            kernelRecorded++;
            kernelReproduced += one;
        } else {
            userRecorded++;
            userReproduced += one;
        }
        if (anonymous) {
            anonymousRecorded++;
            anonymousReproduced += one;
        }
    }

    @Override
    void atPeak() {
        long largest = -1;
        for (ProgramMemory p : owners()) {
            long pages = p.space().rss(RssKind.ANON);
            anonymousAtPeakKb += pages * 4;
            if (pages > largest) {
                largest = pages;
                map = AddressMap.of(p.space(), machine);
            }
        }
    }

    /** What the recording touched: without huge pages nothing else is backed. */
    PolicyRun.Baseline baseline() {
        return new PolicyRun.Baseline(samples, anonymousAtPeakKb, map, peakEvent());
    }

    private boolean explained(int event, AddressSpace space, long address, boolean write, @Nullable Vma area) {
        boolean huge = isHuge(area);
        if (races.joins(space.id(), address, huge ? HUGE_SHIFT : PAGE_SHIFT, events.tid(event), events.time(event), huge ? HUGE_RACE_NS : RACE_NS)) {
            raced++;
            return true;
        }
        if (area != null && area.hasFile() && !write && !huge) {
            FileMapping file = area.file();
            int number = file.isShmem() ? -1 : fileNumber(file);
            if (number >= 0) {
                learned.add(number, area.index(address));
                learnedFaults++;
                return true;
            }
        }
        // A page of the vdso may be faulted in again: it is outside of any accounting.
        return area != null && !area.isAnonymous() && !area.hasFile();
    }

    private boolean answered(int event, int process, long address, @Nullable Vma area, AddressSpace space, int outcome) {
        if ((outcome & Fault.SIGSEGV) != 0 && area == null && space.find(address) == null && address >= LOWEST_MAPPING) {
            note(event, String.format("fault at 0x%x of pid %d, but no mapping of that process holds this address", address,
                    recording.processes().get(process).pid()));
            return false;
        }
        if ((outcome & Fault.OOM) != 0) {
            note(event, "the model ran out of memory");
            return false;
        }
        return true;
    }

    private void note(int event, String what) {
        if (differences.size() < MOST_DIFFERENCES) {
            differences.add(new SelfCheck.Difference(events.line(event), what));
        }
    }

    static boolean isWrite(int code, @Nullable Vma area) {
        if (code == EventKind.ERROR_UNKNOWN) {
            return area != null && area.has(VmFlags.WRITE);
        }
        return (code & EventKind.ERROR_WRITE) != 0;
    }

    static int flags(int code, boolean write, boolean kernel) {
        int flags = kernel ? 0 : Fault.USER;
        if (write) {
            flags |= Fault.WRITE;
        } else if (code != EventKind.ERROR_UNKNOWN && (code & EventKind.ERROR_FETCH) != 0) {
            flags |= Fault.INSTRUCTION;
        }
        return flags;
    }

    /** Whether a leaf of any level is present for {@code address}. */
    static boolean isPresent(AddressSpace space, long address) {
        PageTables tables = space.tables();
        for (int level = 1; level <= 3; level++) {
            long slot = tables.find(address, level);
            if (slot != PageTables.NO_SLOT) {
                long entry = tables.read(slot);
                return tables.format().isPresent(entry) && tables.format().isLeaf(entry, level);
            }
        }
        return false;
    }

    /** Faults on file pages that the model had mapped. */
    long learnedFaults() {
        return learnedFaults;
    }

    /** The figures; {@code learnedBefore} of the reproduced faults were explained by what an earlier run learned. */
    SelfCheck result(long learnedBefore) {
        // Faults of processes that the recording does not have from their beginning are recorded and never reproduced.
        long user = Math.max(userRecorded, recording.userFaults());
        long kernel = Math.max(kernelRecorded, recording.kernelFaults());
        return new SelfCheck(user, userReproduced, raced, learnedBefore + learnedFaults, anonymousRecorded, anonymousReproduced, kernel, kernelReproduced, differences);
    }
}
