package org.mmkit.replay.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.replay.plan.MappingDemand;
import org.mmkit.replay.reader.ProcessTable;

/**
 * The HugeTLB areas of several processes at one moment and the pages that each holds: all of its length where mmap reserved them, those it
 * touched where it did not, and its own copies where it is a child's. Not thread-safe.
 */
final class HugetlbAreas {

    private final Map<String, MappingDemand> areas = new LinkedHashMap<>();
    /** Areas of each name and page size. */
    private final Map<String, Integer> counts = new HashMap<>();
    /** First frames of huge pages that an area seen before has. */
    private final Set<Long> seen = new HashSet<>();
    /** Files whose pages an area seen before has reserved. */
    private final Set<Object> reserved = new HashSet<>();

    /** Adds the areas of {@code space}; parents come before their children. */
    void add(ProcessTable.RecordedProcess process, AddressSpace space) {
        @Nullable Vma area = space.findOrNext(0);
        while (area != null) {
            if (ReplayLoop.isHuge(area)) {
                add(process.name() + " " + process.pid(), area);
            }
            area = area.end() <= 0 ? null : space.findOrNext(area.end());
        }
    }

    private void add(String who, Vma area) {
        int shift = area.operations().pageShift(area);
        long touched = 0;
        long own = 0;
        for (long va = area.start(); va < area.end(); va += 1L << shift) {
            long head = head(area.space(), va);
            touched += head >= 0 ? 1 : 0;
            own += head >= 0 && seen.add(head) ? 1 : 0;
        }
        boolean shared = area.has(VmFlags.MAYSHARE);
        boolean first = !area.has(VmFlags.NORESERVE) && reserved.add(area.file());
        long pages = first ? area.end() - area.start() >>> shift : own;
        if (pages > 0) {
            String kind = shared ? "shared" : first ? "private" : area.has(VmFlags.NORESERVE) ? "private, MAP_NORESERVE" : "copies since fork";
            String name = who + ", HugeTLB " + kind;
            areas.merge(name + shift, new MappingDemand(name, area.start(), pages << shift, touched << shift, own << shift,
                    touched << shift >>> MappingDemand.BLOCK_SHIFT, shared, 1L << shift), HugetlbAreas::together);
            counts.merge(name + shift, 1, Integer::sum);
        }
    }

    /** Both as one row: programs that take memory piece by piece would fill pages otherwise. */
    private static MappingDemand together(MappingDemand a, MappingDemand b) {
        return new MappingDemand(a.name(), Math.min(a.start(), b.start()), a.bytes() + b.bytes(), a.touchedBytes() + b.touchedBytes(),
                a.ownBytes() + b.ownBytes(), a.touchedBlocks() + b.touchedBlocks(), a.shared(), a.hugeBytes());
    }

    private static long head(AddressSpace space, long va) {
        PageTables tables = space.tables();
        EntryFormat format = tables.format();
        for (int level = 1; level <= 3; level++) {
            long slot = tables.find(va, level);
            if (slot != PageTables.NO_SLOT) {
                long entry = tables.read(slot);
                return format.isPresent(entry) && format.isLeaf(entry, level) ? format.pfn(entry, level) : -1;
            }
        }
        return -1;
    }

    /** The areas, those of one kind and process together, the largest first, and what else of {@code inUse}, pages by size, no area accounts for. */
    List<MappingDemand> demand(Map<Long, Long> inUse) {
        List<MappingDemand> demand = new ArrayList<>();
        areas.forEach((key, area) -> {
            int n = counts.getOrDefault(key, 1);
            demand.add(n == 1 ? area : area.named(area.name() + " (" + n + " areas)"));
        });
        demand.sort(Comparator.comparingLong(MappingDemand::bytes).reversed().thenComparing(MappingDemand::name)
                .thenComparingLong(MappingDemand::start));
        Map<Long, Long> rest = new HashMap<>(inUse);
        areas.values().forEach(area -> rest.merge(area.hugeBytes(), -area.pages(area.hugeBytes()), Long::sum));
        rest.forEach((size, pages) -> {
            if (pages > 0) {
                demand.add(new MappingDemand("reserved or in files, unmapped", 0, pages * size, 0, 0, 0, true, size));
            }
        });
        return demand;
    }
}
