package org.mmkit.replay.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.PageTableLayout;
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
import org.mmkit.replay.tlb.Processors;
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
    private final int numbers;
    private DoubleConsumer progress = fraction -> {};

    /**
     * A replay.
     *
     * @param geometry the processor's caches; empty for those of a typical processor
     * @param hostPage bytes of the pages that a host maps the machine's memory with; 0 on bare metal
     * @param numbers of address spaces that a processor tells apart; 0 where each switch drops everything
     */
    public AccessReplay(Optional<MmuGeometry> geometry, long hostPage, int numbers) {
        this.geometry = geometry;
        this.hostPage = hostPage;
        this.numbers = numbers;
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
        Touches touches = new Touches();
        AccessTraceReader reader = new AccessTraceReader().onProgress(done -> progress.accept(done / 2));
        reader.read(trace, touches);
        if (touches.fetches == reader.accesses()) {
            throw new BadRecordingException(trace + ":1:1: the trace holds instruction fetches only; data accesses are what is translated here");
        }
        List<Run> runs = new ArrayList<>();
        for (Policy policy : policies) {
            runs.add(new Run(trace, policy, touches));
        }
        AccessBuffer buffer = new AccessBuffer(runs);
        reader.onProgress(done -> progress.accept(0.5 + done / 2)).read(trace, buffer);
        buffer.flush();
        List<AccessComparison.Result> results = new ArrayList<>();
        for (Run run : runs) {
            results.add(run.result());
        }
        Run first = runs.get(0);
        int areas = touches.of.values().stream().mapToInt(t -> t.areas().size()).sum();
        return new AccessComparison(trace.toString(), reader.accesses() - touches.fetches, touches.fetches, reader.otherLines(), touches.pages(),
                touches.of.size(), first.processors.count(), areas, first.caches, hostPage, results);
    }

    /** Notes what each process touches. */
    private static final class Touches implements AccessListener {

        private final Map<Integer, TouchedAreas> of = new TreeMap<>();
        private TouchedAreas now = new TouchedAreas(LEAST_PAGE_SHIFT);
        private int process;
        private long fetches;

        @Override
        public void comesFrom(int its, int processor) {
            process = its;
            now = of.computeIfAbsent(its, id -> new TouchedAreas(LEAST_PAGE_SHIFT));
        }

        @Override
        public void access(long address, int bytes, int kind) {
            if (of.isEmpty()) {
                of.put(process, now);
            }
            now.touch(address, bytes, kind);
            fetches += kind == FETCH ? 1 : 0;
        }

        long pages() {
            return of.values().stream().mapToLong(TouchedAreas::pages).sum();
        }
    }

    /** Collects data accesses of one process, each of one page, and gives them to all machines at a time. */
    private static final class AccessBuffer implements AccessListener {

        private final Run[] runs;
        private final int pageShift;
        private final long[] accesses = new long[1 << 14];
        private int count;
        private int process;
        private int processor;

        AccessBuffer(List<Run> runs) {
            this.runs = runs.toArray(Run[]::new);
            pageShift = runs.get(0).pageShift;
        }

        @Override
        public void comesFrom(int its, int onProcessor) {
            flush();
            process = its;
            processor = onProcessor;
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
            if (count > 0) {
                for (Run run : runs) {
                    run.accesses(process, processor, accesses, count);
                }
                count = 0;
            }
        }
    }

    /** One process of a run. */
    private record Program(ProgramMemory memory, Processors.Space space) {}

    /** One policy's machine, its programs and its processors. */
    private final class Run {

        private final Policy policy;
        private final ReplayMachine machine;
        private final Map<Integer, Program> programs = new TreeMap<>();
        private final int pageShift;
        private final PageTableLayout layout;
        private final MmuGeometry caches;
        private final Processors processors;
        private long faults;

        Run(Path trace, Policy policy, Touches touches) throws BadRecordingException {
            this.policy = policy;
            machine = EngineMachine.boot(policy, touches.pages());
            for (Map.Entry<Integer, TouchedAreas> e : touches.of.entrySet()) {
                ProgramMemory memory = machine.newProcess();
                map(trace, memory, e.getValue().areas());
                programs.put(e.getKey(), new Program(memory, new Processors.Space(memory.space().tables())));
            }
            layout = programs.values().iterator().next().memory.space().tables().layout();
            pageShift = layout.pageShift();
            caches = geometry.orElseGet(machine::mmu);
            processors = new Processors(caches, hostPage == 0 ? Optional.empty() : Optional.of(NestedPaging.of(layout, hostPage)), numbers);
        }

        private static void map(Path trace, ProgramMemory memory, List<TouchedAreas.Area> areas) throws BadRecordingException {
            long page = 1L << memory.space().tables().layout().pageShift();
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
        }

        void accesses(int process, int processor, long[] trace, int count) {
            Program program = programs.get(process);
            if (program == null) {
                throw new IllegalStateException("process " + process + " was not in the trace when it was read first");
            }
            Mmu mmu = processors.run(processor, program.space);
            int at = mmu.translate(trace, 0, count);
            while (at < count) {
                long address = Mmu.addressOf(trace[at]);
                boolean write = Mmu.isWrite(trace[at]);
                int level = mmu.translate(address, write);
                faults++;
                int outcome = program.memory.touch(address, (write ? Fault.WRITE : 0) | Fault.USER);
                if (level == Mmu.READ_ONLY) {
                    processors.invalidate(processor, program.space, address);
                }
                if ((outcome & Fault.ERROR) != 0 || mmu.translate(address, write) <= 0) {
                    throw new BootException("the machine of the replay has no memory left; give it more with --memory");
                }
                at = mmu.translate(trace, at + 1, count);
            }
        }

        AccessComparison.Result result() {
            long hugeKb = machine.vmstat("nr_anon_transparent_hugepages") * (layout.size(2) >>> 10);
            long resident = programs.values().stream().mapToLong(p -> p.memory.peakResidentPages()).sum();
            return new AccessComparison.Result(policy, faults, resident << pageShift - 10, hugeKb, processors.counts(), processors.spaceCounts());
        }
    }
}
