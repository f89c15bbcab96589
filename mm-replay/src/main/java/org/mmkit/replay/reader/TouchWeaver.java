package org.mmkit.replay.reader;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.mmkit.api.space.Advice;

/** Puts touches that have no common clock with the events between them. Not thread-safe; used once. */
final class TouchWeaver {

    private final EventLog in;
    private final EventLog out = new EventLog();
    private final MappingTable mappings;
    private final ProcessTable processes;
    private final Map<Integer, Deque<long[]>> touches;
    /** Per process number: start of each mapped range to its end. */
    private final Map<Integer, TreeMap<Long, Long>> mapped = new HashMap<>();

    private long userFaults;
    private long kernelFaults;
    private long outside;

    TouchWeaver(EventLog in, MappingTable mappings, ProcessTable processes, Map<Integer, Deque<long[]>> touches) {
        this.in = in;
        this.mappings = mappings;
        this.processes = processes;
        this.touches = touches;
    }

    long userFaults() {
        return userFaults;
    }

    long kernelFaults() {
        return kernelFaults;
    }

    /** Touches that found no mapping. */
    long outside() {
        return outside;
    }

    EventLog weave() {
        dropNeverMapped();
        mapped.clear();
        for (int i = 0; i < in.size(); i++) {
            int slot = out.append(in.kind(i), in.process(i), in.tid(i), in.time(i), in.line(i));
            out.set(slot, in.kind(i), in.a(i), in.b(i), in.aux(i));
            apply(i);
            if (!settlesNext(i)) {
                drain(i);
            }
        }
        for (Deque<long[]> rest : touches.values()) {
            outside += rest.size();
        }
        return out;
    }

    /** A touch that no event ever maps would hold up all behind it. */
    private void dropNeverMapped() {
        Map<Integer, TreeMap<Long, Long>> ever = new HashMap<>();
        for (int i = 0; i < in.size(); i++) {
            long[] range = mappedBy(i);
            if (range[1] > range[0]) {
                ever.computeIfAbsent(processes.get(in.process(i)).pid(), p -> new TreeMap<>()).merge(range[0], range[1], Math::max);
            }
        }
        for (Map.Entry<Integer, Deque<long[]>> e : touches.entrySet()) {
            TreeMap<Long, Long> ranges = joined(ever.getOrDefault(e.getKey(), new TreeMap<>()));
            Deque<long[]> kept = new ArrayDeque<>();
            for (long[] touch : e.getValue()) {
                if (covers(ranges, touch[0])) {
                    kept.add(touch);
                } else {
                    outside++;
                }
            }
            e.setValue(kept);
        }
    }

    /** Programs map, then advise and protect, then touch: a touch waits for calls of the same process that follow at once. */
    private boolean settlesNext(int i) {
        if (i + 1 >= in.size() || in.process(i + 1) != in.process(i)) {
            return false;
        }
        return switch (in.kind(i + 1)) {
            case EventKind.MPROTECT, EventKind.THP_DISABLE -> true;
            case EventKind.MADVISE -> in.aux(i + 1) == Advice.MADV_HUGEPAGE || in.aux(i + 1) == Advice.MADV_NOHUGEPAGE;
            default -> false;
        };
    }

    private void drain(int i) {
        int process = in.process(i);
        Deque<long[]> queue = touches.get(processes.get(process).pid());
        TreeMap<Long, Long> ranges = mapped.get(process);
        while (queue != null && ranges != null && !queue.isEmpty() && covers(ranges, queue.peek()[0])) {
            long[] touch = queue.remove();
            byte kind = touch[2] == 0 ? EventKind.FAULT_USER : EventKind.FAULT_KERNEL;
            int slot = out.append(kind, process, in.tid(i), in.time(i), in.line(i));
            out.set(slot, kind, touch[0], 0, (int) touch[1]);
            if (touch[2] == 0) {
                userFaults++;
            } else {
                kernelFaults++;
            }
        }
    }

    private void apply(int i) {
        TreeMap<Long, Long> ranges = mapped.computeIfAbsent(in.process(i), p -> new TreeMap<>());
        switch (in.kind(i)) {
            case EventKind.EXEC -> ranges.clear();
            case EventKind.FORK, EventKind.VFORK -> mapped.put(in.aux(i), new TreeMap<>(ranges));
            case EventKind.MUNMAP -> remove(ranges, in.a(i), in.a(i) + in.b(i));
            case EventKind.MREMAP -> remove(ranges, in.a(i), in.a(i) + in.b(i));
            case EventKind.BRK -> {
                if (in.a(i) < in.b(i)) {
                    remove(ranges, in.a(i) + 4095 & -4096, in.b(i));
                }
            }
            default -> { }
        }
        long[] range = mappedBy(i);
        if (range[1] > range[0]) {
            remove(ranges, range[0], range[1]);
            ranges.put(range[0], range[1]);
        }
    }

    private long[] mappedBy(int i) {
        return switch (in.kind(i)) {
            case EventKind.MMAP, EventKind.MAP, EventKind.MREMAP -> {
                int row = in.aux(i);
                yield new long[] {mappings.start(row), mappings.start(row) + mappings.length(row)};
            }
            case EventKind.BRK -> new long[] {in.b(i) & -4096, in.a(i) + 4095 & -4096};
            default -> new long[] {0, 0};
        };
    }

    private static void remove(TreeMap<Long, Long> ranges, long from, long to) {
        Map.Entry<Long, Long> e = ranges.lowerEntry(to);
        while (e != null && e.getValue() > from) {
            ranges.remove(e.getKey());
            if (e.getKey() < from) {
                ranges.put(e.getKey(), from);
            }
            if (e.getValue() > to) {
                ranges.put(to, e.getValue());
            }
            e = ranges.lowerEntry(Math.min(to, Math.max(from, e.getKey())));
        }
    }

    private static TreeMap<Long, Long> joined(TreeMap<Long, Long> ranges) {
        TreeMap<Long, Long> result = new TreeMap<>();
        long start = 0;
        long end = 0;
        for (Map.Entry<Long, Long> e : ranges.entrySet()) {
            if (e.getKey() > end) {
                if (end > start) {
                    result.put(start, end);
                }
                start = e.getKey();
                end = e.getValue();
            } else {
                end = Math.max(end, e.getValue());
            }
        }
        if (end > start) {
            result.put(start, end);
        }
        return result;
    }

    private static boolean covers(TreeMap<Long, Long> ranges, long address) {
        Map.Entry<Long, Long> e = ranges.floorEntry(address);
        return e != null && e.getValue() > address;
    }
}
