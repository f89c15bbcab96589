package org.mmkit.core.memory;

import java.util.ArrayList;
import java.util.List;
import org.mmkit.core.memory.UsableMemory.Range;

/**
 * What is occupied before the allocator starts: the first mebibyte (arch/x86/realmode/init.c keeps it whole), the kernel image, and the
 * memory map, 64 bytes for each frame of each section that holds memory, at the top of its node, where memblock hands it out.
 *
 * <p>Used once by one thread, during boot.
 */
final class BootReservations {

    private static final long MIB = 1L << 20;
    private static final long LOW_BYTES = MIB;

    /** Where a kernel is loaded above the start of memory (x86: CONFIG_PHYSICAL_START), and the size of a distribution's kernel in memory. */
    private static final long KERNEL_OFFSET = 16 * MIB;

    private static final long KERNEL_BYTES = 40 * MIB;

    /** The sections {@code first} to {@code last} hold memory. */
    private record Sections(long first, long last) {}

    private final int pageShift;
    private final int sectionOrder;
    private final int maxOrder;
    private final MemmapPlan memmap;
    private final List<Range> taken = new ArrayList<>();

    /**
     * For pages of 2^{@code pageShift} bytes, sections of 2^{@code sectionOrder} frames and largest blocks of 2^{@code maxOrder} frames.
     *
     * @param memmap is told where the memory map and its page tables lie
     */
    BootReservations(int pageShift, int sectionOrder, int maxOrder, MemmapPlan memmap) {
        this.pageShift = pageShift;
        this.sectionOrder = sectionOrder;
        this.maxOrder = maxOrder;
        this.memmap = memmap;
    }

    /**
     * What is occupied of {@code usable}, node by node.
     *
     * @throws IllegalArgumentException if memory does not hold a kernel and its memory map
     */
    List<Range> reserve(UsableMemory usable, NodeMap nodes) {
        taken.add(new Range(0, LOW_BYTES >>> pageShift));
        long kernel = usable.ranges().get(0).from() + (KERNEL_OFFSET >>> pageShift);
        long kernelEnd = kernel + (KERNEL_BYTES >>> pageShift);
        taken.add(new Range(kernel, kernelEnd));
        long next = 0;
        for (int node = 0; node < nodes.count(); node++) {
            next = reserveMemmap(usable.ofNode(nodes, node).ranges(), next, kernelEnd);
        }
        placeTables(kernelEnd);
        return List.copyOf(taken);
    }

    /**
     * Puts the metadata of the sections from {@code next} on with memory in {@code own}, the ranges of one node, to the top of that node.
     *
     * @return the first section above
     */
    private long reserveMemmap(List<Range> own, long next, long kernelEnd) {
        long perSection = (1L << sectionOrder) * MemmapPlan.DESCRIPTOR_BYTES >>> pageShift;
        long metadata = 0;
        long above = next;
        List<Sections> rows = new ArrayList<>();
        for (Range range : own) {
            long first = Math.max(above, range.from() >>> sectionOrder);
            long last = range.to() - 1 >>> sectionOrder;
            if (first <= last) {
                rows.add(new Sections(first, last));
                metadata += (last - first + 1) * perSection;
                above = last + 1;
            }
        }
        // From the top down, into the last range that is large enough.
        for (int i = own.size() - 1; i >= 0; i--) {
            long from = own.get(i).to() - metadata & -(1L << maxOrder - 1);
            if (from >= Math.max(own.get(i).from(), kernelEnd)) {
                long at = from;
                for (Sections row : rows) {
                    memmap.add(row.first, row.last, at);
                    at += (row.last - row.first + 1) * perSection;
                }
                taken.add(new Range(from, at));
                return above;
            }
        }
        throw new IllegalArgumentException("too little memory for a kernel: its memory map needs "
                + (metadata << pageShift) + " bytes beside " + (KERNEL_OFFSET + KERNEL_BYTES) + " for its image");
    }

    /** Page tables of boot stand at the end of the kernel image (its brk section), of which they may take half. */
    private void placeTables(long kernelEnd) {
        long tables = memmap.countTables();
        if (tables > KERNEL_BYTES / 2 >>> pageShift) {
            throw new IllegalArgumentException("the page tables of the memory map, " + tables + " pages, do not fit the kernel image");
        }
        memmap.placeTables(kernelEnd - tables);
    }
}
