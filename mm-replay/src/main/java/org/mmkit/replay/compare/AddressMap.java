package org.mmkit.replay.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Vma;
import org.mmkit.replay.model.MapCell;

/** What the anonymous areas of one address space hold at one moment, in blocks of 2 MiB. Immutable. */
final class AddressMap {

    static final AddressMap EMPTY = new AddressMap(new TreeMap<>());

    private static final int SHIFT = 21;
    private static final int PAGE_SHIFT = 12;
    /** Blocks looked at: a reservation of terabytes is not drawn. */
    private static final int MOST_BLOCKS = 1 << 16;

    private static final class Block {
        int mapped;
        int resident;
        int huge;
        int large;
    }

    private final TreeMap<Long, Block> blocks;

    private AddressMap(TreeMap<Long, Block> blocks) {
        this.blocks = blocks;
    }

    static AddressMap of(AddressSpace space, ReplayMachine machine) {
        TreeMap<Long, Block> blocks = new TreeMap<>();
        Vma area = space.findOrNext(0);
        while (area != null && blocks.size() < MOST_BLOCKS) {
            if (area.isAnonymous()) {
                add(space, area, machine, blocks);
            }
            area = space.findOrNext(area.end());
        }
        blocks.values().removeIf(b -> b.resident == 0);
        return new AddressMap(blocks);
    }

    private static void add(AddressSpace space, Vma area, ReplayMachine machine, TreeMap<Long, Block> blocks) {
        PageTables tables = space.tables();
        for (long at = area.start(); at < area.end() && blocks.size() < MOST_BLOCKS; ) {
            long end = Math.min(area.end(), (at >>> SHIFT) + 1 << SHIFT);
            Block block = blocks.computeIfAbsent(at >>> SHIFT, k -> new Block());
            int pages = (int) (end - at >>> PAGE_SHIFT);
            block.mapped += pages;
            long pmd = tables.find(at, 2);
            if (pmd != PageTables.NO_SLOT) {
                long entry = tables.read(pmd);
                if (tables.format().isPresent(entry) && tables.format().isLeaf(entry, 2)) {
                    if (machine.isAnonymous(tables.format().pfn(entry, 2))) {
                        block.resident += pages;
                        block.huge += pages;
                        block.large += pages;
                    }
                } else {
                    addPages(tables, at, pages, machine, block);
                }
            }
            at = end;
        }
    }

    private static void addPages(PageTables tables, long from, int pages, ReplayMachine machine, Block block) {
        long slot = tables.find(from, 1);
        if (slot == PageTables.NO_SLOT) {
            return;
        }
        for (int i = 0; i < pages; i++) {
            long entry = tables.read(slot + i);
            if (tables.format().isPresent(entry)) {
                long pfn = tables.format().pfn(entry, 1);
                if (machine.isAnonymous(pfn)) {
                    block.resident++;
                    if (machine.isLarge(pfn)) {
                        block.large++;
                    }
                }
            }
        }
    }

    long largeFolioPages() {
        return blocks.values().stream().mapToLong(b -> b.large).sum();
    }

    /** For people: with {@code touched}, the map of the same moment with one page per touch. */
    List<MapCell> cells(AddressMap touched) {
        List<MapCell> cells = new ArrayList<>();
        for (Map.Entry<Long, Block> e : blocks.entrySet()) {
            Block b = e.getValue();
            Block t = touched.blocks.get(e.getKey());
            int touchedPages = t == null ? 0 : Math.min(b.resident, t.resident);
            cells.add(new MapCell(e.getKey() << SHIFT, b.mapped, b.resident, touchedPages, b.huge, b.large));
        }
        return cells;
    }
}
