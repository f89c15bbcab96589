package org.mmkit.core.verify;

import java.util.HashSet;
import java.util.Set;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.MemmapPlan;
import org.mmkit.core.pgtable.KernelPageTables;

/**
 * Checks every entry that maps the memory map: each descriptor is mapped, by a frame that is in use; a frame that may be written is mapped
 * once; and frames of boot and later ones are as many as vmstat counts. Ranges that nobody has looked at are as boot left them.
 */
final class KernelTablesCheck {

    private final Engine engine;
    private final KernelPageTables tables;
    private final MemmapPlan plan;
    private final PageTableLayout layout;
    private final EntryFormat format;
    private final Frames frames;
    /** Frames mapped so far that are not of boot memory, and those of them that are mapped for writing. */
    private final Set<Long> seen = new HashSet<>();

    private final Set<Long> written = new HashSet<>();
    private long boot;
    private long later;

    KernelTablesCheck(Engine engine) {
        this.engine = engine;
        this.tables = engine.kernelTables;
        this.plan = tables.plan();
        this.layout = engine.layout;
        this.format = engine.format;
        this.frames = engine.frames;
    }

    void check() {
        plan.forEachRange(this::range);
        expect("nr_memmap_boot_pages", boot);
        expect("nr_memmap_pages", later);
    }

    private void range(long start, long end) {
        int level = plan.leafLevel();
        long size = layout.size(level);
        long table = layout.size(level + 1);
        for (long va = start; va < end; ) {
            if (!tables.isMaterialised(va)) {
                long next = Math.min(end, (va & -table) + table);
                boot += next - va >>> layout.pageShift();
                va = next;
                continue;
            }
            long entry = tables.read(tables.find(va, level));
            long next = Math.min(end, (va & -size) + size);
            if (!format.isPresent(entry)) {
                throw wrong(va, "no descriptors are mapped there");
            } else if (format.isLeaf(entry, level)) {
                leaf(va, next, entry, level);
            } else {
                pages(va, next);
            }
            va = next;
        }
    }

    private void pages(long start, long end) {
        for (long va = start; va < end; va += layout.size(1)) {
            long slot = tables.find(va, 1);
            long entry = slot == PageTables.NO_SLOT ? format.none() : tables.read(slot);
            if (!format.isPresent(entry)) {
                throw wrong(va, "no descriptors are mapped there");
            }
            leaf(va, va + layout.size(1), entry, 1);
        }
    }

    private void leaf(long start, long end, long entry, int level) {
        long first = format.pfn(entry, level) + ((start & layout.size(level) - 1) >>> layout.pageShift());
        long atBoot = plan.frameAt(start);
        boolean writable = format.isWritable(entry);
        long step = layout.size(1);
        for (long va = start, i = 0; va < end; va += step, i++) {
            // what one leaf maps lies in one row of sections, whose frames follow one another
            frame(va, first + i, atBoot + i, writable);
        }
    }

    private void frame(long va, long pfn, long atBoot, boolean writable) {
        if (frames.test(pfn, FolioFlags.RESERVED)) {
            if (atBoot == pfn) {
                boot++;
            } else if (writable) {
                throw wrong(va, "its descriptors are in frame 0x" + Long.toHexString(pfn) + " of boot memory, which belongs elsewhere");
            }
            return;
        }
        if (frames.refcount(pfn) == 0) {
            throw wrong(va, "its descriptors are in frame 0x" + Long.toHexString(pfn) + ", which nobody has");
        }
        if (writable && !written.add(pfn)) {
            throw wrong(va, "its frame 0x" + Long.toHexString(pfn) + " is mapped for writing twice");
        }
        if (seen.add(pfn)) {
            later++;
        }
    }

    private void expect(String counter, long found) {
        if (engine.counters.has(counter) && engine.counters.get(counter) != found) {
            throw new InvariantViolation(counter + " is " + engine.counters.get(counter) + ", but the kernel's page tables map " + found
                    + " such frames");
        }
    }

    private static InvariantViolation wrong(long va, String what) {
        return new InvariantViolation("memory map at 0x" + Long.toHexString(va) + ": " + what);
    }
}
