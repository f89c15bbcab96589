package org.mmkit.replay.compare;

import java.util.Map;
import java.util.TreeMap;
import org.mmkit.replay.model.HugetlbFigures;
import org.mmkit.replay.reader.EventKind;
import org.mmkit.replay.reader.EventLog;
import org.mmkit.replay.reader.MappingTable;
import org.mmkit.replay.reader.Recording;

/** How many HugeTLB pages one replay uses. Not thread-safe. */
final class HugetlbUse {

    private static final String FILES = "/sys/kernel/mm/hugepages/hugepages-%dkB/%s";

    private final ReplayMachine machine;
    private final long[] sizes;
    private final long[] peaks;
    private final Map<Long, Long> pool = new TreeMap<>();
    private long peakBytes;
    private int peakEvent = -1;
    private long faults;
    private long cleared;
    private long copies;
    private long refused;
    private long signals;

    /** Of {@code machine}, with pages of {@code sizes} bytes. */
    HugetlbUse(ReplayMachine machine, Recording recording) {
        this.machine = machine;
        this.sizes = sizes(recording).keySet().stream().mapToLong(Long::longValue).toArray();
        this.peaks = new long[sizes.length];
        for (long bytes : sizes) {
            pool.put(bytes, number(bytes, "nr_hugepages"));
        }
    }

    /** Whether the recording has any HugeTLB mapping. */
    boolean isAny() {
        return sizes.length > 0;
    }

    private long number(long bytes, String file) {
        return machine.number(String.format(FILES, bytes >> 10, file));
    }

    /** Looks at the pools after {@code event}; whether more bytes are in use or promised than ever before. */
    boolean measure(int event) {
        long bytes = 0;
        for (int i = 0; i < sizes.length; i++) {
            long now = pagesNow(sizes[i]);
            peaks[i] = Math.max(peaks[i], now);
            bytes += now * sizes[i];
        }
        if (bytes <= peakBytes) {
            return false;
        }
        peakBytes = bytes;
        peakEvent = event;
        return true;
    }

    /** Pages in use or promised now, by size. */
    Map<Long, Long> now() {
        Map<Long, Long> pages = new TreeMap<>();
        for (long size : sizes) {
            pages.put(size, pagesNow(size));
        }
        return pages;
    }

    private long pagesNow(long size) {
        return number(size, "nr_hugepages") - number(size, "free_hugepages") + number(size, "resv_hugepages");
    }

    /** Pages that somebody has now. */
    long used() {
        long used = 0;
        for (long bytes : sizes) {
            used += number(bytes, "nr_hugepages") - number(bytes, "free_hugepages");
        }
        return used;
    }

    /** A fault mapped a page: {@code taken} pages more are in use; where another was mapped before, it is a copy. */
    void fault(boolean wasMapped, long taken) {
        faults++;
        copies += wasMapped ? 1 : 0;
        cleared += !wasMapped && taken > 0 ? 1 : 0;
    }

    /** A fault found no free page. */
    void signal() {
        signals++;
    }

    /** A mapping was refused. */
    void refuse() {
        refused++;
    }

    /** The event after which the most bytes were in use; -1 when none ever was. */
    int peakEvent() {
        return peakEvent;
    }

    /** Page faults that mapped a page that was there. */
    long found() {
        return faults - cleared - copies;
    }

    /** Page faults that took a new page. */
    long cleared() {
        return cleared;
    }

    /** Page faults that copied a page. */
    long copies() {
        return copies;
    }

    /** The most pages in use or promised at one time, by size. */
    Map<Long, Long> needed() {
        Map<Long, Long> needed = new TreeMap<>();
        for (int i = 0; i < sizes.length; i++) {
            needed.put(sizes[i], peaks[i]);
        }
        return needed;
    }

    HugetlbFigures figures() {
        return new HugetlbFigures(pool, needed(), faults, cleared, copies, refused, signals);
    }

    /**
     * Enough pages of each size for all that {@code recording} does, whatever it unmaps in between: those of all mappings, and one for each
     * fault that may copy one.
     */
    static Map<Long, Long> bound(Recording recording) {
        return sizes(recording);
    }

    /** The page size of mapping {@code row}; 0 for base pages. */
    static long pageBytes(Recording recording, int row) {
        MappingTable mappings = recording.mappings();
        return mappings.type(row) == MappingTable.HUGETLB ? mappings.hugePageBytes(row)
                : mappings.file(row) >= 0 ? recording.files().get(mappings.file(row)).hugePageBytes() : 0;
    }

    private static Map<Long, Long> sizes(Recording recording) {
        MappingTable mappings = recording.mappings();
        Map<Long, Long> pages = new TreeMap<>();
        TreeMap<Long, Integer> rows = new TreeMap<>();
        for (int row = 0; row < mappings.size(); row++) {
            long size = pageBytes(recording, row);
            if (size > 0) {
                pages.merge(size, (mappings.length(row) + size - 1) / size, Long::sum);
                rows.merge(mappings.start(row), row, (a, b) -> mappings.length(a) < mappings.length(b) ? b : a);
            }
        }
        EventLog events = recording.events();
        for (int i = 0; i < events.size() && !rows.isEmpty(); i++) {
            byte kind = events.kind(i);
            boolean copies = (events.aux(i) & EventKind.ERROR_WRITE) != 0;
            if (copies && (kind == EventKind.FAULT_USER || kind == EventKind.FAULT_KERNEL)) {
                Map.Entry<Long, Integer> below = rows.floorEntry(events.a(i));
                if (below != null) {
                    long size = pageBytes(recording, below.getValue());
                    long end = below.getKey() + (mappings.length(below.getValue()) + size - 1 & -size);
                    pages.merge(size, events.a(i) < end ? 1L : 0L, Long::sum);
                }
            }
        }
        return pages;
    }
}
