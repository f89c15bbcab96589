package org.mmkit.replay.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.Vma;
import org.mmkit.replay.cost.CostModel;
import org.mmkit.replay.model.FaultCounts;
import org.mmkit.replay.model.FolioCount;
import org.mmkit.replay.model.MemoryFigures;
import org.mmkit.replay.model.Policy;
import org.mmkit.replay.model.PolicyResult;
import org.mmkit.replay.model.TimelinePoint;
import org.mmkit.replay.model.WorkFigures;
import org.mmkit.replay.reader.EventKind;
import org.mmkit.replay.reader.Recording;
import org.mmkit.replay.tlb.TlbReach;

/**
 * Replays a recording under one policy and counts.
 *
 * <p>A recorded fault is an access. Whether it faults here too is what the model's page tables say.
 */
final class PolicyRun extends ReplayLoop {

    private static final int PAGE_KB = 4;
    private static final int HUGE_SHIFT = 21;
    private static final int PAGE_SHIFT = 12;
    /** What a fault cost in the recording, tracing included. */
    private static final long SPARED_NS = 2_500;
    private static final String STATS = "/sys/kernel/mm/transparent_hugepage/hugepages-%dkB/stats/%s";

    private final Policy policy;
    private final CostModel costs;
    private final Baseline baseline;
    private final ThreadPace pace = new ThreadPace();
    private final Races races = new Races(pace);
    private final boolean[] threaded;
    private final long hugeWindow;
    private final int[] smallShifts;
    private final long[] smallWindows;
    private final long[] racedFolios = new long[HUGE_SHIFT + 1];

    private long user;
    private long kernel;
    private long anonymous;
    private long zero;
    private long file;
    private long copies;
    private long zeroCopies;
    private long forkCopies;
    private long reuse;
    private long raced;
    private long unanswered;
    /** The last event that was a fault here too. */
    private int lastTaken = -1;
    private long anonHugeAtPeak;
    private long anonymousAtPeak;
    private AddressMap map = AddressMap.EMPTY;

    PolicyRun(Recording recording, ReplayMachine machine, LearnedPages learned, Policy policy, CostModel costs, Baseline baseline) {
        super(recording, machine, learned, false);
        this.policy = policy;
        this.costs = costs;
        this.baseline = baseline;
        this.threaded = threaded(recording);
        this.hugeWindow = (long) middle(CostModel.HUGE_2M);
        List<Integer> sizes = policy.sizes().entrySet().stream()
                .filter(e -> e.getKey() != Policy.PMD_KB && !e.getValue().equals("never"))
                .map(Map.Entry::getKey).sorted(java.util.Comparator.reverseOrder()).toList();
        smallShifts = sizes.stream().mapToInt(kb -> 31 - Integer.numberOfLeadingZeros(kb) + 10).toArray();
        smallWindows = sizes.stream()
                .mapToLong(kb -> (long) (middle(CostModel.FOLIO_BASE) + middle(CostModel.FOLIO_PAGE) * kb / PAGE_KB)).toArray();
    }

    /** Per process whether more than one thread of it faults. */
    private static boolean[] threaded(Recording recording) {
        boolean[] threaded = new boolean[recording.processes().size()];
        int[] first = new int[threaded.length];
        for (int i = 0; i < recording.events().size(); i++) {
            int p = recording.events().process(i);
            int tid = recording.events().tid(i);
            if (first[p] == 0) {
                first[p] = tid;
            } else if (first[p] != tid) {
                threaded[p] = true;
            }
        }
        return threaded;
    }

    private double middle(String constant) {
        return (costs.constant(constant).low() + costs.constant(constant).high()) / 2;
    }

    @Override
    void fault(int event, ProgramMemory p, int process, boolean inKernel) {
        long address = events.a(event);
        int code = events.aux(event);
        AddressSpace space = p.space();
        boolean write = code == EventKind.ERROR_UNKNOWN
                ? SelfCheckRun.isWrite(code, space.find(address))
                : (code & EventKind.ERROR_WRITE) != 0;
        if (p.hits(address, write)) {
            boolean again = inKernel && lastTaken == event - 1 && repeatsInKernel(event);
            if (!again && !(threaded[process] && raced(event, space, address))) {
                if (threaded[process]) {
                    pace.save(events.tid(event), events.time(event), SPARED_NS);
                }
                return;
            }
            raced += again ? 0 : 1;
        } else {
            lastTaken = event;
            take(event, p, process, space, address, code, write, inKernel);
        }
        if (inKernel) {
            kernel++;
        } else {
            user++;
        }
    }

    private boolean raced(int event, AddressSpace space, long address) {
        int tid = events.tid(event);
        long time = events.time(event);
        if (races.joins(space.id(), address, HUGE_SHIFT, tid, time, hugeWindow)) {
            racedFolios[HUGE_SHIFT]++;
            return true;
        }
        for (int i = 0; i < smallShifts.length; i++) {
            if (races.joins(space.id(), address, smallShifts[i], tid, time, smallWindows[i])) {
                racedFolios[smallShifts[i]]++;
                return true;
            }
        }
        return races.joins(space.id(), address, PAGE_SHIFT, tid, time, SelfCheckRun.RACE_NS);
    }

    private void take(
            int event, ProgramMemory p, int process, AddressSpace space, long address, int code, boolean write, boolean inKernel) {
        Vma area = space.find(address);
        long before = frame(space, address);
        long anonymousBefore = space.rss(RssKind.ANON);
        boolean wasAnonymous = before >= 0 && machine.isAnonymous(before);
        if (isHuge(area)) {
            takeHuge(event, p, process, address, before, SelfCheckRun.flags(code, write, inKernel));
            return;
        }
        int outcome = p.touch(address, SelfCheckRun.flags(code, write, inKernel));
        if ((outcome & Fault.ERROR) != 0) {
            if ((outcome & Fault.OOM) != 0) {
                odd("the machine of the replay ran out of memory; give it more with --memory");
            }
            unanswered++;
            return;
        }
        long after = frame(space, address);
        boolean ofFile = area != null && !area.isAnonymous();
        if (before >= 0 && after == before) {
            reuse++;
        } else if (before >= 0 && !wasAnonymous && !ofFile) {
            zeroCopies++;
        } else if (before >= 0) {
            copies++;
            if (wasAnonymous) {
                forkCopies++;
            }
        } else if (ofFile) {
            if (write && space.rss(RssKind.ANON) > anonymousBefore) {
                copies++;
            } else {
                file++;
            }
        } else {
            anonymous++;
            if (!write) {
                zero++;
            }
        }
        if (threaded[process]) {
            long gained = space.rss(RssKind.ANON) - anonymousBefore;
            int shift = gained > 1 ? PAGE_SHIFT + 63 - Long.numberOfLeadingZeros(gained) : PAGE_SHIFT;
            races.begin(space.id(), address, shift, events.tid(event), events.time(event));
            if (shift > PAGE_SHIFT) {
                pace.save(events.tid(event), events.time(event), SPARED_NS - (shift == HUGE_SHIFT ? hugeWindow : 0));
            }
        }
    }

    /** A fault on HugeTLB memory; {@code before} is the frame that was there, or -1. */
    private void takeHuge(int event, ProgramMemory p, int process, long address, long before, int flags) {
        AddressSpace space = p.space();
        long used = hugetlb.used();
        if ((p.touch(address, flags) & Fault.ERROR) != 0) {
            hugetlb.signal();
            odd("no free HugeTLB page for a page fault: the program would be killed (SIGBUS)");
            unanswered++;
            return;
        }
        if (before >= 0 && frame(space, address) == before) {
            reuse++;
            return;
        }
        hugetlb.fault(before >= 0, hugetlb.used() - used);
        if (threaded[process]) {
            races.begin(space.id(), address, HUGE_SHIFT, events.tid(event), events.time(event));
        }
    }

    /** The frame that {@code address} shows, or -1. */
    private static long frame(AddressSpace space, long address) {
        PageTables tables = space.tables();
        for (int level = 1; level <= 3; level++) {
            long slot = tables.find(address, level);
            if (slot != PageTables.NO_SLOT) {
                long entry = tables.read(slot);
                if (!tables.format().isPresent(entry) || !tables.format().isLeaf(entry, level)) {
                    return -1;
                }
                long inLeaf = address >>> PAGE_SHIFT & (1L << 9 * (level - 1)) - 1;
                return tables.format().pfn(entry, level) + inLeaf;
            }
        }
        return -1;
    }

    @Override
    void atPeak() {
        anonHugeAtPeak = machine.vmstat("nr_anon_transparent_hugepages") * 512 * PAGE_KB;
        long largest = -1;
        for (ProgramMemory p : owners()) {
            anonymousAtPeak += p.space().rss(RssKind.ANON) * PAGE_KB;
            long pages = p.space().rss(RssKind.ANON);
            if (pages > largest) {
                largest = pages;
                map = AddressMap.of(p.space(), machine);
            }
        }
    }

    /** The map of the address space at the peak; the self-check's own says what was touched. */
    AddressMap map() {
        return map;
    }

    PolicyResult result(TlbModel tlb) {
        List<FolioCount> folios = folios();
        long hugeFolios = folios.stream().filter(f -> f.sizeKb() == Policy.PMD_KB).mapToLong(FolioCount::faulted).sum();
        long smallFolios = folios.stream().filter(f -> f.sizeKb() < Policy.PMD_KB).mapToLong(FolioCount::faulted).sum();
        long smallPages = folios.stream().filter(f -> f.sizeKb() < Policy.PMD_KB).mapToLong(f -> f.faulted() * (f.sizeKb() / PAGE_KB)).sum();
        long hugeUsed = hugeFolios - racedFolios[HUGE_SHIFT];
        long single = Math.max(0, anonymous - zero - (hugeFolios + smallFolios - racedTotal()));
        long pmdSplits = machine.vmstat("thp_split_pmd");
        long collapses = machine.vmstat("thp_collapse_alloc");
        FaultCounts faults = new FaultCounts(user, kernel, anonymous, zero, file, copies + zeroCopies, reuse, raced, unanswered);
        WorkFigures work = new WorkFigures(
                (single + zeroCopies + smallPages + (hugeFolios + hugetlb.cleared()) * 512) * 4096,
                copies * 4096 + (collapses + hugetlb.copies()) * (512L * 4096),
                pmdSplits,
                machine.vmstat("thp_split_page"),
                collapses,
                forkCopies);
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put(CostModel.ANON_4K, single);
        counts.put(CostModel.ZERO_PAGE, zero);
        counts.put(CostModel.COPY_4K, copies + zeroCopies);
        counts.put(CostModel.REUSE, reuse);
        counts.put(CostModel.FILE_AROUND, file + hugetlb.found());
        counts.put(CostModel.HUGE_2M, Math.max(hugeUsed, hugeFolios) + hugetlb.cleared() + hugetlb.copies());
        counts.put(CostModel.FOLIO_BASE, smallFolios);
        counts.put(CostModel.FOLIO_PAGE, smallPages);
        counts.put(CostModel.PMD_SPLIT, pmdSplits);
        MemoryFigures memory = memory();
        TlbReach reach = TlbReach.of(anonymousAtPeak, Math.min(anonymousAtPeak, anonHugeAtPeak), tlb.entries());
        return new PolicyResult(policy, faults, folios, memory, work, hugetlb.figures(), costs.estimate(counts), reach, timeline(), map.cells(baseline.map()), warnings());
    }

    private long racedTotal() {
        long sum = 0;
        for (long n : racedFolios) {
            sum += n;
        }
        return sum;
    }

    private List<FolioCount> folios() {
        List<FolioCount> folios = new ArrayList<>();
        for (int kb = 16; kb <= Policy.PMD_KB; kb *= 2) {
            int shift = 31 - Integer.numberOfLeadingZeros(kb) + 10;
            long faulted = machine.number(String.format(STATS, kb, "anon_fault_alloc"));
            long fallback = machine.number(String.format(STATS, kb, "anon_fault_fallback"));
            if (kb == Policy.PMD_KB) {
                faulted = Math.max(faulted, machine.vmstat("thp_fault_alloc"));
                fallback = Math.max(fallback, machine.vmstat("thp_fault_fallback"));
            }
            faulted += racedFolios[shift];
            boolean wanted = kb == Policy.PMD_KB || !policy.sizes().getOrDefault(kb, "never").equals("never");
            if (wanted || faulted + fallback > 0) {
                folios.add(new FolioCount(kb, faulted, fallback));
            }
        }
        return folios;
    }

    private MemoryFigures memory() {
        long peakAnonymous = 0;
        long peakHuge = 0;
        long peakTables = 0;
        long bloat = 0;
        Samples ofBaseline = baseline.samples();
        for (int i = 0; i < samples.size(); i++) {
            peakAnonymous = Math.max(peakAnonymous, samples.anonymous(i));
            peakHuge = Math.max(peakHuge, samples.huge(i));
            peakTables = Math.max(peakTables, samples.tableKb(i));
            if (i < ofBaseline.size() && ofBaseline.event(i) == samples.event(i)) {
                bloat = Math.max(bloat, samples.anonymous(i) - ofBaseline.anonymous(i));
            }
        }
        return new MemoryFigures(
                largestProcess() * PAGE_KB,
                peakResident() * PAGE_KB,
                lastTotal() * PAGE_KB,
                peakAnonymous * PAGE_KB,
                peakHuge * PAGE_KB,
                anonHugeAtPeak,
                anonymousAtPeak,
                map.largeFolioPages() * PAGE_KB,
                bloat * PAGE_KB,
                Math.max(0, anonymousAtPeak - baseline.anonymousAtPeakKb()),
                peakTables);
    }

    private List<TimelinePoint> timeline() {
        List<TimelinePoint> points = new ArrayList<>();
        long start = events.size() == 0 ? 0 : events.time(0);
        for (int i = 0; i < samples.size(); i++) {
            points.add(new TimelinePoint(Math.max(0, events.time(samples.event(i)) - start) / 1e9, samples.rss(i) * PAGE_KB,
                    samples.anonymous(i) * PAGE_KB, samples.huge(i) * PAGE_KB, samples.tableKb(i)));
        }
        return points;
    }

    private List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        oddities.forEach((what, times) -> warnings.add(times == 1 ? what : what + " (" + times + " times)"));
        return warnings;
    }

    /** What the self-check run, under the recording's own settings, knows: what was touched. */
    record Baseline(Samples samples, long anonymousAtPeakKb, AddressMap map, int peakEvent) {}

    /** What of the processor matters here. */
    record TlbModel(int entries) {}
}
