package org.mmkit.replay.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.BootException;
import org.mmkit.replay.model.AccessComparison;
import org.mmkit.replay.model.Policy;
import org.mmkit.replay.reader.AccessListener;
import org.mmkit.replay.reader.AccessTraceReader;
import org.mmkit.replay.reader.BadRecordingException;
import org.mmkit.replay.tlb.Mmu;
import org.mmkit.replay.tlb.NestedPaging;
import org.mmkit.replay.tlb.TouchedAreas;

/**
 * Runs a trace of data accesses through the translation hardware, once for each policy: each first touch is a page fault on a machine of
 * that policy, and its page tables are what the hardware walks.
 *
 * <p>The trace is read twice: once for the areas it touches, once for its accesses under all policies. No virtual time passes, so
 * khugepaged does not run. Instruction fetches are left out: they have TLBs of their own. One thread.
 */
public final class AccessReplay {

    private static final int READ_WRITE = 3;
    /** No architecture has smaller pages. */
    private static final int LEAST_PAGE_SHIFT = 12;

    private final Optional<MmuGeometry> geometry;
    private final long hostPage;
    private DoubleConsumer progress = fraction -> {};

    /**
     * A replay.
     *
     * @param geometry the processor's caches; empty for those of a typical processor
     * @param hostPage bytes of the pages that a host maps the machine's memory with; 0 on bare metal
     */
    public AccessReplay(Optional<MmuGeometry> geometry, long hostPage) {
        this.geometry = geometry;
        this.hostPage = hostPage;
    }

    /** Tells {@code listener} how far it is, 0 to 1, now and then. */
    public AccessReplay onProgress(DoubleConsumer listener) {
        progress = listener;
        return this;
    }

    /**
     * Replays {@code trace} under each of {@code policies}.
     *
     * @throws BadRecordingException when the trace holds no access of data, or one that a program cannot make
     * @throws BootException when a machine refuses a setting
     * @throws IllegalArgumentException when the host has no such pages
     */
    public AccessComparison compare(Path trace, List<Policy> policies) throws BadRecordingException, IOException {
        TouchedAreas touched = new TouchedAreas(LEAST_PAGE_SHIFT);
        AccessTraceReader reader = new AccessTraceReader().onProgress(done -> progress.accept(done / 2));
        long[] fetches = {0};
        reader.read(trace, (address, bytes, kind) -> {
            touched.touch(address, bytes, kind);
            fetches[0] += kind == AccessListener.FETCH ? 1 : 0;
        });
        if (fetches[0] == reader.accesses()) {
            throw new BadRecordingException(trace + ":1:1: the trace holds instruction fetches only; data accesses are what is translated here");
        }
        List<TouchedAreas.Area> areas = touched.areas();
        List<Run> runs = new ArrayList<>();
        for (Policy policy : policies) {
            runs.add(new Run(trace, policy, touched.pages(), areas));
        }
        AccessBuffer buffer = new AccessBuffer(runs);
        reader.onProgress(done -> progress.accept(0.5 + done / 2)).read(trace, buffer);
        buffer.flush();
        List<AccessComparison.Result> results = new ArrayList<>();
        for (Run run : runs) {
            results.add(run.result());
        }
        return new AccessComparison(trace.toString(), reader.accesses() - fetches[0], fetches[0], reader.otherLines(), touched.pages(),
                areas.size(), runs.get(0).caches, hostPage, results);
    }

    /** Collects data accesses, each of one page, and gives them to all machines at a time. */
    private static final class AccessBuffer implements AccessListener {

        private final Run[] runs;
        private final int pageShift;
        private final long[] accesses = new long[1 << 14];
        private int count;

        AccessBuffer(List<Run> runs) {
            this.runs = runs.toArray(Run[]::new);
            pageShift = runs.get(0).pageShift;
        }

        @Override
        public void access(long address, int bytes, int kind) {
            if (kind == FETCH) {
                return;
            }
            if (count > accesses.length - 2) {
                flush();
            }
            accesses[count++] = Mmu.access(address, kind == WRITE);
            long last = address + bytes - 1;
            if ((address ^ last) >>> pageShift != 0) {
                accesses[count++] = Mmu.access(last, kind == WRITE);
            }
        }

        void flush() {
            for (Run run : runs) {
                run.accesses(accesses, count);
            }
            count = 0;
        }
    }

    /** One policy's machine, its one program and its processor. */
    private final class Run {

        private final Policy policy;
        private final ReplayMachine machine;
        private final ProgramMemory memory;
        private final int pageShift;
        private final MmuGeometry caches;
        private final Mmu mmu;
        private long faults;

        Run(Path trace, Policy policy, long pages, List<TouchedAreas.Area> areas) throws BadRecordingException {
            this.policy = policy;
            machine = EngineMachine.boot(policy, pages);
            memory = machine.newProcess();
            pageShift = memory.space().tables().layout().pageShift();
            long page = 1L << pageShift;
            for (TouchedAreas.Area area : areas) {
                long start = area.start() & -page;
                long length = (area.end() + page - 1 & -page) - start;
                int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;
                long at = memory.mmap(start, length, READ_WRITE, flags, null, 0);
                if (at != start) {
                    throw new BadRecordingException(trace + ": address 0x" + Long.toHexString(start)
                            + " is none that a program on this architecture can map");
                }
                if (area.code()) {
                    // Code and the data beside it are pages of files, which stay small.
                    memory.madvise(start, length, Advice.MADV_NOHUGEPAGE);
                }
            }
            Optional<NestedPaging> host = hostPage == 0 ? Optional.empty() : Optional.of(NestedPaging.of(memory.space().tables().layout(), hostPage));
            caches = geometry.orElseGet(machine::mmu);
            mmu = new Mmu(caches, memory.space().tables(), host);
        }

        void accesses(long[] trace, int count) {
            int at = mmu.translate(trace, 0, count);
            while (at < count) {
                long address = Mmu.addressOf(trace[at]);
                boolean write = Mmu.isWrite(trace[at]);
                fault(address, write, mmu.translate(address, write));
                at = mmu.translate(trace, at + 1, count);
            }
        }

        private void fault(long address, boolean write, int level) {
            faults++;
            int outcome = memory.touch(address, (write ? Fault.WRITE : 0) | Fault.USER);
            if (level == Mmu.READ_ONLY) {
                mmu.invalidate(address);
            }
            if ((outcome & Fault.ERROR) != 0 || mmu.translate(address, write) <= 0) {
                throw new BootException("the machine of the replay has no memory left; give it more with --memory");
            }
        }

        AccessComparison.Result result() {
            long hugeKb = machine.vmstat("nr_anon_transparent_hugepages") * (memory.space().tables().layout().size(2) >>> 10);
            return new AccessComparison.Result(policy, faults, memory.peakResidentPages() << pageShift - 10, hugeKb, mmu.counts());
        }
    }
}
