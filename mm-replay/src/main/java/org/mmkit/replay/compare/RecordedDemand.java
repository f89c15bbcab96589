package org.mmkit.replay.compare;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.replay.model.HugetlbFigures;
import org.mmkit.replay.model.Policy;
import org.mmkit.replay.plan.MappingDemand;
import org.mmkit.replay.reader.EventKind;
import org.mmkit.replay.reader.ProcessTable;
import org.mmkit.replay.reader.Recording;

/**
 * What the programs of a recording had mapped: HugeTLB areas when most of such pages were in use or promised, and ordinary anonymous and
 * shared memory that could be of huge pages when resident memory was largest. Found by replaying the recording, without huge pages where the
 * program does not ask for them.
 */
public final class RecordedDemand {

    private RecordedDemand() {}

    /**
     * The HugeTLB mappings of {@code recording}, then the ordinary ones with at least {@code least} bytes, the largest first.
     *
     * @param progress hears how far the replay is, from 0 to 1
     */
    public static List<MappingDemand> of(Recording recording, long least, Progress progress) {
        Policy never = Policy.named("never");
        Policy policy = never.withHost(never.host().withPools(HugetlbUse.bound(recording)));
        LearnedPages learned = new LearnedPages();
        Run first = new Run(recording, EngineMachine.boot(policy, recording), learned, least, -1);
        first.run(-1, (done, of) -> progress.done(of == 0 ? 1 : 0.5 * done / of));
        Run second = new Run(recording, EngineMachine.boot(policy, recording), learned, least, first.hugetlb.peakEvent());
        second.run(first.peakEvent(), (done, of) -> progress.done(of == 0 ? 1 : 0.5 + 0.5 * done / of));
        second.found.sort(Comparator.comparingLong(MappingDemand::touchedBytes).reversed().thenComparing(MappingDemand::name)
                .thenComparingLong(MappingDemand::start));
        List<MappingDemand> all = new ArrayList<>(second.existing);
        all.addAll(second.found);
        return List.copyOf(all);
    }

    /**
     * What happens to {@code recording} with one HugeTLB page of {@code pageBytes} less than {@code mappings} use already; a recording that
     * uses none says nothing.
     */
    public static Optional<HugetlbFigures> oneShort(Recording recording, List<MappingDemand> mappings, long pageBytes) {
        Map<Long, Long> pools = new TreeMap<>();
        mappings.stream().filter(MappingDemand::isExisting)
                .forEach(m -> pools.merge(m.hugeBytes(), m.pages(m.hugeBytes()), Long::sum));
        if (pools.getOrDefault(pageBytes, 0L) == 0) {
            return Optional.empty();
        }
        pools.merge(pageBytes, -1L, Long::sum);
        Policy never = Policy.named("never");
        return Optional.of(PolicyReplay.prepare(recording, never.withHost(never.host().withPools(pools))).run().hugetlb());
    }

    /** Hears how far a replay is. */
    public interface Progress {

        /** {@code share} of the work is done. */
        void done(double share);
    }

    private static final class Run extends ReplayLoop {

        private static final int PAGE_SHIFT = 12;
        private static final int BLOCK_PAGES = 1 << MappingDemand.BLOCK_SHIFT - PAGE_SHIFT;

        private final long least;
        private final int hugetlbPeak;
        private final HugetlbAreas areas = new HugetlbAreas();
        private final List<MappingDemand> existing = new ArrayList<>();
        private final List<MappingDemand> found = new ArrayList<>();
        /** Frames that a mapping seen before has. */
        private final BitSet seen = new BitSet();
        private final Set<Object> files = new HashSet<>();

        Run(Recording recording, ReplayMachine machine, LearnedPages learned, long least, int hugetlbPeak) {
            super(recording, machine, learned, false);
            this.least = least;
            this.hugetlbPeak = hugetlbPeak;
        }

        @Override
        void fault(int event, ProgramMemory p, int process, boolean kernel) {
            long address = events.a(event);
            int code = events.aux(event);
            boolean write = code == EventKind.ERROR_UNKNOWN
                    ? SelfCheckRun.isWrite(code, p.space().find(address))
                    : (code & EventKind.ERROR_WRITE) != 0;
            if (!p.hits(address, write)) {
                p.touch(address, SelfCheckRun.flags(code, write, kernel));
            }
        }

        @Override
        void atHugetlbPeak(int event) {
            if (event != hugetlbPeak) {
                return;
            }
            for (int i = 0; i < processes.length; i++) {
                ProgramMemory p = processes[i];
                if (p != null && owners().contains(p)) {
                    areas.add(recording.processes().get(i), p.space());
                }
            }
            existing.addAll(areas.demand(hugetlb.now()));
        }

        @Override
        void atPeak() {
            for (int i = 0; i < processes.length; i++) {
                ProgramMemory p = processes[i];
                if (p != null && owners().contains(p)) {
                    areas(recording.processes().get(i), p.space(), heapStart(i));
                }
            }
        }

        private long heapStart(int process) {
            long start = 0;
            for (int i = 0; i <= Math.max(0, events.size() - 1); i++) {
                if (events.kind(i) == EventKind.BRK_START && events.process(i) == process) {
                    start = events.a(i);
                }
            }
            return start;
        }

        private void areas(ProcessTable.RecordedProcess process, AddressSpace space, long heapStart) {
            @Nullable Vma area = space.findOrNext(0);
            while (area != null) {
                boolean sharedFile = area.hasFile() && area.file().isShmem();
                boolean candidate = (area.isAnonymous() || sharedFile) && !isHuge(area) && !area.has(VmFlags.GROWSDOWN) && area.protection() != 0;
                if (candidate && area.end() - area.start() >= least && (!sharedFile || files.add(area.file()))) {
                    String kind = sharedFile ? "shared memory" : area.start() == heapStart ? "heap (brk)" : "anonymous";
                    measure(process.name() + " " + process.pid() + ", " + kind, area, sharedFile);
                }
                area = area.end() <= 0 ? null : space.findOrNext(area.end());
            }
        }

        private void measure(String name, Vma area, boolean shared) {
            PageTables tables = area.space().tables();
            EntryFormat format = tables.format();
            long touched = 0;
            long own = 0;
            long blocks = 0;
            long lastBlock = -1;
            for (long va = area.start(); va < area.end(); va += 1 << PAGE_SHIFT) {
                long slot = tables.find(va, 1);
                if (slot == PageTables.NO_SLOT) {
                    va = (va >>> MappingDemand.BLOCK_SHIFT) + 1 << MappingDemand.BLOCK_SHIFT;
                    va -= 1 << PAGE_SHIFT;
                    continue;
                }
                long entry = tables.read(slot);
                if (!format.isPresent(entry) || format.isSpecial(entry)) {
                    continue;
                }
                touched++;
                int frame = Math.toIntExact(format.pfn(entry, 1));
                own += seen.get(frame) ? 0 : 1;
                seen.set(frame);
                long block = va >>> MappingDemand.BLOCK_SHIFT;
                blocks += block == lastBlock ? 0 : 1;
                lastBlock = block;
            }
            if (touched >= BLOCK_PAGES / 2) {
                found.add(new MappingDemand(name, area.start(), area.end() - area.start(), touched << PAGE_SHIFT, own << PAGE_SHIFT, blocks,
                        shared, 0));
            }
        }
    }
}
